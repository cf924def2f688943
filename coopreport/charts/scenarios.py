"""Chart of scenarios: the total of each beside the base's."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from coopreport import palette
from coopreport.charts.theme import SIZE, WIDTH, to_spec
from coopreport.locale import format_value

LONGEST = 34
"""Characters of a scenario's title on one line of its axis."""


def totals_beside_base(
    frame: pd.DataFrame, *, base: str, unit: str = "CAD_M", decimals: int = 1
) -> dict[str, Any]:
    """Return one bar per case, its total at its end, and a dashed line at the total of the base.

    `frame`: columns `case` (what it is called) and `amount` (whole dollars), in the order drawn
    from the top; one of them is `base`.
    """
    amounts = [int(amount) for amount in frame["amount"]]
    bars = pd.DataFrame(
        {
            "case": list(frame["case"]),
            "amount": [amount / 1e6 for amount in amounts],
            "text": [format_value(amount, unit, decimals) for amount in amounts],
            "is_base": [case == base for case in frame["case"]],
        }
    )
    highest = max(bars["amount"], default=1.0)
    x = alt.X("amount:Q", axis=None, scale=alt.Scale(domain=[0, highest * 1.2], nice=False))
    axis = alt.Axis(title=None, labelLimit=300, labelExpr=_two_lines(), ticks=False, domain=False)
    y = alt.Y("case:N", sort=list(frame["case"]), axis=axis)
    colours = alt.condition(
        "datum.is_base",
        alt.value(palette.series_colour(0)),
        alt.value(palette.series_colour(1)),
    )
    drawn = alt.Chart(bars).mark_bar(size=22).encode(x=x, y=y, color=colours)
    texts = (
        alt.Chart(bars)
        .mark_text(align="left", baseline="middle", dx=6, fontSize=SIZE)
        .encode(x=x, y=y, text=alt.Text("text:N"), color=alt.ColorValue(palette.INK.light))
    )
    line = (
        alt.Chart(bars[bars["is_base"]])
        .mark_rule(strokeDash=[4, 3])
        .encode(x=x, color=alt.ColorValue(palette.INK.light))
    )
    chart = alt.layer(drawn, line, texts)
    return to_spec(chart.properties(width=WIDTH - 220, height=48 * max(len(bars), 1)))


def _two_lines() -> str:
    """Return the vega expression that breaks a long label at the space before its middle."""
    middle = f"lastindexof(slice(datum.label, 0, {LONGEST}), ' ')"
    return (
        f"length(datum.label) <= {LONGEST} ? datum.label : "
        f"[slice(datum.label, 0, {middle}), slice(datum.label, {middle} + 1)]"
    )
