"""When a release is refused: every reason at once, each with its remedy, and nothing written."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
import yaml

from coopreport.errors import BadData
from coopreport.project import Project
from coopreport.release.causes import cause_of, lines_to_add, read_causes
from coopreport.release.privacy import TellsWhere, check_privacy
from tests.chapters import CYCLE
from tests.releases import commit, copied, done, edit, git, make_key, revise, run, shelf

NEXT = ("release", "--kind=révision", "--reason=Essai", "--date=2026-11-05")


@pytest.fixture
def project(released: Path, tmp_path: Path) -> Path:
    """A copy of the project with its versions, whose inputs are no longer those of v3."""
    copy = copied(released, tmp_path / "copie").root
    edit(copy, "notebooks/08-methode.ipynb", "Méthode", "Méthodes")
    commit(copy)
    return copy


def refused(project: Path, code: int, *arguments: str, **given: dict[str, str]) -> str:
    """Return why a release is refused, with an exit code; nothing was written."""
    before = sorted(shelf(project).rglob("*"))
    result = run(project, *(arguments or NEXT), environment=given.get("environment"))
    assert result.returncode == code, result.stderr
    assert [path for path in sorted(shelf(project).rglob("*")) if path.name != ".lock"] == [
        path for path in before if path.name != ".lock"
    ]
    return result.stderr.replace("\u00a0", " ")


def damage(path: Path) -> None:
    """Add a line end to a read-only file."""
    path.chmod(0o644)
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")


def test_a_build_that_is_not_of_today_s_inputs_is_not_published(project: Path) -> None:
    text = refused(project, 5)
    assert "ne vient pas des intrants d’aujourd’hui : notebooks/08-methode.ipynb" in text
    assert "lancez make report" in text


def test_without_a_build_there_is_nothing_to_publish(project: Path) -> None:
    (shelf(project) / "latest").unlink()
    assert "Il n’y a aucune production à publier" in refused(project, 5)


def test_a_modified_tree_is_not_published(project: Path) -> None:
    edit(project, "data/gdp.csv", "504455000000", "504456000000")
    text = refused(project, 5)
    assert "L’arbre est modifié, ces fichiers ne sont pas versés : data/gdp.csv." in text
    assert "git commit" in text


@pytest.mark.parametrize("ignored", [False, True])
def test_an_input_that_git_does_not_have_is_not_published(project: Path, ignored: bool) -> None:
    if ignored:
        (project / ".git" / "info" / "exclude").write_text("essai.py\n", encoding="utf-8")
    (project / "coopreport" / "essai.py").write_text("", encoding="utf-8")
    assert "ne sont pas versés : coopreport/essai.py" in refused(project, 5)


def test_a_shallow_clone_may_publish(released: Path, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "--depth=1", released.as_uri(), str(clone))
    done(clone, "report")
    done(clone, "release")
    assert (shelf(clone) / "v1" / "rapport.html").is_file()


def test_a_project_that_is_no_repository_is_not_published(project: Path) -> None:
    shutil.rmtree(project / ".git")
    text = refused(project, 5, environment={"GIT_CEILING_DIRECTORIES": str(project.parent)})
    assert "n’est pas dans un dépôt git" in text
    assert "git init" in text


def test_without_git_nothing_is_published(project: Path, tmp_path: Path) -> None:
    empty = tmp_path / "vide"
    empty.mkdir()
    text = refused(project, 5, environment={"PATH": str(empty)})
    assert "git est introuvable" in text
    assert "installez git" in text


def test_a_build_edited_by_hand_is_not_published(project: Path) -> None:
    done(project, "report")
    page = shelf(project) / "latest" / "rapport.html"
    page.write_text(page.read_text(encoding="utf-8").replace("8,8", "9,9"), encoding="utf-8")
    text = refused(project, 7)
    assert "La dernière production n’est pas intacte (rapport.html : contenu différent)" in text


def test_a_damaged_former_version_stops_the_next_one(project: Path) -> None:
    damage(shelf(project) / "v3" / "indicateurs.json")
    assert "v3 n’est pas intacte (indicateurs.json : contenu différent)" in refused(project, 5)


def test_every_reason_is_given_at_once(project: Path) -> None:
    edit(project, "data/gdp.csv", "504455000000", "504456000000")
    damage(shelf(project) / "v3" / "indicateurs.json")
    text = refused(project, 5)
    assert re.findall(r"^  (\d)\. ", text, flags=re.MULTILINE) == ["1", "2", "3"]
    assert text.count("Remède : ") == 3


def test_a_value_that_moved_waits_for_a_stated_cause(project: Path) -> None:
    revise(project)
    commit(project)
    done(project, "report")
    text = refused(project, 7)
    assert "4 valeurs affichées ont changé sans cause donnée" in text
    assert "PIB nominal du Québec en 2022, aux prix du marché : 555,1 G$ → 561,1 G$" in text
    lines = text[text.index("      v4:") :]
    stated = yaml.safe_load(lines)
    assert list(stated) == ["v4"]
    assert "portrait.pib.2022" in stated["v4"][0]["indicators"]
    # the lines as they are state nothing; filled in and committed, they do
    causes = project / "data" / "revisions" / f"{CYCLE}.yaml"
    before = causes.read_text(encoding="utf-8")
    causes.write_text(before + lines.replace("\n      ", "\n").strip() + "\n", encoding="utf-8")
    commit(project)
    assert "valeur absente" in refused(project, 3)
    edit(project, f"data/revisions/{CYCLE}.yaml", "…", "Le PIB a été révisé")
    commit(project)
    done(project, *NEXT)
    assert "4 valeurs affichées" in (
        (shelf(project) / "v4" / "rapport.html").read_text(encoding="utf-8").replace("\u00a0", " ")
    )


def test_a_cause_of_another_version_explains_nothing(project: Path) -> None:
    revise(project)
    commit(project)
    done(project, "report")
    assert "v4:" in refused(project, 7)  # the file explains the same moves for v2 and for v3


def test_a_gap_that_nobody_explained_and_generated_data_are_not_published(project: Path) -> None:
    edit(project, "data/gdp.csv", "504455000000", "514455000000")
    rows = [
        f"{kind}{n},{1990 + n % 30}-01-{1 + n % 28:02d},"
        f"{f'{1993 + n % 30}-06-01' if n % 3 == 0 and n % 30 < 27 else ''},"
        f"{'dissolution' if n % 3 == 0 and n % 30 < 27 else ''},{kind},true"
        for kind in ("cooperative", "other")
        for n in range(400)
    ]
    (project / "registers").mkdir()
    (project / "registers" / "liste.csv").write_text(
        "\n".join(["unit_id,birth,end,end_kind,legal_form,synthetic", *rows, ""]), encoding="utf-8"
    )
    edit(
        project,
        f"data/cycles/{CYCLE}.yaml",
        "chapters:\n",
        "register: {kind: csv, path: registers/liste.csv}\nchapters:\n",
    )
    commit(project)
    done(project, "report")
    text = refused(project, 5)
    assert "1 énoncé s’écarte sans explication du nombre calculé" in text
    assert "imprimé 13,5 %, calculé 9,9 %" in text
    assert "Des nombres viennent de données de démonstration : " in text


def test_a_wrong_kind_is_a_bad_call(project: Path) -> None:
    assert "KIND=révision" in refused(project, 2, "release", "--kind=nouvelle", "--reason=x")


def test_a_version_says_its_reason(project: Path) -> None:
    assert "REASON" in refused(project, 2, "release", "--kind=révision")


# Who signs


def test_a_key_that_is_nobody_s_is_refused_with_the_line_to_add(
    project: Path, tmp_path: Path
) -> None:
    public = make_key(tmp_path / "inconnue")
    text = refused(project, 7, *NEXT, f"--key={tmp_path / 'inconnue'}")
    assert (
        f"ajoutez cette ligne à data/signataires et versez-la : prénom.nom@exemple.ca {public}"
        in (text)
    )


@pytest.mark.parametrize("content", [None, "pas une clé"])
def test_a_key_that_is_none_is_refused(project: Path, tmp_path: Path, content: str | None) -> None:
    key = tmp_path / "fausse"
    if content:
        key.write_text(content, encoding="utf-8")
        key.chmod(0o600)
    assert "fausse" in refused(project, 7, *NEXT, f"--key={key}")


# Stated causes


def causes(root: Path, text: str) -> Project:
    folder = root / "data" / "revisions"
    folder.mkdir(parents=True)
    (folder / f"{CYCLE}.yaml").write_text(text, encoding="utf-8")
    return Project(root)


def test_the_first_line_that_fits_gives_the_cause(tmp_path: Path) -> None:
    entry = 'cause: {}\n    accepted_by: "M. T."\n    date: 2026-11-03\n'
    text = "v2:\n" + "".join(
        f"  - indicators: {names}\n    {entry.format(cause)}"
        for names, cause in (("[survie.a]", "un"), ('["survie.*", pib]', "deux"))
    )
    found = read_causes(causes(tmp_path, text), CYCLE, "v2")
    assert [cause_of(name, found) for name in ("survie.a", "survie.b", "pib", "autre")] == [
        "un",
        "deux",
        "deux",
        "",
    ]
    assert read_causes(Project(tmp_path), CYCLE, "v3") == ()


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("v2: [", "ce n’est pas du YAML lisible"),
        ("v2:\n  - indicators: [*]\n", "ce n’est pas du YAML lisible"),
        ("- v2", "le fichier doit être fait de « nom: valeur »"),
        ("deux: []", "une version s’écrit v2"),
        ("v2: []\nv2: []", "version donnée deux fois"),
        ("v2: parce que", "une liste de causes est attendue"),
        ("v2:\n  - raison: x\n", "nom inconnu"),
        ("v2:\n  - {indicators: a, cause: x, accepted_by: y, date: 2026-11-03}\n", "liste de noms"),
        ("v2:\n  - {indicators: [a], accepted_by: y, date: 2026-11-03}\n", "valeur absente"),
        ("v2:\n  - {indicators: [a], cause: …, accepted_by: y, date: 2026-11-03}\n", "absente"),
        ("v2:\n  - {indicators: [a], cause: x, accepted_by: y, date: 2026-02-30}\n", "AAAA-MM-JJ"),
    ],
)
def test_a_fault_of_the_causes_is_placed(tmp_path: Path, text: str, rule: str) -> None:
    with pytest.raises(BadData) as caught:
        read_causes(causes(tmp_path, text), CYCLE, "v2")
    assert rule in str(caught.value).replace("\u00a0", " ")


def test_the_lines_to_add_are_read_back_once_they_are_filled_in(tmp_path: Path) -> None:
    lines = lines_to_add("v2", ["survie.quebec", "portrait.pib.2022"], "2026-11-03")
    found = read_causes(causes(tmp_path, lines.replace("…", "Dit.")), CYCLE, "v2")
    assert cause_of("portrait.pib.2022", found) == "Dit."


# Whose machine it was


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("rapport.html", "{root}/data/x.csv"),
        ("notebooks/01.ipynb", '"file://{quoted}/x"'),
        ("intrants/data/x.csv", "a,{root}"),
        ("indicateurs.json", '"{home}"'),
        ("rapport.html", "fait par tremblay."),
        ("rapport.html", "sur POSTE-4417"),
    ],
)
def test_a_file_that_tells_where_it_was_made_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, written: str
) -> None:
    root = tmp_path / "mémoire 2024"
    monkeypatch.setenv("HOME", str(tmp_path / "maison"))
    monkeypatch.setenv("USER", "tremblay")
    monkeypatch.setattr("socket.gethostname", lambda: "poste-4417.exemple.ca")
    folder = tmp_path / "v1"
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    text = written.format(root=root, home=Path.home(), quoted=root.as_uri()[7:])
    (folder / name).write_text(text, encoding="utf-8")
    with pytest.raises(TellsWhere, match=re.escape(name)) as caught:
        check_privacy(Project(root), folder)
    assert caught.value.exit_code == 5


def test_a_person_named_in_a_source_and_longer_words_tell_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("USER", "rose")
    folder = tmp_path / "v1"
    (folder / "intrants" / "data").mkdir(parents=True)
    (folder / "rapport.html").write_text("la roseraie, prose", encoding="utf-8")
    check_privacy(Project(tmp_path / "p"), folder)
    (folder / "intrants" / "data" / "x.yaml").write_text("accepted_by: Rose", encoding="utf-8")
    (folder / "rapport.html").write_text("accepté par Rose", encoding="utf-8")
    check_privacy(Project(tmp_path / "p"), folder)
