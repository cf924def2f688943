"""The definition of a survival rate, and its line in French."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from coopreport.analysis.definition import DEATHS, Definition
from coopreport.errors import BadCall

DEFINITION = Definition(
    population="coopératives d’essai",
    unit="coopérative",
    birth_event="constitution",
    death_event="dissolution",
    takeover_rule="la reprise n’est pas une mort",
    reactivation_rule="dans les 24 mois, elle annule la mort",
    first_birth=date(2002, 1, 1),
    last_birth=date(2015, 12, 31),
    cut_off=date(2022, 12, 31),
)


def test_the_line_states_each_part_of_the_definition() -> None:
    assert DEFINITION.line.replace("\u00a0", " ") == (
        "Population : coopératives d’essai; unité : coopérative; naissance : constitution; "
        "mort : dissolution; prise de contrôle : la reprise n’est pas une mort; "
        "réactivation : dans les 24 mois, elle annule la mort; "
        "règle des n ans : survie au-delà de n × 365,25 jours d’âge, Kaplan-Meier par jour "
        "d’âge, la mort le jour de la naissance comprise; "
        "cohortes : naissances du 1er janvier 2002 au 31 décembre 2015; "
        "décès observés depuis la naissance; date limite : 31 décembre 2022."
    )


def test_a_colon_has_a_no_break_space_and_a_semicolon_none() -> None:
    assert "Population\u00a0: " in DEFINITION.line
    assert " :" not in DEFINITION.line
    assert "\u00a0;" not in DEFINITION.line


def test_the_line_says_since_when_deaths_are_observed() -> None:
    line = replace(DEFINITION, observation_start=date(2011, 2, 1)).line.replace("\u00a0", " ")
    assert "décès observés depuis le 1er février 2011 (entrée différée)" in line


def test_without_a_last_birth_the_cohorts_run_to_the_cut_off() -> None:
    line = replace(DEFINITION, last_birth=None).line.replace("\u00a0", " ")
    assert "naissances du 1er janvier 2002 au 31 décembre 2022" in line


@pytest.mark.parametrize(
    ("first_birth", "cut_off", "observation_start"),
    [
        (date(2016, 1, 1), date(2022, 12, 31), None),
        (date(2002, 1, 1), date(2015, 1, 1), None),
        (date(2002, 1, 1), date(2022, 12, 31), date(2022, 12, 31)),
    ],
)
def test_dates_out_of_order_are_refused(
    first_birth: date, cut_off: date, observation_start: date | None
) -> None:
    with pytest.raises(BadCall, match="dans l’ordre"):
        replace(
            DEFINITION,
            first_birth=first_birth,
            cut_off=cut_off,
            observation_start=observation_start,
        )


def test_a_definition_without_one_of_its_parts_is_refused() -> None:
    with pytest.raises(BadCall, match="takeover_rule"):
        replace(DEFINITION, takeover_rule=" ")


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("exact_anniversary", "en vie n ans jour pour jour après la naissance"),
        ("calendar_year", "règle d’Eurostat et de l’OCDE"),
    ],
)
def test_the_line_says_which_n_year_rule_is_followed(rule: Any, words: str) -> None:
    assert words in replace(DEFINITION, n_year_rule=rule).line


def test_a_take_over_rule_changes_what_is_a_death_and_what_the_line_says() -> None:
    assert DEFINITION.death_kinds == DEATHS
    assert "merger" not in DEATHS
    strict = DEFINITION.with_takeover("death")
    assert strict.death_kinds == (*DEATHS, "merger")
    assert "une fusion ou une absorption compte pour une mort" in strict.line
    assert strict.with_takeover("survival").death_kinds == DEATHS


def test_leaving_out_striking_ex_officio_changes_what_is_a_death_and_the_line() -> None:
    kinder = DEFINITION.without_ex_officio()
    assert kinder.death_kinds == ("dissolution", "striking_on_request", "unknown")
    assert "sauf la radiation d’office" in kinder.line


@pytest.mark.parametrize("field", ["n_year_rule", "takeover"])
def test_an_unknown_rule_is_refused_with_those_that_exist(field: str) -> None:
    changed: dict[str, Any] = {field: "autre"}
    with pytest.raises(BadCall, match="Règle inconnue"):
        replace(DEFINITION, **changed)
