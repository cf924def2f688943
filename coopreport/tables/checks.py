"""Identity and reference: keys that name one row, and keys of other tables that exist."""

from __future__ import annotations

from collections.abc import Mapping

from coopreport.errors import nearest, shorten
from coopreport.tables.journal import Journal
from coopreport.tables.model import ForeignKey, TypedTable

MOST_COMPARED = 200
"""Known values among which the nearest to a faulty one is sought; beyond, it takes too long."""


def check_keys(table: TypedTable, journal: Journal) -> frozenset[int]:
    """Fault each row whose key, or value of a unique column, is already that of an earlier row.

    Returns the indexes of the rows that repeat a primary key, which later checks leave aside.
    """
    resource = table.resource
    repeated: frozenset[int] = frozenset()
    if resource.primary_key and table.has(*resource.primary_key):
        repeated = _check_primary_key(table, journal)
    for field in resource.fields:
        if field.unique and table.has(field.name) and resource.primary_key != (field.name,):
            first: dict[str, int] = {}
            for i, text in enumerate(table.texts[field.name]):
                earlier = first.setdefault(text, i)
                if text and earlier != i and i not in repeated:
                    journal.fault(
                        f"valeur en double : déjà à la ligne {table.lines[earlier]}",
                        "corriger l'une des deux lignes",
                        line=table.lines[i],
                        column=field.name,
                        value=text,
                    )
    return repeated


def _check_primary_key(table: TypedTable, journal: Journal) -> frozenset[int]:
    key = table.resource.primary_key
    column = key[0] if len(key) == 1 else ""
    first: dict[tuple[str, ...], int] = {}
    repeated = set()
    for i, texts in enumerate(table.key_texts(key)):
        earlier = first.setdefault(texts, i)
        if earlier == i or not all(texts):
            continue
        repeated.add(i)
        lines = f"lignes {table.lines[earlier]} et {table.lines[i]}"
        different = [
            f"{name} (« {shorten(cells[earlier], 30)} » et « {shorten(cells[i], 30)} »)"
            for name, cells in table.texts.items()
            if cells[earlier] != cells[i]
        ]
        if different:
            rule = "clé en double, lignes en conflit"
            rule += f" : {lines}, qui diffèrent par {', '.join(different)}"
            remedy = "garder la ligne juste, ou donner à l'autre une clé à elle"
        else:
            rule = f"clé en double, lignes identiques : {lines}"
            remedy = "supprimer l'une des deux lignes"
        where = table.lines[i]
        journal.fault(rule, remedy, line=where, column=column, value=", ".join(texts))
    return frozenset(repeated)


def check_foreign_keys(
    table: TypedTable, others: Mapping[str, TypedTable | None], journal: Journal
) -> None:
    """Fault each value that the table it refers to does not hold.

    A table that could not be read (None) holds anything: its own faults are told. So does a row
    of it that could not be put into columns, for the texts that it holds.
    """
    for key in table.resource.foreign_keys:
        other = others.get(key.reference)
        if other and other.has(*key.reference_fields) and table.has(*key.fields):
            _check_foreign_key(table, key, other, journal)


def _check_foreign_key(
    table: TypedTable, key: ForeignKey, other: TypedTable, journal: Journal
) -> None:
    known = set(other.key_texts(key.reference_fields))
    listed = [", ".join(texts) for texts in sorted(known)]
    choices = f"valeurs connues : {', '.join(listed[:20])}{'…' if len(listed) > 20 else ''}"
    where = f"« {', '.join(key.reference_fields)} » de {other.resource.file}"
    for i, texts in enumerate(table.key_texts(key.fields)):
        if not all(texts) or texts in known or all(text in other.raw.lost for text in texts):
            continue
        value = ", ".join(texts)
        hint = nearest(value, listed) if len(listed) <= MOST_COMPARED else ""
        journal.fault(
            f"valeur absente de {where}",
            f"{hint} ({choices})" if hint else choices,
            line=table.lines[i],
            column=", ".join(key.fields),
            value=value,
        )
