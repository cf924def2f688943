"""The folder of a release: the build with its page rendered again, and all that it was made from.

Made from a build and a record alone, so that a reproduction makes the same bytes.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from stat import S_IMODE
from typing import Any

import nbformat

from coopreport.cycles import Cycle
from coopreport.errors import BadCall
from coopreport.paper.printing import Printer
from coopreport.pipeline.edition import AUTHOR, Edition, Record
from coopreport.pipeline.handouts import is_handout, write_handouts
from coopreport.pipeline.inputs import sha256_of
from coopreport.pipeline.layout import INPUTS, LEDGER
from coopreport.pipeline.options import Options
from coopreport.pipeline.publish import files_of, write_manifest
from coopreport.project import Project
from coopreport.release.versions import read_manifest

READ_ONLY = 0o555

LARGEST_COPY = 50_000_000
"""Bytes of the largest register that a release copies; a larger one is named by its hash."""

BESIDE = ("pyproject.toml", "Makefile", "data/README.md")
"""Files that no build reads and that a build needs to be made again; with `requirements/`."""


def make_folder(
    project: Project,
    cycle: Cycle,
    build: Path,
    record: Record,
    target: Path,
    printer: Printer | None,
) -> None:
    """Make the folder of a release in `target`, which must not exist; `printer` makes its PDF.

    Raises:
        BadCall: an input changed since the build.
        CannotPrint: the PDF cannot be made.
        NotIntact: the build has no readable manifest.
        OSError: a file cannot be read or written.
    """
    manifest = read_manifest(build)
    target.mkdir()
    for name in manifest["outputs"]:
        if not is_handout(name):
            copy_file(build / name, target / name)
    pdf = _write_handouts(target, cycle, build, record, manifest, printer)
    left_out = copy_inputs(project, cycle.id, manifest["inputs"], target / INPUTS)
    about = {key: value for key, value in manifest.items() if key != "outputs"}
    about |= {"pdf": pdf, "release": record.to_json(), "left_out": left_out}
    write_manifest(target, about)


def _write_handouts(
    target: Path,
    cycle: Cycle,
    build: Path,
    record: Record,
    manifest: Mapping[str, Any],
    printer: Printer | None,
) -> dict[str, str] | None:
    """Write the files of a build that tell which release it is; `manifest` is the build's."""
    chapters = [
        (chapter.name, nbformat.read(build / "notebooks" / chapter.path.name, as_version=4))
        for chapter in cycle.chapters
    ]
    ledger = json.loads((build / LEDGER).read_text(encoding="utf-8"))
    edition = Edition(
        cycle.title,
        AUTHOR,
        cycle.id,
        cycle.cut_off,
        manifest["build"],
        record,
        static=Options.of(manifest).static,
    )
    return write_handouts(target, chapters, edition, ledger, printer)


def seal_files(folder: Path) -> None:
    """Make the files of a release read-only."""
    for path in files_of(folder):
        path.chmod(0o444)


def seal_folders(folder: Path) -> None:
    """Make a release and its folders read-only; what is so already stays so."""
    for place, _, _ in os.walk(folder, topdown=False):
        if S_IMODE(os.stat(place).st_mode) != READ_ONLY:
            os.chmod(place, READ_ONLY)


def causes_file(cycle: str) -> str:
    """Return the path, from the project's root, of the stated causes of a cycle's revisions."""
    return f"data/revisions/{cycle}.yaml"


def copy_inputs(project: Project, cycle: str, inputs: Mapping[str, str], target: Path) -> list[str]:
    """Copy what the build was made from, and what makes it again; return what was too large.

    Raises:
        BadCall: an input is not as `inputs` has its hash.
    """
    left_out = []
    for name, sha256 in inputs.items():
        source = project.file(name)
        if name.startswith("registers/") and source.stat().st_size > LARGEST_COPY:
            left_out.append(name)
            continue
        copy_file(source, target / name)
        if sha256_of(target / name) != sha256:
            raise BadCall(
                f"{name} a changé depuis la production.", "relancez make report, puis make release."
            )
    for source in _beside(project, cycle):
        if (name := project.relative(source)) not in inputs:
            copy_file(source, target / name)
    return left_out


def _beside(project: Project, cycle: str) -> Iterator[Path]:
    files = (*BESIDE, causes_file(cycle))
    yield from (path for name in files if (path := project.root / name).is_file())
    found = sorted((project.root / "requirements").glob("*"))
    yield from (path for path in found if path.is_file() and not path.name.startswith("."))


def copy_file(source: Path, target: Path) -> None:
    """Copy the bytes of a file, making the folders that lead to its place."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
