"""From good runs of the chapters to the files of a build: page, executed notebooks, ledger."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import nbformat

from coopreport import __version__
from coopreport.cycles import Cycle
from coopreport.pipeline.assemble import Edition, assemble, chapter_id, draw_charts
from coopreport.pipeline.cache import Record
from coopreport.pipeline.imports import modules_of
from coopreport.pipeline.inputs import LOCK
from coopreport.pipeline.plan import Plan
from coopreport.pipeline.provenance import merge_claims, merge_ledgers
from coopreport.pipeline.publish import write_json, write_manifest
from coopreport.pipeline.render import render
from coopreport.pipeline.run import Executed

REPORT = "rapport.html"
LEDGER = "indicateurs.json"
CLAIMS = "enonces.json"
SCHEMAS = Path(__file__).parent.parent / "schemas"
AUTHOR = "Conseil québécois de la coopération et de la mutualité"


def record_of(run: Executed, cycle: Cycle, inputs: Mapping[str, str], root: Path) -> Record:
    """Return what a chapter's run depended on, from what its kernel recorded and its imports.

    `inputs` are the hashes of the build's inputs; `root` is the project's.
    """
    given = cycle.parameters[run.chapter.name]
    own = (f"{chapter_id(run.chapter.name)}.{name}" for name in given)
    asked = {"id", *own, *run.ledger["parameters"]}
    code = [cell.source for cell in run.notebook.cells if cell.cell_type == "code"]
    read = {table["path"] for table in run.ledger["tables"].values()}
    paths = {
        f"notebooks/{run.chapter.path.name}",
        "data/datapackage.json",
        LOCK,
        *(path.relative_to(root).as_posix() for path in modules_of(code, root)),
        *(path for path in inputs if path in read or _is_under(path, read)),
    }
    return Record(
        {name: cycle.value(name) for name in sorted(asked)},
        {path: inputs[path] for path in sorted(paths)},
    )


def _is_under(path: str, read: set[str]) -> bool:
    """Tell whether a file belongs to a register that was read: its folder, or its towns."""
    return path.startswith("registers/") and any(name.startswith("registers/") for name in read)


def compose(
    folder: Path,
    cycle: Cycle,
    plan: Plan,
    runs: Sequence[tuple[Executed, Record]],
    draw: Callable[..., str],
) -> dict[str, Any]:
    """Write the files of a build into a folder, the manifest last; return its ledger.

    `draw` gives the drawing of a chart, as `charts.svg.to_svg`.

    Raises:
        ChapterFailed: the chapters cannot stand on one page (see `assemble`).
    """
    executed = [run for run, _ in runs]
    edition = Edition(
        title=cycle.title,
        author=AUTHOR,
        cycle=cycle.id,
        cut_off=cycle.cut_off,
        build=plan.build,
        draft=True,
    )
    ledgers = [(run.chapter.path.name, run.ledger) for run in executed]
    ledger, claims = merge_ledgers(ledgers), merge_claims(ledgers)
    chapters = [(run.chapter.name, run.notebook) for run in executed]
    draw_charts(chapters, draw)
    document = assemble(chapters, edition, ledger)
    (folder / REPORT).write_text(render(document), encoding="utf-8")
    (folder / "notebooks").mkdir()
    for run in executed:
        nbformat.write(run.notebook, folder / "notebooks" / run.chapter.path.name)
    write_with_schema(folder / LEDGER, ledger)
    if claims is not None:
        write_with_schema(folder / CLAIMS, {"cycle": cycle.id, "claims": claims})
    write_manifest(
        folder,
        {
            "cycle": cycle.id,
            "build": plan.build,
            "version": __version__,
            "inputs": plan.inputs,
            "chapters": {run.chapter.name: asdict(record) for run, record in runs},
        },
    )
    return ledger


def write_with_schema(path: Path, content: object) -> None:
    """Write an object as JSON, and its JSON Schema, of the same name, beside it."""
    write_json(path, content)
    schema = path.with_suffix(".schema.json").name
    shutil.copyfile(SCHEMAS / schema, path.with_name(schema))
