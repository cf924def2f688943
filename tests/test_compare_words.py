"""Two texts word by word, and two lists of passages in pairs."""

from __future__ import annotations

import nbformat
import pytest

from coopreport.compare.documents import read_documents
from coopreport.compare.words import align, compare_words


def marked(old: str, new: str) -> str:
    """Return the pieces with the old words in [-…-] and the new ones in [+…+]."""
    marks = {"same": "{}", "old": "[-{}-]", "new": "[+{}+]"}
    return "".join(marks[piece.kind].format(piece.text) for piece in compare_words(old, new))


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("un deux trois", "un deux trois", "un deux trois"),
        ("un deux trois", "un 2 trois", "un [-deux-][+2+] trois"),
        ("", "tout neuf", "[+tout neuf+]"),
        ("tout vieux", "", "[-tout vieux-]"),
        ("vaut 8,8\u00a0M$.", "vaut 8,9\u00a0M$.", "vaut [-8,8\u00a0M$-][+8,9\u00a0M$+]."),
        ("de +3,4\u00a0points", "de −3,4\u00a0points", "de [-+3,4-][+−3,4+]\u00a0points"),
        ("L’annonce tient", "L’accord tient", "[-L’annonce-][+L’accord+] tient"),
        ("13,5\u00a0% du PIB", "10,1\u00a0% du PIB", "[-13,5\u00a0%-][+10,1\u00a0%+] du PIB"),
    ],
)
def test_a_change_is_marked_by_whole_words(old: str, new: str, found: str) -> None:
    assert marked(old, new) == found


def test_a_small_word_between_two_changes_goes_with_them() -> None:
    found = marked("une hausse de huit millions", "une baisse de neuf millions")
    assert found == "une [-hausse de huit-][+baisse de neuf+] millions"


def test_the_pieces_give_both_texts_back() -> None:
    old = "Le mouvement demande 8,8\u00a0M$ par année, pour 5 exercices."
    new = "Le mouvement réclame 8,9\u00a0M$ pour les 5 exercices, chaque année."
    pieces = compare_words(old, new)
    assert "".join(piece.text for piece in pieces if piece.kind != "new") == old
    assert "".join(piece.text for piece in pieces if piece.kind != "old") == new


def test_the_same_words_by_the_thousand_are_not_taken_apart() -> None:
    old, new = "le la " * 3000, "la le " * 3000
    assert [piece.kind for piece in compare_words(old, new)] == ["old", "new", "same"]


def test_a_passage_that_was_reworded_is_paired_and_a_new_one_is_not() -> None:
    old = ["Un titre", "Le mouvement demande huit millions par année.", "La fin"]
    new = ["Un titre", "Tout autre chose.", "Le mouvement demande neuf millions par an.", "La fin"]
    assert align(old, new) == [(0, 0), (None, 1), (1, 2), (2, 3)]


def test_every_passage_is_in_one_pair_and_in_order() -> None:
    old, new = ["a b c", "d e f", "g h i"], ["d e f", "a b c x", "y"]
    pairs = align(old, new)
    assert sorted(i for i, _ in pairs if i is not None) == [0, 1, 2]
    assert [j for _, j in pairs if j is not None] == [0, 1, 2]


def test_the_number_of_a_heading_is_no_part_of_its_words() -> None:
    source = "# Financement\n\n## Les demandes\n\nUne phrase."
    cell = {"cell_type": "markdown", "metadata": {}, "source": source}
    notebook = nbformat.from_dict({"cells": [cell], "metadata": {}})
    (chapter,) = read_documents([("03-financement", notebook)])
    texts = [passage.text for passage in chapter.passages]
    assert texts == ["Financement", "Les demandes", "Une phrase."]
