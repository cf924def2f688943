"""Indicators: computed once, by name, with the trail of what they were computed from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

import pytest

from coopreport.catalogue import CATALOGUE
from coopreport.data import Data
from coopreport.definitions import Catalogue, Keys, NameTaken, UnknownName
from coopreport.indicators import Indicator, Result, exact_text, method_of
from coopreport.ledger import Ledger
from tests.claims_fixtures import ledger_of
from tests.conftest import ROOT


def ledger(catalogue: Catalogue = CATALOGUE) -> Ledger:
    return ledger_of(ROOT, catalogue=catalogue)


def test_an_indicator_is_computed_once() -> None:
    catalogue, calls = Catalogue(), []

    @catalogue.indicator("essai.un", "Un", unit="count", decimals=0, formula="un")
    def one(data: Data) -> int:
        """One."""
        calls.append(1)
        return 1

    book = ledger(catalogue)
    assert book.indicator("essai.un") is book.indicator("essai.un")
    assert calls == [1]


def test_a_second_definition_of_a_name_is_refused() -> None:
    catalogue = CATALOGUE.copy()
    with pytest.raises(NameTaken, match="financement.annonce"):
        catalogue.indicator("financement.annonce", "x", unit="CAD", decimals=0, formula="x")(len)


def test_two_families_that_give_one_name_are_refused() -> None:
    catalogue = CATALOGUE.copy()

    def each(data: Data) -> Iterator[Keys]:
        return iter([{"code": "annonce"}])

    catalogue.indicator("financement.{code}", "x", unit="CAD", decimals=0, formula="x", each=each)(
        len
    )
    with pytest.raises(NameTaken, match="financement.annonce"):
        ledger(catalogue).names()


def test_an_unknown_name_gives_the_nearest() -> None:
    with pytest.raises(UnknownName, match="survie.coop.5_ans"):
        ledger().indicator("survie.coops.5_ans")


def test_every_name_of_the_catalogue_can_be_computed_and_shown() -> None:
    book = ledger()
    for name in book.names():
        indicator = book.indicator(name)
        assert indicator.short
        assert "{" not in indicator.label + indicator.method.formula
        assert indicator.method.summary.endswith(".")


def test_what_was_read_is_recorded_with_its_rows() -> None:
    indicator = ledger().indicator("financement.total_annuel")
    (read,) = indicator.reads
    assert read.table == "recommendations"
    assert read.keys == ("2023-2024/R1", "2023-2024/R2", "2023-2024/R3", "2023-2024/R4")
    assert read.where == ("cycle=2023-2024", "parent_id=R0")
    data = (ROOT / "data" / "recommendations.csv").read_bytes()
    assert read.sha256 == hashlib.sha256(data).hexdigest()


def test_what_a_frame_read_is_recorded_in_the_indicator_that_uses_it() -> None:
    increase = ledger().indicator("financement.hausse.r1")
    assert {read.table for read in increase.reads} == {"recommendations", "grants"}
    assert increase.inputs == ("financement.annuel.r1", "financement.base.r1")


def test_many_rows_are_counted_rather_than_named() -> None:
    read = ledger().indicator("survie.uk_unites").reads[0]
    assert read.rows > 1000
    assert read.keys == ()


def test_an_unknown_column_gives_the_nearest() -> None:
    with pytest.raises(UnknownName, match="parent_id"):
        Data(ledger()).rows("recommendations", parentid="R0")


def test_an_unknown_table_gives_the_nearest() -> None:
    with pytest.raises(UnknownName, match="grants"):
        Data(ledger()).rows("grant")


def test_changing_a_frame_does_not_change_it_for_others() -> None:
    book = ledger()
    mine = Data(book).frame("financement.parts")
    mine["annual_amount"] = 0
    assert Data(book).frame("financement.parts")["annual_amount"].sum() == 8_800_000


def test_a_function_without_a_docstring_is_refused() -> None:
    with pytest.raises(ValueError, match="docstring"):
        method_of(lambda data: 1, "x")


def shown(value: object, unit: str = "CAD_M", **options: object) -> Indicator:
    catalogue = Catalogue()

    @catalogue.indicator("essai.un", "Un", unit=unit, decimals=1, formula="un")
    def one(data: Data) -> object:
        """One."""
        return Result(value, **options) if options else value  # type: ignore[arg-type]

    return ledger(catalogue).indicator("essai.un")


def test_a_number_is_shown_as_a_data_element_with_its_exact_value() -> None:
    html = shown(8_800_000)._repr_html_()
    assert html == (
        '<data class="indicator" value="8800000" data-indicator="essai.un">8,8\u00a0M$</data>'
    )


def test_words_are_for_running_text() -> None:
    assert str(shown(8_800_000).words) == "8,8\u00a0millions de dollars"


def test_a_missing_number_shows_its_symbol() -> None:
    assert shown(None, symbol="...").short == "..."
    assert shown(None).short == ".."


def test_a_confidential_number_is_nowhere_in_its_html() -> None:
    html = shown(123_456, unit="CAD", flags=("x",))._repr_html_()
    assert "123" not in html
    assert ">x<" in html


def test_a_flag_follows_its_number() -> None:
    assert (
        '<sup class="symbol">E</sup>'
        in shown(Fraction(1, 2), unit="ratio", flags=("E",))._repr_html_()
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (8_800_000, "8800000"),
        (Decimal("63.9"), "63.9"),
        (Fraction(125, 22), "125/22"),
        (0.1, "0.1"),
    ],
)
def test_the_exact_value_is_not_rounded(value: int | Decimal | Fraction | float, text: str) -> None:
    assert exact_text(value) == text
