"""Short hashes of what a page shows, by which a reviewer's remark finds out that it has changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from coopreport.pipeline.publish import json_text

DIGITS = 16
"""Hexadecimal digits of the digest of an exhibit."""


def ledger_digest(ledger: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the file that a build writes from its ledger: the version's hash."""
    return hashlib.sha256(json_text(ledger).encode()).hexdigest()


def exhibit_digest(exhibit: Mapping[str, Any]) -> str:
    """Return the digest of what a table, a chart or key figures say, from their JSON.

    It is of the headings, the texts and the signs of a table, of the data of a chart's drawing and
    of its table: neither of titles, notes and sources, nor of the looks of a chart.
    """
    table = exhibit.get("table") or exhibit
    said = {
        "columns": [column["label"] for column in table.get("columns", ())],
        "rows": [
            [[cell["text"], cell.get("status", "")] for cell in row["cells"]]
            for row in table.get("rows", ())
        ],
        "data": list(_data(exhibit.get("spec", {}))),
        "figures": [[item["label"], item["html"]] for item in exhibit.get("items", ())],
    }
    text = json.dumps(said, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:DIGITS]


def _data(spec: Any) -> Iterator[Any]:
    """Yield the data of a chart's specification, those of its layers included."""
    if isinstance(spec, Mapping):
        for name, part in spec.items():
            if name in ("data", "datasets"):
                yield part
            else:
                yield from _data(part)
    elif isinstance(spec, list):
        for part in spec:
            yield from _data(part)
