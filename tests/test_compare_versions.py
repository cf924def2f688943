"""Finding a version by its name, what it is compared with by default, and damaged ones."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path

import pytest

from coopreport.compare.versions import (
    DamagedVersion,
    changed_rows,
    find_version,
    known_versions,
    load_version,
    version_before,
)
from coopreport.errors import BadCall
from coopreport.project import Project
from tests.chapters import CYCLE
from tests.claims_fixtures import edit
from tests.compare_fixtures import release
from tests.shared import copy

OLD, NEW = "aaaaaaaaaaaa", "bbbbbbbbbbbb"


@pytest.fixture
def shelves(tmp_path: Path) -> Project:
    """A project with two builds, v1, v2 and v10, and another cycle with v1."""
    project = Project(tmp_path)
    for age, path in enumerate(
        (f"{CYCLE}/{NEW}", f"{CYCLE}/{OLD}", *(f"{CYCLE}/{v}" for v in ("v10", "v2", "v1")))
    ):
        folder = project.build / path
        folder.mkdir(parents=True)
        manifest = folder / "manifest.json"
        manifest.write_text("{}", encoding="utf-8")
        os.utime(manifest, (1000 - age, 1000 - age))
    (project.build / CYCLE / "latest").symlink_to(NEW)
    (project.build / CYCLE / "comparaisons").mkdir()
    (project.build / CYCLE / "cccccccccccc").mkdir()
    other = project.build / "2022-2023" / "v1"
    other.mkdir(parents=True)
    (other / "manifest.json").write_text("{}", encoding="utf-8")
    return project


def test_releases_come_by_number_then_builds_by_age(shelves: Project) -> None:
    assert known_versions(shelves.build / CYCLE) == ["v1", "v2", "v10", NEW, OLD]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("v2", f"{CYCLE}/v2"),
        ("latest", f"{CYCLE}/{NEW}"),
        (OLD, f"{CYCLE}/{OLD}"),
        ("2022-2023/v1", "2022-2023/v1"),
    ],
)
def test_a_version_is_found_by_its_name(shelves: Project, name: str, found: str) -> None:
    assert find_version(shelves, CYCLE, name) == shelves.build / found


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("v3", "Remède\u00a0: versions : v1, v2, v10"),
        ("bbbbbbbbbbb0", f"vouliez-vous dire «\u00a0{NEW}\u00a0"),
        ("zzz", "versions : v1, v2, v10"),
        ("../../etc", "n’est pas un cycle budgétaire"),
        ("2022-2023/../2023-2024/v1", "n’est pas un cycle budgétaire"),
        ("2021-2022/v1", "make report CYCLE=2021-2022"),
        (".", "versions : v1"),
        ("comparaisons", "versions : v1"),
        ("cccccccccccc", "a pas de version"),
        ("2022-2023/latest", "a pas de version"),
    ],
)
def test_an_unknown_name_is_a_bad_call(shelves: Project, name: str, said: str) -> None:
    with pytest.raises(BadCall, match=said) as raised:
        find_version(shelves, CYCLE, name)
    assert raised.value.exit_code == 2


@pytest.mark.parametrize(("of", "before"), [("v10", "v2"), ("v2", "v1"), (NEW, "v10")])
def test_by_default_it_is_the_release_before(shelves: Project, of: str, before: str) -> None:
    assert version_before(shelves, shelves.build / CYCLE / of) == before


def test_without_a_release_it_is_the_build_before(shelves: Project) -> None:
    for name in ("v1", "v2", "v10"):
        shutil.rmtree(shelves.build / CYCLE / name)
    assert version_before(shelves, shelves.build / CYCLE / NEW) == OLD
    with pytest.raises(BadCall, match="aucune version avant"):
        version_before(shelves, shelves.build / CYCLE / OLD)


def test_the_first_release_has_none_before(shelves: Project) -> None:
    with pytest.raises(BadCall, match="FROM=2022-2023/v1"):
        version_before(shelves, shelves.build / CYCLE / "v1")


@pytest.fixture
def copied(built: Path, tmp_path: Path) -> Project:
    """The project of the real build, with `v1`, to break."""
    root = copy(built.parents[2], tmp_path / "projet")
    release(root, "v1")
    return Project(root)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("indicateurs.json", None),
        ("indicateurs.json", "{"),
        ("manifest.json", "[]"),
        ("notebooks/04-survie.ipynb", "{}"),
        ("enonces.json", "[]"),
    ],
)
def test_a_damaged_version_is_said_and_no_trace_is_shown(
    copied: Project, name: str, text: str | None
) -> None:
    path = copied.build / CYCLE / "v1" / name
    if text is None:
        path.unlink()
    else:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(DamagedVersion, match="v1") as raised:
        load_version(copied.build / CYCLE / "v1")
    assert raised.value.exit_code == 7


def test_what_a_version_does_not_record_is_absent_and_no_error(copied: Project) -> None:
    folder = copied.build / CYCLE / "v1"
    (folder / "enonces.json").unlink()
    shutil.rmtree(folder / "intrants")
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    for name in ("chapters", "release"):
        manifest.pop(name, None)
    path.write_text(json.dumps(manifest), encoding="utf-8")
    version = load_version(folder)
    assert version.claims is None
    assert version.release == {}
    assert [document.id for document in version.documents][:2] == ["sommaire", "portrait"]


def test_rows_are_told_from_the_copies_of_a_release_and_the_project_s_own_files(
    copied: Project,
) -> None:
    edit(copied.root, "grants", {"grant_row": "G2020-1"}, amount="12345")
    release(copied.root, "v2")
    old = load_version(copied.build / CYCLE / "v1")
    path = copied.build / CYCLE / "v2" / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    content = (copied.root / "data" / "grants.csv").read_bytes()
    manifest["inputs"]["data/grants.csv"] = hashlib.sha256(content).hexdigest()
    path.write_text(json.dumps(manifest), encoding="utf-8")
    new = load_version(path.parent)
    changes = changed_rows(copied, old, new)
    assert list(changes) == ["data/grants.csv"]
    (cells,) = changes["data/grants.csv"].changed.values()
    assert [cell.new for cell in cells] == ["12345"]
    shutil.rmtree(path.parent / "intrants")
    assert changed_rows(copied, old, new) == changes  # the project's file has the hash recorded
    edit(copied.root, "grants", {"grant_row": "G2020-1"}, amount="54321")
    assert changed_rows(copied, old, new) == {}
