"""The look of every chart: one vega-lite theme, and the small helpers that builders share.

Builders give each channel its class, `alt.Text("text:N")`: for a bare text or `alt.value`, altair
looks for the class among all of its own, which takes longer than the rest of the chart.
Fonts, colours (`palette`) and the French locale come from one place; vega writes no ARIA text.
A chart that is alive in the page may have one of its series pointed at: the others fade.
"""

from __future__ import annotations

import json
import textwrap
from typing import Any

import altair as alt

from coopreport import palette
from coopreport.locale import NBSP, chart_locale

FONT = "Coop Sans"
WIDTH = 560
SHAPES = ("circle", "diamond", "square", "triangle-up", "cross", "triangle-down")
DASHES = ([1, 0], [7, 3], [2, 3], [10, 3, 2, 3], [4, 2], [1, 2])
SIZE = 14
POINTED = "pointed"
"""The parameter of a live chart that holds the series pointed at; "" for none."""
UNIT_LINES = {
    "CAD": "En dollars",
    "CAD_M": "En millions de dollars",
    "CAD_G": "En milliards de dollars",
}


def theme() -> dict[str, Any]:
    """Return the vega-lite `config` of every chart: fonts, colours, French locale, no ARIA text."""
    text = {"font": FONT, "fontSize": SIZE}
    ink, muted, rule = palette.INK.light, palette.MUTED.light, palette.RULE.light
    return {
        "aria": False,
        "background": None,
        "font": FONT,
        "locale": chart_locale(),
        "view": {"stroke": None},
        "padding": 4,
        "axis": {
            "labelFont": FONT,
            "labelFontSize": SIZE,
            "labelColor": muted,
            "labelPadding": 6,
            "labelFlush": False,
            "titleFont": FONT,
            "titleFontSize": SIZE,
            "titleFontWeight": "normal",
            "titleColor": muted,
            "gridColor": rule,
            "domainColor": muted,
            "tickColor": rule,
            "ticks": False,
        },
        "axisY": {"domain": False, "titleAngle": 0, "titleAlign": "left", "titleAnchor": "end"},
        "axisX": {"grid": False, "labelAngle": 0},
        "legend": {
            "orient": "top",
            "direction": "vertical",
            "title": None,
            "labelFont": FONT,
            "labelFontSize": SIZE,
            "labelColor": ink,
            "labelLimit": 520,
            "symbolSize": 140,
            "symbolStrokeWidth": 2,
            "rowPadding": 4,
            "offset": 14,
        },
        "header": {"labelFont": FONT, "labelFontSize": SIZE, "labelColor": ink, "title": None},
        "text": {**text, "color": ink},
        "range": {"category": [tone.light for tone in palette.SERIES]},
        "bar": {"color": palette.series_colour(0)},
        "line": {"color": palette.series_colour(0), "strokeWidth": 2.5},
        "point": {"color": palette.series_colour(0), "filled": True, "size": 70, "opacity": 1},
        "tick": {"opacity": 1},
        "rule": {"color": muted},
    }


@alt.theme.register("coopreport", enable=True)
def _altair_theme() -> alt.theme.ThemeConfig:
    return {"config": theme()}  # type: ignore[typeddict-item]


def to_spec(chart: alt.TopLevelMixin, series: str = "") -> dict[str, Any]:
    """Return the vega-lite object of an altair chart, with our theme whatever theme is enabled.

    `series` names the field that tells the series of what is pointed at: see `fading`.
    altair's validation takes a third of the time: the tests do it once for all.
    """
    spec: dict[str, Any] = chart.to_dict(validate=False)
    spec["config"] = theme()
    if series:
        spec["params"] = [{"name": POINTED, "value": ""}]
        spec["usermeta"] = {"series": series}
    return spec


def fading(series: str, opacity: float = 1) -> alt.OpacityValue:
    """Return the opacity of a mark, which fades while another series is pointed at.

    `series` is the field given to `to_spec`. Nothing is pointed at in a drawing.
    """
    test = f"!{POINTED} || {POINTED} === datum[{json.dumps(series)}]"
    return alt.OpacityValue(opacity / 4, condition={"test": test, "value": opacity})


def wrap(text: str, width: int) -> str:
    """Return `text` on as few lines of `width` characters as it needs, and those as even as can be.

    A no-break space does not break.
    """
    words = text.replace(NBSP, "\u2007")
    lines = textwrap.wrap(words, width, break_on_hyphens=False)
    while width > 8:
        narrower = textwrap.wrap(words, width - 1, break_on_hyphens=False)
        if len(narrower) > len(lines):
            break
        lines, width = narrower, width - 1
    return "\n".join(line.replace("\u2007", NBSP) for line in lines)
