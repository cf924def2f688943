"""An indicator: one named computed number, and the trail of what it was computed from."""

from __future__ import annotations

import hashlib
import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from fractions import Fraction
from textwrap import dedent
from typing import Any

from markupsafe import Markup

from coopreport import locale
from coopreport.translation.words import plain

LEDGER_MIME = "application/vnd.coopreport.ledger.v1+json"
"""Under which a chapter leaves its ledger, as its last output."""

SYNTHETIC = "synthetic"
"""The flag of what was computed from generated data: shown everywhere, and it matches no claim."""

SYNTHETIC_WORDS = "données de démonstration"
SYNTHETIC_MARK = "démo"

Number = int | Decimal | Fraction | float


@dataclass(frozen=True)
class Result:
    """What a function of the catalogue returns when a bare number does not say it all.

    `value` is None where the number does not exist; `symbol` then says why (`..`, `...`).
    `definition` is the definition line of a rate; `flags` are symbols of `locale.SYMBOLS`, `x` and
    `F` withhold the value, the others stand beside it; or `SYNTHETIC`.
    """

    value: Number | None
    symbol: str = ""
    flags: tuple[str, ...] = ()
    definition: str = ""


@dataclass(frozen=True, order=True)
class Read:
    """One reading of a raw table: which rows went in.

    `where` is the filter in words a program can repeat, `column=value`; `keys` names the rows
    by their primary key, and is empty when they are more than `MOST_KEYS` (`rows` counts them).
    `sources` are those that the rows themselves give, in their `source` column.
    """

    table: str
    sha256: str
    where: tuple[str, ...]
    rows: int
    keys: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


MOST_KEYS = 60


@dataclass(frozen=True)
class Method:
    """The function that made an indicator: its name, its docstring's first line, its formula.

    `source` is the docstring's `Source:` line; `formula` is in the report's language. `module` is
    the dotted name of the module that holds the function; `sha256` is the hash of its text, without
    decorators or comments around it, "" when the text cannot be had.
    """

    function: str
    module: str
    sha256: str
    summary: str
    source: str
    formula: str


def method_of(function: Callable[..., Any], formula: str) -> Method:
    """Describe a catalogue function from its own docstring.

    Raises:
        ValueError: the function has no docstring.
    """
    text = inspect.getdoc(function)
    if not text:
        raise ValueError(f"{function.__qualname__} has no docstring")
    source = re.search(r"^Source: (.+(?:\n .+)*)$", text, flags=re.MULTILINE)
    return Method(
        f"{function.__module__}.{function.__qualname__}",
        function.__module__,
        _hash_of_text(function),
        text.splitlines()[0],
        " ".join(source.group(1).split()) if source else "",
        formula,
    )


def _hash_of_text(function: Callable[..., Any]) -> str:
    """Return the SHA-256 of a function's text from its `def` on, "" when it has no file.

    What stands in the decorator (unit, decimals, formula) is kept elsewhere, and is not the method.
    """
    try:
        text = dedent(inspect.getsource(function))
    except (OSError, TypeError):
        return ""
    start = re.search(r"^(async )?def ", text, flags=re.MULTILINE)
    return hashlib.sha256(text[start.start() if start else 0 :].encode()).hexdigest()


@dataclass(frozen=True)
class Indicator:
    """One number of the report. `value` is exact or the float as computed; None means absent.

    `unit` and `decimals` say how it is displayed (see `locale.format_value`); rounding happens
    there and nowhere else. `inputs` names the frames and indicators that its function asked for;
    `reads` and `parameters` (values of the cycle, as JSON) hold what those asked for too.
    """

    id: str
    label: str
    value: Number | None
    unit: str
    decimals: int
    method: Method
    reads: tuple[Read, ...]
    cycle: str
    inputs: tuple[str, ...] = ()
    symbol: str = ""
    flags: tuple[str, ...] = ()
    definition: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict, hash=False)

    @property
    def short(self) -> str:
        """The number as tables and headlines print it: `8,8 M$`."""
        return self._text("short")

    @property
    def words(self) -> Shown:
        """The number as running text prints it: `8,8 millions de dollars`."""
        return Shown(self, self._text("words"))

    @property
    def definition_line(self) -> Line:
        """The definition line of a rate, to print under it.

        Raises:
            ValueError: the indicator has no definition.
        """
        if not self.definition:
            raise ValueError(f"{self.id} n’a pas de définition")
        return Line(self.definition)

    def _text(self, style: locale.Style) -> str:
        if self.value is None:
            return self.symbol
        return locale.format_value(self.value, self.unit, self.decimals, style=style)

    def _repr_html_(self) -> str:
        return Shown(self, self.short)._repr_html_()

    def __str__(self) -> str:
        return self.short


@dataclass(frozen=True)
class Line:
    """A sentence of the report that comes with an indicator."""

    text: str

    def _repr_html_(self) -> str:
        return str(Markup("<span>{}</span>").format(self.text))

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Shown:
    """An indicator as one way of writing it puts it on the page."""

    indicator: Indicator
    text: str

    def _repr_html_(self) -> str:
        """Return the `<data>` element; flags follow the number, as in a table."""
        return str(
            Markup(
                '<data class="indicator" value="{value}" data-indicator="{id}">{text}{flags}</data>'
            ).format(
                value=exact_text(self.indicator.value),
                id=self.indicator.id,
                text=self.text,
                flags=Markup("").join(flag_mark(flag) for flag in self.indicator.flags),
            )
        )

    def __str__(self) -> str:
        return self.text


def flag_mark(flag: str) -> Markup:
    """Return a flag as the page shows it: a symbol, or the mark of generated data.

    The mark is short, and text: it is printed, and copied with its number. The words in full follow
    it for whoever listens to the page or pastes the number elsewhere.
    """
    if flag == SYNTHETIC:
        return Markup('<sup class="demo">{}{}<span class="unseen"> ({})</span></sup>').format(
            locale.NBSP, plain(SYNTHETIC_MARK), plain(SYNTHETIC_WORDS)
        )
    return Markup('<sup class="symbol">{}</sup>').format(flag)


def exact_text(value: Number | None) -> str:
    """Return a number unrounded, for machines: `8800000`, `63.9`, `125/22`; "" for none."""
    if value is None:
        return ""
    return repr(value) if isinstance(value, float) else str(value)


def as_json(indicator: Indicator) -> Mapping[str, Any]:
    """Return the indicator as the build's ledger stores it; tuples become lists."""
    return {
        "id": indicator.id,
        "label": indicator.label,
        "value": exact_text(indicator.value),
        "symbol": indicator.symbol,
        "unit": indicator.unit,
        "decimals": indicator.decimals,
        "shown": indicator.short,
        "flags": list(indicator.flags),
        "definition": indicator.definition,
        "cycle": indicator.cycle,
        **trail_json(indicator.method, indicator.reads, indicator.inputs, indicator.parameters),
    }


def trail_json(
    method: Method, reads: tuple[Read, ...], inputs: tuple[str, ...], parameters: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Return where a number or a frame comes from, as the build's ledger stores it."""
    return {
        "method": asdict(method),
        "inputs": list(inputs),
        "parameters": dict(sorted(parameters.items())),
        "reads": [
            {
                **asdict(read),
                "where": list(read.where),
                "keys": list(read.keys),
                "sources": list(read.sources),
            }
            for read in reads
        ],
    }
