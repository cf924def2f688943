"""The files of a register: what is damaged, unsafe or of another form is told in French."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from coopreport.errors import BadCall, BadData, CannotPublish
from coopreport.registers import RegisterFile, opening, read_units
from coopreport.registers import quebec_layout as layout
from tests.registers_fixtures import firm, folder, plain, zipped

FIRMS = [firm(order, end="2010-01-01") for order in range(1, 30)]


def registre(tmp_path: Path) -> RegisterFile:
    return folder(tmp_path / "r", FIRMS)


def edit(register: RegisterFile, old: bytes, new: bytes, count: int = 1) -> RegisterFile:
    path = register.path / layout.ENTERPRISES
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new, count))
    return register


def refusal(register: RegisterFile) -> str:
    with pytest.raises(BadData) as caught:
        read_units(register)
    return str(caught.value)


def test_a_renamed_column_is_named_with_the_nearest_one(tmp_path: Path) -> None:
    said = refusal(edit(registre(tmp_path), b"DAT_CONSTI,", b"DAT_CONST,"))
    assert "ligne 1, colonne «\u00a0DAT_CONSTI\u00a0»\u00a0: colonne absente" in said
    assert "vouliez-vous dire «\u00a0DAT_CONST\u00a0»?" in said


def test_a_column_present_twice_is_a_fault(tmp_path: Path) -> None:
    said = refusal(edit(registre(tmp_path), b"IND_FAIL", b"NEQ"))
    assert "colonne présente plus d’une fois" in said


def test_columns_in_another_order_give_the_same_units(tmp_path: Path) -> None:
    register = registre(tmp_path)
    expected, _ = read_units(register)
    path = register.path / layout.ENTERPRISES
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    turned = [",".join(reversed(line.split(","))) for line in lines]
    path.write_text("\n".join(turned) + "\n", encoding="utf-8")
    assert read_units(register)[0].equals(expected)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("Lévis".encode(), "Lévis".encode("cp1252"), "ligne 2.: le texte n’est pas en UTF-8"),
        (b",12 rue", b",12 rue,", "ligne 2.: 38 cellules au lieu de 37"),
        (b",12 rue Principale,", b",", "ligne 2.: 36 cellules au lieu de 37"),
        (b",12 rue", b',"12 rue', "guillemets mal fermés|cellule de plus de"),
    ],
)
def test_a_line_that_is_not_csv_in_utf8_is_told_with_its_number(
    tmp_path: Path, old: bytes, new: bytes, words: str
) -> None:
    with pytest.raises(BadData, match=words):
        read_units(edit(registre(tmp_path), old, new))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "fichier vide"),
        (b"\xef\xbb\xbf\r\n", "fichier vide"),
        ((",".join(layout.COLUMNS[layout.ENTERPRISES]) + "\n").encode(), "son en-tête"),
        (";".join(layout.COLUMNS[layout.ENTERPRISES]).encode(), "point-virgule"),
        ("\ufeffNEQ,DAT_IMMAT\n".encode("utf-16-le"), "UTF-8"),
    ],
)
def test_a_file_of_another_form_is_told(tmp_path: Path, content: bytes, words: str) -> None:
    register = registre(tmp_path)
    (register.path / layout.ENTERPRISES).write_bytes(content)
    assert words in refusal(register)


def test_line_ends_of_another_system_give_the_same_units(tmp_path: Path) -> None:
    register = registre(tmp_path)
    expected, _ = read_units(register)
    assert read_units(edit(register, b"\n", b"\r\n", -1))[0].equals(expected)


@pytest.mark.parametrize("name", [*layout.READ])
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    register = registre(tmp_path)
    packed = zipped(register, tmp_path / "r.zip")
    (register.path / name).unlink()
    assert f"«\u00a0{name}\u00a0»" in refusal(register)
    zipped(register, packed.path)
    assert f"«\u00a0{name}\u00a0»" in refusal(packed)


def test_a_folder_whose_name_has_the_signs_of_a_pattern_is_read(tmp_path: Path) -> None:
    parent = tmp_path / "d'été [2023] *"
    parent.mkdir()
    assert len(read_units(folder(parent / "r?", FIRMS))[0]) == len(FIRMS) + 1


@pytest.mark.parametrize("kind", ["quebec", "csv", "uk"])
def test_a_register_that_is_not_there_is_a_bad_call(tmp_path: Path, kind: str) -> None:
    with pytest.raises(BadCall, match=r"introuvable"):
        read_units(RegisterFile(kind, tmp_path / "absent"))


def test_no_room_to_read_a_register_is_not_the_callers_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "MEMORY_LIMIT", "1KB")
    with pytest.raises(CannotPublish, match="ne tient pas dans la mémoire"):
        read_units(registre(tmp_path))


@pytest.mark.parametrize("kind", ["quebec", "csv"])
def test_a_pipe_is_refused_at_once(tmp_path: Path, kind: str) -> None:
    os.mkfifo(tmp_path / "tube")
    with pytest.raises(BadCall):
        read_units(RegisterFile(kind, tmp_path / "tube"))


def test_an_unknown_kind_of_register_is_a_bad_call() -> None:
    with pytest.raises(BadCall, match="quebec, uk, csv"):
        RegisterFile("ontario", Path("x"))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("region_code", "region_cod", "vouliez-vous dire «.region_cod.»"),
        (",12,", ",18,", "ligne 3.*code de région inconnu"),
        (",03,", ",3,", "ligne 2.*code de région inconnu"),
    ],
)
def test_a_faulty_table_of_towns_is_told(tmp_path: Path, old: str, new: str, words: str) -> None:
    register = registre(tmp_path)
    assert register.municipalities
    text = register.municipalities.read_text(encoding="utf-8")
    register.municipalities.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadData, match=f"(?s){words}"):
        read_units(register)


HEADER = "unit_id,birth,end,end_kind,legal_form,synthetic\n"


def test_a_plain_register_is_read_with_its_unknowns(tmp_path: Path) -> None:
    rows = "a,2000-02-29,2003-01-01,,cooperative,\nb,2000-01-01,,,other,\n,2000-01-01,,,other,\n"
    units, account = read_units(plain(tmp_path / "p.csv", HEADER + rows + "c,,,,other,\n"))
    assert units[["unit_id", "end_kind", "region"]].to_numpy().tolist() == [
        ["a", "unknown", "inconnue"],
        ["b", None, "inconnue"],
    ]
    assert account.rejected == {"sans identifiant": 1, "sans date de naissance": 1}


@pytest.mark.parametrize(
    ("row", "place"),
    [
        ("a,2000-02-30,,,other,", (3, "birth")),
        ("a,01/02/2000,,,other,", (3, "birth")),
        ("a,2000-01-01,1500-01-01,,other,", (3, "end")),
        ("a,2000-01-01,,,coop,", (3, "legal_form")),
        ("a,2000-01-01,2001-01-01,faillite,other,", (3, "end_kind")),
        ("a,2000-01-01,,merger,other,", (3, "end_kind")),
        ("a,2000-01-01,,,other,oui", (3, "synthetic")),
        ("z,2000-01-02,,,other,", (2, "unit_id")),
    ],
)
def test_a_fault_of_a_plain_register_is_told_with_its_place(
    tmp_path: Path, row: str, place: tuple[int, str]
) -> None:
    register = plain(tmp_path / "p.csv", HEADER + "z,2000-01-01,,,other,\n" + row + "\n")
    with pytest.raises(BadData) as caught:
        read_units(register)
    assert (caught.value.faults[0].line, caught.value.faults[0].column) == place


def test_a_plain_register_marked_synthetic_on_one_row_is_synthetic(tmp_path: Path) -> None:
    rows = "a,2000-01-01,,,other,true\nb,2000-01-01,,,other,false\n"
    units, account = read_units(plain(tmp_path / "p.csv", HEADER + rows))
    assert account.synthetic and units["synthetic"].all()


def test_nothing_but_the_answer_is_printed(tmp_path: Path) -> None:
    """No progress bar, no warning: DuckDB shows one in some terminals."""
    plain(tmp_path / "p.csv", HEADER + "a,2000-01-01,,,other,\n")
    code = (
        "from pathlib import Path; from coopreport.registers import RegisterFile, read_units; "
        f"print(len(read_units(RegisterFile('csv', Path({str(tmp_path / 'p.csv')!r})))[0]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("1\n", "")
