"""Chart of where the dollars asked go: a bar per lever or axis, with its amount and its share."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from coopreport import palette
from coopreport.charts.theme import WIDTH, to_spec
from coopreport.locale import NBSP, format_value

NAMES = 220
"""Width kept for the names of the bars, in pixels."""


def bars_with_shares(
    frame: pd.DataFrame, *, unit: str = "CAD_M", decimals: int = 1
) -> dict[str, Any]:
    """Return one horizontal bar per row, with its amount and its share of the whole written.

    `frame`: columns `title` (unique, in the order of the bars), `amount` (whole dollars), `share`
    (a proportion of 1, missing: not written) and `apart` (bool: not one target alone, drawn
    hollow).
    """
    amounts = [int(amount) for amount in frame["amount"]]
    bars = pd.DataFrame(
        {
            "title": list(frame["title"]),
            "amount": [amount / 1e6 for amount in amounts],
            "apart": [bool(each) for each in frame["apart"]],
            "text": [
                format_value(amount, unit, decimals)
                + ("" if pd.isna(share) else f"{NBSP}({format_value(share, 'ratio', 1)})")
                for amount, share in zip(amounts, frame["share"], strict=True)
            ],
        }
    )
    top = max(bars["amount"], default=1.0) or 1.0
    x = alt.X("amount:Q", axis=None, scale=alt.Scale(domain=[0, top * 1.55], nice=False))
    y = alt.Y(
        "title:N",
        title=None,
        sort=None,
        axis=alt.Axis(labelLimit=NAMES, labelPadding=10),
        scale=alt.Scale(domain=list(bars["title"])),
    )
    base = alt.Chart(bars).encode(x=x, y=y)
    colour = palette.series_colour(0)
    full = base.transform_filter("!datum.apart").mark_bar(height=20, color=colour)
    hollow = base.transform_filter("datum.apart").mark_bar(
        height=19, fill=palette.PAPER.light, stroke=colour, strokeWidth=2, strokeDash=[4, 3]
    )
    text = base.mark_text(align="left", baseline="middle", dx=7).encode(text=alt.Text("text:N"))
    chart = alt.layer(full, hollow, text).properties(width=WIDTH - NAMES, height=36 * len(bars))
    return to_spec(chart)
