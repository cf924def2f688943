"""The languages of the report, and how each writes a number in its unit.

French is the language of the sources, of the tables and of every message; English is that of an
edition (docs/english.md). Separators and the names of months come from Babel; what follows is what
Babel does not have: `M$` and `G$`, the units of the report, the form of a date.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from babel import Locale

from coopreport.errors import NBSP as NBSP


@dataclass(frozen=True)
class Unit:
    """How a unit is shown: `scale` divides (or multiplies) the value for display only.

    `title` says in what an unrounded value is. `suffix`, `singular` and `plural` are French.
    """

    title: str
    decimals: int
    suffix: str = ""
    singular: str = ""
    plural: str = ""
    scale: Fraction = Fraction(1)
    signed: bool = False
    grouped: bool = True


UNITS: dict[str, Unit] = {
    "CAD": Unit("dollars", 0, "$", "dollar", "dollars"),
    "CAD_M": Unit(
        "dollars", 1, "M$", "million de dollars", "millions de dollars", Fraction(1, 10**6)
    ),
    "CAD_G": Unit(
        "dollars", 1, "G$", "milliard de dollars", "milliards de dollars", Fraction(1, 10**9)
    ),
    "percent": Unit("pour cent", 1, "%", "%", "%"),
    "ratio": Unit("proportion de 1", 1, "%", "%", "%", Fraction(100)),
    "points": Unit(
        "points de pourcentage",
        1,
        "points",
        "point de pourcentage",
        "points de pourcentage",
        signed=True,
    ),
    "count": Unit("nombre", 0),
    "years": Unit("années", 0, "ans", "an", "ans"),
    "days": Unit("jours", 0, "jours", "jour", "jours"),
    "year": Unit("année", 0, grouped=False),
    "index": Unit("indice", 1),
    "number": Unit("nombre", 0),
}
"""The units of indicators and columns. Amounts stay in whole dollars: the scale is display."""


@dataclass(frozen=True)
class Forms:
    """How a unit is written around a number without its sign, which `{}` stands for.

    `short` for tables and headlines, `words` for running text; each as (one, many).
    """

    short: tuple[str, str]
    words: tuple[str, str]


@dataclass(frozen=True)
class Language:
    """A language of the report. `tag` is the page's `lang`; `forms` has the units that show one.

    `many` is the first number that takes the plural: 2 in French, where 1,9 is singular; None in
    English, where 1 alone, without decimals, is not plural.
    """

    code: str
    tag: str
    babel: Locale
    forms: Mapping[str, Forms]
    many: int | None

    def is_one(self, number: object, decimals: int) -> bool:
        """Tell whether a rounded number, without its sign, takes the singular."""
        if self.many is None:
            return number == 1 and decimals == 0
        return bool(number < self.many)  # type: ignore[operator]


def _french(unit: str, kind: Unit) -> Forms:
    """Return a unit's French forms: the words come after the number, the short plural loses s."""
    short = f"{{}}{NBSP}{kind.suffix}"
    if unit == "CAD":
        return Forms((short, short), (short, short))
    one = short.removesuffix("s") if unit in {"points", "years", "days"} else short
    return Forms((one, short), (f"{{}}{NBSP}{kind.singular}", f"{{}}{NBSP}{kind.plural}"))


def _same(form: str) -> tuple[str, str]:
    return (form, form)


def _counted(one: str, many: str) -> tuple[str, str]:
    return (f"{{}}{NBSP}{one}", f"{{}}{NBSP}{many}")


FRENCH = Language(
    "fr",
    "fr-CA",
    Locale.parse("fr_CA"),
    {name: _french(name, unit) for name, unit in UNITS.items() if unit.suffix},
    many=2,
)

ENGLISH = Language(
    "en",
    "en-CA",
    Locale.parse("en_CA"),
    {
        "CAD": Forms(_same("${}"), _same("${}")),
        "CAD_M": Forms(_same("${}M"), _same(f"${{}}{NBSP}million")),
        "CAD_G": Forms(_same("${}B"), _same(f"${{}}{NBSP}billion")),
        "percent": Forms(_same("{}%"), _same("{}%")),
        "ratio": Forms(_same("{}%"), _same("{}%")),
        "points": Forms(
            _counted("point", "points"), _counted("percentage point", "percentage points")
        ),
        "years": Forms(_counted("year", "years"), _counted("year", "years")),
        "days": Forms(_counted("day", "days"), _counted("day", "days")),
    },
    many=None,
)

LANGUAGES = {language.code: language for language in (FRENCH, ENGLISH)}
