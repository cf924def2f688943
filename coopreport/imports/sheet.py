"""From the file that a spreadsheet saved to rows of text: its encoding, its separator, its header.

Excel writes UTF-8 with a mark, Windows-1252 or UTF-16 (« Texte Unicode »), and `;`, `,` or a
tabulation; LibreOffice any of them. What cannot be told apart is refused, never guessed. So is a
workbook: what its cells hold is not what they show, and formulas without a value, hidden rows and
formats of dates are a library's work, which the report does not have.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from coopreport.locale import count_of
from coopreport.tables.files import SAVE_AS_CSV, read_bytes, refuse_binary
from coopreport.tables.header import FARTHEST_HEADER, SEPARATORS, check_first_line
from coopreport.tables.journal import Journal
from coopreport.tables.model import RawTable, Resource
from coopreport.tables.reading import Record, Records, decode, split_records
from coopreport.tables.shape import shape

_NO_FRENCH_SIGN = re.compile("[‚ƒ„†‡ˆ‰Š‹Ž˜š›žŸ\udc80-\udcff]")
"""What é, è, à, ê … of an MS-DOS or Macintosh file become when they are read as Windows-1252."""


@dataclass(frozen=True)
class Sheet:
    """A spreadsheet's file as rows of text; `columns` are in the order of the file."""

    encoding: str
    separator: str
    columns: tuple[str, ...]
    raw: RawTable


def read_sheet(path: Path, resource: Resource, journal: Journal) -> Sheet:
    """Return the rows of the file at `path`, which stand for those of a table.

    Faults of single rows go in the journal; empty columns and rows at the end are left out, and
    empty cells that Excel did not write at the end of a row are put back.

    Raises:
        BadData: the file is no text table, or its header is not that of the table.
    """
    real = path.resolve()
    text, encoding = _text(read_bytes(real.parent, real.name, journal), journal)
    lines = decode(text.encode(), "utf-8", journal)
    separator = _separator(lines, resource)
    as_saved = replace(resource, delimiter=separator)
    check_first_line(lines, as_saved, journal)
    records = split_records(lines, separator, journal)
    _refuse_one_column(records, len(resource.columns), journal)
    raw = shape(_tidied(records, journal), as_saved, journal)
    header = tuple(name.strip() for name in records.rows[0][1] if name.strip())
    return Sheet(encoding, separator, header, replace(raw, resource=resource))


def _text(data: bytes, journal: Journal) -> tuple[str, str]:
    """Return the text of the file, and the name of its encoding."""
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        try:
            return data.decode("utf-16"), "UTF-16 (texte Unicode)"
        except UnicodeDecodeError:
            raise journal.stop("texte en UTF-16 tronqué ou abîmé", SAVE_AS_CSV) from None
    refuse_binary(data, journal)
    body = data.removeprefix(BOM_UTF8)
    marked = body != data
    try:
        return body.decode(), "UTF-8, avec sa marque" if marked else "UTF-8"
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        if marked:
            rule = "octet qui n'est pas de l'UTF-8, malgré la marque en tête du fichier"
            raise journal.stop(rule, SAVE_AS_CSV, line=line) from None
    text = body.decode("cp1252", errors="surrogateescape")
    if found := _NO_FRENCH_SIGN.search(text):
        line = text.count("\n", 0, found.start()) + 1
        raise journal.stop(
            "encodage indéterminé : ni UTF-8 ni Windows-1252, peut-être MS-DOS ou Macintosh",
            SAVE_AS_CSV,
            line=line,
            value=text.split("\n")[line - 1],
        )
    return text, "Windows-1252"


def _separator(lines: Sequence[str], resource: Resource) -> str:
    """Return the separator that finds the most of the table's columns in one of the first lines."""
    columns = set(resource.columns)

    def known(separator: str) -> int:
        top = (line.split(separator) for line in lines[:FARTHEST_HEADER])
        return max(len({name.strip(' "') for name in names} & columns) for names in top)

    return max(SEPARATORS, key=lambda each: (known(each), each == resource.delimiter))


def _refuse_one_column(records: Records, width: int, journal: Journal) -> None:
    """Raise BadData when one cell of a row holds the separators of all the others.

    So does a French Excel with a table that was opened by a double click: its commas separate
    nothing, and a row that has quotes is quoted as a whole.
    """
    for line, cells in records.rows:
        for separator, shown in SEPARATORS.items():
            if len(cells) == 1 < width and cells[0].count(separator) >= width - 1:
                raise journal.stop(
                    f"toute la ligne est dans une seule cellule, avec ses séparateurs ({shown})",
                    "dans le tableur, ouvrir la table par Données > À partir d'un fichier texte/CSV"
                    f" (séparateur {shown}, UTF-8), refaire les changements, enregistrer encore",
                    line=line,
                    value=cells[0],
                )


def _tidied(records: Records, journal: Journal) -> Records:
    """Return the records without empty columns at the end, every row with its last empty cells.

    Excel may leave out the last separators of rows that end with empty cells.
    """
    width = len(_without_blank_end(records.rows[0][1])) if records.rows else 0
    rows: list[Record] = []
    cut, short = 0, []
    for line, cells in records.rows:
        kept = list(cells)
        if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
            kept, cut = kept[:width], max(cut, len(cells) - width)
        elif len(cells) < width and any(cells):
            kept += [""] * (width - len(cells))
            short.append(line)
        rows.append((line, kept))
    if cut:
        journal.notice(f"colonnes vides à droite, ignorées : {cut}")
    if short:
        journal.notice(
            "cellules vides que le tableur n'a pas écrites en fin de ligne, remises : "
            + count_of(len(short), "ligne"),
            line=short[0],
        )
    return Records(rows, records.lost)


def _without_blank_end(cells: Sequence[str]) -> Sequence[str]:
    kept = len(cells)
    while kept and not cells[kept - 1].strip():
        kept -= 1
    return cells[:kept]
