"""The HTML of exhibits, used by the page and by JupyterLab alike. Everything from data is escaped.

A table has a caption, a unit line, scoped headers (columns, rows, spanning groups), a symbols
legend, notes and sources, inside a labelled focusable region that scrolls when it is too wide.
A chart is a figure: drawing, caption, notes, and its data table in a `details`. A drawing is given
as SVG text made by `charts.to_svg`, already safe.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from re import fullmatch
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from coopreport.locale import NBSP, REVISED, STAND_ALONE, keep_together
from coopreport.translation.words import as_is, plain, said

if TYPE_CHECKING:
    from coopreport.exhibits import Cell, Chart, Column, Figures, Row, Table

MOST_WHOLE = 14
"""A table of at most this many rows is not cut by the end of a sheet."""
TABLE_NAME = "Tableau"
CHART_NAME = "Graphique"
SHORT, LONG = 16, 40
"""Characters up to which a column keeps each cell on one line, and beyond which it needs room."""
WIDEST_UPRIGHT = 9
"""The most columns that fit across an upright letter sheet; wider tables print on its side."""


def label_of(name: str, number: int | None) -> str:
    """Return `Tableau 3` (`Table 3`), or `Tableau` for an exhibit without a number (JupyterLab)."""
    name = plain(name)
    return f"{name}{NBSP}{number}" if number else name


def table_html(
    table: Table, number: int | None = None, *, csv: str = "", widths: Sequence[float] = ()
) -> Markup:
    """Return a numbered table: the region that scrolls, then its legend, notes and sources.

    `csv` is what the reader can save of it, "" for nothing. `widths` are its columns' in percent;
    without them the reader's program finds them.
    """
    caption = _caption(_address(TABLE_NAME, number, table.id), table)
    return Markup('<div class="exhibit table{}" id="{}">{}{}{}</div>').format(
        _on_paper(table),
        table.id,
        _grid(table, caption, widths),
        _legend(table) + _sources(table, table.id if number else ""),
        _files(TABLE_NAME, number, {f"{table.id}.csv": csv}) if csv else "",
    )


def chart_html(
    chart: Chart,
    number: int | None = None,
    svg: str = "",
    *,
    csv: str = "",
    widths: Sequence[float] = (),
) -> Markup:
    """Return a numbered chart: its drawing, its caption and its data table, folded on a screen.

    With `csv`, its data, the reader can save its drawing and its data. `widths` are those of the
    columns of its data table, in percent.
    """
    name = label_of(CHART_NAME, number)
    drawing = Markup("")
    if svg:
        drawing = Markup(
            '<div class="drawing scroll" role="region" aria-label="{}" tabindex="0">{}</div>'
        ).format(name, Markup(svg))
    caption = Markup("{} {}").format(_address(CHART_NAME, number, chart.id), said(chart.title))
    data_name = f"Données du graphique{NBSP}{number}" if number else "Données du graphique"
    data = Markup('<details class="data{}"><summary>{}</summary>{}{}</details>').format(
        _on_paper(chart.table),
        said(f"{data_name}, en tableau"),
        _grid(chart.table, _caption(_number(plain(data_name)), chart.table), widths),
        _legend(chart.table),
    )
    alternative = Markup("") if svg else Markup("<p>{}</p>").format(said(chart.alt, as_is))
    return Markup(
        '<figure class="exhibit chart" id="{}"><figcaption>{}</figcaption>{}{}{}{}{}{}</figure>'
    ).format(
        chart.id,
        caption,
        drawing,
        alternative,
        _notes(chart.notes),
        data,
        _sources(chart.table, chart.id if number else ""),
        _files(CHART_NAME, number, {f"{chart.id}.svg": svg, f"{chart.table.id}.csv": csv})
        if csv
        else "",
    )


def figures_html(figures: Figures) -> Markup:
    """Return key figures as a list of terms: label, value, note. Their HTML is the notebook's."""
    cards = Markup("").join(
        Markup(
            '<div class="card"><dt>{}</dt><dd><span class="value">{}</span>{}</dd></div>'
        ).format(
            said(item.label, as_is),
            Markup(item.html),
            Markup('<span class="note">{}</span>').format(said(item.note, as_is))
            if item.note
            else "",
        )
        for item in figures.items
    )
    return Markup(
        '<section class="exhibit figures" id="{}" aria-label="{}"><dl class="{}">{}</dl></section>'
    ).format(figures.id, plain(figures.title), _card_columns(len(figures.items)), cards)


def _card_columns(count: int) -> str:
    """Return the class that lays cards in full rows: `of-4`, `of-3` or `of-2`."""
    return f"of-{next((n for n in (4, 3) if count % n == 0), 2 if count <= 2 else 3)}"


def _on_paper(table: Table) -> str:
    """Return the classes that lay a table on paper: on its side, or whole on one sheet."""
    wide = " wide" if len(table.columns) > WIDEST_UPRIGHT else ""
    return wide + (" whole" if len(table.rows) <= MOST_WHOLE else "")


def _number(name: str) -> Markup:
    return Markup('<span class="number">{}</span>').format(name)


def _address(name: str, number: int | None, id: str) -> Markup:
    """Return the number of an exhibit, in the page a link to it, whose address can be copied."""
    if not number:
        return _number(name)
    return Markup('<a class="number address" href="#{}">{}</a>').format(id, label_of(name, number))


def _files(name: str, number: int | None, files: Mapping[str, str]) -> Markup:
    """Return the line that offers files of an exhibit, by their names."""
    from coopreport.data_link import data_link

    of = f"du {name.lower()}{NBSP}{number}" if number else f"du {name.lower()}"
    links = [data_link(file, text, said(of)) for file, text in files.items()]
    line = Markup('<p class="files">{} {}</p>')
    return line.format(said("Télécharger :"), Markup(" · ").join(links))


def _caption(name: Markup, table: Table) -> Markup:
    unit = (
        Markup(' <span class="unit">{}</span>').format(said(table.unit_line))
        if table.unit_line
        else ""
    )
    return Markup("<caption>{} {}{}</caption>").format(name, said(table.title), unit)


def _grid(table: Table, caption: Markup, widths: Sequence[float]) -> Markup:
    head = _spans(table.columns, widths) + _head(table.columns)
    return Markup(
        '<div class="scroll" role="region" aria-label="{}" tabindex="0"><table>{}{}{}</table></div>'
    ).format(plain(table.title), caption, head, _bodies(table))


def _spans(columns: tuple[Column, ...], widths: Sequence[float]) -> Markup:
    """Return the groups of columns of a table that has some, and the widths that were given."""
    spans = Markup("")
    given = iter(widths)
    for group, members in groupby(columns, key=lambda column: column.group):
        count = len(list(members))
        if widths:
            columns_html = Markup("").join(
                Markup('<col style="width: {}%">').format(f"{next(given):.2f}")
                for _ in range(count)
            )
            spans += Markup("<colgroup>{}</colgroup>").format(columns_html)
        elif group:
            spans += Markup('<colgroup span="{}"></colgroup>').format(count)
        else:
            spans += Markup("<colgroup></colgroup>") * count
    return spans if widths or any(column.group for column in columns) else Markup("")


def _head(columns: tuple[Column, ...]) -> Markup:
    """Return the header rows: one, or two when some columns stand under a spanning group."""
    grouped = any(column.group for column in columns)
    cells = [
        Markup('<th scope="col" class="{}">{}</th>').format(
            _head_class(column), said(column.label, as_is)
        )
        for column in columns
    ]
    if not grouped:
        return Markup("<thead><tr>{}</tr></thead>").format(Markup("").join(cells))
    top, bottom = Markup(""), Markup("")
    for group, members in groupby(zip(columns, cells, strict=True), key=lambda pair: pair[0].group):
        pairs = list(members)
        if group:
            top += Markup('<th scope="colgroup" colspan="{}" class="group">{}</th>').format(
                len(pairs), said(group, as_is)
            )
            bottom += Markup("").join(html for _, html in pairs)
        else:
            for column, _ in pairs:
                top += Markup('<th scope="col" rowspan="2" class="{}">{}</th>').format(
                    _head_class(column), said(column.label, as_is)
                )
    return Markup("<thead><tr>{}</tr><tr>{}</tr></thead>").format(top, bottom)


def _head_class(column: Column) -> str:
    """Return the class of a column's heading; a fiscal year is kept on one line."""
    return f"{column.kind} year" if fullmatch(r"\d{4}-\d{4}", column.label) else column.kind


def _bodies(table: Table) -> Markup:
    """Return the rows; each group row opens a `tbody` that it heads."""
    bodies: list[list[Markup]] = [[]]
    fits = _fits(table)
    for row in table.rows:
        if row.kind == "group":
            bodies.append([])
            bodies[-1].append(
                Markup('<tr class="group"><th scope="rowgroup" colspan="{}">{}</th></tr>').format(
                    len(table.columns), said(row.cells[0].text, as_is)
                )
            )
        else:
            bodies[-1].append(_row(table.columns, fits, row))
    return Markup("").join(
        Markup("<tbody>{}</tbody>").format(Markup("").join(rows)) for rows in bodies if rows
    )


def _fits(table: Table) -> list[str]:
    """Return, for each column, whether its texts are `short` (one line), `long` or in between."""
    rows = [row.cells for row in table.rows if row.kind != "group"]
    longest = [max(len(cell.text) for cell in column) for column in zip(*rows, strict=True)]
    return ["short" if n <= SHORT else "long" if n > LONG else "middling" for n in longest]


def _row(columns: tuple[Column, ...], fits: list[str], row: Row) -> Markup:
    cells = "".join(
        f'<th scope="row" class="{fit}"{_anchor(cell)}>{_content(cell, True)}</th>'
        if column.kind == "header"
        else f'<td class="{escape(column.kind)} {fit}"{_anchor(cell)}>'
        f"{_content(cell, column.kind == 'text')}</td>"
        for column, fit, cell in zip(columns, fits, row.cells, strict=True)
    )
    return Markup(f'<tr class="{escape(row.kind)}">{cells}</tr>')


def _anchor(cell: Cell) -> str:
    return f' id="{escape(cell.anchor)}"' if cell.anchor else ""


def _content(cell: Cell, is_text: bool) -> str:
    """Return what a cell shows; in a column of numbers, even a text is data and stays as it is.

    Cells are many: `Markup.format`, in Python, would take most of the time of a page.
    """
    text: str = (
        f'<data value="{escape(cell.value)}">{escape(cell.text)}</data>'
        if cell.value
        else said(cell.text, keep_together)
        if is_text
        else escape(keep_together(cell.text))
    )
    if cell.link:
        text = f'<a href="#{escape(cell.link)}">{text}</a>'
    marks = [REVISED] if cell.revised else []
    if cell.status in STAND_ALONE:
        text = f'<span class="symbol">{escape(cell.text)}</span>'
    elif cell.status:
        marks = [cell.status, *marks]
    return f'{text}<sup class="symbol">{escape(NBSP.join(marks))}</sup>' if marks else text


def _notes(notes: tuple[str, ...]) -> Markup:
    if not notes:
        return Markup("")
    return Markup('<ul class="notes">{}</ul>').format(
        Markup("").join(Markup("<li>{}</li>").format(said(note)) for note in notes)
    )


def exhibit_panel(id: str) -> str:
    """Return the id of the panel that tells the origin of a table or a chart."""
    return f"provenance-{id}"


def _legend(table: Table) -> Markup:
    """Return what explains a table under it: its notes and the legend of its symbols."""
    if not table.symbols:
        return _notes(table.notes)
    pairs = Markup(" ").join(
        Markup("<span><b>{}</b>{}{}</span>").format(symbol, NBSP, said(meaning, as_is))
        for symbol, meaning in table.symbols
    )
    legend = Markup('<p class="legend">{} {}</p>').format(said("Signes conventionnels :"), pairs)
    return _notes(table.notes) + legend


def _sources(table: Table, of: str) -> Markup:
    """Return the sources of a table, and what opens the origin of its exhibit, `of`.

    In a notebook (no number yet) `of` is "": the panels of the origins are the page's.
    """
    if not table.sources:
        return Markup("")
    names = Markup(", ").join(
        Markup('<span title="SHA-256 {}">{}</span>').format(
            source.sha256, said(source.title, as_is)
        )
        if source.sha256
        else said(source.title, as_is)
        for source in table.sources
    )
    opener = Markup(' <button type="button" class="origin" popovertarget="{}">{}</button>')
    return Markup('<p class="sources">{} {}{}</p>').format(
        said("Source :"),
        names,
        opener.format(exhibit_panel(of), said("Provenance")) if of and table.frame else "",
    )
