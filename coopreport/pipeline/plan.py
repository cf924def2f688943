"""What is stale, and why: the chapters to run again, by what each one read the last time.

A chapter's record is what its last good run depended on: its notebook, the values of the cycle
that it was given or asked for, the tables and registers that it read, the package's code that it
imports, the lock of the environment. A run is good as long as all of them are as they were.
Reads files and hashes only: an unchanged report is told in a blink.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from coopreport.chapters import Chapter
from coopreport.cycles import Cycle
from coopreport.pipeline.cache import ChapterCache, Record
from coopreport.pipeline.inputs import LOCK, build_name, what_runs
from coopreport.pipeline.options import PLAIN, Options
from coopreport.pipeline.publish import read_manifest
from coopreport.project import Project

ABSENT = "absent"


@dataclass(frozen=True, order=True)
class Change:
    """One input that is not what it was: its kind, its name, and both values.

    For a file the values are SHA-256, or `ABSENT`; for a parameter they are values of the cycle.
    """

    kind: str
    name: str
    before: Any = field(compare=False)
    after: Any = field(compare=False)


@dataclass(frozen=True)
class ChapterPlan:
    """A chapter of the plan. `kept` is a run that is still good, or None.

    `worded` is then a run of another text of the chapter that ran the same (see `rewording`), or
    None: it has to run. `changes` are those since the last build; `known` is False when that build
    had no such chapter.
    """

    chapter: Chapter
    kept: Path | None
    worded: Path | None
    known: bool
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Plan:
    """What a build has to do. `changes` are those of all inputs since the last build.

    `previous` is the name of the last build, "" when there is none, and `previous_inputs` its own.
    """

    build: str
    options: Options
    inputs: Mapping[str, str]
    previous: str
    previous_inputs: Mapping[str, str]
    chapters: tuple[ChapterPlan, ...]
    changes: tuple[Change, ...]

    @property
    def stale(self) -> tuple[Chapter, ...]:
        """The chapters to run."""
        return tuple(each.chapter for each in self.chapters if not (each.kept or each.worded))


def make_plan(
    project: Project, cycle: Cycle, inputs: Mapping[str, str], options: Options = PLAIN
) -> Plan:
    """Return the plan of a cycle's build from the hashes of its inputs as they are now."""
    last = read_manifest(project.build / cycle.id / options.pointer)
    cache = ChapterCache(project, cycle.id, options.language)
    chapters = tuple(
        _chapter_plan(chapter, cycle, inputs, last, cache) for chapter in cycle.chapters
    )
    return Plan(
        build=build_name(inputs, cycle.id, options),
        options=options,
        inputs=inputs,
        previous=last.get("build", ""),
        previous_inputs=last.get("inputs", {}),
        chapters=chapters,
        changes=_changes(Record({}, last.get("inputs", {})), cycle, inputs, whole=True)
        if last
        else (),
    )


def current_parameters(cycle: Cycle, names: Mapping[str, Any]) -> dict[str, Any]:
    """Return the present values, as JSON, of the parameters that a record names."""
    return {name: cycle.value(name) for name in names}


def _chapter_plan(
    chapter: Chapter,
    cycle: Cycle,
    inputs: Mapping[str, str],
    last: Mapping[str, Any],
    cache: ChapterCache,
) -> ChapterPlan:
    kept, worded = None, None
    own = f"notebooks/{chapter.path.name}"
    for path, record in cache.records(chapter.name):
        changed = {change.name for change in _changes(record, cycle, inputs)}
        if not changed:
            kept = path
            break
        if changed == {own} and not worded and record.runs == what_runs(chapter.path) != "":
            worded = path
    entry = last.get("chapters", {}).get(chapter.name)
    changes = _changes(Record(entry["parameters"], entry["inputs"]), cycle, inputs) if entry else ()
    return ChapterPlan(chapter, kept, None if kept else worded, entry is not None, changes)


def _changes(
    record: Record, cycle: Cycle, inputs: Mapping[str, str], whole: bool = False
) -> tuple[Change, ...]:
    """Return what differs from a record; of files that it does not name, only if `whole`.

    Every file of a register counts where one does: a file put into its folder changes it.
    """
    parameters = current_parameters(cycle, record.parameters)
    rooms = ("",) if whole else ("registers/",) if _reads_register(record) else ()
    names = sorted({*record.inputs, *(name for name in inputs if name.startswith(rooms))})
    return (
        *(
            Change("parameter", name, before, parameters[name])
            for name, before in sorted(record.parameters.items())
            if before != parameters[name]
        ),
        *(
            Change(kind_of(name), name, *pair)
            for name in names
            if len(set(pair := (record.inputs.get(name, ABSENT), inputs.get(name, ABSENT)))) > 1
        ),
    )


def _reads_register(record: Record) -> bool:
    return any(name.startswith("registers/") for name in record.inputs)


def kind_of(path: str) -> str:
    """Return what an input is: cycle, table, register, notebook, code or environment."""
    if path == LOCK:
        return "environment"
    first = path.split("/")[0]
    if path.startswith("data/cycles/"):
        return "cycle"
    return {
        "data": "table",
        "registers": "register",
        "notebooks": "notebook",
        "coopreport": "code",
    }.get(first, "file")
