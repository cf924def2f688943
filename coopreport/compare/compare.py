"""The story of `make diff`: find two versions, compare them, write the page and its JSON."""

from __future__ import annotations

from pathlib import Path

from coopreport.compare.changes import Comparison, compare_versions
from coopreport.compare.page import render_page
from coopreport.compare.record import as_json
from coopreport.compare.versions import (
    Version,
    changed_rows,
    find_version,
    load_version,
    version_before,
)
from coopreport.pipeline.layout import COMPARISONS, LATEST
from coopreport.pipeline.publish import json_text, write_whole
from coopreport.pipeline.work import cannot_write
from coopreport.project import Project


def compare(project: Project, cycle: str, from_: str = "", to: str = "") -> Path:
    """Compare two versions and write the page, and the same as JSON beside it; return the page.

    Args:
        from_: a version's name, or `2022-2023/v1`; the last release or the build before if "".
        to: the other version's name; the latest build if "".

    Raises:
        BadCall: no such version.
        DamagedVersion: one of them cannot be read.
        CannotPublish: the page cannot be written.
    """
    return write(project, cycle, read(project, cycle, from_, to))


def read(project: Project, cycle: str, from_: str = "", to: str = "") -> Comparison:
    """Return the comparison of two versions; see `compare`."""
    new_folder = find_version(project, cycle, to or LATEST)
    old_folder = find_version(project, cycle, from_ or version_before(project, new_folder))
    old, new = load_version(old_folder), load_version(new_folder)
    return compare_versions(old, new, changed_rows(project, old, new))


def write(project: Project, cycle: str, comparison: Comparison) -> Path:
    """Write the page of a comparison and its JSON, each whole or not at all; return the page."""
    folder = project.build / cycle / COMPARISONS
    name = f"{_name(comparison.old, cycle)}-{_name(comparison.new, cycle)}"
    page = folder / f"{name}.html"
    try:
        folder.mkdir(exist_ok=True)
        write_whole(page, render_page(comparison))
        write_whole(page.with_suffix(".json"), json_text(as_json(comparison)))
    except OSError as error:
        raise cannot_write(error, folder) from None
    return page


def _name(version: Version, cycle: str) -> str:
    """Return a version's part of a file's name, with its cycle when it is another one."""
    return version.name if version.cycle == cycle else f"{version.cycle}-{version.name}"
