"""What an analyst's notebook says and offers, asked of a real kernel as JupyterLab asks it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.kernels import Kernel, kernel_in

PARAMETERS = 'cycle = "2023-2024"\nfirst_granted = "2015-2016"'
START = """from coopreport.notebook import Column, start

report = start(cycle, "financement", first_granted=first_granted)
indicator = report.indicator"""
BARE_CHART = """report.chart(
    "financement.essai",
    "Un graphique",
    spec={"data": {"values": [{"a": 1}]}, "mark": "bar", "encoding": {}},
    table=report.table(
        "financement.recommandations",
        "Données",
        [Column("ask_id", "Rec.", "header")],
        name="financement.essai_donnees",
    ),
)"""
BARE_TABLE = """report.table(
    "financement.recommandations", columns=[Column("ask_id", "Rec.", "header")]
)"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with its data and notebooks; nothing is built."""
    root = tmp_path_factory.mktemp("main") / "mémoire"
    for name in ("data", "notebooks"):
        shutil.copytree(ROOT / name, root / name)
    return root


@pytest.fixture(scope="module")
def kernel(project: Path) -> Iterator[Kernel]:
    """A kernel in which a chapter was started, with the cycle's own parameters."""
    with kernel_in(project, COOPREPORT_CYCLE="2023-2024") as kernel:
        kernel.run(PARAMETERS)
        assert kernel.said(START) == ""  # nothing was replaced: nothing to say
        yield kernel


def labels(kernel: Kernel, code: str) -> dict[str, str]:
    """Return what completing the code lists, each with what JupyterLab shows beside it."""
    reply = kernel.completed(code)
    offered = reply["metadata"]["_jupyter_types_experimental"]
    assert [each["text"] for each in offered] == reply["matches"]
    return {each["text"]: each["type"].replace("\u00a0", " ") for each in offered}


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("indicator.", "financement.annonce"),
        ("x = indicator.financement.ann", "financement.annonce"),
        ("report.indicator.finan", "financement.annonce"),
        ('indicator["', "financement.annonce"),
        ("f\"{indicator['financement.ann", "financement.annonce"),
    ],
)
def test_completing_an_indicator_lists_names_with_labels(
    kernel: Kernel, typed: str, name: str
) -> None:
    offered = labels(kernel, typed)
    assert offered[name] == "Demande prioritaire annuelle, telle qu’imprimée"


def test_everything_that_completion_writes_after_a_point_is_an_indicator(kernel: Kernel) -> None:
    offered = labels(kernel, "indicator.")
    assert len(offered) > 200
    names = [f"indicator.{text}" for text in offered]
    found = kernel.value(f"{{type(x).__name__ for x in ({', '.join(names)})}}")
    assert found == "{'Indicator'}"


def test_a_completion_replaces_what_was_typed_of_the_name(kernel: Kernel) -> None:
    typed = 'indicator.survie.coop["5'
    reply = kernel.completed(typed)
    assert reply["matches"] == ['survie.coop["5_ans"]']
    assert typed[reply["cursor_start"] : reply["cursor_end"]] == 'survie.coop["5'


def test_completing_a_frame_and_a_raw_table_lists_names(kernel: Kernel) -> None:
    assert "financement.calendrier" in labels(kernel, 'report.frame("fin')
    assert "grants" in labels(kernel, "report.raw_tables.gr")


def test_other_names_complete_as_ever(kernel: Kernel) -> None:
    assert "figures" in labels(kernel, "report.figu")
    assert "/" not in "".join(labels(kernel, 'report.frame("financement.cal'))


def test_a_point_and_brackets_give_the_same_indicator(kernel: Kernel) -> None:
    same = 'indicator.financement.annonce is indicator["financement.annonce"]'
    assert kernel.value(same) == "True"


def test_a_raw_table_explains_its_columns_units_and_sources(kernel: Kernel) -> None:
    said = kernel.explained("report.raw_tables.grants")["data"]["text/plain"]
    for words in (
        "Aides accordées au titre de l’Entente de partenariat",
        "data/grants.csv, 7\u00a0lignes",
        "amount_printed",
        "CAD",
        "Communiqué du 10 mars 2016",
        "Droits",
        "SHA-256",
    ):
        assert words in said
    assert "String form" not in said


def test_an_indicator_explains_what_it_is(kernel: Kernel) -> None:
    said = kernel.explained("indicator.financement.annonce")["data"]["text/plain"]
    for words in ("Demande prioritaire annuelle", "8,8\u00a0M$", "8800000", "recommendations"):
        assert words in said


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        (
            'x = 1\nindicator["financement.anonce"]',
            "Erreur : Aucun indicateur ne se nomme « financement.anonce ».\n"
            "  Remède : vouliez-vous dire « financement.annonce »?\n"
            '  Ligne 2 de la cellule : indicator["financement.anonce"]',
        ),
        (
            "indicator.financement.anonce",
            "Erreur : Aucun indicateur ne se nomme « financement.anonce » ni ne commence ainsi.\n"
            "  Remède : vouliez-vous dire « annonce »?\n"
            "  Ligne 1 de la cellule : indicator.financement.anonce",
        ),
        (
            'report.frame("financement.calendrie")',
            "Erreur : Aucun tableau ne se nomme « financement.calendrie ».\n"
            "  Remède : vouliez-vous dire « financement.calendrier »?\n"
            '  Ligne 1 de la cellule : report.frame("financement.calendrie")',
        ),
    ],
)
def test_a_wrong_name_is_a_message_and_not_a_trace(kernel: Kernel, cell: str, message: str) -> None:
    (output,) = kernel.run(cell)
    assert output["output_type"] == "error"  # « run all » stops here
    assert kernel.said(cell) == message


def test_a_column_that_is_not_there_names_the_nearest(kernel: Kernel) -> None:
    said = kernel.said(BARE_TABLE.replace('"ask_id"', '"ask_ids"'))
    assert "le tableau n’a pas de colonne « ask_ids »" in said
    assert "vouliez-vous dire « ask_id »?" in said


def test_an_error_of_python_keeps_its_trace(kernel: Kernel) -> None:
    assert "Traceback" in kernel.said("1 / 0")


@pytest.mark.parametrize(
    ("cell", "warning"),
    [
        (BARE_CHART, "l’équivalent textuel doit dire le message du graphique"),
        (BARE_TABLE, "titre vide"),
    ],
)
def test_what_a_build_refuses_is_said_and_shown_at_once(
    kernel: Kernel, cell: str, warning: str
) -> None:
    *said, shown = kernel.run(cell)  # a kernel may send a text in pieces
    assert {output["output_type"] for output in said} == {"stream"}
    assert shown["output_type"] == "execute_result"
    words = "".join(output["text"] for output in said)
    assert warning in words
    assert "Le rapport sera refusé." in words


@pytest.mark.parametrize("cell", [BARE_CHART, BARE_TABLE])
def test_a_build_refuses_it(project: Path, cell: str) -> None:
    with kernel_in(project, COOPREPORT_BUILD="1") as kernel:
        kernel.run(PARAMETERS)
        kernel.run(START)
        (output,) = kernel.run(cell)
        assert output["ename"] == "BadExhibit"


def test_the_lab_gives_its_cycle_and_the_cycle_its_parameters(project: Path) -> None:
    with kernel_in(project, COOPREPORT_CYCLE="2022-2023") as kernel:
        kernel.run(PARAMETERS.replace("2015-2016", "2016-2017"))
        said = kernel.said(START)
        assert "Attention : le laboratoire est ouvert sur le cycle 2022-2023" in said
        assert "first_granted vaut '2015-2016' dans le cycle 2022-2023" in said
        assert kernel.value("report.cycle.id, cycle, first_granted") == (
            "('2022-2023', '2022-2023', '2015-2016')"
        )
        asked = kernel.value('report.cycle.parameter("financement", "first_granted")')
        assert asked == "'2015-2016'"


def test_a_build_keeps_the_parameters_that_it_was_given(project: Path) -> None:
    environment = {"COOPREPORT_BUILD": "1", "COOPREPORT_CYCLE": "2022-2023"}
    with kernel_in(project, **environment) as kernel:
        kernel.run(PARAMETERS.replace("2015-2016", "2016-2017"))
        assert kernel.said(START) == ""
        assert kernel.value("report.cycle.id, first_granted") == "('2023-2024', '2016-2017')"


def test_a_cycle_that_is_written_out_is_not_replaced(project: Path) -> None:
    with kernel_in(project, COOPREPORT_CYCLE="2022-2023") as kernel:
        said = kernel.said('from coopreport.notebook import start\nreport = start("2019-2020")')
        assert said == ""
        assert kernel.value("report.cycle.id") == "'2019-2020'"


def test_a_notebook_that_is_in_no_project_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "notebooks").mkdir()
    with kernel_in(tmp_path) as kernel:
        said = kernel.said('from coopreport.notebook import start\nreport = start("2019-2020")')
        assert said.startswith("Erreur : Aucun projet coopreport ici")
        assert "Traceback" not in said


def test_a_sheet_keeps_the_region_that_it_was_given(project: Path) -> None:
    with kernel_in(project, COOPREPORT_CYCLE="2023-2024") as kernel:
        kernel.run('cycle = "2023-2024"\nregion = "06"')
        cell = (
            'from coopreport.notebook import start\nreport = start(cycle, "region", region=region)'
        )
        assert kernel.said(cell) == ""
        assert kernel.value('report.cycle.parameter("region", "region")') == "'06'"
