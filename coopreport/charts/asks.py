"""Charts of the record: documents, asks and grants through time, and asks beside grants by year."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from coopreport import palette
from coopreport.charts.theme import WIDTH, to_spec
from coopreport.locale import NBSP, format_value

NAMES = 190
"""Width kept for the names of the lanes, in pixels."""
LANE, BAR = 30, 12


def record_timeline(
    lanes: pd.DataFrame, *, first: int, last: int, every: int = 4
) -> dict[str, Any]:
    """Return one lane per document, grant or agreement, from the year `first` to the year `last`.

    `lanes`: columns `name` (unique, in the order of the lanes), `kind` (`plan`, `asks`,
    `agreement` or `grant`), `starts` and `ends` (years as decimals: 2023.25 is 1 April 2023; the
    same for a point), `sure` (bool: False is drawn hollow) and `text` (written beside the mark). A
    year is written under the axis `every` so many years.
    """
    middle = first + 0.6 * (last - first)
    marks = pd.DataFrame(
        {
            "name": list(lanes["name"]),
            "starts": [float(start) for start in lanes["starts"]],
            "ends": [float(end) for end in lanes["ends"]],
            "text": list(lanes["text"]),
            "kind": list(lanes["kind"]),
            "sure": [bool(sure) for sure in lanes["sure"]],
            "point": [
                start == end for start, end in zip(lanes["starts"], lanes["ends"], strict=True)
            ],
            "left": [float(end) > middle for end in lanes["ends"]],
        }
    )
    axis = alt.Axis(format="d", values=list(range(first, last + 1, every)), grid=True, domain=False)
    scale = alt.Scale(domain=[first, last], nice=False)
    x = alt.X("starts:Q", title=None, axis=axis, scale=scale)
    lane = alt.Y(
        "name:N",
        title=None,
        sort=None,
        axis=alt.Axis(labelLimit=NAMES, labelPadding=10),
        scale=alt.Scale(domain=list(lanes["name"])),
    )
    kinds = ["plan", "asks", "agreement", "grant"]
    colours = [palette.series_colour(position) for position in (2, 0, 5, 3)]
    tones = alt.Scale(domain=kinds, range=colours)
    colour = alt.Color("kind:N", scale=tones, legend=None)
    outline = alt.Stroke("kind:N", scale=tones, legend=None)
    base = alt.Chart(marks).encode(y=lane)
    spans = base.transform_filter("!datum.point").encode(x=x, x2=alt.X2("ends:Q"), stroke=outline)
    sure = spans.transform_filter("datum.sure").mark_bar(height=BAR).encode(color=colour)
    unsure = spans.transform_filter("!datum.sure").mark_bar(
        height=BAR, fill=palette.PAPER.light, strokeWidth=2, strokeDash=[4, 3]
    )
    points = base.transform_filter("datum.point").mark_point(shape="diamond", size=150)
    words = base.encode(text=alt.Text("text:N"))
    before = words.transform_filter("datum.left").mark_text(align="right", dx=-12)
    after = words.transform_filter("!datum.left").mark_text(align="left", dx=12)
    end = alt.X("ends:Q", scale=scale)
    chart = alt.layer(
        sure, unsure, points.encode(x=x, color=colour), before.encode(x=x), after.encode(x=end)
    ).properties(width=WIDTH - NAMES, height=LANE * len(marks))
    return to_spec(chart)


def asked_beside_granted(
    frame: pd.DataFrame, *, labels: Sequence[str], unit: str = "CAD_M", decimals: int = 2
) -> dict[str, Any]:
    """Return, for each fiscal year, what was asked and what was granted, one bar under the other.

    `frame`: columns `fiscal_year`, `series` (one of `labels`, in the order of the bars), `amount`
    (whole dollars, missing: no bar), `hollow` (bool) and `note` (written after the amount, or
    blank). Every bar carries its amount and its series; there are two series at most.
    """
    data = frame[frame["amount"].notna() & (frame["amount"] != 0)]
    amounts = [int(amount) for amount in data["amount"]]
    shared = data.groupby("fiscal_year")["series"].transform("count") > 1
    bars = pd.DataFrame(
        {
            "year": list(data["fiscal_year"]),
            "series": list(data["series"]),
            "amount": [amount / 1e6 for amount in amounts],
            "hollow": [bool(each) for each in data["hollow"]],
            "place": [
                labels.index(series) if both else -1
                for series, both in zip(data["series"], shared, strict=True)
            ],
            "text": [
                f"{format_value(amount, unit, decimals)}{NBSP}{series}{note}"
                for amount, series, note in zip(amounts, data["series"], data["note"], strict=True)
            ],
        }
    )
    years = sorted(set(bars["year"]))
    top = max(bars["amount"], default=1.0)
    x = alt.X("amount:Q", axis=None, scale=alt.Scale(domain=[0, top * 1.7], nice=False))
    y = alt.Y("year:O", title=None, scale=alt.Scale(domain=years))
    colours = [palette.series_colour(2 * position) for position in range(len(labels))]
    tones = alt.Scale(domain=list(labels), range=colours)
    colour = alt.Color("series:N", scale=tones, legend=None)
    outline = alt.Stroke("series:N", scale=tones, legend=None)
    base = alt.Chart(bars).encode(x=x, y=y)
    layers: list[alt.Chart] = []
    for place, shift in ((-1, 0), (0, -BAR + 3), (1, BAR - 3)):
        here = base.transform_filter(f"datum.place == {place}")
        full = here.transform_filter("!datum.hollow").mark_bar(height=BAR + 3, yOffset=shift)
        hollow = here.transform_filter("datum.hollow").mark_bar(
            height=BAR + 2,
            yOffset=shift,
            fill=palette.PAPER.light,
            strokeWidth=2,
            strokeDash=[4, 3],
        )
        words = here.mark_text(align="left", baseline="middle", dx=7, dy=shift)
        layers += [
            full.encode(color=colour),
            hollow.encode(stroke=outline),
            words.encode(text=alt.Text("text:N")),
        ]
    chart = alt.layer(*layers).properties(width=WIDTH - 90, height=40 * len(years))
    return to_spec(chart)
