"""From records to columns of text: only the rows that are really rows of the table."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from coopreport.locale import count_of
from coopreport.tables.header import SEPARATORS, read_header
from coopreport.tables.journal import Journal
from coopreport.tables.model import Field, RawTable, Resource
from coopreport.tables.reading import Record, Records

TOTAL_WORDS = frozenset({"total", "totaux", "sous-total", "sous total", "sous-totaux"})
TOTAL_LABEL = re.compile(
    r"(grand[- ]|sous[- ]?)?(total|totaux)(\s.*|\s*:.*)?|somme|moyenne", re.IGNORECASE | re.DOTALL
)
REMARK = re.compile(
    r"(sources?|notes?|nota|nota bene|n\.? ?b\.?|remarques?)\s*:.*", re.IGNORECASE | re.DOTALL
)
MERGE_MARK = re.compile(r"<{7}|={7}|>{7}|\|{7}")


def shape(records: Records, resource: Resource, journal: Journal) -> RawTable:
    """Return the columns of the rows whose shape is right; every other row is a fault.

    Cells are trimmed. Blank rows at the end are dropped with a notice.

    Raises:
        BadData: the header cannot be read, or no row follows it.
    """
    header = read_header(records, resource, journal)
    rows = _trimmed(records.rows[1:], journal)
    rows = _without_blank_end(rows, journal)
    if not rows and not resource.allow_empty:
        raise journal.stop(
            "en-tête seul, aucune ligne de données",
            "remettre les lignes de la table, ou retirer la table de datapackage.json",
        )
    sound, lost = _sound_rows(rows, header, resource, journal)
    columns = list(zip(*(cells for _, cells in sound), strict=True)) or [()] * len(header)
    count = Counter(header)
    texts = {
        name: column
        for name, column in zip(header, columns, strict=True)
        if name in resource.field and count[name] == 1
    }
    return RawTable(resource, [line for line, _ in sound], texts, records.lost | lost)


def _trimmed(rows: Sequence[Record], journal: Journal) -> list[Record]:
    """Return the rows with the spaces around their cells removed."""
    trimmed = [(line, [cell.strip() for cell in cells]) for line, cells in rows]
    changed = [old[0] for old, new in zip(rows, trimmed, strict=True) if old[1] != new[1]]
    if changed:
        journal.notice(
            f"espaces retirées autour de cellules : {count_of(len(changed), 'ligne')}",
            line=changed[0],
        )
    return trimmed


def _without_blank_end(rows: list[Record], journal: Journal) -> list[Record]:
    """Return the rows without the blank ones at the end."""
    kept = len(rows)
    while kept and not any(rows[kept - 1][1]):
        kept -= 1
    if dropped := len(rows) - kept:
        journal.notice(f"lignes vides à la fin, ignorées : {dropped}", line=rows[kept][0])
    return rows[:kept]


def _sound_rows(
    rows: Sequence[Record], header: Sequence[str], resource: Resource, journal: Journal
) -> tuple[list[Record], frozenset[str]]:
    """Return the rows of the right width that hold data, and the cells of rows of another width."""
    sound: list[Record] = []
    lost: set[str] = set()
    known = resource.field
    fields = [known.get(name) for name in header]
    free = [i for i, f in enumerate(fields) if f and f.type == "string" and not f.enum]
    for line, cells in rows:
        if not any(cells):
            journal.fault("ligne vide dans la table", "supprimer la ligne", line=line)
        elif MERGE_MARK.match(cells[0]):
            remedy = "choisir la bonne version de ces lignes et retirer les marques"
            rule = "marque de fusion de git dans la table"
            journal.fault(rule, remedy, line=line, value=cells[0])
        elif summary := _summary(cells, fields, free):
            _fault_summary(line, summary, journal)
        elif len(cells) != len(header):
            _fault_width(line, cells, len(header), resource.delimiter, journal)
            lost.update(cells)
        else:
            sound.append((line, cells))
    return sound, frozenset(lost)


def _summary(cells: Sequence[str], fields: Sequence[Field | None], free: Sequence[int]) -> str:
    """Return the cell that makes a row a total, a source or a note; "" for a row of data.

    The first cell written tells, unless it is a code its column allows. So does a cell of free
    text (of index in `free`) that is nothing but the word.
    """
    for i, cell in enumerate(cells):
        if not cell:
            continue
        field = fields[i] if i < len(fields) else None
        if (TOTAL_LABEL.fullmatch(cell) or REMARK.fullmatch(cell)) and not (
            field and cell in field.enum
        ):
            return cell
        break
    if len(cells) == len(fields):
        return next((cells[i] for i in free if cells[i].casefold() in TOTAL_WORDS), "")
    return ""


def _fault_summary(line: int, cell: str, journal: Journal) -> None:
    if REMARK.fullmatch(cell):
        rule = "ligne de source ou de note dans les données"
        remedy = "supprimer la ligne; sources et notes vont dans datapackage.json ou une colonne"
    else:
        rule = "ligne de total dans les données"
        remedy = "supprimer la ligne : les totaux sont calculés"
    journal.fault(rule, remedy, line=line, value=cell)


def _fault_width(
    line: int, cells: Sequence[str], width: int, delimiter: str, journal: Journal
) -> None:
    """Fault a row that is too short or too long, with the likeliest remedy."""
    text = delimiter.join(cells)
    short = len(cells) < width
    other = [s for s in SEPARATORS if s != delimiter and text.count(s) >= width - len(cells)]
    if short and other:
        remedy = f"séparer les cellules par {SEPARATORS[delimiter]} et non {SEPARATORS[other[0]]}"
    elif short:
        remedy = "compléter la ligne; une cellule vide garde son séparateur"
    else:
        remedy = (
            'mettre entre guillemets (") le texte qui contient le séparateur'
            f" {SEPARATORS[delimiter]}, ou retirer les cellules en trop"
        )
    rule = "ligne trop courte" if short else "ligne trop longue"
    found = f"{len(cells)} cellule{'s' if len(cells) > 1 else ''} au lieu de {width}"
    journal.fault(f"{rule} : {found}", remedy, line=line, value=text)
