"""Tables, charts and key figures: what they refuse, what they keep, what they show."""

from __future__ import annotations

import json
from decimal import Decimal
from xml.etree import ElementTree

import pandas as pd
import pytest

from coopreport.exhibit_html import table_html
from coopreport.exhibit_table import ColumnSpec, cell, table_from_frame
from coopreport.exhibits import Cell, Chart, Column, Figures, Row, Table, figure
from tests.sample_page import (
    HOSTILE,
    Number,
    hostile_table,
    rates_table,
    spread_chart,
    spread_table,
    wide_table,
)

COLUMNS = (Column("a", "Demande", "header"), Column("b", "Montant", "number"))


def table(*rows: Row, columns: tuple[Column, ...] = COLUMNS) -> Table:
    return Table("essai.table", "Un essai", columns, rows)


def parsed(html: str) -> ElementTree.Element:
    """Return the HTML as XML: it is well formed, so any live markup in data would be an element."""
    return ElementTree.fromstring(html)


@pytest.mark.parametrize("made", [spread_table(), rates_table(), hostile_table(), wide_table()])
def test_a_table_survives_its_json(made: Table) -> None:
    assert Table.from_json(json.loads(json.dumps(made.to_json()))) == made


def test_a_chart_survives_its_json() -> None:
    made = spread_chart()
    assert Chart.from_json(json.loads(json.dumps(made.to_json()))) == made


def test_key_figures_survive_their_json() -> None:
    made = Figures("essai.cartes", "Cartes", (figure("Total", Number(8_800_000, "CAD_M"), "note"),))
    assert Figures.from_json(json.loads(json.dumps(made.to_json()))) == made


def test_an_empty_cell_is_refused_and_named() -> None:
    with pytest.raises(ValueError, match=r"ligne 2, colonne « Montant » : cellule vide"):
        table(Row((Cell("R1"), Cell("5,0"))), Row((Cell("R2"), Cell("\u00a0"))))


def test_a_row_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="1 cellules au lieu de 2"):
        table(Row((Cell("R1"),)))


def test_a_table_without_row_headers_is_refused() -> None:
    with pytest.raises(ValueError, match="header"):
        table(Row((Cell("5,0"),)), columns=(Column("b", "Montant", "number"),))


def test_a_table_without_rows_is_refused() -> None:
    with pytest.raises(ValueError, match="aucune ligne"):
        table()


def test_an_unexplained_symbol_is_refused() -> None:
    with pytest.raises(ValueError, match="symbole sans signification"):
        table(Row((Cell("R1"), Cell("5,0", "5", "†"))))


def test_the_symbols_used_are_explained_and_no_other() -> None:
    made = table(Row((Cell("R1"), Cell("..", status=".."))), Row((Cell("R2"), Cell("1", "1", "p"))))
    assert [symbol for symbol, _ in made.symbols] == ["..", "p"]


def test_a_chart_without_a_real_alternative_text_is_refused() -> None:
    with pytest.raises(ValueError, match="message du graphique"):
        Chart("essai.graphe", "Titre", "graphique", {}, spread_table())


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA, pd.NaT, "", "  "])
def test_a_missing_value_shows_a_symbol(missing: object) -> None:
    assert cell(missing, "CAD_M") == Cell("..", "", "..")


def test_zero_is_a_number_not_a_missing_value() -> None:
    assert cell(0, "CAD") == Cell("0", "0", "")


def test_a_suppressed_value_is_not_kept_anywhere() -> None:
    frame = pd.DataFrame({"a": ["Coop"], "b": [987_654], "b_status": ["x"]})
    columns = [ColumnSpec("a", "Nom", "header"), ColumnSpec("b", "Revenu", "number", "CAD")]
    made = table_from_frame(frame, columns, id="essai.x", title="Supprimé")
    assert "987" not in json.dumps(made.to_json()) + str(table_html(made))


def test_a_frame_s_integers_with_gaps_stay_exact() -> None:
    frame = pd.DataFrame({"a": ["x", "y"], "b": pd.array([9_007_199_254_740_993, None], "Int64")})
    columns = [ColumnSpec("a", "Nom", "header"), ColumnSpec("b", "Montant", "number", "CAD")]
    made = table_from_frame(frame, columns, id="essai.grand", title="Grand")
    assert made.rows[0].cells[1].value == "9007199254740993"
    assert made.rows[1].cells[1].text == ".."


def test_a_decimal_keeps_its_exact_value_behind_its_rounded_text() -> None:
    frame = pd.DataFrame({"a": ["x"], "b": [Decimal("10.109963")]})
    columns = [ColumnSpec("a", "Nom", "header"), ColumnSpec("b", "Part", "number", "percent")]
    shown = table_from_frame(frame, columns, id="essai.part", title="Part").rows[0].cells[1]
    assert (shown.text, shown.value) == ("10,1", "10.109963")


def test_the_last_row_can_be_the_total() -> None:
    assert [row.kind for row in spread_table().rows] == ["body"] * 4 + ["total"]


def test_a_new_value_of_the_grouping_column_heads_the_rows_after_it() -> None:
    kinds = [row.kind for row in rates_table().rows]
    assert kinds == ["group", "body", "body", "group", "body", "body"]


def test_every_header_has_a_scope() -> None:
    for made in (spread_table(), rates_table(), wide_table()):
        headers = list(parsed(str(table_html(made, 1))).iter("th"))
        assert headers
        assert all(th.get("scope") in {"col", "row", "colgroup", "rowgroup"} for th in headers)


def test_spanning_headers_cover_exactly_their_columns() -> None:
    grid = parsed(str(table_html(spread_table(), 1)))
    top, bottom = grid.findall(".//thead/tr")
    assert [th.get("colspan") for th in top.findall("th") if th.get("scope") == "colgroup"] == ["5"]
    assert len(bottom.findall("th")) == 5
    assert sum(int(g.get("span", "1")) for g in grid.iter("colgroup")) == 7


def test_a_table_has_a_caption_with_its_number_and_unit() -> None:
    caption = parsed(str(table_html(spread_table(), 4))).find(".//caption")
    assert caption is not None
    text = "".join(caption.itertext())
    assert text.startswith("Tableau\u00a04 Les demandes")
    assert "En millions de dollars" in text


def test_a_wide_table_scrolls_in_a_labelled_focusable_region() -> None:
    region = parsed(str(table_html(wide_table(), 1))).find(".//div[@role='region']")
    assert region is not None
    assert region.get("tabindex") == "0"
    assert region.get("aria-label") == "Une série longue"


def test_hostile_text_is_text_everywhere_in_a_table() -> None:
    grid = parsed(str(table_html(hostile_table(), 1)))
    tags = {element.tag for element in grid.iter()}
    assert tags <= {
        "a",
        "div",
        "table",
        "caption",
        "span",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "ul",
        "li",
    }
    headers = ["".join(th.itertext()) for th in grid.iterfind(".//tbody/tr/th")]
    assert headers == list(HOSTILE)


def test_a_key_figure_of_plain_text_is_escaped() -> None:
    assert figure("Nom", "<b>x</b>").html == "&lt;b&gt;x&lt;/b&gt;"


def test_a_cell_leads_to_its_place_and_an_alert_row_is_marked() -> None:
    frame = pd.DataFrame(
        {"a": ["un", "deux"], "b": [1, 2], "to": ["indicateur-x.y", None], "bad": [False, True]}
    )
    made = table_from_frame(
        frame,
        [ColumnSpec("a", "A", "header"), ColumnSpec("b", "B", "number", "count", link="to")],
        id="essai.liens",
        title="Liens",
        alert="bad",
    )
    html = str(table_html(Table.from_json(made.to_json())))
    assert '<a href="#indicateur-x.y"><data value="1">1</data></a>' in html
    assert html.count("<a ") == 1
    assert '<tr class="alert">' in html
