"""The texts of the page that are not prose are found by their French, or stay French and marked."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from markupsafe import Markup

from coopreport.catalogue import CATALOGUE as CATALOGUE_OF_INDICATORS
from coopreport.locale import SYMBOLS, UNITS, speaking
from coopreport.translation.drawings import translated_spec
from coopreport.translation.messages import CATALOGUE, Messages, messages, read_messages
from coopreport.translation.words import plain, said
from tests.sample_page import HOSTILE

SAMPLE = Messages(
    [
        ("Tableau", "Table"),
        ("coopératives", "co-operatives"),
        ("Survie des {coops}", "Survival of {coops}"),
        ("{a} ({b})", "{a} ({b})"),
        ("Communiqué du {date}", "News release of {date}"),
    ]
)


def test_a_text_is_found_with_any_space_and_apostrophe() -> None:
    found = Messages([("L’Entente : total", "The agreement: total")])
    assert found.find("L'Entente\u00a0: total") == "The agreement: total"


def test_a_text_is_found_with_another_first_letter() -> None:
    assert SAMPLE.find("tableau") == "table"


def test_what_fills_a_field_is_translated_too() -> None:
    assert SAMPLE.find("Survie des coopératives") == "Survival of co-operatives"


def test_a_text_whose_field_has_no_english_has_none() -> None:
    assert SAMPLE.find("Survie des mutuelles") is None


def test_sentences_that_follow_one_another_are_found_one_by_one() -> None:
    found = Messages([("Le {what} manque.", "The {what} is missing."), ("type", "type")])
    assert (
        found.find("Le type manque. Le type manque.") == "The type is missing. The type is missing."
    )
    assert found.find("Le type manque. La région manque.") is None


def test_a_french_date_becomes_an_english_one() -> None:
    assert SAMPLE.find("Communiqué du 1er septembre 2020") == "News release of September 1, 2020"
    assert SAMPLE.find("juin 2017") == "June 2017"


@pytest.mark.parametrize(
    "text",
    [
        *("R1", "2023-2024", "$8.8\u00a0million", "13.5%", "+28.9\u00a0points", "1\u00a0year"),
        *("January\u00a027, 2023", "data/gdp.csv", "https://exemple.ca/a", "ab" * 32),
        *("a.b_1, c.d", "III", ".."),
    ],
)
def test_codes_numbers_and_dates_have_no_language(text: str) -> None:
    assert SAMPLE.find(text) == text


def test_french_stays_as_it_was_in_a_french_edition() -> None:
    assert said("L'Entente : total") == "L’Entente\u00a0: total"
    assert plain("Tableau") == "Tableau"


def test_french_in_an_english_edition_is_marked() -> None:
    with speaking("en"):
        shown = said("Une phrase sans anglais : rien.")
    assert shown == '<span lang="fr">Une phrase sans anglais\u00a0: rien.</span>'


@pytest.mark.parametrize("payload", HOSTILE)
def test_a_hostile_text_stays_text(payload: str) -> None:
    with speaking("en"):
        shown = said(payload)
    assert "<script" not in shown
    assert "<img" not in shown
    assert Markup(shown).striptags().split() == payload.split()


def test_a_long_hostile_text_is_given_up() -> None:
    text = " : ( (), " * 5000 + "; ils concordent à la précision la moins fine."
    assert messages().find(text) is None


def test_every_entry_has_the_fields_of_its_french() -> None:
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file)
    for entry in catalogue:
        if entry.id:
            fields = [set(re.findall(r"\{(\w+)\}", str(text))) for text in (entry.id, entry.string)]
            assert fields[0] == fields[1], entry.id


def test_symbols_and_units_have_their_english() -> None:
    for text in (*SYMBOLS.values(), *(unit.title for unit in UNITS.values())):
        assert messages().find(text), text


def test_an_entry_that_is_fuzzy_or_empty_is_not_shown(tmp_path: Path) -> None:
    file = tmp_path / "en.po"
    entries = ('#, fuzzy\nmsgid "Un"\nmsgstr "One"', 'msgid "Deux"\nmsgstr ""')
    file.write_text("\n\n".join(['msgid ""\nmsgstr ""', *entries]), encoding="utf-8")
    found = read_messages(file)
    assert found.find("Un") is None
    assert found.find("Deux") is None


def test_a_series_has_one_name_in_the_data_and_in_the_scale() -> None:
    spec = {
        "datasets": {"d": [{"series": "coopératives", "x": 1}]},
        "mark": {"type": "tableau"},
        "encoding": {
            "color": {
                "field": "coopératives",
                "scale": {"domain": ["coopératives"]},
                "legend": {"labelExpr": '{"R1": "coopératives"}[datum.label] || datum.label'},
            }
        },
        "config": {"title": {"text": "Tableau"}},
    }
    shown = translated_spec(spec, SAMPLE)
    color = shown["encoding"]["color"]
    assert shown["datasets"]["d"][0] == {"series": "co-operatives", "x": 1}
    assert color["scale"]["domain"] == ["co-operatives"]
    assert color["legend"]["labelExpr"].startswith('{"R1": "co-operatives"}')
    assert (color["field"], shown["mark"]["type"]) == ("coopératives", "tableau")
    assert shown["config"] == spec["config"]


@pytest.mark.parametrize("name", CATALOGUE_OF_INDICATORS.indicators)
def test_every_indicator_has_an_english_label_and_formula(name: str) -> None:
    defined = CATALOGUE_OF_INDICATORS.indicators[name]
    for text in (defined.label, defined.formula):
        assert messages().find(re.sub(r"\{\w+\}", "5", text)), text
