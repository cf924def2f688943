"""An edition is a build of its own: its cells, its pointer, its kept chapters, its warnings."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from zipfile import ZipFile

import pytest

from coopreport.pipeline.publish import is_intact, read_manifest
from tests.builds import latest
from tests.chapters import CYCLE, write_chapter
from tests.conftest import Command, runner
from tests.english import translate

NUMBER = '{eval}`indicator["financement.annonce"].words`'
PROSE = f"## Ce qui est demandé\n\nInvestir {NUMBER} par année.\n\nSans fin."
ENGLISH = f"## What is requested\n\nInvest {NUMBER} per year.\n\nWith no end."
UNTRANSLATED = "## Une suite\n\nUne phrase que personne n’a traduite : rien.\n\n- Un point."
BROKEN = '## Suite\n\n{eval}`indicator["financement.rien"]`'


@pytest.fixture
def essay(project: Path) -> Path:
    """A project of one short chapter, of which one cell has its English."""
    path = write_chapter(project, PROSE, UNTRANSLATED)
    translate(path, **{"Ce qui": ENGLISH, "Essai": "# Essay"})
    return project


def english_page(project: Path) -> str:
    return (project / "build" / CYCLE / "latest-en" / "rapport.html").read_text(encoding="utf-8")


def contents(build: Path) -> dict[str, bytes]:
    """Return the files of a build but its manifest, without the name of the build."""
    found = {
        path.relative_to(build).as_posix(): path.read_bytes()
        for path in sorted(build.rglob("*"))
        if path.is_file() and path.name != "manifest.json"
    }
    with ZipFile(io.BytesIO(found.pop("tableaux.xlsx"))) as workbook:
        found |= {name: workbook.read(name) for name in workbook.namelist()}
    return {name: data.replace(build.name.encode(), b"PRODUCTION") for name, data in found.items()}


def test_english_cells_change_nothing_in_the_french_edition(project: Path) -> None:
    path = write_chapter(project, PROSE)
    assert runner(project)("report").returncode == 0
    before = latest(project)
    translate(path, **{"Ce qui": ENGLISH})
    assert runner(project)("report").returncode == 0
    assert latest(project) != before
    assert contents(latest(project)) == contents(before)


def test_each_edition_has_its_pointer_and_its_chapters(essay: Path, coopreport: Command) -> None:
    assert coopreport("report").returncode == 0
    french = latest(essay)
    done = coopreport("report", "--language=en")
    assert done.returncode == 0, done.stderr
    shelf = essay / "build" / CYCLE
    english = (shelf / "latest-en").resolve()
    assert latest(essay) == french != english
    assert read_manifest(english)["options"]["language"] == "en"
    assert is_intact(english, read_manifest(english)["inputs"])
    again = coopreport("report", "--language=en")
    assert "Rien n’a changé" in again.stderr
    assert "latest-en" in again.stdout
    assert coopreport("verify").stderr.count("intact") == 2


def test_what_has_no_english_is_french_marked_and_said(essay: Path, coopreport: Command) -> None:
    done = coopreport("report", "--language=en", "--engine=noyaux")
    assert "01-essai.ipynb, cellule 7" in done.stderr
    assert "sans anglais" in done.stderr
    page = english_page(essay)
    assert '<h3 lang="fr" id="essai-une-suite">' in page
    assert re.search(
        r'<p lang="fr"[^>]*>Une phrase que personne n’a traduite\u00a0: rien.</p>', page
    )
    assert '<ul lang="fr">' in page
    assert re.search(r'<h3 id="essai-ce-qui-est-demande">.*What is requested</h3>', page)
    assert ">$8.8\u00a0million</data>" in page
    assert "Investir" not in page
    count = page.count(' lang="fr"')
    assert f"Passages left in French: <b>{count}</b>" in page
    assert f"{count}\u00a0passages en français" in done.stderr


def test_a_french_that_changed_is_shown_until_its_english_is_confirmed(
    essay: Path, coopreport: Command
) -> None:
    path = essay / "notebooks" / "01-essai.ipynb"
    path.write_text(path.read_text().replace("Sans fin.", "Sans aucune fin."))
    told = coopreport("translation").stdout
    assert "3\u00a0cellules de texte, 1 en anglais, 1 sans anglais, 1 à revoir" in told
    assert "ligne 3 : Sans aucune fin." in told
    warned = coopreport("lint")
    assert warned.returncode == 0, warned.stderr
    assert "ligne 3 : Sans aucune fin." in warned.stdout
    stale = coopreport("report", "--language=en")
    assert "ligne 3 : Sans aucune fin." in stale.stderr
    assert re.search(r'<p lang="fr"[^>]*>Sans aucune fin.</p>', english_page(essay))
    id = next(c["id"] for c in json.loads(path.read_text())["cells"] if "fin." in str(c["source"]))
    assert coopreport("translation", f"--confirm={id}").returncode == 0
    coopreport("report", "--language=en")
    assert "With no end." in english_page(essay)
    assert "Sans aucune fin." not in english_page(essay)


def test_confirming_changes_nothing_else_in_the_notebook(essay: Path, coopreport: Command) -> None:
    path = essay / "notebooks" / "01-essai.ipynb"
    before = json.loads(path.read_text())
    for cell in before["cells"]:
        cell["metadata"].pop("translates", None)
    path.write_text(json.dumps(before, ensure_ascii=False, indent=1) + "\n")
    assert "2\u00a0traductions confirmées" in coopreport("translation", "--confirm=01-essai").stdout
    after = json.loads(path.read_text())
    stamps = [cell["metadata"].pop("translates", None) for cell in after["cells"]]
    assert sum(stamp is not None for stamp in stamps) == 2
    assert after == before


def test_an_unknown_cell_cannot_be_confirmed(essay: Path, coopreport: Command) -> None:
    done = coopreport("translation", "--confirm=02-essai")
    assert done.returncode == 2
    assert "01-essai" in done.stderr


def test_an_unknown_language_is_refused(essay: Path, coopreport: Command) -> None:
    done = coopreport("report", "--language=es")
    assert done.returncode == 2
    assert "fr, en" in done.stderr
    assert not (essay / "build").exists()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_an_error_gives_the_number_that_the_analyst_sees(project: Path, language: str) -> None:
    path = write_chapter(project, PROSE, BROKEN)
    translate(path, **{"Ce qui": ENGLISH, "Essai": "# Essay"})
    done = runner(project)("report", f"--language={language}")
    assert done.returncode == 4
    assert "cellule 7, sous « Suite »" in done.stderr
