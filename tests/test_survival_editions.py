"""Units that vanish between two editions of a register, and what they do to a rate."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest

from coopreport.analysis.definition import Definition
from coopreport.analysis.editions import TREATMENTS, compare_editions, with_vanished
from coopreport.analysis.rates import survival_at
from coopreport.analysis.survival import kaplan_meier
from coopreport.errors import BadCall
from coopreport.registers.life_table import count_by_age, observe

SEEN = date(2014, 1, 1)
DEFINITION = Definition(
    population="coopératives d’essai",
    unit="coopérative",
    birth_event="constitution",
    death_event="dissolution",
    takeover_rule="sans objet",
    reactivation_rule="sans objet",
    first_birth=date(2010, 1, 1),
    cut_off=date(2018, 1, 1),
)
BIRTH = date(2010, 1, 1)
EARLIER = pd.DataFrame(
    [(name, BIRTH, None) for name in "abcd"] + [("e", BIRTH, date(2013, 1, 1))],
    columns=["unit_id", "birth", "end"],
)
# b and e are gone; c died since; d has another birth; f is new.
LATER = pd.DataFrame(
    [
        ("a", BIRTH, None),
        ("c", BIRTH, date(2014, 6, 1)),
        ("d", date(2010, 2, 1), None),
        ("f", date(2015, 1, 1), None),
    ],
    columns=["unit_id", "birth", "end"],
)


def five_year_rate(units: pd.DataFrame) -> float | None:
    seen = observe(units, DEFINITION).units.assign(coop_type="all")
    return survival_at(kaplan_meier(count_by_age(seen)), 5).survival


def test_what_vanished_appeared_and_changed_is_told() -> None:
    found = compare_editions(EARLIER, LATER)
    assert found.vanished["unit_id"].tolist() == ["b", "e"]
    assert found.appeared["unit_id"].tolist() == ["f"]
    assert found.changed == ("d",)
    assert found.known_dead == 1


def test_a_death_that_was_known_and_is_no_more_is_a_change() -> None:
    back = EARLIER.assign(end=None)
    assert compare_editions(EARLIER, back).changed == ("e",)
    assert compare_editions(back, EARLIER).changed == ()


def test_each_treatment_of_the_vanished_gives_its_own_rate() -> None:
    """Left out: a, c, d, f, and c dies at 4.4 years: 2/3, f being gone by then at 3 years.

    Leaves: e dies at 3 years, of 6; b leaves at 4 years; then c, of 3: 5/6 × 2/3. Dies: b too, of
    4: 5/6 × 3/4 × 2/3.
    """
    editions = compare_editions(EARLIER, LATER)
    rates = [
        five_year_rate(with_vanished(LATER, editions, SEEN, treatment)) for treatment in TREATMENTS
    ]
    assert rates == pytest.approx([2 / 3, 5 / 9, 5 / 12])


def test_the_treatments_keep_the_kind_of_the_known_ends() -> None:
    known: list[Any] = [None, None, None, None, "merger"]
    kinds = EARLIER.assign(end_kind=known)
    editions = compare_editions(kinds, LATER)
    back = with_vanished(LATER, editions, SEEN, "dies").set_index("unit_id")
    assert (back.loc["b", "end"], back.loc["b", "end_kind"]) == (SEEN, "unknown")
    assert (back.loc["e", "end"], back.loc["e", "end_kind"]) == (date(2013, 1, 1), "merger")
    assert back.loc["c", "end_kind"] == "dissolution"


def test_a_register_with_a_unit_twice_an_unknown_treatment_and_a_false_date_are_refused() -> None:
    with pytest.raises(BadCall, match="ancienne"):
        compare_editions(pd.concat([EARLIER, EARLIER]), LATER)
    editions = compare_editions(EARLIER, LATER)
    with pytest.raises(BadCall, match="Traitement inconnu"):
        with_vanished(LATER, editions, SEEN, "autre")  # type: ignore[arg-type]
    with pytest.raises(BadCall, match="née après"):
        with_vanished(LATER, editions, date(2009, 1, 1), "dies")
