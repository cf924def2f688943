"""From good runs of the chapters to the files of a build: page, executed notebooks, ledger."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from coopreport import __version__
from coopreport.chapters import Chapter
from coopreport.cycles import Cycle
from coopreport.locale import speaking
from coopreport.paper.printing import Printer
from coopreport.pipeline.assemble import chapter_id
from coopreport.pipeline.cache import Record
from coopreport.pipeline.drawings import DRAWN_WITH
from coopreport.pipeline.edition import AUTHOR, Edition
from coopreport.pipeline.good_run import seal_output
from coopreport.pipeline.handouts import write_handouts
from coopreport.pipeline.imports import modules_of
from coopreport.pipeline.inputs import what_runs
from coopreport.pipeline.layout import CLAIMS, LEDGER
from coopreport.pipeline.options import FRENCH
from coopreport.pipeline.plan import Plan
from coopreport.pipeline.provenance import merge_claims, merge_ledgers
from coopreport.pipeline.publish import write_json, write_manifest
from coopreport.pipeline.run import Executed
from coopreport.pipeline.shown import draw_charts

Draw = Callable[..., str]
TRANSLATION = "coopreport/translation/"
"""The inputs that the drawings of an English edition depend on too."""
TEXTS_READ = 24
"""Notebooks that a process remembers, of those it read: two or three reports' worth."""
SCHEMAS = Path(__file__).parent.parent / "schemas"


@dataclass(frozen=True)
class Done:
    """A chapter that ran well, now or before: its run, what it depended on, its published text."""

    run: Executed
    record: Record
    text: str


def done_now(
    run: Executed,
    cycle: Cycle,
    inputs: Mapping[str, str],
    root: Path,
    draw: Draw,
    language: str = FRENCH,
) -> Done:
    """Return a chapter that has just run, with its charts drawn.

    It is read back from its text, as a kept one is: both give the same bytes. `inputs` are the
    hashes of the build's inputs, `root` holds the package, `draw` gives the drawing of a chart, as
    `charts.svg.to_svg`.
    """
    record = record_of(run, cycle, inputs, root, language)
    draw_charts([(run.chapter.name, run.notebook)], draw)
    done = done_before(run.chapter, record, nbformat.writes(run.notebook))
    assert done is not None
    return done


def done_before(chapter: Chapter, record: Record, text: str) -> Done | None:
    """Return a chapter from its kept text; None when that is no sealed notebook."""
    notebook, ledger = _read(text)
    return None if ledger is None else Done(Executed(chapter, notebook, ledger, 0), record, text)


@lru_cache(maxsize=TEXTS_READ)
def _read(text: str) -> tuple[NotebookNode, dict[str, Any] | None]:
    """Return an executed notebook and the ledger of its seal: nothing may change them any more.

    `make watch` meets the same texts at each save. They were validated when they were written.
    """
    notebook = nbformat.v4.reads(text)
    return notebook, seal_output(notebook)


def record_of(
    run: Executed,
    cycle: Cycle,
    inputs: Mapping[str, str],
    root: Path,
    language: str = FRENCH,
) -> Record:
    """Return what a chapter's run depended on, from what its process recorded and its imports."""
    given = cycle.parameters[run.chapter.name]
    own = (f"{chapter_id(run.chapter.name)}.{name}" for name in given)
    asked = {"address", *own, *run.ledger["parameters"]}
    code = [cell.source for cell in run.notebook.cells if cell.cell_type == "code"]
    drawn_with = DRAWN_WITH if language == FRENCH else (*DRAWN_WITH, TRANSLATION)
    read = {table["path"] for table in run.ledger["tables"].values()}
    paths = {
        f"notebooks/{run.chapter.path.name}",
        "data/datapackage.json",
        *(path.relative_to(root).as_posix() for path in modules_of(code, root)),
        *(path for path in inputs if path in read or _is_of_a_register(path, read)),
        *(path for path in inputs if path.startswith(drawn_with)),
    }
    return Record(
        {name: cycle.value(name) for name in sorted(asked)},
        {path: inputs[path] for path in sorted(paths)},
        what_runs(run.chapter.path),
    )


def _is_of_a_register(path: str, read: set[str]) -> bool:
    """Tell whether a file belongs to a register that was read: its folder, or its towns."""
    return path.startswith("registers/") and any(name.startswith("registers/") for name in read)


def compose(
    folder: Path,
    cycle: Cycle,
    plan: Plan,
    chapters: Sequence[Done],
    defined: Mapping[str, Sequence[str]],
    unconfirmed: Sequence[str],
    printer: Printer | None,
    say: Callable[[str], None],
) -> dict[str, Any]:
    """Write the files of a build into a folder, the manifest last; return its ledger.

    `defined` has the names that each definition of the catalogue gives in the cycle, `unconfirmed`
    those of the rows that nobody has confirmed. `printer` makes the PDF, None for no PDF; `say` is
    told when it fails, and the build has none.

    Raises:
        ChapterFailed: the chapters cannot stand on one page (see `assemble`).
    """
    edition = Edition(
        title=cycle.title,
        author=AUTHOR,
        cycle=cycle.id,
        cut_off=cycle.cut_off,
        build=plan.build,
        static=plan.options.static,
        language=plan.options.language,
        unconfirmed=tuple(unconfirmed),
        scenario=cycle.scenario.title if cycle.scenario else "",
    )
    runs = [done.run for done in chapters]
    ledgers = [(run.chapter.path.name, run.ledger) for run in runs]
    ledger, claims = merge_ledgers(ledgers, defined), merge_claims(ledgers)
    named = [(run.chapter.name, run.notebook) for run in runs]
    with speaking(edition.language):
        pdf = write_handouts(folder, named, edition, ledger, printer, lambda error: say(str(error)))
    (folder / "notebooks").mkdir()
    for done in chapters:
        path = folder / "notebooks" / done.run.chapter.path.name
        path.write_text(f"{done.text}\n", encoding="utf-8")
    write_with_schema(folder / LEDGER, ledger)
    if claims is not None:
        write_with_schema(folder / CLAIMS, {"cycle": cycle.id, "claims": claims})
    write_manifest(
        folder,
        {
            "cycle": cycle.id,
            "build": plan.build,
            "version": __version__,
            "options": plan.options.to_json(),
            "pdf": pdf,
            "inputs": plan.inputs,
            "chapters": {done.run.chapter.name: asdict(done.record) for done in chapters},
        },
    )
    return ledger


def write_with_schema(path: Path, content: object) -> None:
    """Write an object as JSON, and its JSON Schema, of the same name, beside it."""
    write_json(path, content)
    schema = path.with_suffix(".schema.json").name
    shutil.copyfile(SCHEMAS / schema, path.with_name(schema))
