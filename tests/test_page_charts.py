"""Charts: the palette keeps its contrasts, the drawings say in French what the data say."""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import altair as alt
import nbformat
import pandas as pd
import pytest

from coopreport import charts
from coopreport.charts.labels import place_labels
from coopreport.charts.svg import clean_svg, to_svg
from coopreport.exhibits import CHART_MIME
from coopreport.palette import (
    DOUBT,
    DOUBT_PANEL,
    INK,
    MUTED,
    ON_DEEP,
    ON_SOFT,
    PANEL,
    PAPER,
    SERIES,
    TONES,
)
from tests.contrast import contrast
from tests.sample_page import ASKS, HOSTILE, spread_frame, survival_chart

SURROUNDINGS = ["light", "dark"]


def texts(spec: dict[str, Any]) -> list[str]:
    """Return the texts of a drawing, in order, U+00A0 as a plain space."""
    svg = to_svg(spec, id="essai.x", title="Titre", alt="Une description de plus de vingt signes.")
    found = re.findall(r"<(?:text|tspan)[^>]*>([^<]+)<", svg)
    return [text.replace("\u00a0", " ") for text in found]


@pytest.mark.parametrize("where", SURROUNDINGS)
def test_neighbouring_series_differ_by_three_to_one(where: str) -> None:
    colours = [getattr(tone, where) for tone in SERIES]
    assert all(contrast(a, b) >= 3 for a, b in pairwise([*colours, colours[0]]))


@pytest.mark.parametrize("where", SURROUNDINGS)
def test_every_series_stands_out_of_the_paper(where: str) -> None:
    paper = getattr(PAPER, where)
    assert all(contrast(getattr(tone, where), paper) >= 3 for tone in SERIES)


@pytest.mark.parametrize("where", SURROUNDINGS)
def test_text_laid_on_a_series_can_be_read(where: str) -> None:
    for position, tone in enumerate(SERIES):
        over = ON_DEEP if position % 2 == 0 else ON_SOFT
        assert contrast(getattr(tone, where), getattr(over, where)) >= 4.5


@pytest.mark.parametrize("where", SURROUNDINGS)
@pytest.mark.parametrize(
    ("text", "under"),
    [(INK, PAPER), (MUTED, PAPER), (INK, PANEL), (MUTED, PANEL), (DOUBT, DOUBT_PANEL)],
)
def test_the_page_s_text_can_be_read(where: str, text: Any, under: Any) -> None:
    assert contrast(getattr(text, where), getattr(under, where)) >= 4.5


def test_each_colour_is_unique_so_that_recolouring_is_never_ambiguous() -> None:
    assert len({tone.light for tone in TONES.values()}) == len(TONES)


def test_the_stack_labels_each_part_and_each_total() -> None:
    shown = texts(charts.stacked_by_fiscal_year(spread_frame(), labels=ASKS))
    assert shown.count("8,8 M$") == 2
    assert shown.count("1,8 M$") == 3
    assert shown.count("R1  5,0") == 2
    assert shown.count("R2  0,6") == 5
    assert f"R3  {ASKS['R3']}" in shown


def test_what_was_granted_and_asked_stand_side_by_side_in_a_year() -> None:
    frame = pd.DataFrame(
        {
            "fiscal_year": ["2022-2023", "2023-2024", "2023-2024"],
            "series": ["Accordé", "Accordé", "Demandé"],
            "amount": [4_920_000, None, 5_000_000],
        }
    )
    shown = texts(
        charts.steps_through_time(frame, cutoff_fiscal_year="2022-2023", cutoff_label="Connu ici")
    )
    assert {"4,9", "5,0", "Connu ici", "En millions de dollars"} <= set(shown)


def test_a_series_in_billions_is_shown_in_billions() -> None:
    frame = pd.DataFrame(
        {"year": [1999, 2021], "scope": ["Tous", "Tous"], "value": [6_200_000_000, 51_000_000_000]}
    )
    shown = texts(
        charts.series_with_breaks(frame, unit="CAD_G", decimals=1, breaks=[(2010, "autre")])
    )
    assert {"6,2 G$", "51,0 G$", "autre"} <= set(shown)


def test_the_survival_curve_names_its_estimates_and_its_published_points() -> None:
    shown = texts(dict(survival_chart().spec))
    assert {"Entrée différée", "Calcul naïf", "Québec 2022  63,9 %", "100 %"} <= set(shown)


def test_comparators_are_labelled_at_both_ages() -> None:
    frame = pd.DataFrame(
        {
            "population": ["Coopératives", "Coopératives", "Entreprises", "Entreprises"],
            "years": [5, 10, 5, 10],
            "rate": [Decimal("63.9"), Decimal("44.4"), Decimal("35"), Decimal("19.5")],
        }
    )
    shown = texts(charts.comparators(frame, highlight=["Coopératives"]))
    assert {"63,9 %", "44,4 %", "35,0 %", "19,5 %", "Après 5 ans", "Après 10 ans"} <= set(shown)


def test_a_long_curve_is_thinned_without_moving_it() -> None:
    ages = [day / 365.25 for day in range(3653)]
    frame = pd.DataFrame(
        {"years": ages, "rate": [100 - 3 * age for age in ages], "curve": "Estimation"}
    )
    frame["low"], frame["high"] = frame["rate"] - 1, frame["rate"] + 1
    spec = charts.survival_curve(frame)
    drawn = max(spec["datasets"].values(), key=len)
    assert len(drawn) < 200
    assert all(abs(row["rate"] - (100 - 3 * row["years"])) < 0.05 for row in drawn)


def test_labels_of_close_points_do_not_lie_on_each_other() -> None:
    close = [(100.0, 100.0, "22,0 G$"), (110.0, 96.0, "25,0 G$"), (100.0, 130.0, "23,0 G$")]
    assert place_labels(close) == ["above", "below", "below"]


def test_a_lone_point_is_labelled_above() -> None:
    assert place_labels([(10.0, 50.0, "7"), (400.0, 50.0, "8")]) == ["above", "above"]


@pytest.mark.parametrize("payload", HOSTILE)
def test_hostile_labels_are_text_in_a_drawing(payload: str) -> None:
    frame = spread_frame()
    frame["part"] = frame["part"].replace("R1", payload)
    labels = {
        payload if part == "R1" else part: f"{words} {payload}" for part, words in ASKS.items()
    }
    spec = charts.stacked_by_fiscal_year(frame, labels=labels)
    svg = to_svg(spec, id="essai.x", title=payload, alt=payload * 20)
    assert set(re.findall(r"<([a-zA-Z]+)", svg)) <= {
        "svg",
        "g",
        "path",
        "text",
        "title",
        "desc",
        "rect",
        "line",
        "defs",
        "clipPath",
    }


def test_a_drawing_with_a_link_is_refused() -> None:
    raw = '<svg xmlns="http://www.w3.org/2000/svg"><a href="http://x.invalid"><text>x</text></a></svg>'
    with pytest.raises(ValueError, match="élément <a>"):
        clean_svg(raw, id="essai.x", title="Titre", alt="Une description")


def test_an_empty_drawing_is_refused() -> None:
    with pytest.raises(ValueError, match="vide"):
        clean_svg('<svg xmlns="http://www.w3.org/2000/svg"/>', id="essai.x", title="T", alt="A")


def test_every_chart_of_the_report_is_valid_vega_lite(built: Path) -> None:
    specs = [
        output.data[CHART_MIME]["spec"]
        for path in sorted((built / "notebooks").glob("*.ipynb"))
        for cell in nbformat.read(path, as_version=4).cells
        for output in cell.get("outputs", ())
        if CHART_MIME in output.get("data", {})
    ]
    assert len(specs) == 11
    for spec in specs:
        ours = {key: value for key, value in spec.items() if key != "config"}
        alt.Chart.from_dict(ours, validate=True)


def test_a_drawing_is_the_same_twice_and_its_ids_are_its_own() -> None:
    spec = dict(survival_chart().spec)
    words = "Une description assez longue."
    first, second = (to_svg(spec, id=f"essai.{n}", title="T", alt=words) for n in ("un", "deux"))
    assert first == to_svg(spec, id="essai.un", title="T", alt=words)
    ids = [set(re.findall(r'\bid="([^"]+)"', svg)) for svg in (first, second)]
    assert not ids[0] & ids[1]
