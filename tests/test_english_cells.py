"""A prose cell has its English beside it, and a change of the French is noticed."""

from __future__ import annotations

import hashlib

from coopreport.chapters import heading_above
from coopreport.translation.cells import cells_of_edition, fingerprints, orphans, pairs
from tests.english import english, markdown

FRENCH = '## Les demandes\n\nInvestir {eval}`indicator["a"].words` par année.\n\nEt après.'
ENGLISH = '## The requests\n\nInvest {eval}`indicator["a"]` per year.\n\nAnd then.'


def test_the_fingerprint_of_a_line_is_the_first_twelve_digits_of_its_sha_256() -> None:
    digest = hashlib.sha256("Et après.".encode()).hexdigest()
    assert fingerprints("  Et après.  \n\n") == [digest[:12]]


def test_a_translated_cell_has_no_fault() -> None:
    (pair,) = pairs([markdown(FRENCH), english(ENGLISH, FRENCH)])
    assert (pair.french, pair.english, pair.faults) == (0, 1, ())


def test_a_cell_without_english_is_missing() -> None:
    (pair,) = pairs([markdown(FRENCH)])
    assert pair.is_missing
    assert pair.faults


def test_a_changed_french_names_the_line_that_changed() -> None:
    changed = FRENCH.replace("Et après.", "Et ensuite?")
    (pair,) = pairs([markdown(changed), english(ENGLISH, FRENCH)])
    assert "ligne 3" in pair.faults[0]
    assert "Et ensuite?" in pair.faults[0]
    assert "Investir" not in pair.faults[0]


def test_a_removed_line_is_noticed() -> None:
    shorter = FRENCH.removesuffix("\n\nEt après.")
    (pair,) = pairs([markdown(shorter), english(ENGLISH, FRENCH)])
    assert "des lignes enlevées" in pair.faults[0]


def test_lines_in_another_order_are_noticed() -> None:
    (pair,) = pairs([markdown("Deux.\n\nUn."), english("One.\n\nTwo.", "Un.\n\nDeux.")])
    assert "des lignes déplacées" in pair.faults[0]


def test_a_translation_that_nobody_confirmed_is_not_shown() -> None:
    (pair,) = pairs([markdown(FRENCH), english(ENGLISH)])
    assert pair.faults == ("aucune traduction confirmée",)


def test_an_english_without_one_of_the_numbers_is_not_shown() -> None:
    (pair,) = pairs([markdown(FRENCH), english(ENGLISH.replace('"a"', '"b"'), FRENCH)])
    assert 'indicator["a"]' in pair.faults[0]
    assert 'indicator["b"]' in pair.faults[0]


def test_english_headings_are_those_of_the_french() -> None:
    (pair,) = pairs([markdown(FRENCH), english(ENGLISH.replace("##", "###"), FRENCH)])
    assert "intertitres" in pair.faults[0]


def test_an_english_cell_after_no_prose_is_told() -> None:
    assert orphans([english("Alone."), markdown("a"), english("A", "a"), english("B", "a")]) == [
        0,
        3,
    ]


def test_the_french_edition_has_no_english_cell() -> None:
    cells = [markdown("a"), english("A", "a"), markdown("b")]
    shown = cells_of_edition(cells, "fr")
    assert [(place, cell["source"]) for place, cell in shown] == [(0, "a"), (2, "b")]


def test_the_english_edition_has_one_cell_for_each_of_the_french_ones() -> None:
    cells = [markdown("a"), english("A", "a"), markdown("b"), markdown("c"), english("C", "old")]
    shown = cells_of_edition(cells, "en")
    assert [(place, cell["source"]) for place, cell in shown] == [(1, "A"), (2, "b"), (3, "c")]
    assert [cell["metadata"].get("untranslated", False) for _, cell in shown] == [False, True, True]
    assert shown[0][1]["metadata"]["french"] == "a"


def test_messages_name_the_french_heading() -> None:
    cells = [markdown("# Titre"), english("# Title", "# Titre"), markdown("Texte")]
    assert heading_above(cells, 2) == "Titre"
