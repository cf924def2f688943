"""What the chapters show: their tables, charts and key figures, drawn, numbered, each once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode

from coopreport.charts.svg import to_svg
from coopreport.errors import ChapterFailed
from coopreport.exhibit_bundle import exhibit_of, mime_of
from coopreport.exhibits import CHART_MIME, TABLE_MIME
from coopreport.indicators import LEDGER_MIME

SVG_MIME = "image/svg+xml"
WORDS = {TABLE_MIME: "tableau", CHART_MIME: "graphique"}


@dataclass(frozen=True)
class Shown:
    """An exhibit where a chapter shows it: its MIME type, its JSON, its drawing for a chart."""

    mime: str
    data: dict[str, Any]
    svg: str = ""


def draw_charts(
    chapters: Sequence[tuple[str, NotebookNode]], draw: Callable[..., str] = to_svg
) -> None:
    """Add each chart's drawing (`image/svg+xml`) beside it in the executed notebooks, in place.

    Call it in the process that draws all the charts of a build, never in one that forks.
    """
    for _, notebook in chapters:
        for cell in notebook.cells:
            for output in cell.get("outputs", ()):
                bundle = output.get("data", {})
                if CHART_MIME in bundle and SVG_MIME not in bundle:
                    chart = bundle[CHART_MIME]
                    bundle[SVG_MIME] = draw(
                        chart["spec"], id=chart["id"], title=chart["title"], alt=chart["alt"]
                    )


def exhibits_of(name: str, index: int, cell: NotebookNode) -> Iterator[Shown]:
    """Yield the exhibits a cell shows; ChapterFailed for anything else that it would show."""
    for output in cell.get("outputs", ()):
        bundle = output.get("data")
        if bundle is None or LEDGER_MIME in bundle:
            continue  # what is printed is for the analyst, not for the page
        mime = mime_of(bundle)
        if not mime:
            raise ChapterFailed(
                f"{name}, cellule {index + 1} : elle montre un résultat qui n’est ni un tableau, "
                "ni un graphique, ni des chiffres clés du rapport.",
                "terminez sa dernière ligne par « ; », ou montrez-le par report.table.",
            )
        try:
            exhibit_of(bundle)
        except (KeyError, TypeError, ValueError) as error:
            raise ChapterFailed(
                f"{name}, cellule {index + 1} : tableau ou graphique malformé ({error}).",
                "construisez-le par report.table, report.chart ou report.figures.",
            ) from None
        yield Shown(mime, bundle[mime], bundle.get(SVG_MIME, ""))


def numbers_of(exhibits: Sequence[Shown]) -> dict[str, tuple[str, int]]:
    """Return the word and the number of each table and chart, in order; no id may come twice."""
    numbers: dict[str, tuple[str, int]] = {}
    counts = dict.fromkeys(WORDS, 0)
    seen: set[str] = set()
    for exhibit in exhibits:
        id = exhibit.data["id"]
        if id in seen:
            raise ChapterFailed(
                f"« {id} » est montré deux fois dans le rapport.",
                "donnez un autre nom au second (name=…), ou renvoyez au premier par {numref}.",
            )
        seen.add(id)
        if exhibit.mime in counts:
            counts[exhibit.mime] += 1
            numbers[id] = (WORDS[exhibit.mime], counts[exhibit.mime])
    return numbers


def anchors_of(exhibits: Sequence[Shown]) -> dict[str, str]:
    """Return the words of each cell that has an address in the page; no address may come twice."""
    found: dict[str, str] = {}
    for exhibit in exhibits:
        for row in (exhibit.data.get("table") or exhibit.data).get("rows", ()):
            for cell in row["cells"]:
                if (anchor := cell.get("anchor", "")) in found:
                    raise ChapterFailed(
                        f"L’adresse « {anchor} » est donnée deux fois dans le rapport.",
                        "un seul tableau peut la donner (anchor=…); liez-y les autres (link=…).",
                    )
                if anchor:
                    found[anchor] = cell["text"]
    return found
