"""Verification of versions: every file, every way that one can be damaged, and signatures."""

from __future__ import annotations

import json
import shutil
from hashlib import sha256
from pathlib import Path

import pytest

from coopreport.errors import BadCall
from coopreport.project import Project
from coopreport.release.verify import verify
from coopreport.release.versions import NotIntact
from tests.chapters import CYCLE
from tests.releases import SIGNER, copied, make_key, run, shelf


@pytest.fixture
def versions(released: Path, tmp_path: Path) -> Project:
    """A writable copy of the project and of its versions."""
    return copied(released, tmp_path / "copie", writable=True)


def told(project: Project, version: str = "") -> list[str]:
    """Return what a verification that succeeds says."""
    said: list[str] = []
    assert verify(project, CYCLE, version, said.append) == 0
    return said


def faults(project: Project, version: str = "") -> str:
    """Return what a verification that fails says."""
    with pytest.raises(NotIntact) as caught:
        verify(project, CYCLE, version, lambda text: None)
    assert caught.value.exit_code == 7
    return str(caught.value)


def flip(path: Path) -> None:
    """Change one bit of the middle byte of a file."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def test_every_version_and_the_latest_build_are_intact(released: Path) -> None:
    said = told(Project(released))
    assert [line.split("\u00a0")[0] for line in said] == ["v1", "v2", "v3", "latest"]


def test_a_signed_version_says_by_whom(released: Path) -> None:
    assert told(Project(released), "v2")[0].endswith(f"signature de {SIGNER} vérifiée")


@pytest.mark.parametrize(
    "name",
    [
        "rapport.html",
        "indicateurs.json",
        "notebooks/03-financement.ipynb",
        "intrants/data/gdp.csv",
        "intrants/data/cycles/2023-2024.yaml",
        "intrants/coopreport/cli.py",
        "intrants/coopreport/fonts/CoopSans-Regular.ttf",
        "intrants/requirements/report.lock",
    ],
)
def test_one_flipped_bit_is_found_and_its_file_named(versions: Project, name: str) -> None:
    flip(shelf(versions.root) / "v1" / name)
    assert f"v1/{name}\u00a0: contenu différent" in faults(versions)


def test_a_missing_file_is_named(versions: Project) -> None:
    (shelf(versions.root) / "v1" / "notebooks" / "04-survie.ipynb").unlink()
    assert "v1/notebooks/04-survie.ipynb\u00a0: absent" in faults(versions)


@pytest.mark.parametrize("name", ["virus.exe", ".caché", "intrants/data/nouvelle.csv"])
def test_an_added_file_is_named(versions: Project, name: str) -> None:
    (shelf(versions.root) / "v1" / name).write_text("ajout", encoding="utf-8")
    assert f"v1/{name}\u00a0: ajouté" in faults(versions)


def test_a_file_replaced_by_a_link_to_the_same_bytes_is_named(versions: Project) -> None:
    page = shelf(versions.root) / "v1" / "rapport.html"
    elsewhere = versions.root / "ailleurs.html"
    shutil.move(page, elsewhere)
    page.symlink_to(elsewhere)
    assert "v1/rapport.html\u00a0: remplacé par un lien" in faults(versions)


def test_converted_line_ends_are_told_from_a_change(versions: Project) -> None:
    table = shelf(versions.root) / "v1" / "intrants" / "data" / "gdp.csv"
    table.write_bytes(table.read_bytes().replace(b"\n", b"\r\n"))
    text = faults(versions)
    assert "gdp.csv\u00a0: fins de ligne converties (CRLF)" in text
    assert "autocrlf" in text


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b'{"inputs": 1, "outputs": 2}'])
def test_a_manifest_that_is_none_is_named(versions: Project, content: bytes) -> None:
    (shelf(versions.root) / "v1" / "manifest.json").write_bytes(content)
    assert "v1/manifest.json\u00a0: absent ou illisible" in faults(versions, "v1")


def test_everything_that_is_wrong_is_told_at_once(versions: Project) -> None:
    flip(shelf(versions.root) / "v1" / "rapport.html")
    (shelf(versions.root) / "v3" / "indicateurs.json").unlink()
    (shelf(versions.root) / "latest" / "de-trop.txt").write_text("x", encoding="utf-8")
    text = faults(versions)
    assert text.startswith("3\u00a0fichiers ne sont pas comme à la publication.")
    assert all(name in text for name in ("v1/rapport", "v3/indicateurs", "latest/de-trop"))


def falsify(project: Project, version: str) -> None:
    """Change a number in a page, and the page's hash in the manifest: the hashes agree."""
    folder = shelf(project.root) / version
    page = (folder / "rapport.html").read_bytes().replace(b"8,8", b"9,9")
    (folder / "rapport.html").write_bytes(page)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    manifest["outputs"]["rapport.html"] = sha256(page).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def test_a_manifest_edited_to_agree_fails_its_signature(versions: Project) -> None:
    falsify(versions, "v2")
    text = faults(versions, "v2")
    assert f"v2/manifest.json.sig\u00a0: la signature de {SIGNER} ne vaut pas" in text
    assert "rapport.html" not in text


def test_an_unsigned_manifest_edited_to_agree_is_found_by_the_next_version(
    versions: Project,
) -> None:
    falsify(versions, "v1")
    assert "v2/manifest.json\u00a0: celui de v1 a été changé depuis" in faults(versions)


def test_a_version_put_in_the_place_of_another_is_found(versions: Project) -> None:
    shutil.rmtree(shelf(versions.root) / "v1")
    shutil.copytree(shelf(versions.root) / "v3", shelf(versions.root) / "v1")
    assert "v1/manifest.json\u00a0: c’est celui de v3" in faults(versions, "v1")


def test_a_signature_that_was_removed_is_missed(versions: Project) -> None:
    (shelf(versions.root) / "v2" / "manifest.json.sig").unlink()
    assert f"manifest.json.sig\u00a0: absent, alors que la version se dit signée par {SIGNER}" in (
        faults(versions, "v2")
    )


def test_a_signature_that_was_added_is_told(versions: Project) -> None:
    folder = shelf(versions.root)
    shutil.copyfile(folder / "v2" / "manifest.json.sig", folder / "v1" / "manifest.json.sig")
    assert "v1/manifest.json.sig\u00a0: ajouté" in faults(versions, "v1")


def test_a_signature_by_a_key_that_is_not_the_signer_s_fails(
    versions: Project, tmp_path: Path
) -> None:
    other = make_key(tmp_path / "autre")
    (versions.data / "signataires").write_text(f"{SIGNER} {other}\n", encoding="utf-8")
    assert f"la signature de {SIGNER} ne vaut pas" in faults(versions, "v2")


def test_a_signature_cannot_be_verified_without_the_signers(versions: Project) -> None:
    (versions.data / "signataires").unlink()
    assert "ne peut pas être vérifié sans data/signataires" in faults(versions, "v2")


def test_without_openssh_a_signed_version_is_not_called_intact(
    versions: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "ssh-keygen est introuvable" in faults(versions, "v2")


def test_an_unknown_version_is_a_bad_call_with_the_known_ones(released: Path) -> None:
    result = run(released, "verify", "--version=v12")
    assert result.returncode == 2
    assert "v1" in result.stderr and "Version inconnue" in result.stderr


@pytest.mark.parametrize("version", ["../v1", "V1", "v0", "v1/..", "12345678"])
def test_only_a_version_s_name_opens_a_folder(released: Path, version: str) -> None:
    with pytest.raises(BadCall):
        verify(Project(released), CYCLE, version, lambda text: None)
