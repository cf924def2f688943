"""The towns of a Québec register: address lines, placed in a region."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from coopreport.errors import BadData, Fault
from coopreport.registers.pieces import looked_up, tally
from coopreport.registers.places import AMBIGUOUS, Towns, town_of
from coopreport.registers.quebec_checks import FAULTY_SHARE
from coopreport.registers.schema import UNKNOWN
from coopreport.registers.text_codes import places_of

TOWN_AMBIGUOUS = "dont la municipalité porte un nom commun à plusieurs régions, région inconnue"
TOWN_UNKNOWN = "dont l’adresse ne donne pas de municipalité connue, région inconnue"

PLACES = (*(f"{number:02}" for number in range(1, 18)), UNKNOWN)
"""The regions, then none."""
GARBLED = ("Ã", "â€")
"""What accents become when UTF-8 is read as Windows-1252."""

Array = np.ndarray[Any, Any]


def place(
    name: str,
    town: Array,
    lines: Mapping[int, str | None],
    towns: Towns | None,
) -> tuple[Array, dict[str, int]]:
    """Return the place in `PLACES` of each row's region (uint8), and how many have none, by cause.

    Args:
        name: of the file, to show.
        town, lines: as in `quebec_rows.Rows`.
        towns: where the regions come from; None leaves every region unknown.

    Raises:
        BadData: the text was read in the wrong encoding before.
    """
    nowhere = len(PLACES) - 1
    if towns is None:
        return np.full(len(town), nowhere, dtype="uint8"), {}
    known = np.sort(np.fromiter(lines, dtype="uint64", count=len(lines)))
    where = places_of(town, known)
    held = tally(where, len(known)).tolist()
    regions = np.full(len(known), nowhere, dtype="uint8")
    ambiguous = missing = garbled = 0
    example = ""
    for number, (code, rows) in enumerate(zip(known.tolist(), held, strict=True)):
        line = lines[code] or ""
        if any(mark in line for mark in GARBLED):
            garbled, example = garbled + rows, example or line
        region = towns.regions.get(town_of(line), "") if line else ""
        if region == AMBIGUOUS:
            ambiguous += rows
        elif region:
            regions[number] = PLACES.index(region)
        else:
            missing += rows
    if garbled > FAULTY_SHARE * len(town):
        rule = "du texte UTF-8 a été lu comme du Windows-1252"
        remedy = "Reprendre le fichier à sa source, en UTF-8."
        raise BadData([Fault(name, 0, "ADR_DOMCL_LIGN2_ADR", example, rule, remedy)])
    return looked_up(regions, where), {TOWN_AMBIGUOUS: ambiguous, TOWN_UNKNOWN: missing}
