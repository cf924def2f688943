"""A large CSV file read by DuckDB as text, and what to say when it cannot be.

Nothing is guessed: the columns are those of the header, every cell is text. DuckDB stops at the
first line that is not CSV in UTF-8; the file is then read again, slowly, to tell the lines at
fault in French.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coopreport.errors import BadData, Fault, nearest, quoted
from coopreport.registers.members import RegisterMember

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MAX_FAULTS = 20
MAX_CELL = 10_000
MAX_HEADER = 100_000
BUFFER = 4 << 20
"""Bytes read at once: DuckDB's own 32 million take 100 MiB more, and a tenth more time."""
SOURCE = "Reprendre le fichier à sa source."


@dataclass(frozen=True)
class CsvSource:
    """A CSV file, under the name to show, and its columns in order.

    `dates` are the columns to read as dates: a cell that is none stops the reading.
    """

    member: RegisterMember
    name: str
    columns: tuple[str, ...]
    dates: tuple[str, ...] = ()

    @property
    def path(self) -> Path:
        """The whole file on disk."""
        return self.member.whole()

    @property
    def sql(self) -> str:
        """The DuckDB table function that reads it: other cells are text, an empty one NULL."""
        return self.sql_of(self.path)

    @property
    def head_sql(self) -> str:
        """That of its first lines, as far as they are CSV: the last one may be cut."""
        return self.sql_of(self.member.head(), "ignore_errors = true, ")

    def sql_of(self, path: Path, options: str = "") -> str:
        """Return that of the same lines under another path."""
        kinds = {name: "DATE" if name in self.dates else "VARCHAR" for name in self.columns}
        columns = ", ".join(f"{literal(name)}: '{kind}'" for name, kind in kinds.items())
        return (
            f"read_csv({literal(str(path))}, auto_detect = false, header = true, {options}"
            f"delim = ',', quote = '\"', escape = '\"', nullstr = '', buffer_size = {BUFFER}, "
            f"columns = {{{columns}}})"
        )


def literal(text: str) -> str:
    """Return text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def open_csv(member: RegisterMember, name: str, required: Sequence[str]) -> CsvSource:
    """Read the header of a CSV file.

    Raises:
        BadData: empty, not UTF-8, another separator, a column missing or twice.
    """
    with member.head().open("rb") as file:
        start = file.read(MAX_HEADER)
    if not start.strip(b"\xef\xbb\xbf \r\n"):
        raise bad_line(name, 0, "fichier vide", SOURCE)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise bad_line(name, 1, "le texte n’est pas en UTF-8", "Enregistrer en CSV UTF-8.")
    try:
        line = start.splitlines()[0].decode("utf-8-sig")
    except UnicodeDecodeError:
        raise bad_line(
            name, 1, "le texte n’est pas en UTF-8", "Enregistrer en CSV UTF-8."
        ) from None
    columns = tuple(cell.strip() for cell in next(csv.reader([line])))
    if len(columns) == 1 and len(required) > 1:
        for mark, words in ((";", "point-virgule"), ("\t", "tabulation")):
            if mark in line:
                rule = f"séparateur {words} trouvé"
                raise bad_line(name, 1, rule, "Enregistrer avec la virgule comme séparateur.")
    faults = [
        Fault(
            name,
            1,
            column,
            "",
            "colonne présente plus d’une fois" if column in columns else "colonne absente",
            nearest(column, [other for other in columns if other not in required]) or SOURCE,
        )
        for column in required
        if columns.count(column) != 1
    ]
    faults += [
        Fault(name, 1, column, "", "colonne présente plus d’une fois", SOURCE)
        for column in dict.fromkeys(columns)
        if column not in required and columns.count(column) > 1
    ]
    if "" in columns and not faults:
        faults.append(Fault(name, 1, "", "", "colonne sans nom", SOURCE))
    if faults:
        raise BadData(faults)
    return CsvSource(member, name, columns)


def one(connection: DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    """Return the one row of a query."""
    row = connection.execute(query).fetchone()
    assert row is not None
    return row


@contextmanager
def refusals(*sources: CsvSource) -> Iterator[None]:
    """Tell what DuckDB refuses of CSV files as their faults.

    Not enough memory or disk to work is no fault of theirs: `opening.opened` tells it.

    Raises:
        BadData: a file is not the CSV that its header announces.
    """
    import duckdb

    try:
        yield
    except (duckdb.OutOfMemoryException, duckdb.IOException):
        raise
    except duckdb.Error as error:
        faults = [fault for source in sources for fault in diagnose(source)]
        if not faults:
            said = " ".join(str(error).split())[:300]
            faults = [Fault(sources[0].name, 0, "", said, "le fichier ne se lit pas", SOURCE)]
        raise BadData(faults) from None


def diagnose(source: CsvSource) -> list[Fault]:
    """Return the first faults of form of a CSV file: encoding, quotes, row lengths, cells."""
    if fault := _encoding_fault(source):
        return [fault]
    faults: list[Fault] = []
    start = 1
    with source.path.open(encoding="utf-8-sig", newline="") as file:
        former = csv.field_size_limit(10 * MAX_CELL)
        reader = csv.reader(file, strict=True)
        try:
            for cells in reader:
                if cells and len(cells) != len(source.columns):
                    rule = f"{len(cells)} cellules au lieu de {len(source.columns)}"
                    remedy = "Rétablir les cellules de la ligne."
                    faults.append(Fault(source.name, start, "", "", rule, remedy))
                elif any(len(cell) > MAX_CELL for cell in cells):
                    rule = f"cellule de plus de {MAX_CELL} caractères"
                    remedy = "Chercher un guillemet non fermé."
                    faults.append(Fault(source.name, start, "", "", rule, remedy))
                if len(faults) >= MAX_FAULTS:
                    break
                start = reader.line_num + 1
        except csv.Error:
            rule = "guillemets mal fermés dans l’enregistrement qui commence ici"
            faults.append(Fault(source.name, start, "", "", rule, "Fermer le guillemet."))
        finally:
            csv.field_size_limit(former)
    return faults


def locate(
    source: CsvSource, faulty: Callable[[Mapping[str, str]], tuple[str, str, str] | None]
) -> list[Fault]:
    """Return the first `MAX_FAULTS` faults that `faulty` (column, rule, remedy) finds, with lines.

    Slow (the whole file through Python): for a file already known to be at fault.
    """
    faults: list[Fault] = []
    start = 1
    with source.path.open(encoding="utf-8-sig", newline="", errors="replace") as file:
        reader = csv.reader(file)
        for cells in reader:
            row = dict(zip(source.columns, (cell.strip() for cell in cells), strict=False))
            if start > 1 and (found := faulty(row)):
                column, rule, remedy = found
                faults.append(Fault(source.name, start, column, row[column], rule, remedy))
                if len(faults) >= MAX_FAULTS:
                    break
            start = reader.line_num + 1
    return faults


def _encoding_fault(source: CsvSource) -> Fault | None:
    """Return the line of the first byte that is not UTF-8 text, or of the first NUL."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    line = 1
    with source.path.open("rb") as file:
        while block := file.read(1 << 20):
            try:
                text = decoder.decode(block)
            except UnicodeDecodeError as error:
                line += error.object[: error.start].count(b"\n")
                rule, remedy = "le texte n’est pas en UTF-8", "Enregistrer en CSV UTF-8."
                return Fault(source.name, line, "", "", rule, remedy)
            if "\0" in text:
                line += text[: text.index("\0")].count("\n")
                return Fault(source.name, line, "", "", "octet nul", SOURCE)
            line += text.count("\n")
    return None


def code_list(codes: Sequence[str]) -> str:
    """Return codes between French quotation marks, at most ten."""
    shown = ", ".join(quoted(code) for code in codes[:10])
    return f"{shown}…" if len(codes) > 10 else shown


def bad_line(name: str, line: int, rule: str, remedy: str) -> BadData:
    """Return the error of one line of a register's file, 0 for the whole of it."""
    return BadData([Fault(name, line, "", "", rule, remedy)])
