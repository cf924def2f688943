"""Releases: what a version's page says, that it never changes, and when nothing is published."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from coopreport.errors import BadCall
from coopreport.pipeline.edition import Record
from coopreport.release.request import (
    CORRECTION,
    FIRST,
    REVISION,
    date_of_release,
    kind_of_release,
    reason_of_release,
)
from tests import releases
from tests.releases import SIGNER, commit, copied, done, edit, git, run, shelf

NBSP = "\u00a0"


def page(project: Path, version: str) -> str:
    return (shelf(project) / version / "rapport.html").read_text(encoding="utf-8")


def record(project: Path, version: str) -> Record:
    manifest = json.loads((shelf(project) / version / "manifest.json").read_text(encoding="utf-8"))
    return Record.from_json(manifest["release"])


def cover(project: Path, version: str) -> str:
    """Return the text of a page's first screen."""
    html = page(project, version)
    part = html[html.index('<header class="cover"') : html.index("</header>")]
    return re.sub(r"\s*<[^>]+>\s*", " ", part)


# What a version's page says


def test_the_first_screen_says_version_kind_date_and_reason(released: Path) -> None:
    text = cover(released, "v2")
    assert "v2, révision" in text
    assert f"le 3{NBSP}novembre 2026" in text
    assert releases.REVISION.replace("'", "’") in text
    assert SIGNER in text
    assert "Brouillon" not in text


def test_the_first_version_is_a_first_publication(released: Path) -> None:
    assert "v1, première publication" in cover(released, "v1")
    assert "Mémoire déposé" in cover(released, "v1")


def test_a_build_stays_a_draft(released: Path) -> None:
    assert "Brouillon, pour relecture" in cover(released, "latest")


def test_the_mark_stands_on_what_moved_and_on_nothing_else(
    released: Path, chromium: Browser
) -> None:
    view = chromium.new_page()
    view.goto((shelf(released) / "v2" / "rapport.html").as_uri())
    marked = view.eval_on_selector_all(
        "data.indicator[data-indicator]",
        "found => [...new Set(found.filter(e => [...e.querySelectorAll('sup')]"
        ".some(s => s.textContent === 'r')).map(e => e.dataset.indicator))].sort()",
    )
    shown = view.eval_on_selector_all(
        "data.indicator[data-indicator]", "found => found.map(e => e.dataset.indicator)"
    )
    view.close()
    moved = [each.indicator for each in record(released, "v2").revised]
    assert moved == ["portrait.part_pib_recalculee.2022", "portrait.pib.2022"]
    assert marked == sorted(set(moved) & set(shown))
    assert marked


def test_a_number_of_a_table_that_moved_is_marked_and_explained_in_its_legend(
    released: Path, chromium: Browser
) -> None:
    view = chromium.new_page()
    view.goto((shelf(released) / "v2" / "rapport.html").as_uri())
    table = view.locator('[id="survie.quebec"]')
    cells = table.locator("td", has=view.locator("sup.symbol", has_text=re.compile(r"^r$")))
    texts = cells.all_inner_texts()
    legend = table.locator(".legend").inner_text()
    view.close()
    assert texts == [f"80,4{NBSP}%r"]
    assert f"r{NBSP}révisé" in legend


def test_what_moved_is_listed_with_both_values_the_difference_and_the_cause(
    released: Path, chromium: Browser
) -> None:
    view = chromium.new_page()
    view.goto((shelf(released) / "v2" / "rapport.html").as_uri())
    rows = view.locator("section.versions tr", has_text="PIB nominal du Québec en 2022")
    cells = rows.locator("td").all_inner_texts()
    view.close()
    cause = "L’Institut de la statistique du Québec a révisé le PIB de 2022."
    assert cells == [f"555,1{NBSP}G$", f"561,1{NBSP}G$r", f"+6,0{NBSP}G$", cause]


@pytest.mark.parametrize("width", [1280, 320])
def test_the_page_of_a_version_fits_its_window(
    released: Path, chromium: Browser, width: int
) -> None:
    view = chromium.new_page(viewport={"width": width, "height": 800})
    view.goto((shelf(released) / "v2" / "rapport.html").as_uri())
    assert view.evaluate("document.documentElement.scrollWidth") == width
    view.close()


def test_a_version_leads_to_every_earlier_one_at_its_place(released: Path) -> None:
    links = re.findall(r'href="(\.\./[^"]+)"', page(released, "v3"))
    assert links == ["../v2/rapport.html", "../v1/rapport.html"]
    assert all((shelf(released) / "v3" / link).is_file() for link in links)


def test_going_back_is_a_version_more_with_the_old_content(released: Path) -> None:
    first, third = (
        json.loads((shelf(released) / name / "manifest.json").read_text(encoding="utf-8"))
        for name in ("v1", "v3")
    )
    assert first["inputs"] == third["inputs"]
    moves = {each.indicator: (each.old, each.new) for each in record(released, "v3").revised}
    assert moves["portrait.pib.2022"] == (f"561,1{NBSP}G$", f"555,1{NBSP}G$")


def test_versions_follow_their_number_whatever_their_date(released: Path) -> None:
    assert record(released, "v3").date < record(released, "v2").date
    assert [each.version for each in record(released, "v3").earlier] == ["v1", "v2"]


def test_the_history_of_the_cycle_is_written_from_the_versions(released: Path) -> None:
    text = (shelf(released) / "HISTORIQUE.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (v\d), (\S+?)\u00a0: (.+)$", text, flags=re.MULTILINE) == [
        ("v3", "2026-11-01", "correction"),
        ("v2", "2026-11-03", "révision"),
        ("v1", "2026-11-02", "première publication"),
    ]
    assert f"555,1{NBSP}G$ → 561,1{NBSP}G$" in text
    assert f"Signée par {SIGNER}." in text


# A version never changes


def test_no_file_or_folder_of_a_version_can_be_written(released: Path) -> None:
    paths = [shelf(released) / "v1", *(shelf(released) / "v1").rglob("*")]
    assert {oct(path.stat().st_mode & 0o777) for path in paths if path.is_file()} == {"0o444"}
    assert {oct(path.stat().st_mode & 0o777) for path in paths if path.is_dir()} == {"0o555"}


def test_a_version_holds_every_input_it_was_made_from(released: Path) -> None:
    folder = shelf(released) / "v1"
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["left_out"] == []
    assert {f"intrants/{name}": sha256 for name, sha256 in manifest["inputs"].items()}.items() <= (
        manifest["outputs"].items()
    )
    assert (folder / "intrants" / "requirements" / "python.sh").is_file()


def test_the_same_inputs_are_not_published_twice(released: Path) -> None:
    before = sorted(shelf(released).rglob("*"))
    result = run(released, "release", "--kind=révision", "--reason=encore")
    assert result.returncode == 0
    assert f"Rien à publier{NBSP}: v3" in result.stderr
    assert sorted(shelf(released).rglob("*")) == before


def test_a_release_killed_half_way_leaves_nothing_and_the_next_one_works(
    released: Path, tmp_path: Path
) -> None:
    project = copied(released, tmp_path / "copie").root
    edit(project, "notebooks/08-methode.ipynb", "Méthode", "Méthodes")
    commit(project)
    done(project, "report")
    command = [sys.executable, "-m", "coopreport", "release", "--kind=révision", "--reason=Titre"]
    process = subprocess.Popen(command, cwd=project, env={**os.environ, "PYTHONPATH": str(project)})
    while not (left := list((project / "build").glob(".work-*/v4/intrants"))):
        assert process.poll() is None
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert left
    assert not (shelf(project) / "v4").exists()
    done(project, "release", "--kind=révision", "--reason=Titre")
    assert list((project / "build").glob(".work-*")) == []
    assert "v4" in done(project, "verify", "--version=v4")
    assert "Aucune valeur affichée n’a changé depuis v3." in cover(project, "v4")


def test_what_a_release_killed_after_its_rename_left_undone_is_done_by_the_next(
    released: Path, tmp_path: Path
) -> None:
    project = copied(released, tmp_path / "copie").root
    history = shelf(project) / "HISTORIQUE.md"
    before = history.read_bytes()
    history.write_bytes(b"")
    for path in (shelf(project) / "v3", shelf(project) / "v3" / "notebooks"):
        path.chmod(0o755)
    assert "Rien à publier" in done(project, "release")
    assert history.read_bytes() == before
    assert oct((shelf(project) / "v3" / "notebooks").stat().st_mode & 0o777) == "0o555"


def test_of_two_releases_at_once_one_is_made(released: Path, tmp_path: Path) -> None:
    project = copied(released, tmp_path / "copie").root
    edit(project, "notebooks/08-methode.ipynb", "Méthode", "Méthodes")
    commit(project)
    done(project, "report")
    command = [sys.executable, "-m", "coopreport", "release", "--kind=révision", "--reason=Titre"]
    both = [
        subprocess.Popen(
            command,
            cwd=project,
            env={**os.environ, "PYTHONPATH": str(project)},
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    codes = sorted((process.communicate(timeout=120), process.returncode)[1] for process in both)
    assert codes in ([0, 6], [0, 0])  # the second waits for nobody, or comes when all is done
    assert sorted(path.name for path in shelf(project).glob("v*")) == ["v1", "v2", "v3", "v4"]
    done(project, "verify")


# What is typed


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("révision", REVISION),
        ("revision", REVISION),
        ("RÉVISION", REVISION),
        ("re\u0301vision", REVISION),
        (" Correction ", CORRECTION),
    ],
)
def test_a_kind_is_known_without_accents_or_capitals(typed: str, kind: str) -> None:
    assert kind_of_release(typed, first=False) == kind


@pytest.mark.parametrize("typed", ["", "mise à jour", "première publication"])
def test_a_later_version_is_a_revision_or_a_correction(typed: str) -> None:
    with pytest.raises(BadCall, match="KIND=révision"):
        kind_of_release(typed, first=False)


@pytest.mark.parametrize("typed", ["", "Premiere publication"])
def test_the_first_version_needs_no_kind(typed: str) -> None:
    assert kind_of_release(typed, first=True) == FIRST


def test_the_first_version_revises_nothing() -> None:
    with pytest.raises(BadCall, match="première publication"):
        kind_of_release("révision", first=True)


@pytest.mark.parametrize("typed", ["", " \n"])
def test_a_later_version_says_why(typed: str) -> None:
    with pytest.raises(BadCall, match="REASON"):
        reason_of_release(typed, first=False)


@pytest.mark.parametrize("typed", ["2026-13-01", "3 mai 2026", "20260503", "2999-01-01", "hier"])
def test_a_date_is_a_past_day(typed: str) -> None:
    with pytest.raises(BadCall, match="AAAA-MM-JJ"):
        date_of_release(typed)


def test_a_date_left_out_is_today() -> None:
    assert date.fromisoformat(date_of_release("")) <= date.today()


def test_a_reason_is_text_on_the_page(released: Path, tmp_path: Path) -> None:
    project = copied(released, tmp_path / "copie").root
    git(project, "revert", "--no-edit", "HEAD")
    done(project, "report")
    reason = "<script>alert(1)</script> [lien](javascript:alert(1)) `code`"
    edit(project, "data/revisions/2023-2024.yaml", "v2:", "v4:")
    commit(project)
    done(project, "release", "--kind=révision", f"--reason={reason}")
    assert "<script>alert" not in page(project, "v4")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page(project, "v4")
    assert "<script>" not in (shelf(project) / "HISTORIQUE.md").read_text(encoding="utf-8")
