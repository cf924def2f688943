"""The bundle of a version: one ZIP, the same bytes each time, readable with no tool of ours."""

from __future__ import annotations

import hashlib
import json
import subprocess
import warnings
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from rocrate.rocrate import ROCrate

from coopreport.errors import CannotPublish
from coopreport.pipeline.edition import Record
from coopreport.project import Project
from coopreport.release import folder
from coopreport.release.bundle import bundle, bundle_path
from coopreport.release.crate import Packed, crate
from coopreport.release.versions import NotIntact
from tests.chapters import CYCLE
from tests.releases import SIGNER, copied, done, run, shelf


@pytest.fixture(scope="module")
def bundled(released: Path) -> Path:
    """The bundle of v2."""
    done(released, "bundle", "--version=v2")
    return bundle_path(Project(released), CYCLE, "v2")


@pytest.fixture
def unpacked(bundled: Path, tmp_path: Path) -> Path:
    """The bundle of v2, unpacked by the system's own program."""
    subprocess.run(["unzip", "-q", str(bundled), "-d", str(tmp_path / "v2")], check=True)
    return tmp_path / "v2"


def metadata(bundled: Path) -> dict[str, Any]:
    """Return the entities of the bundle's metadata, by id."""
    with zipfile.ZipFile(bundled) as archive:
        graph = json.loads(archive.read("ro-crate-metadata.json"))["@graph"]
    return {entity["@id"]: entity for entity in graph}


def test_a_bundle_holds_the_version_whole(released: Path, unpacked: Path) -> None:
    version = shelf(released) / "v2"
    for path in version.rglob("*"):
        if path.is_file():
            copy = unpacked / path.relative_to(version)
            assert copy.read_bytes() == path.read_bytes()


def test_the_hashes_are_checked_without_python(unpacked: Path) -> None:
    command = ["sha256sum", "--strict", "-c", "empreintes.sha256"]
    told = subprocess.run(command, cwd=unpacked, capture_output=True, text=True, check=True).stdout
    listed = {line.partition(": ")[0] for line in told.splitlines()}
    files = {p.relative_to(unpacked).as_posix() for p in unpacked.rglob("*") if p.is_file()}
    assert listed == files - {"empreintes.sha256"}


def test_a_text_says_how_to_read_it(unpacked: Path) -> None:
    text = (unpacked / "LISEZ-MOI.txt").read_text(encoding="utf-8")
    assert "Version v2, révision, 2026-11-03" in text
    assert f"Signée par {SIGNER}" in text
    for name in ("rapport.html", "indicateurs.json", "notebooks", "intrants", "manifest.json"):
        assert name in text
        assert (unpacked / name).exists()


def test_the_same_version_gives_the_same_bytes(released: Path, bundled: Path) -> None:
    before = bundled.read_bytes()
    bundled.unlink()
    surroundings = {"TZ": "Asia/Tokyo", "LC_ALL": "C", "PYTHONHASHSEED": "7"}
    result = run(released, "bundle", "--version=v2", environment=surroundings)
    assert result.returncode == 0, result.stderr
    assert bundled.read_bytes() == before


def test_names_are_sorted_dates_and_permissions_fixed(bundled: Path) -> None:
    with zipfile.ZipFile(bundled) as archive:
        entries = archive.infolist()
    assert [entry.filename for entry in entries] == sorted(entry.filename for entry in entries)
    assert {entry.date_time for entry in entries} == {(2026, 11, 3, 0, 0, 0)}
    assert {oct(entry.external_attr >> 16) for entry in entries} == {"0o100644"}


def test_rocrate_reads_the_bundle_as_a_process_run_crate(bundled: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a data entity that the root does not list
        found = ROCrate(bundled)
    assert found.root_dataset["conformsTo"].id == "https://w3id.org/ro/wfrun/process/0.5"
    assert found.root_dataset["datePublished"] == "2026-11-03"
    assert found.mainEntity.id == "rapport.html"
    action = found.dereference("#production")
    assert found.root_dataset["mentions"].id == "#production"
    assert action.type == "CreateAction"
    assert action["endTime"] == "2026-11-03"
    assert action["instrument"]["name"] == "coopreport"
    assert action["agent"].type == "Organization"
    assert {"rapport.html", "indicateurs.json", "notebooks/04-survie.ipynb"} <= {
        each.id for each in action["result"]
    }
    assert {"intrants/data/gdp.csv", f"intrants/data/cycles/{CYCLE}.yaml"} <= {
        each.id for each in action["object"]
    }
    software = action["instrument"]
    assert software["softwareRequirements"].id == "intrants/requirements/report.lock"


def test_rocrate_writes_back_what_it_read(bundled: Path, tmp_path: Path) -> None:
    ROCrate(bundled).write(tmp_path / "écrit")
    ids = {
        entity["@id"]
        for entity in json.loads((tmp_path / "écrit/ro-crate-metadata.json").read_text())["@graph"]
    }
    assert ids == set(metadata(bundled))


def test_every_file_is_described_with_its_size_and_hash(unpacked: Path, bundled: Path) -> None:
    entities = metadata(bundled)
    files = {unquote(id): each for id, each in entities.items() if each["@type"] == "File"}
    there = {p.relative_to(unpacked).as_posix() for p in unpacked.rglob("*") if p.is_file()}
    assert set(files) == there - {"ro-crate-metadata.json", "empreintes.sha256"}
    for name, entity in files.items():
        content = (unpacked / name).read_bytes()
        assert entity["sha256"] == hashlib.sha256(content).hexdigest()
        assert entity["contentSize"] == str(len(content))


def test_every_reference_leads_to_an_entity(bundled: Path) -> None:
    entities = metadata(bundled)

    def references(value: Any) -> list[str]:
        if isinstance(value, dict):
            return [value["@id"]]
        return [each for item in value for each in references(item)] if type(value) is list else []

    known = {*entities, "https://w3id.org/ro/crate/1.1"}
    for entity in entities.values():
        values = [value for key, value in entity.items() if key != "@type"]
        assert [each for value in values for each in references(value) if each not in known] == []


def test_each_table_bears_its_own_licence(bundled: Path) -> None:
    entities = metadata(bundled)

    def licence(table: str) -> str:
        name = entities[entities[f"intrants/data/{table}.csv"]["license"]["@id"]]["name"]
        assert isinstance(name, str)
        return name

    assert licence("life_table_uk").startswith("Open Data Commons Attribution License")
    assert licence("gdp") == "Faits compilés par le projet"


def test_a_version_that_is_not_intact_is_not_bundled(released: Path, tmp_path: Path) -> None:
    project = copied(released, tmp_path / "copie", writable=True)
    bundle_path(project, CYCLE, "v1").unlink(missing_ok=True)  # of another test
    (shelf(project.root) / "v1" / "ajout.txt").write_text("x", encoding="utf-8")
    with pytest.raises(NotIntact, match="v1/ajout.txt"):
        bundle(project, CYCLE, "v1", lambda text: None)
    assert not bundle_path(project, CYCLE, "v1").exists()


def test_the_last_version_is_bundled_when_none_is_named(released: Path) -> None:
    assert "coopreport-2023-2024-v3.zip" in done(released, "bundle")


def test_a_disk_that_cannot_be_written_leaves_the_former_bundle(
    released: Path, bundled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = bundled.read_bytes()

    def full(*given: object, **options: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "writestr", full)
    with pytest.raises(CannotPublish, match="espace"):
        bundle(Project(released), CYCLE, "v2", lambda text: None)
    assert bundled.read_bytes() == before


def test_a_register_too_large_to_copy_is_named_by_its_hash(
    released: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder, "LARGEST_COPY", 10)
    root = tmp_path / "projet"
    (root / "registers").mkdir(parents=True)
    (root / "requirements").mkdir()
    (root / "registers" / "registre.csv").write_text("plus de dix octets", encoding="utf-8")
    sha256 = hashlib.sha256(b"plus de dix octets").hexdigest()
    inputs = {"registers/registre.csv": sha256}
    assert folder.copy_inputs(Project(root), CYCLE, inputs, tmp_path / "intrants") == list(inputs)
    assert not (tmp_path / "intrants").exists()
    record = Record("v1", "2026-11-03", "première publication", "Essai.", "")
    made = crate(
        {
            "cycle": CYCLE,
            "build": "0123456789ab",
            "version": "0.1.0",
            "release": record.to_json(),
            "left_out": list(inputs),
            "inputs": inputs,
            "outputs": {},
        },
        {"resources": []},
        [Packed("rapport.html", 1, "00")],
    )
    named = next(e for e in made["@graph"] if e["@id"] == "#registers/registre.csv")
    assert named["identifier"] == f"sha256:{sha256}"
    action = next(e for e in made["@graph"] if e["@id"] == "#production")
    assert action["object"] == [{"@id": "#registers/registre.csv"}]
