"""Where to write a point's label so that labels do not lie on each other.

Vega places each label alone; with few points we know where everything stands and can do better.
"""

from __future__ import annotations

from collections.abc import Sequence

Box = tuple[float, float, float, float]

CHARACTER = 7.2
HEIGHT = 17.0
GAP = 9.0
PLACES = ("above", "below", "right", "left")


def place_labels(points: Sequence[tuple[float, float, str]]) -> list[str]:
    """Return where each label goes: the first of `PLACES` that is free.

    `points` are (x, y, text) in pixels, y downwards, in the order in which they are served; an
    empty text takes no room. A point that finds no free place is written above.
    """
    taken = [(x - 5, y - 5, x + 5, y + 5) for x, y, _ in points]
    places = []
    for x, y, text in points:
        own = (x - 5, y - 5, x + 5, y + 5)
        others = [box for box in taken if box != own]
        free = (p for p in PLACES if not any(_meet(_box(x, y, text, p), box) for box in others))
        place = next(free, "above")
        if text:
            taken.append(_box(x, y, text, place))
        places.append(place)
    return places


def _box(x: float, y: float, text: str, place: str) -> Box:
    """Return the rectangle of a label: left, top, right, bottom."""
    width = CHARACTER * len(text)
    if place in ("above", "below"):
        left = x - width / 2
        top = y - GAP - HEIGHT if place == "above" else y + GAP
    else:
        left = x + GAP if place == "right" else x - GAP - width
        top = y - HEIGHT / 2
    return (left, top, left + width, top + HEIGHT)


def _meet(first: Box, second: Box) -> bool:
    return (
        first[0] < second[2]
        and second[0] < first[2]
        and first[1] < second[3]
        and second[1] < first[3]
    )
