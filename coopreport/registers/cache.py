"""Life tables kept between two uses of a register, under the hash of all that makes them.

One file per table (see `coopreport.kept`): a NumPy archive of the columns and the account.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from coopreport import kept
from coopreport.registers.schema import Account, Rules

if TYPE_CHECKING:
    import pandas as pd

HASHES = "hashes.json"
SUFFIX = ".table"


def key(
    kind: str,
    digest: str,
    towns: str,
    rules: Rules,
    only: Mapping[str, Sequence[str]],
    grouping: Sequence[str],
) -> str:
    """Return the name of a table: the SHA-256 of the register, of what is asked and of our code."""
    asked = {
        "code": _code_hash(),
        "kind": kind,
        "register": digest,
        "towns": towns,
        "rules": asdict(rules),
        "only": {name: sorted(values) for name, values in sorted(only.items())},
        "grouping": list(grouping),
    }
    text = json.dumps(asked, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def known_hash(folder: Path, path: Path, compute: Callable[[], str]) -> str:
    """Return the hash of a file or folder, computed once as long as it has not been written to.

    A file is known by its path, size, inode and dates of modification and of change: the last one
    moves at every write, whoever sets the other.
    """
    stamp = _stamp(path)
    if stamp is None:
        return compute()
    hashes = _read_hashes(folder)
    if stamp not in hashes:
        hashes = {**hashes, stamp: compute()}
        kept.keep(folder / HASHES, json.dumps(dict(list(hashes.items())[-200:])).encode())
    return hashes[stamp]


def read(folder: Path, name: str) -> tuple[pd.DataFrame, Account] | None:
    """Return a table and its account, or None when absent or damaged."""
    import pandas as pd

    try:
        if (body := kept.read_kept(folder / f"{name}{SUFFIX}")) is None:
            return None
        with np.load(io.BytesIO(body), allow_pickle=False) as stored:
            meta = json.loads(stored["meta"].tobytes())
            columns = {
                name: _decode(stored[f"column_{order}"], labels)
                for order, (name, labels) in enumerate(meta["columns"])
            }
        account = dict(meta["account"])
        if account["last_event"]:
            account["last_event"] = date.fromisoformat(account["last_event"])
        return pd.DataFrame(columns), Account(**account)
    except (OSError, ValueError, KeyError, TypeError, AssertionError):
        return None


def write(folder: Path, name: str, table: pd.DataFrame, account: Account) -> None:
    """Keep a table and its account; its texts are read as categories."""
    import pandas as pd

    arrays: dict[str, np.ndarray] = {}
    columns: list[tuple[str, list[str] | None]] = []
    for order, column in enumerate(table.columns):
        values, labels = table[column].array, None
        if values.dtype.kind not in "iub":
            coded = pd.Categorical(values)
            labels = [*map(str, coded.categories)]
        arrays[f"column_{order}"] = np.asarray(values if labels is None else coded.codes)
        columns.append((str(column), labels))
    meta = {"columns": columns, "account": asdict(account)}
    text = json.dumps(meta, default=str).encode()
    body = io.BytesIO()
    np.savez(body, meta=np.frombuffer(text, dtype="uint8"), **arrays)  # type: ignore[arg-type]
    kept.keep(folder / f"{name}{SUFFIX}", body.getvalue())


def _decode(values: np.ndarray, labels: list[str] | None) -> Any:
    import pandas as pd

    return values if labels is None else pd.Categorical.from_codes(values, pd.Index(labels))


def _stamp(path: Path) -> str | None:
    try:
        places = sorted(path.iterdir()) if path.is_dir() else [path]
        stats = [(place.name, place.stat()) for place in places]
    except OSError:
        return None
    told = [
        (name, s.st_size, s.st_ino, s.st_dev, s.st_mtime_ns, s.st_ctime_ns) for name, s in stats
    ]
    return hashlib.sha256(f"{path.resolve()} {told}".encode()).hexdigest()


def _read_hashes(folder: Path) -> dict[str, str]:
    found = json.loads(kept.read_kept(folder / HASHES) or b"{}")
    return {str(stamp): str(digest) for stamp, digest in found.items()}


@lru_cache
def _code_hash() -> str:
    """The hash of this package: a rule that changes makes other tables."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
