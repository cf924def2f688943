"""Charts of money by fiscal year: the asks stacked, and what was granted and asked through time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from coopreport import palette
from coopreport.charts.theme import SHAPES, SIZE, UNIT_LINES, WIDTH, fading, to_spec
from coopreport.locale import NBSP, format_value


def stacked_by_fiscal_year(
    frame: pd.DataFrame, *, labels: dict[str, str], unit: str = "CAD_M", decimals: int = 1
) -> dict[str, Any]:
    """Return bars of parts stacked by fiscal year, each part labelled, with the year's total above.

    `frame`: columns `fiscal_year`, `part` (a short code such as R1) and `amount` (whole dollars),
    one row per pair, zero and missing amounts left out of the drawing. `labels` gives each part's
    wording for the legend, in the order of the stack from the bottom.
    """
    order = list(labels)
    data = frame[frame["part"].isin(order) & frame["amount"].notna()].copy()
    data = data[data["amount"] != 0]
    data["rank"] = [order.index(part) for part in data["part"]]
    data = data.sort_values(["fiscal_year", "rank"], kind="stable")
    data["top"] = data.groupby("fiscal_year")["amount"].cumsum()
    tops = [int(top) for top in data["top"]]
    amounts = [int(amount) for amount in data["amount"]]
    totals = data.groupby("fiscal_year")["amount"].sum()
    bars = pd.DataFrame(
        {
            "year": list(data["fiscal_year"]),
            "part": list(data["part"]),
            "low": [(top - amount) / 1e6 for top, amount in zip(tops, amounts, strict=True)],
            "high": [top / 1e6 for top in tops],
            "middle": [(top - amount / 2) / 1e6 for top, amount in zip(tops, amounts, strict=True)],
            "text": [
                f"{part}{NBSP} {format_value(amount, unit, decimals, 'bare')}"
                for part, amount in zip(data["part"], amounts, strict=True)
            ],
            "colour": [palette.on_series(rank) for rank in data["rank"]],
            "tip": [
                f"{part}{NBSP} {labels[part]}\n{year}{NBSP}: {format_value(amount, unit, decimals)}"
                for part, year, amount in zip(
                    data["part"], data["fiscal_year"], amounts, strict=True
                )
            ],
        }
    )
    sums = pd.DataFrame(
        {
            "year": list(totals.index),
            "high": [int(total) / 1e6 for total in totals],
            "text": [format_value(int(total), unit, decimals) for total in totals],
        }
    )
    x = _fiscal_axis()
    highest = max(sums["high"], default=1.0)
    y = alt.Y("low:Q", axis=None, scale=alt.Scale(domain=[0, highest * 1.12], nice=False))
    legend = alt.Legend(
        symbolType="square",
        labelExpr=_lookup({part: f"{part}{NBSP} {wording}" for part, wording in labels.items()}),
    )
    colours = [palette.series_colour(i) for i in range(len(order))]
    stack = (
        alt.Chart(bars)
        .mark_bar(stroke=palette.PAPER.light, strokeWidth=1.5, size=82)
        .encode(
            x=x,
            y=y,
            y2=alt.Y2("high:Q"),
            color=alt.Color("part:N", scale=alt.Scale(domain=order, range=colours), legend=legend),
            opacity=fading("part"),
            tooltip=alt.Tooltip("tip:N"),
        )
    )
    inside = (
        alt.Chart(bars)
        .mark_text(baseline="middle", fontSize=SIZE - 1)
        .encode(
            x=x,
            y=alt.Y("middle:Q"),
            text=alt.Text("text:N"),
            color=alt.Color("colour:N", scale=None),
            opacity=fading("part"),
        )
    )
    above = (
        alt.Chart(sums)
        .mark_text(baseline="bottom", dy=-6, fontWeight=600, fontSize=SIZE + 1)
        .encode(x=x, y=alt.Y("high:Q"), text=alt.Text("text:N"))
    )
    chart = alt.layer(stack, inside, above).properties(width=WIDTH, height=320)
    return to_spec(chart, series="part")


def steps_through_time(
    frame: pd.DataFrame,
    *,
    cutoff_fiscal_year: str,
    cutoff_label: str,
    unit: str = "CAD_M",
    decimals: int = 1,
) -> dict[str, Any]:
    """Return one level per fiscal year and series (granted, asked), with the cut-off marked.

    `frame`: columns `fiscal_year`, `series`, `amount` (whole dollars, missing: a gap). Years after
    `cutoff_fiscal_year` are hollow: they were not known when the brief was written. Every level is
    labelled; series differ by shape and dash as well as by colour, in order of appearance.
    """
    series = list(dict.fromkeys(frame["series"]))
    years = sorted(set(frame["fiscal_year"]))
    data = frame[frame["amount"].notna()]
    lowest = data.groupby("fiscal_year")["amount"].transform("min") == data["amount"]
    shared = data.groupby("fiscal_year")["amount"].transform("count") > 1
    points = pd.DataFrame(
        {
            "year": list(data["fiscal_year"]),
            "series": list(data["series"]),
            "amount": [int(amount) / 1e6 for amount in data["amount"]],
            "text": [format_value(int(a), unit, decimals, "bare") for a in data["amount"]],
            "after": [year > cutoff_fiscal_year for year in data["fiscal_year"]],
            "tip": [
                f"{name}\n{year}{NBSP}: {format_value(int(amount), unit, decimals)}"
                + (", après la date de coupure" if year > cutoff_fiscal_year else "")
                for name, year, amount in zip(
                    data["series"], data["fiscal_year"], data["amount"], strict=True
                )
            ],
            "below": list(lowest & shared),
        }
    )
    x = _fiscal_axis(years)
    top = max(points["amount"], default=1.0) * 1.3
    y = alt.Y("amount:Q", axis=None, scale=alt.Scale(domain=[0, top], nice=False))
    colours = [palette.series_colour(2 * i) for i in range(len(series))]
    color = alt.Color(
        "series:N",
        scale=alt.Scale(domain=series, range=colours),
        legend=alt.Legend(symbolType="circle", direction="horizontal"),
    )
    shape = alt.Shape("series:N", scale=alt.Scale(domain=series, range=list(SHAPES[: len(series)])))
    base = alt.Chart(points).encode(x=x, y=y, color=color, opacity=fading("series"))
    level = base.mark_tick(orient="horizontal", thickness=3, size=36)
    marked = base.encode(tooltip=alt.Tooltip("tip:N"))
    known = marked.transform_filter("!datum.after").mark_point(size=90)
    later = marked.transform_filter("datum.after").mark_point(
        filled=False, fill=palette.PAPER.light, size=80, strokeWidth=2
    )
    ink = alt.ColorValue(palette.INK.light)
    above = base.transform_filter("!datum.below").mark_text(dy=-17)
    below = base.transform_filter("datum.below").mark_text(dy=18)
    texts = [text.encode(text=alt.Text("text:N"), color=ink) for text in (above, below)]
    cut = alt.Chart(pd.DataFrame({"year": [cutoff_fiscal_year], "text": [cutoff_label]}))
    offset = WIDTH / len(years) / 2
    line = cut.mark_rule(strokeDash=[4, 3], xOffset=offset).encode(x=x)
    note = cut.mark_text(align="left", baseline="top", dx=offset + 6, y=0).encode(
        x=x, text=alt.Text("text:N"), color=alt.ColorValue(palette.MUTED.light)
    )
    units = alt.Chart(pd.DataFrame({"text": [UNIT_LINES[unit]]}))
    scale = units.mark_text(align="left", baseline="top", x=0, y=0).encode(
        text=alt.Text("text:N"), color=alt.ColorValue(palette.MUTED.light)
    )
    marks = [level, known.encode(shape=shape), later.encode(shape=shape)]
    layers = [*marks, *texts, line, note, scale]
    return to_spec(alt.layer(*layers).properties(width=WIDTH, height=260), series="series")


def _fiscal_axis(years: Sequence[str] = ()) -> alt.X:
    """Return the axis of fiscal years, each written on two lines when there are more than six."""
    expression = "[slice(datum.label, 0, 5), slice(datum.label, 5)]"
    many = len(years) > 6
    axis = alt.Axis(labelExpr=expression if many else "datum.label", labelOverlap=False)
    scale = alt.Scale(domain=list(years)) if years else alt.Scale()
    return alt.X("year:O", title=None, axis=axis, scale=scale)


def _lookup(wordings: dict[str, str]) -> str:
    """Return the vega expression that turns a legend's key into its wording."""
    return f"{json.dumps(wordings, ensure_ascii=False)}[datum.label] || datum.label"
