"""The first line of a table: its separator, and a header that names the schema's columns."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from coopreport.errors import BadData, nearest
from coopreport.tables.hygiene import damage
from coopreport.tables.journal import Journal
from coopreport.tables.model import Resource
from coopreport.tables.reading import Records

SEPARATORS = {",": ",", ";": ";", "\t": "tabulation", "|": "|"}
"""What separates cells in the files people save, and how a message shows it."""

FARTHEST_HEADER = 10
"""Lines searched for a header that does not come first."""


def check_first_line(lines: Sequence[str], resource: Resource, journal: Journal) -> None:
    """Raise BadData unless the first line is this table's header with the declared separator."""
    first = lines[0]

    def known(line: str, separator: str) -> int:
        return len({name.strip(' "') for name in line.split(separator)} & set(resource.columns))

    if re.fullmatch(r'"?sep=.?"?', first.strip()):
        raise journal.stop(
            "ligne « sep= » propre à Excel avant l'en-tête",
            "supprimer cette première ligne",
            line=1,
            value=first,
        )
    found, expected = known(first, resource.delimiter), SEPARATORS[resource.delimiter]
    for separator, shown in SEPARATORS.items():
        if known(first, separator) > found:
            raise journal.stop(
                f"séparateur {shown} trouvé, alors que {expected} est attendu",
                f"enregistrer en CSV avec {expected} pour séparateur, ou, si la table vient d'un"
                f" tableur, make import FILE={resource.file} TABLE={resource.name}",
                line=1,
                value=first,
            )
    if found:
        return
    for number, line in enumerate(lines[1:FARTHEST_HEADER], start=2):
        if known(line, resource.delimiter) * 2 > len(resource.columns):
            raise journal.stop(
                f"l'en-tête n'est pas en tête : il se trouve à la ligne {number}",
                "supprimer les lignes au-dessus de l'en-tête",
                line=1,
                value=first,
            )
    raise journal.stop(
        "en-tête absent, ou qui n'est pas celui de cette table",
        f"mettre en première ligne : {resource.delimiter.join(resource.columns)}",
        line=1,
        value=first,
    )


def read_header(records: Records, resource: Resource, journal: Journal) -> list[str]:
    """Return the trimmed names of the first line; each difference with the schema is a fault.

    Raises:
        BadData: the first line could not be split, or a name is damaged.
    """
    if not records.rows or records.rows[0][0] != 1:
        raise BadData(journal.faults)
    written = records.rows[0][1]
    names = [name.strip() for name in written]
    for name, raw in zip(names, written, strict=True):
        if wrong := damage(name):
            raise journal.stop(wrong.rule, wrong.remedy, line=1, column=name, value=name)
        if name != raw:
            journal.notice("espaces retirées autour du nom de la colonne", line=1, column=name)
    for name, count in Counter(names).items():
        if not name:
            journal.fault(
                f"colonne sans nom dans l'en-tête : {count} au total",
                "nommer la colonne, ou la supprimer avec ses séparateurs",
                line=1,
            )
        elif count > 1:
            journal.fault(
                f"colonne en double : {count} fois dans l'en-tête",
                "n'en garder qu'une",
                line=1,
                column=name,
            )
    _check_names(names, resource, journal)
    return names


def _check_names(names: Sequence[str], resource: Resource, journal: Journal) -> None:
    """Fault each column that is missing or unknown; a misspelt one is both, and is told once."""
    extra = [name for name in dict.fromkeys(names) if name and name not in resource.field]
    missing = [name for name in resource.columns if name not in names]
    for name in missing:
        close = _written_as(name, extra)
        if close:
            extra.remove(close)
            remedy = f"renommer la colonne « {close} » en « {name} »"
        else:
            remedy = "ajouter cette colonne à la table"
        journal.fault("colonne absente", remedy, line=1, column=name, value=close)
    for name in extra:
        remedy = "retirer la colonne, ou la décrire dans datapackage.json"
        journal.fault("colonne inconnue du schéma", remedy, line=1, column=name)


def _written_as(name: str, candidates: Sequence[str]) -> str:
    """Return the candidate that stands for `name`, misspelt or in another case, or ""."""

    def bare(text: str) -> str:
        return re.sub(r"[\W_]", "", text).casefold()

    same = (candidate for candidate in candidates if bare(candidate) == bare(name))
    return next(same, "") or next((c for c in candidates if nearest(name, [c])), "")
