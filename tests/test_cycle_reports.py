"""The report of a cycle without a brief: shorter, true, and it says what nobody knows."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.conftest import copy_sources, runner

CYCLE = "2024-2025"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole report of a cycle whose asks no document gives."""
    project = copy_sources(tmp_path_factory.mktemp("cycle"))
    done = runner(project)("report", f"--cycle={CYCLE}")
    assert done.returncode == 0, done.stderr
    return (project / "build" / CYCLE / "latest").resolve()


def words(report: Path) -> str:
    """Return the words of the chapters, without the appendix."""
    page = (report / "rapport.html").read_text(encoding="utf-8")
    chapters = page.split('<main id="contenu"')[1].split('id="provenance"')[0]
    return re.sub(r"<[^>]+>", " ", chapters)


def test_each_chapter_says_once_what_is_not_known(report: Path) -> None:
    text = words(report)
    asked = "On ne sait pas ce que le mouvement a demandé pour l’exercice 2024-2025"
    assert text.count(asked) == 3  # summary, funding, method
    assert text.count("On ne sait pas quels taux de survie un mémoire de ce cycle avance") == 1
    assert "Si la demande était autre" not in text


def test_no_indicator_of_the_page_is_without_a_value(report: Path) -> None:
    ledger = json.loads((report / "indicateurs.json").read_text(encoding="utf-8"))
    shown = {item["id"]: item["value"] for item in ledger["indicators"]}
    assert "financement.annonce" not in shown
    prose = re.findall(r'data-indicator="([^"]+)"', (report / "rapport.html").read_text("utf-8"))
    assert prose
    assert [name for name in prose if not shown[name]] == []


def test_what_was_announced_after_the_cut_off_is_not_in_the_chapters(report: Path) -> None:
    text = words(report).split("Tables sources et leur empreinte")[0]
    assert "17 avril 2023" in text
    assert "11 avril 2024" not in text
    assert "11 juillet 2025" not in text
