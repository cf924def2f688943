"""From good runs of the sheets to the files of a set: a page a region, their index, the manifest.

A set holds `index.html`; for each region `06.html`, `06.json` (its indicators, with their schema
beside) and `notebooks/06.ipynb`; and `manifest.json`, which lists them: see `listed`.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from coopreport import __version__
from coopreport.cycles import Cycle
from coopreport.indicators import SYNTHETIC, SYNTHETIC_WORDS, flag_mark
from coopreport.locale import NBSP, SYMBOLS, count_of, format_date
from coopreport.pipeline.assemble import assemble
from coopreport.pipeline.compose import SCHEMAS, Done
from coopreport.pipeline.edition import AUTHOR, Edition
from coopreport.pipeline.layout import INDEX, LEDGER, NOTEBOOKS
from coopreport.pipeline.options import PLAIN
from coopreport.pipeline.provenance import merge_ledgers
from coopreport.pipeline.publish import write_json, write_manifest
from coopreport.pipeline.render import render
from coopreport.pipeline.templates import page_html

UNITS, SURVIVAL = "region.unites", "region.survie.5_ans"
"""The indicators of a sheet that the index shows."""


@dataclass(frozen=True)
class Sheet:
    """What the index says of a sheet; `units` and `survival` are indicators as JSON."""

    code: str
    name: str
    page: str
    units: Mapping[str, Any]
    survival: Mapping[str, Any]


def compose(
    folder: Path,
    cycle: Cycle,
    inputs: Mapping[str, str],
    build: str,
    sheets: Mapping[str, Done],
    names: Mapping[str, str],
) -> None:
    """Write the files of a set into a folder, the manifest last.

    Args:
        inputs: the hashes of what the set was made from; `build` is its name.
        sheets: the runs of the sheets by region, in the order of the index.
        names: the name of each region, by code.

    Raises:
        ChapterFailed: a sheet cannot stand on a page (see `assemble`).
    """
    (folder / NOTEBOOKS).mkdir()
    listed = []
    for code, done in sheets.items():
        edition = Edition(
            title=f"Région{NBSP}: {names[code]}",
            author=AUTHOR,
            cycle=cycle.id,
            cut_off=cycle.cut_off,
            build=build,
        )
        run = done.run
        ledger = merge_ledgers([(run.chapter.path.name, run.ledger)])
        page = f"{code}.html"
        document = assemble([(run.chapter.name, run.notebook)], edition, ledger)
        (folder / page).write_text(render(document), encoding="utf-8")
        (folder / NOTEBOOKS / f"{code}.ipynb").write_text(f"{done.text}\n", encoding="utf-8")
        write_json(folder / f"{code}.json", ledger)
        by_name = {item["id"]: item for item in ledger["indicators"]}
        listed.append(Sheet(code, names[code], page, by_name[UNITS], by_name[SURVIVAL]))
    schema = Path(LEDGER).with_suffix(".schema.json").name
    shutil.copyfile(SCHEMAS / schema, folder / schema)
    (folder / INDEX).write_text(_index(cycle, build, listed), encoding="utf-8")
    write_manifest(
        folder,
        {
            "cycle": cycle.id,
            "build": build,
            "version": __version__,
            "options": PLAIN.to_json(),
            "inputs": inputs,
            "regions": {sheet.code: _entry(sheet) for sheet in listed},
            "chapters": {done.run.chapter.name: asdict(done.record) for done in sheets.values()},
        },
    )


def _entry(sheet: Sheet) -> dict[str, Any]:
    """Return what the manifest says of a sheet: enough to list it without opening it."""
    shown = {"coops": sheet.units, "survival_5_years": sheet.survival}
    return {
        "name": sheet.name,
        "page": sheet.page,
        **{name: {"shown": of["shown"], "flags": of["flags"]} for name, of in shown.items()},
    }


def _index(cycle: Cycle, build: str, sheets: Iterable[Sheet]) -> str:
    """Return the page that lists the sheets, as HTML text ending with a newline."""
    listed = list(sheets)
    used = {flag for sheet in listed for flag in _symbols(sheet)}
    definitions = {sheet.survival["definition"] for sheet in listed}
    return page_html(
        "regions",
        {"flag_mark": flag_mark},
        title="Fiches régionales",
        author=AUTHOR,
        cycle=cycle.id,
        cut_off=cycle.cut_off.isoformat(),
        day=format_date(cycle.cut_off, "article"),
        build=build,
        count=count_of(len(listed), "région"),
        sheets=listed,
        definitions=sorted(definitions),
        symbols=[(symbol, SYMBOLS[symbol]) for symbol in SYMBOLS if symbol in used],
        synthetic=SYNTHETIC_WORDS if SYNTHETIC in used else "",
    )


def _symbols(sheet: Sheet) -> set[str]:
    """Return the symbols and flags that the index shows of a sheet."""
    return {
        symbol
        for item in (sheet.units, sheet.survival)
        for symbol in (item["symbol"], *item["flags"])
    }
