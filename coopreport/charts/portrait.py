"""Charts of the size of the movement: series by scope, with the breaks of scope marked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import altair as alt
import pandas as pd

from coopreport import palette
from coopreport.charts.labels import GAP, HEIGHT, PLACES, place_labels
from coopreport.charts.theme import DASHES, SHAPES, WIDTH, fading, to_spec
from coopreport.locale import NBSP, format_value

TALL = 320


def series_with_breaks(
    frame: pd.DataFrame,
    *,
    breaks: Sequence[tuple[int, str]] = (),
    unit: str = "count",
    decimals: int = 0,
    y_title: str = "",
) -> dict[str, Any]:
    """Return a series by year for each scope; scopes are never joined, and breaks are marked.

    `frame`: columns `year` (int), `scope` (its French wording), `value` (in `unit`; CAD_G: whole
    dollars) and optionally `doubtful` (bool: drawn hollow). `breaks`: (year, words) of each change
    of what is counted. A scope with one point is a point; its last point carries its value.
    """
    scale = {"CAD_G": 1e9, "CAD_M": 1e6}.get(unit, 1)
    data = frame[frame["value"].notna()].sort_values(["scope", "year"], kind="stable")
    scopes = list(dict.fromkeys(frame["scope"]))
    doubtful = data["doubtful"] if "doubtful" in data else pd.Series(False, index=data.index)
    points = pd.DataFrame(
        {
            "year": [int(year) for year in data["year"]],
            "scope": list(data["scope"]),
            "value": [float(value) / scale for value in data["value"]],
            "text": _labels_once(data, unit, decimals),
            "doubtful": [bool(flag) for flag in doubtful],
            "dash": [DASHES[scopes.index(scope) % 6] for scope in data["scope"]],
            "tip": [
                f"{scope}\n{year}{NBSP}: {format_value(value, unit, decimals)}"
                + (", valeur douteuse" if flag else "")
                for scope, year, value, flag in zip(
                    data["scope"], data["year"], data["value"], doubtful, strict=True
                )
            ],
        }
    )
    earliest, latest = int(points["year"].min()), int(points["year"].max())
    margin = max(1, round((latest - earliest) / 12))
    first, last = earliest - margin, latest + margin
    top = float(points["value"].max()) * 1.1
    points["place"] = place_labels(
        [
            (WIDTH * (year - first) / (last - first), TALL * (1 - value / top), str(text))
            for year, value, text in zip(
                points["year"], points["value"], points["text"], strict=True
            )
        ]
    )
    years = alt.Axis(format="d", values=_round_years(earliest, latest))
    x = alt.X("year:Q", title=None, axis=years).scale(domain=[first, last], nice=False)
    y = alt.Y(
        "value:Q", title=y_title or None, axis=alt.Axis(format=f",.{decimals}f", tickCount=5)
    ).scale(domain=[0, top], nice=False)
    colour = alt.Color(
        "scope:N",
        scale=alt.Scale(
            domain=scopes, range=[palette.series_colour(i) for i in range(len(scopes))]
        ),
        legend=alt.Legend(symbolType="circle", offset=34 if breaks or y_title else 14),
    )
    dash = alt.StrokeDash("dash:N", scale=None)  # a scale would show in the colours' legend
    shape = alt.Shape(
        "scope:N",
        scale=alt.Scale(domain=scopes, range=[SHAPES[i % 6] for i in range(len(scopes))]),
    )
    base = alt.Chart(points).encode(x=x, y=y)
    coloured = base.encode(color=colour, opacity=fading("scope"))
    lines = coloured.mark_line(strokeWidth=2).encode(strokeDash=dash)
    marked = coloured.encode(shape=shape, tooltip=alt.Tooltip("tip:N"))
    sure = marked.transform_filter("!datum.doubtful").mark_point(filled=True, size=80)
    unsure = marked.transform_filter("datum.doubtful").mark_point(
        filled=False, size=70, fill=palette.PAPER.light, strokeWidth=2
    )
    layers = [lines, sure, unsure, *_labels(base)]
    layers += [_break(year, words, (first + last) / 2) for year, words in breaks]
    return to_spec(alt.layer(*layers).properties(width=WIDTH, height=TALL), series="scope")


def _break(year: int, words: str, middle: float) -> alt.LayerChart:
    """Return a dashed line at `year`, its words above the plot, on the side that has more room."""
    mark = alt.Chart(pd.DataFrame({"year": [year], "text": [words]}))
    side: Literal["left", "right"] = "left" if year < middle else "right"
    line = mark.mark_rule(strokeDash=[4, 3]).encode(x=alt.X("year:Q"))
    note = mark.mark_text(align=side, baseline="bottom", y=-6).encode(
        x=alt.X("year:Q"), text=alt.Text("text:N"), color=alt.ColorValue(palette.MUTED.light)
    )
    layer: alt.LayerChart = line + note
    return layer


def _labels(base: alt.Chart) -> list[alt.Chart]:
    """Return the labels' layers, one for each place that a label may take beside its point."""
    beside = {
        "above": {"dy": -GAP - HEIGHT / 2, "align": "center"},
        "below": {"dy": GAP + HEIGHT / 2, "align": "center"},
        "right": {"dx": GAP, "align": "left"},
        "left": {"dx": -GAP, "align": "right"},
    }
    halo = {"stroke": palette.PAPER.light, "strokeWidth": 4, "strokeJoin": "round"}
    return [
        base.transform_filter(f"datum.place === '{place}'")
        .mark_text(**beside[place], **options)  # type: ignore[arg-type]
        .encode(text=alt.Text("text:N"))
        for options in (halo, {})
        for place in PLACES
    ]


def _labels_once(data: pd.DataFrame, unit: str, decimals: int) -> list[str]:
    """Return each point's label, blank where it repeats the label before it in its scope."""
    labels, before = [], ("", "")
    for scope, value in zip(data["scope"], data["value"], strict=True):
        label = (str(scope), format_value(value, unit, decimals))
        labels.append("" if label == before else label[1])
        before = label
    return labels


def _round_years(first: int, last: int) -> list[int]:
    """Return the years to write under an axis: every fifth when there are more than twelve."""
    step = 5 if last - first > 12 else 2 if last - first > 6 else 1
    return [year for year in range(first, last + 1) if year % step == 0]
