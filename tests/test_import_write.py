"""Nothing is written before a yes, then the changes alone; what was there is not lost."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from coopreport.errors import BadCall, BadData, CannotPublish
from coopreport.imports.take_back import take_back
from coopreport.tables import check_package, open_package
from tests.conftest import ROOT
from tests.spreadsheets import SHOWN, Desk, rows_of, saved, with_cells
from tests.tables_fixtures import ASKS, COLUMNS, READINGS, plain, rows_text

EDITED = saved(with_cells(("R1", "amount", "1 501")))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def commit(desk: Desk) -> None:
    """Put the project of the desk in git."""
    who = ("-c", "user.name=Essai", "-c", "user.email=essai@exemple.org")
    for arguments in (("init", "-q"), ("add", "data"), (*who, "commit", "-qm", "Tables")):
        subprocess.run(["git", *arguments], cwd=desk.folder, check=True)


def kept(desk: Desk) -> list[bytes]:
    """Return the contents that imports kept before they replaced them."""
    return [path.read_bytes() for path in (desk.folder / "build").rglob("*.csv")]


def test_only_the_row_that_changes_is_rewritten(desk: Desk) -> None:
    before = rows_text().replace("Relève", '"Relève"')  # quoted though it need not be
    desk.asks.write_text(before)
    desk.take_back(EDITED)
    assert desk.asks.read_text() == before.replace(",500,", ",1501,")


def test_the_table_keeps_its_line_ends_its_columns_and_its_order(desk: Desk) -> None:
    order = [1, 0, *range(2, 13)]
    rows = [[row[i] for i in order] for row in (ASKS[3], ASKS[0], ASKS[2], ASKS[1])]
    text = rows_text(tuple(map(tuple, rows)), tuple(COLUMNS[i] for i in order))
    desk.asks.write_bytes(text.replace("\n", "\r\n").encode())
    new = ["R5", "", "Nouvelle", "7", *[""] * 6, "total", "", ""]
    desk.take_back(saved([*with_cells(("R1", "amount", "501")), new]))
    expected = text.replace(",500,", ",501,") + ",R5,Nouvelle,7,,,,,,,total,,\n"
    assert desk.asks.read_bytes() == expected.replace("\n", "\r\n").encode()


def test_a_new_row_goes_to_its_place_in_a_sorted_table(desk: Desk) -> None:
    new = ["R3", "", "Nouvelle; dite « relève »", "7", *[""] * 6, "total", "", ""]
    desk.take_back(saved([*SHOWN, new]))
    assert [row[0] for row in rows_of(desk.asks)[1:]] == ["R0", "R1", "R2", "R3", "R10"]


def test_a_removed_row_leaves_and_the_others_stay(desk: Desk) -> None:
    desk.take_back(saved(SHOWN[:3]))
    assert desk.asks.read_text() == rows_text(ASKS[:3])


def test_a_value_written_otherwise_stays_as_the_table_writes_it(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.asks.write_text(rows_text().replace(",0.5,", ",0.50,"))
    before = desk.asks.read_bytes()
    desk.take_back(saved())
    assert desk.asks.read_bytes() == before
    assert "1 cellule a la même valeur, écrite autrement" in plain(capsys.readouterr().out)


def test_what_changes_is_shown_cell_by_cell(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    cells = (
        ("R1", "amount", "1 501"),
        ("R1", "decided", ""),
        ("R2", "subject", "Numérique, phase 3"),
    )
    new = ["R5", "", "Nouvelle", "7", *[""] * 6, "total", "", ""]
    desk.take_back(saved([*with_cells(*cells)[:3], new]), write=False)
    said = plain(capsys.readouterr().out)
    assert said.startswith("Mes demandes é.csv → table asks (data/asks.csv)\n")
    for line in (
        "  encodage    Windows-1252",
        "  séparateur  ;",
        "  décimales   virgule (« 13,5 »)",
        "  dates       jour/mois/année dans decided (« 28/01/2023 »)",
        "  colonnes    13 sur 13",
        "  lignes      4",
        "~ R1   modifiée, ligne 3",
        "    amount   500 → 1501",
        "    decided  2023-01-27 → (vide)",
        "~ R2   modifiée, ligne 4",
        "    subject  Numérique, phase 2 → Numérique, phase 3",
        "+ R5   ajoutée, ligne 5",
        "    subject  Nouvelle",
        "− R10   retirée, ligne 5 de data/asks.csv",
        "    subject  Relève",
        "2 lignes modifiées, 1 ligne ajoutée, 1 ligne retirée, 1 ligne inchangée.",
    ):
        assert line in said.split("\n"), said
    assert "\033[" not in said


def test_a_change_that_the_eye_would_miss_is_said(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = with_cells(("R2", "subject", "Numérique,\u00a0phase 2"))
    desk.take_back(saved(rows), write=False)
    assert "(seules des espaces" in capsys.readouterr().out


def test_a_number_that_a_spreadsheet_rewrote_in_a_text_is_said(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.asks.write_text(rows_text().replace("Relève", "98.8 %"))
    desk.take_back(saved(with_cells(("R10", "subject", "98,80%"))), write=False)
    assert "(le même nombre, écrit autrement)" in capsys.readouterr().out


def test_a_long_cell_is_shown_where_it_changes(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    long, end = "mot " * 60, " et la suite" * 5
    desk.asks.write_text(rows_text().replace("Relève", f"{long}fin{end}"))
    rows = with_cells(("R10", "subject", f"{long}début{end}"))
    desk.take_back(saved(rows), write=False)
    said = capsys.readouterr().out
    assert re.search(r"\n    subject    ….* mot fin et .*…\n +→ ….* mot début et .*…\n", said), said


def test_control_signs_reach_no_terminal(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(BadData) as refused:
        desk.take_back(saved(with_cells(("R1", "subject", "a\033[2Jb"))))
    assert "\033" not in capsys.readouterr().out + str(refused.value)


@pytest.mark.parametrize(
    ("write", "answer", "said"),
    [
        (None, None, "ajoutez WRITE=oui"),
        (False, None, "Rien n'a été écrit."),
        (None, False, "Rien n'a été écrit."),
    ],
)
def test_nothing_is_written_without_a_yes(
    desk: Desk, write: bool | None, answer: bool | None, said: str
) -> None:
    before = desk.asks.read_bytes()
    answers = None if answer is None else lambda: answer
    assert desk.take_back(EDITED, write, answers) == 0
    assert desk.asks.read_bytes() == before
    assert said in plain(desk.said[-1])


def test_the_question_is_asked_once_everything_is_checked(desk: Desk) -> None:
    assert desk.take_back(EDITED, None, lambda: True) == 0
    assert desk.asked == ["Écrire data/asks.csv? (oui/non) "]
    assert rows_of(desk.asks)[2][3] == "1501"


def test_a_table_that_changes_meanwhile_is_not_overwritten(desk: Desk) -> None:
    other = rows_text().replace("500", "502").encode()

    def edit() -> bool:
        desk.asks.write_bytes(other)
        return True

    with pytest.raises(CannotPublish, match="a changé pendant l’import"):
        desk.take_back(EDITED, None, edit)
    assert desk.asks.read_bytes() == other


def test_what_git_does_not_hold_is_kept_before_it_is_replaced(desk: Desk) -> None:
    commit(desk)
    unsaved = rows_text().replace("Relève", "Relève (à relire)").encode()
    desk.asks.write_bytes(unsaved)
    desk.take_back(EDITED)
    assert kept(desk) == [unsaved]
    assert any("git ne garde pas data/asks.csv" in said for said in desk.said)


def test_what_git_holds_is_not_kept_twice(desk: Desk) -> None:
    commit(desk)
    desk.take_back(EDITED)
    assert kept(desk) == [] and rows_of(desk.asks)[2][3] == "1501"


def test_a_spreadsheet_saved_over_the_table_is_compared_with_git(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    commit(desk)
    saved_over = EDITED.encode("cp1252")
    desk.asks.write_bytes(saved_over)
    assert take_back(desk.project, str(desk.asks), "asks", True, desk.said.append, None) == 0
    assert desk.asks.read_text() == rows_text().replace(",500,", ",1501,")
    assert kept(desk) == [saved_over]
    assert "amount  500 → 1501" in capsys.readouterr().out


def test_a_spreadsheet_saved_over_a_table_that_git_lacks_is_refused(desk: Desk) -> None:
    desk.asks.write_text(EDITED)
    with pytest.raises(BadCall, match="git n’en garde pas d’autre version"):
        take_back(desk.project, str(desk.asks), "asks", True, desk.said.append, None)
    assert desk.asks.read_text() == EDITED.replace("\r\n", "\n")


def test_the_check_names_the_command_for_a_table_that_a_spreadsheet_saved(desk: Desk) -> None:
    desk.asks.write_bytes(EDITED.encode("utf-8-sig"))
    (fault,) = check_package(open_package(desk.folder / "data")).faults
    assert "make import FILE=data/asks.csv TABLE=asks" in fault.remedy


def test_a_part_of_a_table_is_noticed(desk: Desk) -> None:
    readings = desk.folder / "data" / "readings.csv"
    content = "reading_id;ask_id;base\r\nr1_end;R1;VRAI\r\n"
    assert desk.take_back(content, False, table="readings") == 0
    assert readings.read_text() == READINGS
    assert any("la moitié des lignes" in said for said in desk.said)


def test_a_folder_that_cannot_be_written_is_named(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> tuple[int, str]:
        raise OSError(28, "No space left on device")

    before = desk.asks.read_bytes()
    monkeypatch.setattr("coopreport.pipeline.publish.tempfile.mkstemp", full)
    with pytest.raises(CannotPublish, match="espace"):
        desk.take_back(EDITED)
    assert desk.asks.read_bytes() == before


def on_terminal(desk: Desk, answer: str, **environment: str) -> tuple[int, str]:
    """Run the command on a terminal, type an answer; return its exit code and what it showed."""
    path = desk.save(EDITED)
    command = ["-m", "coopreport", "import", f"--file={path}", "--table=asks"]
    leader, follower = pty.openpty()
    with subprocess.Popen(
        [sys.executable, *command],
        cwd=desk.folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm", **environment},
        stdin=follower,
        stdout=follower,
        stderr=follower,
    ) as process:
        os.close(follower)
        os.write(leader, f"{answer}\n".encode())
        shown = b""
        try:
            while part := os.read(leader, 4096):
                shown += part
        except OSError:  # the terminal is closed: the command has ended
            pass
        os.close(leader)
    return process.returncode, shown.decode()


def test_a_person_at_a_terminal_is_asked_and_answers(desk: Desk) -> None:
    code, shown = on_terminal(desk, "peut-être\noui", NO_COLOR="")
    assert code == 0 and shown.count("Écrire data/asks.csv? (oui/non)") == 2
    assert "\033[32m1501\033[0m" in shown
    assert rows_of(desk.asks)[2][3] == "1501"


def test_no_colour_is_shown_to_who_wants_none(desk: Desk) -> None:
    code, shown = on_terminal(desk, "non", NO_COLOR="1")
    assert code == 0 and "\033[" not in shown
    assert desk.asks.read_text() == rows_text()


def test_the_command_takes_a_name_with_spaces_and_accents(desk: Desk) -> None:
    desk.save(EDITED, "Demandes révisées (2).csv")
    command = ["import", "--file=Demandes révisées (2).csv", "--table=asks", "--write=oui"]
    done = subprocess.run(
        [sys.executable, "-m", "coopreport", *command],
        cwd=desk.folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Écrit\u00a0: data/asks.csv" in done.stdout
    assert rows_of(desk.asks)[2][3] == "1501"
