"""Claims against one another: what can be said of printed numbers without computing any of them.

Pure functions over claims and the rows of `survival_published` behind the published rates. A
remark is not an error of the project: it is something that a reader of the documents should know.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations
from typing import Any

import pandas as pd

from coopreport.analysis.comparison import unobservable
from coopreport.claims import Claim, format_claimed, rounded
from coopreport.locale import NBSP, count_of, exact, join_list

Rate = Mapping[str, Any]
"""One row of `survival_published`."""

CONTRADICTION, CAUTION, AGREEMENT = "contradiction", "à préciser", "concordance"


@dataclass(frozen=True)
class Remark:
    """What one check found: the claims it is about, a sentence, and what it rests on."""

    check: str
    verdict: str
    claims: tuple[str, ...]
    sentence: str
    assumption: str


@dataclass(frozen=True)
class Vintage:
    """A co-operative rate and the comparator printed beside it, which is older.

    `earlier` holds the rows that printed it before, oldest first; none when the comparator's own
    study is what is old. `year` is when it was first printed, or its study's year if earlier.
    """

    coop: Rate
    comparator: Rate
    earlier: tuple[Rate, ...]
    year: int


def check_claims(claims: Sequence[Claim], rates: Sequence[Rate]) -> list[Remark]:
    """Return every remark: same quantity, periods, totals, cohorts, comparators, in that order."""
    return [
        *same_quantity(claims),
        *unstated_periods(claims),
        *totals(claims),
        *impossible_rates(claims, rates),
        *old_comparators(claims, rates),
    ]


def agree(one: Claim, other: Claim) -> bool:
    """Tell whether two printed numbers can be one number: equal at the coarser printed precision.

    Amounts whose periods are both written are compared over a year; a minimum agrees with more.
    """
    (a, step_a), (b, step_b) = _comparable(one, other), _comparable(other, one)
    step = max(step_a, step_b)
    a, b = rounded(a, step), rounded(b, step)
    if (one.qualifier == "minimum") != (other.qualifier == "minimum"):
        return b >= a if one.qualifier == "minimum" else a >= b
    return a == b


def same_quantity(claims: Sequence[Claim]) -> list[Remark]:
    """Remark each quantity printed with several values, and say whether the values agree."""
    found = []
    for group in _by_quantity(claims):
        if len({claim.value for claim in group}) < 2:
            continue
        apart = [pair for pair in combinations(group, 2) if not agree(*pair)]
        one_document = len({claim.document for claim in group}) == 1
        told = join_list([f"{c.told} ({c.place if one_document else _where(c)})" for c in group])
        verdict = CONTRADICTION if apart else AGREEMENT
        end = "ils se contredisent" if apart else "ils concordent à la précision la moins fine"
        found.append(
            Remark(
                "Même grandeur, nombres différents",
                verdict,
                tuple(claim.id for claim in group),
                f"{group[0].label}{NBSP}: {told}; {end}.",
                "Les documents parlent de la même grandeur; un montant dont la période est écrite "
                "est ramené à une année.",
            )
        )
    return found


def unstated_periods(claims: Sequence[Claim]) -> list[Remark]:
    """Remark each amount whose period is written in one place and not in another."""
    found = []
    for group in _by_quantity(claims):
        silent = [claim for claim in group if claim.period_years is None]
        stated = [claim for claim in group if claim.period_years is not None]
        if group[0].unit != "CAD" or not silent or not stated:
            continue
        found.append(
            Remark(
                "Période écrite à un seul endroit",
                CAUTION,
                tuple(claim.id for claim in group),
                f"{silent[0].label}{NBSP}: {silent[0].printed} sans période "
                f"({join_list([claim.place for claim in silent])}), mais "
                f"{'par année' if stated[0].period_years == 1 else 'avec une période'} "
                f"({join_list([claim.place for claim in stated])}).",
                "Un montant sans période écrite n’est ni annuel ni total.",
            )
        )
    return found


def totals(claims: Sequence[Claim]) -> list[Remark]:
    """Compare each total with the sum of its parts, as printed and then over a year."""
    found = []
    for total in claims:
        parts = [claim for claim in claims if claim.part_of == total.id]
        if not parts:
            continue
        printed = sum((exact(part.value) for part in parts), Fraction(0))
        yearly = sum((exact(part.value) / (part.period_years or 1) for part in parts), Fraction(0))
        whole = exact(total.value)
        as_printed = rounded(printed, total.step) == whole
        over_a_year = rounded(yearly, total.step) == whole
        head = (
            f"{total.label} ({total.place}){NBSP}: les {count_of(len(parts), 'partie')} "
            f"totalisent {format_claimed(total, printed)} pour un total imprimé de {total.told}"
        )
        tail = f"; ramenées à une année, {format_claimed(total, yearly)}"
        found.append(
            Remark(
                "Parties et total",
                AGREEMENT if as_printed else CAUTION if over_a_year else CONTRADICTION,
                (total.id, *(part.id for part in parts)),
                head + ("" if printed == yearly else tail) + ".",
                "Une partie sans période écrite est comptée comme annuelle.",
            )
        )
    return found


def impossible_rates(claims: Sequence[Claim], rates: Sequence[Rate]) -> list[Remark]:
    """Remark each published rate that some of its own cohorts were too young to have."""
    found = []
    for rate in _claimed(claims, rates):
        first, last = _year(rate, "cohort_first"), _year(rate, "cohort_last")
        year = _year(rate, "study_year")
        if not first or not last or not year:
            continue
        births = unobservable(first, last, int(rate["years"]), year)
        if births is None:
            continue
        span = f"de {births[0]} à {births[1]}" if births[0] < births[1] else f"de {births[0]}"
        found.append(
            Remark(
                "Taux que ses cohortes n’ont pas encore",
                CAUTION,
                (str(rate["rate_id"]),),
                f"{rate['study_label']}{NBSP}: les naissances {span} ne peuvent pas entrer dans "
                f"un taux à {count_of(int(rate['years']), 'an')} en {year}.",
                "L’observation s’arrête au plus tard à la fin de l’année de l’étude, et le taux ne "
                "compte que des naissances suivies jusqu’à l’âge dit; une table de survie, qui "
                "admet des suivis incomplets, le permettrait, mais la source n’en parle pas.",
            )
        )
    return found


def vintages(claims: Sequence[Claim], rates: Sequence[Rate]) -> list[Vintage]:
    """Return each comparator that is older than the co-operatives printed beside it.

    Beside means: same source, same number of years. The co-operatives' year is that of their last
    cohort, or of their study when no cohort is stated.
    """
    known = _claimed(claims, rates)
    found: list[Vintage] = []
    comparators = [rate for rate in known if rate["role"] == "comparator"]
    for coop in (rate for rate in known if rate["role"] == "coop"):
        for other in comparators:
            if (other["source"], other["years"]) != (coop["source"], coop["years"]):
                continue
            earlier = _earlier(claims, comparators, other)
            years = [
                _year(other, "study_year"),
                *(_year(r, "printed_year") for r in (*earlier, other)),
            ]
            year = min((given for given in years if given), default=None)
            born = _year(coop, "cohort_last") or _year(coop, "study_year")
            if year and born and year < born:
                found.append(Vintage(coop, other, earlier, year))
    return found


def old_comparators(claims: Sequence[Claim], rates: Sequence[Rate]) -> list[Remark]:
    """Remark each comparator whose vintage differs from what it is compared with."""
    printed = {claim.rate_id: claim.printed for claim in claims if claim.rate_id}
    found = []
    for old in vintages(claims, rates):
        coop, other = old.coop, old.comparator
        born = _year(coop, "cohort_last")
        beside = (
            f"de coopératives nées jusqu’en {born}"
            if born
            else f"d’un taux coopératif de {coop['study_year']}, sans cohorte énoncée"
        )
        found.append(
            Remark(
                "Comparateur d’un autre millésime",
                CAUTION,
                (str(coop["rate_id"]), str(other["rate_id"])),
                f"{other['study_label']}{NBSP}: le comparateur de {printed[other['rate_id']]} à "
                f"{count_of(int(coop['years']), 'an')}, placé à côté {beside}, "
                + (
                    f"était imprimé dès {old.earlier[0]['printed_year']} "
                    f"({old.earlier[0]['study_label']})."
                    if old.earlier
                    else f"date de {old.year}."
                ),
                "Deux taux d’une même population, au même âge, sont le même nombre s’ils "
                "concordent à la précision la moins fine.",
            )
        )
    return found


def _by_quantity(claims: Sequence[Claim]) -> list[list[Claim]]:
    groups: defaultdict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        groups[claim.quantity].append(claim)
    return list(groups.values())


def _comparable(claim: Claim, other: Claim) -> tuple[Fraction, Fraction]:
    """Return a claim's value and step, over a year when both claims write their period."""
    years = claim.period_years if claim.period_years and other.period_years else 1
    return exact(claim.value) / years, exact(claim.step) / years


def _claimed(claims: Sequence[Claim], rates: Sequence[Rate]) -> list[Rate]:
    """Return the published rates that are claims, in the order of the rates."""
    ids = {claim.rate_id for claim in claims}
    return [rate for rate in rates if rate["rate_id"] in ids]


def _earlier(claims: Sequence[Claim], comparators: Sequence[Rate], one: Rate) -> tuple[Rate, ...]:
    """Return the comparators printed before `one` that can be the same number, oldest first.

    The rates are the table's, at the precision that their claims print. They have the same age,
    the same population and values that agree. Populations that share a quantity among the claims
    are one: a document renames the comparator that it borrows.
    """
    values = {rate["rate_id"]: rate["rate"] for rate in comparators}
    by_rate = {
        c.rate_id: replace(c, value=values[c.rate_id]) for c in claims if c.rate_id in values
    }
    mine = by_rate[one["rate_id"]]
    names = {
        rate["population"]
        for rate in comparators
        if by_rate[rate["rate_id"]].quantity == mine.quantity
    }
    found = [
        rate
        for rate in comparators
        if rate["years"] == one["years"]
        and rate["population"] in names
        and (_year(rate, "printed_year") or 9999) < (_year(one, "printed_year") or 0)
        and agree(mine, by_rate[rate["rate_id"]])
    ]
    return tuple(sorted(found, key=lambda rate: (rate["printed_year"], rate["rate_id"])))


def _year(rate: Rate, column: str) -> int | None:
    return None if pd.isna(rate[column]) else int(rate[column])


def _where(claim: Claim) -> str:
    return claim.document_label if claim.rate_id else f"{claim.document_label}, {claim.place}"
