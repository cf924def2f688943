"""From the chapters' ledgers to the trail of every number of the page.

A chapter's seal holds the indicators and frames that it computed, with what they read. Here the
ledgers become one; each number of the page gets the address of its origin, each indicator the
places where it stands. Pure: JSON in, JSON and HTML out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from markupsafe import Markup

from coopreport.definitions import NameTaken
from coopreport.errors import ChapterFailed, quoted
from coopreport.exhibit_html import exhibit_panel
from coopreport.languages import FRENCH
from coopreport.locale import current
from coopreport.translation.words import plain

NUMBER = re.compile(
    r'<data class="indicator" value="[^"]*" data-indicator="([^"]+)">.*?</data>', re.DOTALL
)
"""A number of the page, as `indicators.Shown` writes it."""

TIED = re.compile(rf"(\(?)({NUMBER.pattern})([).,;]*)", re.DOTALL)
"""A number with the marks that may not be parted from it at the end of a line."""


MOST_LISTED = 6
"""A panel lists this many inputs, sources or row selections; the ledger's JSON has them all."""

Json = dict[str, Any]


@dataclass(frozen=True)
class Place:
    """A place of the report where a number stands: the heading above it."""

    id: str
    text: str
    lang: str = ""


@dataclass
class Uses:
    """Where each indicator stands, in the order of the page."""

    places: dict[str, list[Place]] = field(default_factory=dict)

    def add(self, html: str, place: Place) -> None:
        """Record every number of a piece of the page."""
        for match in NUMBER.finditer(html):
            places = self.places.setdefault(match.group(1), [])
            if place not in places:
                places.append(place)


def merge_ledgers(
    ledgers: Sequence[tuple[str, Mapping[str, Any]]],
    catalogue: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> Json:
    """Return the ledger of a build from those of its chapters, given as (chapter, ledger).

    `catalogue` has the names that each definition of the catalogue gives in the cycle; a chapter's
    ledger has those of the definitions that it added.

    Returns:
        `indicators` and `frames`, each once, by name; `tables` by name; `unused`: the definitions,
        an indicator's or a family's, of which no chapter asked for any indicator; `parameters`:
        the values of the cycle that the chapters asked for, by name.

    Raises:
        ChapterFailed: two chapters computed different things under one name.
        NameTaken: a chapter defines a name that the catalogue gives.
    """
    merged: dict[str, dict[str, Json]] = {"indicators": {}, "frames": {}}
    owner: dict[str, str] = {}
    tables: Json = {}
    parameters: Json = {}
    defined = {definition: set(names) for definition, names in catalogue.items()}
    taken = {name for names in catalogue.values() for name in names}
    for chapter, ledger in ledgers:
        tables.update(ledger["tables"])
        parameters.update(ledger["parameters"])
        for definition, names in ledger["defined"].items():
            if twice := sorted(taken.intersection(names)):
                raise NameTaken(
                    f"{quoted(twice[0])} est défini par {chapter} et par le catalogue.",
                    "renommez l’indicateur du chapitre.",
                )
            defined.setdefault(definition, set()).update(names)
        for kind, found in merged.items():
            for item in ledger[kind]:
                name = item["id"]
                if found.setdefault(name, item) != item:
                    raise ChapterFailed(
                        f"{quoted(name)} n’est pas le même dans {owner[name]} et dans {chapter}.",
                        "donnez-leur deux noms, ou utilisez les mêmes paramètres.",
                    )
                owner.setdefault(name, chapter)
    return {
        "indicators": [merged["indicators"][name] for name in sorted(merged["indicators"])],
        "frames": [merged["frames"][name] for name in sorted(merged["frames"])],
        "tables": dict(sorted(tables.items())),
        "parameters": dict(sorted(parameters.items())),
        "unused": sorted(
            definition
            for definition, names in defined.items()
            if not merged["indicators"].keys() & names
        ),
    }


def merge_claims(ledgers: Sequence[tuple[str, Mapping[str, Any]]]) -> list[Json] | None:
    """Return the checked claims of a build, None when no chapter checks them.

    Raises:
        ChapterFailed: two chapters checked them and do not agree.
    """
    found = [(chapter, ledger["claims"]) for chapter, ledger in ledgers if ledger["claims"]]
    for chapter, claims in found[1:]:
        if claims != found[0][1]:
            raise ChapterFailed(
                f"Les énoncés ne sont pas les mêmes dans {found[0][0]} et dans {chapter}.",
                "utilisez les mêmes paramètres dans les deux chapitres.",
            )
    return found[0][1] if found else None


def number_indicators(ledger: Mapping[str, Any], uses: Uses) -> list[Json]:
    """Return the indicators as the appendix lists them: those of the page first, in its order.

    Each gets `number`, `panel` (the id of its origin) and `used_in` (places, as JSON).

    Raises:
        ChapterFailed: the page shows a number that is in no ledger.
    """
    by_name = {item["id"]: item for item in ledger["indicators"]}
    for name in uses.places:
        if name not in by_name:
            raise ChapterFailed(
                f"Le rapport montre {quoted(name)}, qu’aucun chapitre n’a calculé.",
                "écrivez le nombre par son nom, {eval} et indicator, sans le recopier.",
            )
    order = [*uses.places, *(name for name in by_name if name not in uses.places)]
    return [
        {
            **by_name[name],
            "number": position,
            "panel": panel_id(name),
            "used_in": [vars(place) for place in uses.places.get(name, ())],
        }
        for position, name in enumerate(order, 1)
    ]


def panel_id(name: str) -> str:
    """Return the id of the panel that tells the origin of an indicator."""
    return f"origine-{name}"


def with_origins(html: str, numbers: Mapping[str, int]) -> Markup:
    """Return a piece of the page whose numbers open their origin; `numbers` is the appendix's.

    A button that opens a popover needs no script; what it shows is the same `<data>` element. A
    line may break beside a button, so the marks around it are tied to it.
    """

    opener = Markup(
        '<button type="button" class="origin-of" popovertarget="{}" data-number="{}">{}</button>'
    )

    def button(match: re.Match[str]) -> str:
        before, number, name, after = match.groups()
        made = opener.format(panel_id(name), numbers[name], Markup(number))
        tied = Markup('<span class="tied">{}{}{}</span>').format(before, made, after)
        return tied if before or after else made

    return Markup(TIED.sub(button, html))


def origins(indicators: Sequence[Json], ledger: Mapping[str, Any]) -> list[Json]:
    """Return what the panel of each numbered indicator says."""
    labels = _labels(ledger)
    return [
        {**item, **_trail(item, ledger, labels), "exact": _exact(item["value"])}
        for item in indicators
    ]


def frame_origins(exhibits: Sequence[Json], ledger: Mapping[str, Any]) -> list[Json]:
    """Return what the panel of each table or chart says; `exhibits` name their frame."""
    frames, labels = {frame["id"]: frame for frame in ledger["frames"]}, _labels(ledger)
    return [
        {
            **exhibit,
            "panel": exhibit_panel(exhibit["id"]),
            **_trail(frames[exhibit["frame"]], ledger, labels),
        }
        for exhibit in exhibits
        if exhibit["frame"] in frames
    ]


def _labels(ledger: Mapping[str, Any]) -> dict[str, str]:
    return {indicator["id"]: indicator["label"] for indicator in ledger["indicators"]}


def _trail(item: Mapping[str, Any], ledger: Mapping[str, Any], labels: Mapping[str, str]) -> Json:
    inputs = [
        {"id": name, "label": labels.get(name, ""), "panel": panel_id(name)}
        for name in item["inputs"]
    ]
    return {
        "method": item["method"],
        "inputs": inputs[:MOST_LISTED],
        "more_inputs": max(0, len(inputs) - MOST_LISTED),
        "tables": [
            _table_trail([read for read in item["reads"] if read["table"] == name], table)
            for name, table in ledger["tables"].items()
            if any(read["table"] == name for read in item["reads"])
        ],
    }


def _table_trail(reads: Sequence[Mapping[str, Any]], table: Mapping[str, Any]) -> Json:
    """Return what a panel tells of one table: its file, its sources, and the rows that went in."""
    named = sorted({source for read in reads for source in read["sources"]})
    sources = _sources(named, table["sources"])
    return {
        "title": table["title"],
        "path": table["path"],
        "sha256": table["sha256"],
        "sources": sources[:MOST_LISTED],
        "more_sources": max(0, len(sources) - MOST_LISTED),
        "selections": [
            {
                "rows": read["rows"],
                "where": ", ".join(read["where"]),
                "ids": ", ".join(read["keys"]),
            }
            for read in reads[:MOST_LISTED]
        ],
        "more_selections": max(0, len(reads) - MOST_LISTED),
    }


def _sources(of_rows: Sequence[str], of_table: Sequence[Json]) -> list[Json]:
    """Return the sources of the rows, titled as the table titles them, else the table's."""
    titles = {source["path"]: source["title"] for source in of_table}
    named = [{"title": titles.get(source, source), "path": source} for source in of_rows]
    return named or list(of_table)


def _exact(value: str) -> str:
    """Return an unrounded value for a reader: a fraction with its decimals beside."""
    text = value
    if "/" in value:
        text = f"{value}, {plain('soit')} {Decimal(repr(float(Fraction(value))))}"
    return text.replace(".", ",") if current() is FRENCH else text


def is_safe_address(address: str) -> bool:
    """Tell whether a source's address may be a link: http and https only."""
    return re.match(r"https?://[^\s]+$", address) is not None
