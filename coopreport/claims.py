"""Published claims against computed figures: a printed number holds at its printed precision.

Pure functions. A claim is what a document prints, as `data/claims.csv` has it; a check sets it
beside the indicator that it names. Nothing here rewrites a claim. All arithmetic is exact, in the
claim's own unit; half a step rounds away from zero, as everywhere in the report.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

import pandas as pd

from coopreport.errors import BadData, Fault
from coopreport.indicators import Indicator, exact_text
from coopreport.locale import NBSP, exact, format_value, round_half_away

Status = Literal["conforme", "ecart_connu", "ecart", "non_calculable"]

STATUSES: dict[Status, str] = {
    "conforme": "conforme",
    "ecart_connu": "écart connu",
    "ecart": "écart",
    "non_calculable": "non calculable",
}
"""Every status and its French name, in the order of the counts."""

SYNTHETIC = "synthetic"
"""The flag of an indicator computed from generated data: it never matches a claim."""

FILE = "data/claims.csv"
FRAME = "enonces.registre"
"""The frame that has every claim beside what is computed."""

_KINDS = {
    "CAD": ("CAD", 1),
    "CAD_M": ("CAD", 1),
    "CAD_G": ("CAD", 1),
    "percent": ("percent", 1),
    "ratio": ("percent", 100),
    "count": ("count", 1),
    "number": ("count", 1),
    "year": ("year", 1),
    "years": ("years", 1),
}
"""Unit of an indicator → unit of a claim, and what its value is multiplied by."""


@dataclass(frozen=True)
class Claim:
    """One number printed in one place of one document.

    `value` and `step` are in `unit`: 8,8 M$ is 8 800 000 to the nearest 100 000 dollars.
    `period_years` is how many years the words give the amount for (1: a year), None when they say
    nothing. `indicator` is what the number should equal; `read_back`, the indicator that reads the
    same printed number elsewhere; `part_of`, the claim of the total; `rate_id`, the published
    survival rate that is this number. `accepted_value` is what was computed, at the printed
    precision, when a known gap was accepted: another value ends the acceptance.
    """

    id: str
    document: str
    document_label: str
    place: str
    quantity: str
    label: str
    printed: str
    value: Decimal
    unit: str
    step: Decimal
    expected: Status
    period_years: int | None = None
    qualifier: str = ""
    indicator: str = ""
    read_back: str = ""
    part_of: str = ""
    rate_id: str = ""
    reason: str = ""
    accepted_value: Decimal | None = None
    accepted_by: str = ""
    accepted_on: date | None = None

    @property
    def told(self) -> str:
        """The printed number with its period, as a sentence has it: `4 millions sur 2 ans`."""
        if self.period_years is None:
            return self.printed
        yearly = self.period_years == 1
        return self.printed + (" par année" if yearly else f" sur {self.period_years}{NBSP}ans")


@dataclass(frozen=True)
class Checked:
    """A claim beside what was computed, in the claim's unit; None where nothing could be.

    `shown` and `gap` are the computed value and its difference as the report writes them, "" when
    there is none. `reason` is for the reader; `surprise` says what is not as expected.
    """

    claim: Claim
    status: Status
    computed: Fraction | None = None
    difference: Fraction | None = None
    shown: str = ""
    gap: str = ""
    reason: str = ""
    surprise: str = ""


def read_claims(rows: pd.DataFrame, documents: Mapping[str, str]) -> tuple[Claim, ...]:
    """Return the claims of the rows of the `claims` table, in their order.

    `documents` gives the French name of each document, by code.

    Raises:
        BadData: a printed value that is not a whole number of its steps; all of them.
    """
    claims = []
    names = {field.name for field in fields(Claim)}
    for row in rows.to_dict("records"):
        given: dict[str, Any] = {str(k): v for k, v in row.items() if k in names and pd.notna(v)}
        given["period_years"] = int(given["period_years"]) if "period_years" in given else None
        document = documents[given["document"]]
        claims.append(Claim(id=row["claim_id"], document_label=document, **given))
    faults = [
        fault_of(
            claim,
            "step",
            str(claim.step),
            f"la valeur {claim.value} ne peut pas être imprimée avec ce pas",
            "donnez le pas du dernier chiffre imprimé, dans l’unité de la valeur.",
        )
        for claim in claims
        if exact(claim.value) % exact(claim.step)
    ]
    if faults:
        raise BadData(faults)
    return tuple(claims)


def fault_of(claim: Claim, column: str, value: str, rule: str, remedy: str) -> Fault:
    """Return a fault of one claim; the rule begins with the claim's id, which finds its line."""
    return Fault(FILE, 0, column, value, f"énoncé {claim.id}{NBSP}: {rule}", remedy)


def rounded(value: Any, step: Decimal | Fraction) -> Fraction:
    """Return the multiple of `step` nearest to `value`; at half a step, away from zero."""
    return exact(round_half_away(exact(value) / exact(step))) * exact(step)


def holds(claim: Claim, computed: Fraction) -> bool:
    """Tell whether `computed`, at the printed precision, is the printed number.

    A « minimum » holds from the printed number up; « about » changes nothing: how near is near is
    what the step says.
    """
    at_precision = rounded(computed, claim.step)
    if claim.qualifier == "minimum":
        return at_precision >= exact(claim.value)
    return at_precision == exact(claim.value)


def in_unit_of(claim: Claim, indicator: Indicator) -> Fraction:
    """Return the indicator's value in the claim's unit: a ratio of 0,101 is 10,1 percent.

    Raises:
        BadData: the two do not measure the same thing.
    """
    kind, factor = _KINDS.get(indicator.unit, ("", 1))
    if kind != claim.unit:
        raise BadData(
            [
                fault_of(
                    claim,
                    "indicator",
                    claim.indicator,
                    f"l’énoncé est en {claim.unit} et l’indicateur en {indicator.unit}",
                    "nommez un indicateur de la même unité, ou laissez la cellule vide.",
                )
            ]
        )
    return exact(indicator.value) * factor


def check(
    claim: Claim, indicator: Indicator | None, read_back: Fraction | None = None, missing: str = ""
) -> Checked:
    """Set a claim beside its indicator.

    Args:
        indicator: the one that the claim names; None when it names none or it cannot be computed.
        read_back: the same printed number as another table has it, in the claim's unit.
        missing: why the indicator named cannot be computed.

    Raises:
        BadData: the indicator has another unit.
    """
    if read_back is not None and read_back != exact(claim.value):
        here, other = (format_value(v, *_display(claim)) for v in (claim.value, read_back))
        return Checked(
            claim,
            "ecart",
            read_back,
            read_back - exact(claim.value),
            other,
            _gap(claim, read_back),
            f"Saisies différentes du même nombre imprimé{NBSP}: l’énoncé porte {here}, "
            f"une autre table {other}.",
        )
    if indicator is not None and SYNTHETIC in indicator.flags:
        indicator, missing = None, "L’indicateur vient de données de démonstration."
    if indicator is None or indicator.value is None:
        why = missing or ("L’indicateur n’a pas de valeur." if indicator else "")
        surprise = "" if claim.expected == "non_calculable" else f"{_expected(claim)} {why}".strip()
        return Checked(claim, "non_calculable", reason=why or claim.reason, surprise=surprise)
    computed = in_unit_of(claim, indicator)
    status, surprise = _status(claim, computed)
    return Checked(
        claim,
        status,
        computed,
        computed - exact(claim.value),
        indicator.short,
        _gap(claim, computed),
        claim.reason if status != "ecart" else surprise,
        surprise,
    )


def _status(claim: Claim, computed: Fraction) -> tuple[Status, str]:
    """Return the status of a computed claim, and what is not as expected."""
    if holds(claim, computed):
        if claim.expected == "conforme":
            return "conforme", ""
        gone = "L’écart connu a disparu." if claim.expected == "ecart_connu" else ""
        return "conforme", gone or "L’énoncé est devenu calculable."
    now = format_value(computed, *_display(claim))
    if claim.expected != "ecart_connu" or claim.accepted_value is None:
        printed = format_value(claim.value, *_display(claim))
        return "ecart", f"{_expected(claim)} L’énoncé vaut {printed}, le calcul donne {now}."
    if rounded(computed, claim.step) == exact(claim.accepted_value):
        return "ecart_connu", ""
    accepted = format_value(claim.accepted_value, *_display(claim))
    return "ecart", f"L’écart accepté était avec {accepted}; le calcul donne maintenant {now}."


def _expected(claim: Claim) -> str:
    return f"Attendu{NBSP}: {STATUSES[claim.expected]}."


def _display(claim: Claim) -> tuple[str, int]:
    """Return the display unit and decimals of a claim's numbers: its own, at its own precision."""
    unit, scale = claim.unit, 0
    if claim.unit == "CAD" and claim.step >= 1000:
        unit, scale = ("CAD_G", 9) if claim.value >= 10**9 else ("CAD_M", 6)
    decimals = 0
    while (exact(claim.step) * 10**decimals / 10**scale).denominator != 1:
        decimals += 1
    return unit, decimals


def format_claimed(claim: Claim, value: Any, *, signed: bool = False, finer: int = 0) -> str:
    """Return a value of the claim's quantity as the report writes it, at the printed precision.

    `finer` adds decimals; a difference (`signed`) of percentages is in points.
    """
    unit, decimals = _display(claim)
    if signed and unit == "percent":
        unit = "points"
    return format_value(value, unit, decimals + finer, signed=signed)


def _gap(claim: Claim, computed: Fraction) -> str:
    """Return the difference to the printed number, one decimal finer than it where it has to be."""
    difference = computed - exact(claim.value)
    finer = 0 if rounded(difference, claim.step) == difference else 1
    return format_claimed(claim, difference, signed=True, finer=finer)


def as_json(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the checked claims of the frame as `enonces.json` has them; numbers are exact texts.

    What is absent is "", or None for a whole object.
    """
    return [
        {
            "id": row["id"],
            "document": row["document"],
            "document_label": row["document_label"],
            "place": row["place"],
            "label": row["label"],
            "printed": row["printed"],
            "value": str(row["value"]),
            "unit": row["unit"],
            "precision": str(row["step"]),
            "qualifier": row["qualifier"],
            "indicator": row["indicator"],
            "computed": exact_text(row["computed"]),
            "shown": row["shown"],
            "gap": row["gap"],
            "status": row["status"],
            "expected": row["expected"],
            "reason": row["why"],
            "accepted": {
                "value": str(row["accepted_value"]),
                "by": row["accepted_by"],
                "on": row["accepted_on"].isoformat() if row["accepted_on"] else "",
            }
            if row["accepted_value"] is not None
            else None,
        }
        for row in rows.astype(object).where(rows.notna(), None).to_dict("records")
    ]


def unexplained(checked: Iterable[Checked]) -> tuple[Checked, ...]:
    """Return the gaps that nobody accepted: a release stops at the first."""
    return tuple(each for each in checked if each.status == "ecart")


def count_by_status(checked: Sequence[Checked]) -> dict[Status, int]:
    """Return how many claims have each status, zeros included, in the order of `STATUSES`."""
    return {status: sum(each.status == status for each in checked) for status in STATUSES}
