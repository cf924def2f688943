"""`make chapter` writes a chapter that runs as it is, declares it, and touches nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from coopreport.cycles import read_cycle
from coopreport.errors import BadCall
from coopreport.lint.notebooks import print_lint
from coopreport.project import Project
from coopreport.scaffold.chapter import make_chapter
from tests.builds import latest, small_project
from tests.chapters import CYCLE
from tests.conftest import ROOT, runner


@pytest.fixture
def sources(tmp_path: Path) -> Project:
    """A project with its data and notebooks: nothing is built."""
    root = tmp_path / "mémoire"
    for name in ("data", "notebooks"):
        shutil.copytree(ROOT / name, root / name)
    return Project(root)


def files_of(project: Project) -> dict[str, bytes]:
    """Return the files of data/ and notebooks/, by name."""
    paths = [*project.data.rglob("*"), *project.notebooks.rglob("*")]
    return {project.relative(path): path.read_bytes() for path in paths if path.is_file()}


def make(project: Project, name: str, title: str = "", cycle: str = CYCLE) -> str:
    """Make a chapter; return what is said."""
    said: list[str] = []
    assert make_chapter(project, cycle, name, title, said.append) == 0
    return "\n".join(said)


def test_a_chapter_takes_the_next_number_and_is_the_last_of_the_cycle(sources: Project) -> None:
    make(sources, "habitation-rurale", "L’habitation rurale")
    chapter = read_cycle(sources, CYCLE).chapters[-1]
    assert (chapter.name, chapter.title) == ("09-habitation-rurale", "L’habitation rurale")


def test_its_parameters_are_in_the_cycle(sources: Project) -> None:
    make(sources, "habitation-rurale")
    assert read_cycle(sources, CYCLE).parameters["09-habitation-rurale"] == {"most_rows": 5}


def test_nothing_else_is_touched(sources: Project) -> None:
    before = files_of(sources)
    make(sources, "habitation-rurale")
    after = files_of(sources)
    listed = f"data/cycles/{CYCLE}.yaml"
    assert after.keys() - before.keys() == {"notebooks/09-habitation-rurale.ipynb"}
    assert {name for name in before if after[name] != before[name]} == {listed}
    assert after[listed].startswith(before[listed])


def test_without_a_title_its_name_is_its_title(sources: Project) -> None:
    make(sources, "habitation-rurale")
    assert read_cycle(sources, CYCLE).chapters[-1].title == "Habitation rurale"


def test_the_next_three_things_to_do_are_said(sources: Project) -> None:
    said = make(sources, "habitation-rurale").replace("\u00a0", " ")
    for words in (
        "  1. make lab, puis notebooks/09-habitation-rurale.ipynb",
        "  2. data/cycles/2023-2024.yaml",
        "  3. make lint, puis make report CYCLE=2023-2024.",
    ):
        assert words in said


def test_lint_has_nothing_to_refuse_in_it(
    sources: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    make(sources, "habitation-rurale")
    assert print_lint(sources, CYCLE) == 0
    assert "10 notebooks" in capsys.readouterr().out.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "Comment se nomme le chapitre"),
        ("Habitation", "n’est pas un nom de chapitre"),
        ("habitation rurale", "n’est pas un nom de chapitre"),
        ("été", "n’est pas un nom de chapitre"),
        ("../ailleurs", "n’est pas un nom de chapitre"),
        ("-x", "n’est pas un nom de chapitre"),
        ("a" * 41, "n’est pas un nom de chapitre"),
        ("survie", "existe déjà dans notebooks/04-survie.ipynb"),
    ],
)
def test_a_name_that_will_not_do_writes_nothing(sources: Project, name: str, said: str) -> None:
    before = files_of(sources)
    with pytest.raises(BadCall, match=said):
        make(sources, name)
    assert files_of(sources) == before


def test_a_cycle_that_does_not_exist_writes_nothing(sources: Project) -> None:
    before = files_of(sources)
    with pytest.raises(BadCall, match="n’existe pas encore"):
        make(sources, "habitation", cycle="2031-2032")
    assert files_of(sources) == before


def test_the_report_has_it_at_once(tmp_path: Path) -> None:
    project = small_project(tmp_path)
    run = runner(project)
    done = run("chapter", "--name=habitation-rurale", "--title=L’habitation rurale")
    assert done.returncode == 0, done.stderr
    done = run("report")
    assert done.returncode == 0, done.stderr
    page = (latest(project) / "rapport.html").read_text(encoding="utf-8")
    assert "L’habitation rurale" in page
    assert 'id="habitation_rurale.montants"' in page
