"""A number typed in a notebook is refused, placed, and a name is proposed for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from coopreport.errors import NBSP
from coopreport.lint.notebooks import LintFailed, print_lint
from coopreport.project import Project
from tests.chapters import write_chapter
from tests.conftest import Command


def linted(project: Path, *cells: str, allowed: str = "") -> str:
    """Return what lint says of a project whose only notebook holds `cells`, "" when nothing."""
    for notebook in (project / "notebooks").glob("*.ipynb"):
        notebook.unlink()
    write_chapter(project, *cells, name="03-financement")
    (project / "notebooks" / "nombres-permis.yaml").write_text(allowed, encoding="utf-8")
    try:
        print_lint(Project(project), "2023-2024")
    except LintFailed as failed:
        return failed.message.replace(NBSP, " ").replace("’", "'")
    return ""


def chart(title: str) -> str:
    return f"report.chart('essai.un', {title}, alt='', spec={{}}, table=None)"


@pytest.mark.parametrize(
    ("prose", "said"),
    [
        ("On demande 8,8 M$.", "montant tapé « 8,8 M$ »"),
        ("On demande 8,8 millions de dollars.", "montant tapé « 8,8 millions de dollars »"),
        ("La part est de 64 %.", "taux tapé « 64 % »"),
        ("La part est de soixante pour cent.", "taux tapé « soixante pour cent »"),
        ("Un an sur deux.", "nombre tapé « deux »"),
        ("Une coopérative sur deux, soit la moitié.", "taux tapé « la moitié »"),
        ("Un écart de +28,9 points.", "écart tapé « +28,9 points »"),
        ("On en compte 3 000.", "nombre tapé « 3 000 »"),
        ("Depuis 2021, rien.", "année tapée « 2021 »"),
        ("L'exercice 2023-2024.", "année tapée « 2023-2024 »"),
        ("Jusqu'au 31 mars 2025.", "date tapée « 31 mars 2025 »"),
        ("Trois demandes.", "nombre tapé « Trois »"),
        ("Quatre-vingt-dix-neuf demandes.", "nombre tapé « Quatre-vingt-dix-neuf »"),
        ("Un million de membres.", "nombre tapé « Un million »"),
        ("Une douzaine de membres.", "nombre tapé « Une douzaine »"),
        ("Pendant neuf ans.", "nombre tapé « neuf »"),
        ("La hausse est de ½.", "taux tapé « ½ »"),
        ("# Les 4 demandes", "nombre tapé « 4 »"),
        ("| a | b |\n|---|---|\n| c | 12 |", "nombre tapé « 12 »"),
        ("Ligne\n12. suite", "nombre tapé « 12 »"),
        ("<!-- 48 -->", "nombre tapé « 48 »"),
    ],
)
def test_a_number_typed_in_prose_is_refused(project: Path, prose: str, said: str) -> None:
    assert said in linted(project, f"## Texte\n\n{prose}")


@pytest.mark.parametrize(
    "prose",
    [
        'On demande {eval}`indicator["financement.demande.2023-2024"]`.',
        "Voyez `x = 2021` et [la page](https://exemple.org/2021/64).",
        "```\n2021\n```",
        "~~~text\n64 %\n~~~",
        "https://exemple.org/2021",
        "1. premier\n2. deuxième\n3. troisième",
        "Voyez {numref}`essai.tableau_2`.",
        "L'argent neuf est neuf, au premier rang d'une année.",
        "Des sections, des dixièmes, un cent-vingtième.",
    ],
)
def test_what_is_named_or_is_no_number_passes(project: Path, prose: str) -> None:
    assert linted(project, f"## Texte\n\n{prose}") == ""


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (chart("'Les 64 % de 2021'"), "taux tapé « 64 % »"),
        (chart("f'{indicator[\"financement.annonce\"].short} en 2021'"), "année tapée « 2021 »"),
        (chart("f'{64.5} des membres'"), "nombre tapé « 64.5 »"),
        ("Column('amount_2021', 'Montant de 2021', 'number', 'CAD', 2)", "« 2021 »"),
        ("report.table('a.b', 't', [], notes=['Deux sources.'])", "nombre tapé « Deux »"),
        ("report.table('a.b', 't', [], unit_line='En dollars de 2020')", "année tapée « 2020 »"),
        ("report.figures('a.b', 't', [('Part', 'a.c', 'en 2022')])", "année tapée « 2022 »"),
        ("frame = {}\nframe['part'] = 'près de 48 %'", "taux tapé « 48 % »"),
        ("amount = 8_800_000", "nombre tapé « 8_800_000 »"),
        ("locale.format_value(8.8, 'CAD_M', 2)", "nombre tapé « 8.8 »"),
    ],
)
def test_a_number_typed_in_display_code_is_refused(project: Path, code: str, said: str) -> None:
    assert said in linted(project, code)


@pytest.mark.parametrize(
    "code",
    [
        "indicator['financement.demande.2023-2024']",
        "frame = report.frame('survie.taux_5')\nframe['total_2021'] = frame['x'][2:5]",
        "frame = {'2021': 'a'}\nkept = frame.get('2022')\nkept == '2023'",
        "Column('x_2', 'Part', 'number', 'ratio', 2, 'short')",
        "f'{x:.2f}'",
        "def f():\n    '''Return 12 rows.'''\n    return 1",
        "kept = frame[frame['years'].isin([5, 10])].head(3)",
        "report.table('a.b', 't', [], total=[4], name='a.b_2')",
    ],
)
def test_names_places_and_formats_of_code_pass(project: Path, code: str) -> None:
    assert linted(project, code) == ""


def test_a_hit_says_its_cell_its_heading_and_its_line(project: Path) -> None:
    said = linted(project, "# Un\n\n## Sous-titre\n\nTexte.\n\nEn 2021.\n\n## Après")
    assert "03-financement.ipynb, cellule 4, sous « Sous-titre », ligne 7 : année" in said


def test_a_hit_in_code_says_the_line_of_its_string(project: Path) -> None:
    said = linted(project, "## T", "x = [\n    'aucun',\n    'depuis '\n    '2021',\n]")
    assert "cellule 5, sous « T », ligne 4 : année tapée « 2021 »" in said


@pytest.mark.parametrize(
    ("prose", "name"),
    [
        ("On demande 8,8 M$.", "financement.annonce"),
        ("On demande 8,8 millions de dollars.", "financement.annonce"),
        ("La part est de 56,8 %.", "financement.part_annuelle.r1"),
        ("La part est de 56,82 %.", "financement.part_annuelle.r1"),
    ],
)
def test_a_number_that_equals_an_indicator_proposes_it(
    project: Path, prose: str, name: str
) -> None:
    said = linted(project, f"## T\n\n{prose}")
    assert f'Si c\'est lui, écrivez {{eval}}`indicator["{name}"]`' in said


def test_a_number_of_no_indicator_says_how_to_add_one(project: Path) -> None:
    said = linted(project, "## T\n\nOn demande 7,77 M$.")
    assert "aucun indicateur ne le vaut; ajoutez-en un" in said
    assert "docs/developer.md" in said


def test_in_display_code_a_name_is_proposed_as_an_f_string_writes_it(project: Path) -> None:
    said = linted(project, chart("'On demande 8,8 M$'"))
    assert "écrivez {indicator['financement.annonce'].short} dans un texte f\"…\"" in said


def test_without_sound_tables_the_hits_are_listed_all_the_same(project: Path) -> None:
    (project / "data" / "recommendations.csv").write_text("faux\n", encoding="utf-8")
    assert "montant tapé « 8,8 M$ »" in linted(project, "## T\n\nOn demande 8,8 M$.")


def test_every_hit_is_listed_in_one_run(project: Path) -> None:
    said = linted(project, "## T\n\nEn 2021, 64 %.", chart("'En 2022'"))
    assert said.startswith("3 fautes dans les notebooks.")


def test_stored_outputs_are_refused(project: Path) -> None:
    path = project / "notebooks" / "02-portrait.ipynb"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"execution_count": null', '"execution_count": 7', 1), "utf-8")
    with pytest.raises(LintFailed, match="02-portrait.ipynb, cellule 3.*numéro d’exécution"):
        print_lint(Project(project), "2023-2024")


def test_merge_marks_are_refused(project: Path) -> None:
    path = project / "notebooks" / "02-portrait.ipynb"
    path.write_text("<<<<<<< HEAD\n" + path.read_text(encoding="utf-8"), "utf-8")
    with pytest.raises(LintFailed, match="marques de fusion"):
        print_lint(Project(project), "2023-2024")


def test_the_command_ends_with_code_3(project: Path, coopreport: Command) -> None:
    write_chapter(project, "## T\n\nOn demande 8,8 M$.")
    done = coopreport("lint")
    assert done.returncode == 3
    assert f"montant tapé «{NBSP}8,8{NBSP}M${NBSP}»" in done.stderr
    assert "Traceback" not in done.stderr
