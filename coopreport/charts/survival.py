"""Charts of survival: the curve by age, and the published rates of each population."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import altair as alt
import pandas as pd

from coopreport import palette
from coopreport.charts.theme import DASHES, WIDTH, fading, to_spec, wrap
from coopreport.locale import NBSP, chart_locale, format_value

STEPS = 180
"""A curve is drawn from this many equal ages: what the eye can see of it."""


def survival_curve(
    frame: pd.DataFrame,
    *,
    points: pd.DataFrame | None = None,
    max_years: float | None = None,
    ages: Sequence[int] = (5, 10),
) -> dict[str, Any]:
    """Return survival step curves with their confidence bands, and published rates as points.

    `frame`: columns `years` (age in years), `rate`, `low`, `high` (percent) and `curve` (the
    estimate's French name); one step per row, the value holding until the next row. `points`:
    columns `years`, `rate`, `label`. The first curve is solid, the next ones dashed; each is
    labelled at its end, and at `ages` with its rate. The scale runs from 0 to 100 %.
    """
    curves = list(dict.fromkeys(frame["curve"]))
    limit = float(max_years if max_years is not None else frame["years"].max())
    fine = [round(limit * i / STEPS, 3) for i in range(STEPS + 1)]
    data = pd.concat([_read(frame[frame["curve"] == curve], fine) for curve in curves]).round(2)
    whole = [float(age) for age in range(int(limit) + 1)]
    stops = pd.concat([_read(frame[frame["curve"] == curve], whole) for curve in curves])
    ends = data.groupby("curve", sort=False).tail(1).reset_index(drop=True)
    ends["text"] = [wrap(str(curve), 20) for curve in ends["curve"]]
    ends["place"] = _apart(ends["rate"].tolist())
    x = alt.X("years:Q", title="Âge, en années", axis=alt.Axis(tickMinStep=1, format="d"))
    x = x.scale(domain=[0, limit], nice=False)
    percent = alt.Axis(labelExpr=_percent(), values=[0, 20, 40, 60, 80, 100])
    y = alt.Y("rate:Q", title=None, axis=percent).scale(domain=[0, 100])
    colours = [palette.series_colour(i) for i in range(len(curves))]
    color = alt.Color("curve:N", scale=alt.Scale(domain=curves, range=colours), legend=None)
    dash = alt.StrokeDash(
        "curve:N",
        scale=alt.Scale(domain=curves, range=[DASHES[i % 6] for i in range(len(curves))]),
        legend=None,
    )
    base = alt.Chart(data).encode(x=x, color=color)
    band = base.mark_area(interpolate="step-after").encode(
        y=alt.Y("low:Q"), y2=alt.Y2("high:Q"), opacity=fading("curve", 0.18)
    )
    lines = base.mark_line(interpolate="step-after").encode(
        y=y, strokeDash=dash, opacity=fading("curve")
    )
    names = (
        alt.Chart(ends)
        .mark_text(align="left", dx=8, lineBreak="\n", baseline="middle", fontWeight=600)
        .encode(x=alt.X("years:Q"), y=alt.Y("place:Q"), text=alt.Text("text:N"))
    )
    layers: list[alt.Chart] = [band, lines, names, *_rates_at(ages, stops, color)]
    if points is not None and len(points):
        known = points.assign(
            rate=points["rate"].astype(float),
            text=[
                f"{p}{NBSP} {format_value(r, 'percent')}"
                for p, r in zip(points["label"], points["rate"], strict=True)
            ],
        )[["years", "rate", "text"]]
        dots = alt.Chart(known)
        layers.append(
            dots.mark_point(filled=True, shape="diamond", size=110, color=palette.INK.light).encode(
                x=alt.X("years:Q"), y=alt.Y("rate:Q")
            )
        )
        halo = dots.mark_text(dy=18, stroke=palette.PAPER.light, strokeWidth=5, strokeJoin="round")
        for words in (halo, dots.mark_text(dy=18)):
            layers.append(
                words.encode(x=alt.X("years:Q"), y=alt.Y("rate:Q"), text=alt.Text("text:N"))
            )
    layers.append(_stops(stops, color))
    chart = alt.layer(*layers).properties(width=WIDTH - 130, height=320)
    return to_spec(chart, series="curve")


def _rates_at(ages: Sequence[int], stops: pd.DataFrame, color: alt.Color) -> list[alt.Chart]:
    """Return the dots of the curves at some ages with their rates: above the highest, else below.

    A survival curve falls: right above it and left below it the paper is free.
    """
    chosen = stops[stops["years"].isin(ages)]
    highest = chosen.groupby("years")["rate"].transform("max") == chosen["rate"]
    shown = chosen.assign(
        text=[format_value(rate, "percent") for rate in chosen["rate"]], above=highest
    )[["years", "rate", "curve", "text", "above"]].round(2)
    base = alt.Chart(shown).encode(x=alt.X("years:Q"), y=alt.Y("rate:Q"))
    dots = base.mark_point(filled=True, size=55).encode(color=color, opacity=fading("curve"))
    halo = {"stroke": palette.PAPER.light, "strokeWidth": 4, "strokeJoin": "round"}
    sides = (
        ("datum.above", {"align": "left", "dx": 5, "dy": -13}),
        ("!datum.above", {"align": "right", "dx": -7, "dy": 15}),
    )
    texts = [
        base.transform_filter(test).mark_text(**place, **look).encode(text=alt.Text("text:N"))  # type: ignore[arg-type]
        for look in (halo, {})
        for test, place in sides
    ]
    return [dots, *texts]


def _stops(stops: pd.DataFrame, color: alt.Color) -> alt.Chart:
    """Return what the reader of a live chart points at: the curves at whole ages, not drawn."""
    tips = [
        f"{curve}\nÀ {format_value(age, 'years')}{NBSP}: {format_value(rate, 'percent')} "
        f"(de {format_value(low, 'percent')} à {format_value(high, 'percent')})"
        for curve, age, rate, low, high in zip(
            *(stops[name] for name in ("curve", "years", "rate", "low", "high")), strict=True
        )
    ]
    points = stops.assign(tip=tips)[["years", "rate", "curve", "tip"]].round(2)
    unseen = alt.Chart(points).mark_point(filled=True, size=320, opacity=0)
    stop: alt.Chart = unseen.encode(
        x=alt.X("years:Q"), y=alt.Y("rate:Q"), color=color, tooltip=alt.Tooltip("tip:N")
    )
    return stop


def comparators(
    frame: pd.DataFrame, *, horizons: tuple[int, int] = (5, 10), highlight: Sequence[str] = ()
) -> dict[str, Any]:
    """Return, for each population, its survival rates at two ages, as two marked and labelled dots.

    `frame`: columns `population` (French wording, with study and cohorts), `years` (one of
    `horizons`) and `rate` (percent); populations stand in order of appearance, and those of
    `highlight` (the co-operatives) are drawn in the first colour.
    """
    order = list(dict.fromkeys(frame["population"]))
    data = frame[frame["years"].isin(horizons) & frame["rate"].notna()]
    rows = pd.DataFrame(
        {
            "population": [wrap(str(name), 34) for name in data["population"]],
            "horizon": [f"Après {format_value(int(n), 'years')}" for n in data["years"]],
            "late": [int(n) == max(horizons) for n in data["years"]],
            "rate": [float(rate) for rate in data["rate"]],
            "text": [format_value(rate, "percent") for rate in data["rate"]],
            "tip": [
                f"{name}\nAprès {format_value(int(age), 'years')}{NBSP}: "
                f"{format_value(rate, 'percent')}"
                for name, age, rate in zip(
                    data["population"], data["years"], data["rate"], strict=True
                )
            ],
            "colour": [
                palette.series_colour(0 if name in highlight else 1) for name in data["population"]
            ],
        }
    )
    y = alt.Y(
        "population:N",
        sort=[wrap(str(name), 34) for name in order],
        title=None,
        axis=alt.Axis(labelExpr="split(datum.label, '\\n')", labelLimit=300),
    )
    percent = alt.Axis(labelExpr=_percent(), values=[0, 20, 40, 60, 80, 100], grid=False)
    x = alt.X("rate:Q", title=None, axis=percent).scale(domain=[0, 100])
    names = [f"Après {format_value(n, 'years')}" for n in horizons]
    shape = alt.Shape("horizon:N", scale=alt.Scale(domain=names, range=["circle", "diamond"]))
    shape = shape.legend(
        direction="horizontal",
        symbolFillColor=palette.INK.light,
        symbolStrokeColor=palette.INK.light,
    )
    colour = alt.Color("colour:N", scale=None)
    base = alt.Chart(rows).encode(y=y)
    between = base.mark_rule(strokeWidth=2).encode(
        x=alt.X("min(rate):Q"),
        x2=alt.X2("max(rate):Q"),
        color=colour,
        opacity=fading("population", 0.5),
    )
    dots = base.mark_point(filled=True, size=120).encode(
        x=x, shape=shape, color=colour, opacity=fading("population"), tooltip=alt.Tooltip("tip:N")
    )
    right = base.transform_filter("!datum.late").mark_text(align="left", dx=10)
    left = base.transform_filter("datum.late").mark_text(align="right", dx=-10)
    layers = [
        between,
        dots,
        *(t.encode(x=alt.X("rate:Q"), text=alt.Text("text:N")) for t in (right, left)),
    ]
    lines = max(wrap(str(name), 34).count("\n") + 1 for name in order)
    height = (16 * lines + 16) * len(order)
    chart = alt.layer(*layers).properties(width=WIDTH - 240, height=height)
    return to_spec(chart, series="population")


def _read(curve: pd.DataFrame, ages: Sequence[float]) -> pd.DataFrame:
    """Return a step curve read at some ages, in order: `years`, `rate`, `low`, `high`, `curve`."""
    known = curve.astype({"years": float, "rate": float, "low": float, "high": float})
    known = known[["years", "rate", "low", "high", "curve"]].sort_values("years")
    asked = pd.DataFrame({"years": [float(age) for age in ages]})
    return pd.merge_asof(asked, known, on="years").dropna()


APART = 6
"""The least percentage points between two labels that stand one above the other."""


def _apart(rates: list[float]) -> list[float]:
    """Return where labels stand beside rates, in percent: in their order, apart."""
    places = list(rates)
    order = sorted(range(len(places)), key=lambda i: places[i])
    for before, after in pairwise(order):
        if (missing := APART - (places[after] - places[before])) > 0:
            places[after] += missing
    return places


def _percent() -> str:
    """Return the vega expression of an axis in percent."""
    return f"datum.label + '{chart_locale()['number']['percent']}'"
