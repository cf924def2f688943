"""Which indicator a typed number could be named by: those of the cycle that have its value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction

from coopreport.catalogue import CATALOGUE
from coopreport.cycles import read_cycle
from coopreport.errors import CoopreportError
from coopreport.ledger import Ledger
from coopreport.lint.numbers import Kind, TypedNumber, plain
from coopreport.locale import exact, format_value
from coopreport.project import Project
from coopreport.tables import open_package

MOST = 3
_UNITS_OF: dict[Kind, frozenset[str]] = {
    "amount": frozenset({"CAD", "CAD_M", "CAD_G"}),
    "rate": frozenset({"percent", "ratio"}),
    "points": frozenset({"points"}),
    "year": frozenset({"year"}),
    "date": frozenset(),
    "count": frozenset({"count", "number", "years", "days", "index"}),
}

SMALL = 20
"""A bare count below this is proposed only a name of its own chapter: the others are chance."""


@dataclass(frozen=True)
class Known:
    """Something that the report can name: how to write it, what it shows, its value and unit.

    `value` is in the units of `TypedNumber.value`, None for what is only text. `subject` is the
    first part of an indicator's name, which is a chapter's. A `setting` is a parameter of the
    cycle or of the chapter `subject` ("" for every chapter): it stands in code only, where {eval}
    shows indicators.
    """

    name: str
    label: str
    shown: tuple[str, ...]
    value: Fraction | None
    unit: str
    subject: str
    setting: bool = False


def known_numbers(project: Project, cycle: str) -> list[Known]:
    """Return every indicator and parameter of a cycle; what cannot be computed is left out.

    An empty list when the cycle or a table is at fault: `make check` says why.
    """
    try:
        read = read_cycle(project, cycle)
        ledger = Ledger(read, open_package(project.data), CATALOGUE.copy())
        names = ledger.names()
    except CoopreportError:
        return []
    known = []
    for name in names:
        with suppress(CoopreportError, LookupError, ValueError):
            indicator = ledger.indicator(name)
            if indicator.value is None:
                continue
            value = exact(indicator.value) * (100 if indicator.unit == "ratio" else 1)
            words = format_value(indicator.value, indicator.unit, indicator.decimals, "words")
            shown = (plain(indicator.short), plain(words))
            place = f'indicator["{name}"]'
            subject = name.partition(".")[0]
            known.append(Known(place, indicator.label, shown, value, indicator.unit, subject))
    cycle_settings = {
        "report.cycle.id": read.id,
        "report.cycle.base_year": read.base_year,
        "report.cycle.cut_off": read.cut_off.isoformat(),
        "report.cycle.cut_off.year": read.cut_off.year,
    }
    known += _settings(cycle_settings, "")
    for chapter, values in read.parameters.items():
        known += _settings(values, chapter.partition("-")[2])
    return known


def _settings(values: Mapping[str, object], subject: str) -> Iterator[Known]:
    """Yield the years and the texts among some parameters; the other numbers prove nothing."""
    for name, value in values.items():
        label = "paramètre"
        if isinstance(value, str):
            yield Known(name, label, (value,), None, "", subject, setting=True)
        elif isinstance(value, int) and 1900 <= value <= 2099:
            shown = (str(value),)
            yield Known(name, label, shown, Fraction(value), "year", subject, setting=True)


def proposals(
    number: TypedNumber, known: Sequence[Known], subject: str, in_code: bool
) -> list[Known]:
    """Return at most `MOST` names for a typed number, the likeliest first.

    What shows the very same text comes before what has the same value, and that before what
    rounds to it at the precision typed, which is kept only when nothing is closer; at equal
    rank, the chapter's own `subject` first.
    """
    small = number.kind == "count" and number.value is not None and number.value < SMALL

    def fits(item: Known) -> bool:
        if item.setting:
            return in_code and item.subject in ("", subject)
        return item.subject == subject or not small

    ranked = [
        (rank, item.subject != subject, item.name, item)
        for item in known
        if fits(item) and (rank := _rank(number, item)) is not None
    ]
    best = [entry for entry in ranked if entry[0] < 2] or ranked
    return [entry[3] for entry in sorted(best, key=lambda entry: entry[:3])[:MOST]]


def _rank(number: TypedNumber, known: Known) -> int | None:
    """Return 0 for the same text, 1 for the same value, 2 for the same rounded value."""
    if plain(number.text).lower() in (text.lower() for text in known.shown):
        return 0
    if number.value is None or known.value is None or known.unit not in _UNITS_OF[number.kind]:
        return None
    value = known.value if number.signed else abs(known.value)
    if value == number.value:
        return 1
    exact_kinds = ("count", "year")
    near = abs(value - number.value) * 2 <= number.step
    return 2 if near and number.kind not in exact_kinds else None


def say(known: Sequence[Known], in_code: bool) -> str:
    """Return in words what the names are worth and how to write the first."""
    worth = "; ".join(f"{item.name} ({item.label}) vaut {item.shown[0]}" for item in known)
    first = known[0]
    if not in_code:
        return f"{worth}. Si c’est lui, écrivez {{eval}}`{first.name}`."
    call = first.name if first.setting else first.name.replace('"', "'") + ".short"
    return f'{worth}. Si c’est lui, écrivez {{{call}}} dans un texte f"…".'
