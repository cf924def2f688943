"""From a postal address to an administrative region, through a table of municipalities.

The town is read on the address line that holds it (the last one before the postal code), without
its province and postal code, without accents, hyphens and case, « st » and « ste » written out.
A town that the table does not have, or that bears the name of towns in several regions, is
`inconnue`: never guessed, always counted.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from coopreport.errors import BadCall, BadData, Fault, nearest

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("municipalite", "region_code", "population")
REGION = re.compile(r"(0[1-9]|1[0-7])")
AMBIGUOUS = "?"
POSTAL_CODE = re.compile(r"[\s,]*[a-z][0-9][a-z]\s?[0-9][a-z][0-9]\s*$")
COUNTRY = re.compile(r"[\s,]+canada\s*$")
PROVINCE = re.compile(r"(?<=\S)[\s,]*(?:\(\s*(?:quebec|qc|que)\s*\)|[\s,]+(?:quebec|qc))\s*$")


@dataclass(frozen=True)
class Towns:
    """`regions`: normalised town name → region code, or `AMBIGUOUS`. `sha256` of the file read."""

    regions: dict[str, str]
    sha256: str


def read_towns(path: Path) -> Towns:
    """Read a table of municipalities into a lookup by normalised name."""
    regions: dict[str, str] = {}
    for name, region in read_municipalities(path)[["municipalite", "region_code"]].to_numpy():
        key = town_key(name)
        regions[key] = region if regions.get(key, region) == region else AMBIGUOUS
    return Towns(regions, hashlib.sha256(path.read_bytes()).hexdigest())


def read_municipalities(path: Path) -> pd.DataFrame:
    """Read `municipalite` (text), `region_code` (text 01..17) and `population` (integer).

    Raises:
        BadCall: no such file.
        BadData: not UTF-8, a missing column, a region code other than 01 to 17, no row.
    """
    import pandas as pd

    if not path.is_file():
        raise BadCall(
            f"Table des municipalités introuvable\u00a0: {path.name}",
            "Donner le fichier CSV du répertoire des municipalités.",
        )
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise BadData(
            [Fault(path.name, line, "", "", "le texte n’est pas en UTF-8", "Enregistrer en UTF-8.")]
        ) from None
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    header = [name.strip() for name in reader.fieldnames or []]
    reader.fieldnames = header
    faults = [
        Fault(
            path.name,
            1,
            name,
            "",
            "colonne absente",
            nearest(name, header) or "Reprendre la table.",
        )
        for name in COLUMNS
        if name not in header
    ]
    if faults:
        raise BadData(faults)
    rows: list[tuple[str, str, int]] = []
    try:
        for row in reader:
            region = (row["region_code"] or "").strip()
            if not REGION.fullmatch(region):
                remedy = "Écrire un code de 01 à 17, en deux chiffres."
                line, rule = reader.line_num, "code de région inconnu"
                faults.append(Fault(path.name, line, "region_code", region, rule, remedy))
            population = (row["population"] or "").strip()
            number = int(population) if population.isascii() and population.isdigit() else 0
            rows.append(((row["municipalite"] or "").strip(), region, number))
    except csv.Error:
        rule = "guillemets mal fermés"
        faults.append(Fault(path.name, reader.line_num, "", "", rule, "Fermer le guillemet."))
    if not rows:
        faults.append(Fault(path.name, 0, "", "", "fichier vide", "Reprendre la table."))
    if faults:
        raise BadData(faults)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def town_of(line: str) -> str:
    """Return the normalised town of an address line: « 12 rue X, Lévis (Québec) G1A 1A1 » → levis.

    A line that is nothing but « Québec » is the city.
    """
    text = COUNTRY.sub("", POSTAL_CODE.sub("", COUNTRY.sub("", plain(line))))
    text = PROVINCE.sub("", text)
    return town_key(text.rsplit(",", 1)[-1])


def town_key(name: str) -> str:
    """Return a name without accents, case, hyphens and apostrophes, « st(e) » written out."""
    words = re.sub(r"[^a-z0-9]+", " ", plain(name)).split()
    return " ".join({"st": "saint", "ste": "sainte"}.get(word, word) for word in words)


def plain(text: str) -> str:
    """Return text in lower case, without accents."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in bare if not unicodedata.combining(letter)).strip()
