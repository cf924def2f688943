"""Funding: asks and grants spread over fiscal years, in integer dollars.

Pure functions, DataFrame in, DataFrame out. Amounts are whole dollars; shares and real dollars
are exact fractions. Fiscal years are text, `2023-2024`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pandas as pd

from coopreport.cycles.scenarios import EVERY, Scenario
from coopreport.errors import NBSP, BadCall, nearest, quoted
from coopreport.fiscal import fiscal_year, span, start_year
from coopreport.locale import round_half_away


def schedule(asks: pd.DataFrame, years: Sequence[str]) -> pd.DataFrame:
    """Spread asks over fiscal years: the annual amount in each year from the first to the last.

    An ask without a last year runs to the end of `years`.

    Args:
        asks: one row per ask: `ask_id`, `annual_amount` (dollars), `first_fiscal_year`,
            `last_fiscal_year` (missing when the text states no end). A scenario adds `total`
            (dollars spread evenly over the ask's years, in the place of the annual amount) and
            `indexed` (what the amount grows by each year after the first, 0.02 for 2 %).
        years: the fiscal years to cover, in order.

    Returns:
        One row per ask and year, in that order: `ask_id`, `fiscal_year`, `amount` (dollars, 0
        outside the ask's years). Shape (asks × years, 3).
    """
    rows = []
    for ask in asks.to_dict("records"):
        last = years[-1] if pd.isna(ask["last_fiscal_year"]) else ask["last_fiscal_year"]
        running = span(ask["first_fiscal_year"], last)
        amounts = [int(ask["annual_amount"])] * len(running)
        if pd.notna(ask.get("total")):
            amounts = evenly(int(ask["total"]), len(running))
        if pd.notna(ask.get("indexed")):
            growth = 1 + Fraction(ask["indexed"])
            amounts = [int(round_half_away(each * growth**n)) for n, each in enumerate(amounts)]
        of_year = dict(zip(running, amounts, strict=True))
        rows += [(ask["ask_id"], year, of_year.get(year, 0)) for year in years]
    return pd.DataFrame(rows, columns=["ask_id", "fiscal_year", "amount"])


def evenly(total: int, years: int) -> list[int]:
    """Spread dollars over years: those that do not divide go one by one to the first years."""
    each, rest = divmod(total, years)
    return [each + (rank < rest) for rank in range(years)]


def under_scenario(asks: pd.DataFrame, scenario: Scenario, years: Sequence[str]) -> pd.DataFrame:
    """Return asks as a scenario has them, ready for `schedule`.

    The share comes first, on each year's amount; what is spread is the sum of the ask's own years
    (to the end of `years` when the text states none); the index is applied last.

    Args:
        asks: as `schedule` takes them; every ask that the scenario names is among them.
        years: the fiscal years of the horizon.

    Returns:
        The same rows with `annual_amount` (of the first year) and `last_fiscal_year` changed, and
        the columns `total` and `indexed`.

    Raises:
        BadCall: the scenario names an ask that is not there.
    """
    known = list(asks["ask_id"])
    for name in scenario.changes:
        if name not in (EVERY, *known):
            raise BadCall(
                f"Le scénario {quoted(scenario.name)} change {quoted(name)}, qui n’est pas une "
                "demande du cycle.",
                nearest(name, known) or f"demandes{NBSP}: {', '.join(known)}, ou {EVERY}.",
            )
    rows = []
    for ask in asks.to_dict("records"):
        change = scenario.change_of(ask["ask_id"])
        annual = int(round_half_away(int(ask["annual_amount"]) * Fraction(change.share)))
        row = dict(ask)
        row.update({"annual_amount": annual, "total": None, "indexed": change.indexed})
        if change.spread is not None:
            first, last = ask["first_fiscal_year"], ask["last_fiscal_year"]
            total = annual * len(span(first, years[-1] if pd.isna(last) else last))
            row["total"] = total
            row["annual_amount"] = evenly(total, change.spread)[0]
            row["last_fiscal_year"] = fiscal_year(start_year(first) + change.spread - 1)
        rows.append(row)
    return pd.DataFrame(rows, columns=[*asks.columns, "total", "indexed"])


def scenarios(
    asks: pd.DataFrame, variants: Sequence[Scenario], years: Mapping[str, Sequence[str]]
) -> pd.DataFrame:
    """Total the asks as they are, then under each scenario.

    Args:
        years: the fiscal years of the horizon, of the base (`""`) and of each scenario by name.

    Returns:
        One row for the base (`scenario` is "") and one per scenario, in their order: `scenario`,
        `title`, one column of dollars per fiscal year of any horizon, `total` and `difference`
        to the base.
    """
    cases = [("", "", asks)]
    for scenario in variants:
        changed = under_scenario(asks, scenario, years[scenario.name])
        cases.append((scenario.name, scenario.title, changed))
    rows: list[dict[str, Any]] = []
    for name, title, changed in cases:
        totals = by_year(schedule(changed, years[name]))
        amounts = {str(year): int(amount) for year, amount in totals.items()}
        rows.append({"scenario": name, "title": title, **amounts, "total": sum(amounts.values())})
    table = pd.DataFrame(rows)
    return table.assign(difference=table["total"] - rows[0]["total"])


def by_year(spread: pd.DataFrame) -> pd.Series:
    """Return the total of a schedule for each fiscal year, in dollars, indexed by year."""
    return spread.groupby("fiscal_year", sort=False)["amount"].sum().astype(int)


def headline_check(headline: int, totals: pd.Series) -> pd.DataFrame:
    """Compare an annual headline with what the asks add up to, year by year.

    Returns:
        One row per fiscal year: `fiscal_year`, `headline`, `total`, `difference` (total minus
        headline, dollars) and `holds`.
    """
    return pd.DataFrame(
        {
            "fiscal_year": list(totals.index),
            "headline": headline,
            "total": totals.to_numpy(),
            "difference": totals.to_numpy() - headline,
            "holds": totals.to_numpy() == headline,
        }
    )


def new_money(spread: pd.DataFrame, base: Mapping[str, int]) -> pd.DataFrame:
    """Split a schedule into what is granted already and new money: level = base + increment.

    Args:
        spread: a schedule (see `schedule`).
        base: the dollars a year granted today, by ask; an ask whose base is unknown is left out,
            and counts as new money in full: the split is then an upper bound.

    Returns:
        The schedule with `base` (at most the ask, 0 where the ask does not run or its base is
        unknown) and `new` (dollars).
    """
    known = spread["ask_id"].map(lambda ask: base.get(ask, 0)).astype(int)
    carried = known.where(known < spread["amount"], spread["amount"])
    return spread.assign(base=carried, new=spread["amount"] - carried)


def readings(
    asks: pd.DataFrame, alternatives: pd.DataFrame, headline_id: str, years: Sequence[str]
) -> pd.DataFrame:
    """Total the asks under each named reading of an ambiguous wording.

    A reading replaces the dates, and the annual amount when it gives one, of one ask; the other
    asks keep theirs. A reading of the headline with dates replaces the whole sum; without dates
    it is the sum of the asks as they are.

    Args:
        asks: the asks that add up to the headline, and the headline (`headline_id`).
        alternatives: `reading_id`, `ambiguity`, `ask_id`, `annual_amount`,
            `first_fiscal_year`, `last_fiscal_year`, `base` (the reading the schedule uses).
        headline_id: the ask that is the sum of the others.
        years: the fiscal years to cover.

    Returns:
        One row per reading, in the order given: `reading_id`, `ambiguity`, `base`, one column of
        dollars per fiscal year, `total` and `difference` to the asks as they are.
    """
    parts = asks[asks["ask_id"] != headline_id]
    as_written = int(schedule(parts, years)["amount"].sum())
    rows = []
    for reading in alternatives.to_dict("records"):
        of_headline = reading["ask_id"] == headline_id
        changed = asks[asks["ask_id"] == reading["ask_id"]].copy()
        for column in ("annual_amount", "first_fiscal_year", "last_fiscal_year"):
            if pd.notna(reading[column]):
                changed[column] = reading[column]
                changed["total"] = None
        if of_headline and pd.isna(reading["first_fiscal_year"]):
            read = parts
        elif of_headline:
            read = changed
        else:
            read = pd.concat([parts[parts["ask_id"] != reading["ask_id"]], changed])
        totals = by_year(schedule(read, years))
        total = int(totals.sum())
        rows.append(
            {
                "reading_id": reading["reading_id"],
                "ambiguity": reading["ambiguity"],
                "base": bool(reading["base"]),
                **{str(year): int(amount) for year, amount in totals.items()},
                "total": total,
                "difference": total - as_written,
            }
        )
    return pd.DataFrame(rows)


def spread_grants(grants: pd.DataFrame) -> pd.DataFrame:
    """Spread each grant evenly over its fiscal years, to the dollar.

    The dollars that do not divide go one by one to the first years, so that the years add up to
    the grant exactly.

    Args:
        grants: `grant_row`, `announced` (date), `amount` (dollars), `first_fiscal_year`,
            `last_fiscal_year`; grants without years are left out.

    Returns:
        One row per grant and year: `grant_row`, `announced`, `fiscal_year`, `amount` (dollars).
    """
    rows = []
    for grant in grants.dropna(subset=["first_fiscal_year", "last_fiscal_year"]).itertuples():
        years = span(str(grant.first_fiscal_year), str(grant.last_fiscal_year))
        amounts = evenly(int(str(grant.amount)), len(years))
        rows += [
            (grant.grant_row, grant.announced, year, amount)
            for year, amount in zip(years, amounts, strict=True)
        ]
    return pd.DataFrame(rows, columns=["grant_row", "announced", "fiscal_year", "amount"])


def share(part: int, whole: int) -> Fraction | None:
    """Return part ÷ whole exactly, or None for a whole of 0 (shown `...`)."""
    return Fraction(part, whole) if whole else None


def real_dollars(
    nominal: int, year: int, base_year: int, index: Mapping[int, Decimal]
) -> Fraction | None:
    """Return dollars of `base_year`: nominal × index of the base year ÷ index of the year.

    Returns None (shown `..`) when either year has no index; equal to the nominal amount in the
    base year. Source: Statistics Canada, Consumer Price Index Reference Paper, 62-553-X.
    """
    if year not in index or base_year not in index:
        return None
    return Fraction(nominal) * Fraction(index[base_year]) / Fraction(index[year])
