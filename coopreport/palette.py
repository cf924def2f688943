"""The one palette of the page and of its charts: each colour for light and for dark surroundings.

Charts are drawn with the light colours; in the dark the page's CSS recolours them by attribute
(`css_dark_charts`), so a drawing stays whole outside of the page. Neighbouring series alternate
between far from and near to the paper: 3:1 between neighbours and against the paper, which also
keeps them apart in greyscale. Each hex is unique, so that recolouring is never ambiguous.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Tone:
    """One colour in the light (screen and print) and in the dark (#rrggbb, lower case)."""

    light: str
    dark: str


PAPER = Tone("#ffffff", "#12181b")
PANEL = Tone("#f4f6f5", "#1b2327")
INK = Tone("#1c2529", "#e6ebec")
MUTED = Tone("#546168", "#a5b2b7")
RULE = Tone("#d5dcdd", "#37434a")
ACCENT = Tone("#0b4a57", "#7cc9d6")
DOUBT = Tone("#8a4b00", "#f0b35c")
ALARM = Tone("#a11616", "#ff9c94")
DOUBT_PANEL = Tone("#fdf5e8", "#2a2115")
ON_DEEP = Tone("#fefefe", "#0e1315")
ON_SOFT = Tone("#11181b", "#f7f9f9")

SERIES = (
    Tone("#0b3f4b", "#a9dfe8"),
    Tone("#c07c14", "#9a5f00"),
    Tone("#5c1a3f", "#f1bcd6"),
    Tone("#3a9587", "#18796c"),
    Tone("#262f63", "#c3cbfb"),
    Tone("#828d93", "#68747a"),
)
"""Series in order: odd ones deep (text on them is ON_DEEP), even ones soft (ON_SOFT)."""

TONES: dict[str, Tone] = {
    "paper": PAPER,
    "panel": PANEL,
    "ink": INK,
    "muted": MUTED,
    "rule": RULE,
    "accent": ACCENT,
    "doubt": DOUBT,
    "alarm": ALARM,
    "doubt-panel": DOUBT_PANEL,
    "on-deep": ON_DEEP,
    "on-soft": ON_SOFT,
    **{f"series-{number}": tone for number, tone in enumerate(SERIES, 1)},
}


def series_colour(position: int) -> str:
    """Return the light colour of the series at `position` (from 0), going round after the last."""
    return SERIES[position % len(SERIES)].light


def on_series(position: int) -> str:
    """Return the light colour of a text laid over the series at `position`."""
    return (ON_DEEP if position % len(SERIES) % 2 == 0 else ON_SOFT).light


def css_variables(dark: bool = False) -> str:
    """Return the custom properties `--ink: #…;` of one surrounding."""
    return " ".join(f"--{name}: {t.dark if dark else t.light};" for name, t in TONES.items())


def css_dark_charts(scope: str) -> str:
    """Return the rules that recolour the drawings inside `scope` for dark surroundings."""
    return "\n".join(
        f'{scope} [{attribute}="{tone.light}"] {{ {attribute}: {tone.dark}; }}'
        for tone in TONES.values()
        for attribute in ("fill", "stroke")
    )
