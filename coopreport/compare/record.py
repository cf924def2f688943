"""A comparison as JSON: what `schemas/comparaison.schema.json` describes. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from coopreport.compare.causes import Cause
from coopreport.compare.changes import (
    ChartChange,
    ClaimChange,
    Comparison,
    Entry,
    IndicatorChange,
    InputChange,
    Kind,
    Presence,
)
from coopreport.compare.grids import Grid, GridCell, WordsChange
from coopreport.compare.texts import ChapterChange
from coopreport.compare.versions import Version
from coopreport.compare.words import Piece

Json = dict[str, Any]


def as_json(comparison: Comparison) -> Json:
    """Return a comparison as a JSON object, in the order of the page."""
    return {
        "from": _version(comparison.old),
        "to": _version(comparison.new),
        "indicators": _kind(comparison.indicators, _indicator, _presence),
        "claims": None if (claims := comparison.claims) is None else _kind(claims, _claim, _claim),
        "tables": _kind(comparison.tables, _grid, _entry),
        "charts": _kind(comparison.charts, _chart, _entry),
        "chapters": _kind(comparison.texts, _chapter, _entry),
        "parameters": [vars(change) for change in comparison.parameters],
        "inputs": _kind(comparison.inputs, _input, _input),
    }


def _kind(kind: Kind, changed: Callable[[Any], Json], entry: Callable[[Any], Json]) -> Json:
    return {
        "changed": [changed(item) for item in kind.changed],
        "added": [entry(item) for item in kind.added],
        "gone": [entry(item) for item in kind.gone],
        "unchanged": kind.unchanged,
    }


def _version(version: Version) -> Json:
    return {
        "cycle": version.cycle,
        "version": version.name,
        "build": version.manifest["build"],
        "release": dict(version.release) or None,
    }


def _causes(causes: Sequence[Cause]) -> list[Json]:
    return [vars(cause) for cause in causes]


def _indicator(change: IndicatorChange) -> Json:
    move = change.move
    return {
        "id": move.id,
        "label": move.label,
        "old": {"value": change.exact_old, "shown": move.old},
        "new": {"value": change.exact_new, "shown": move.new},
        "difference": move.difference,
        "relative": move.relative,
        "displayed": change.is_shown,
        "causes": _causes(move.causes),
    }


def _presence(item: Presence) -> Json:
    return {
        "id": item.id,
        "label": item.label,
        "shown": item.shown,
        "causes": _causes(item.causes),
    }


def _claim(change: ClaimChange) -> Json:
    parts = ("status", "printed", "shown", "gap", "reason")
    return {
        "id": change.id,
        "label": change.label,
        "document": change.document,
        "old": change.old and {name: change.old[name] for name in parts},
        "new": change.new and {name: change.new[name] for name in parts},
    }


def _entry(entry: Entry) -> Json:
    return vars(entry)


def _words(changes: Sequence[WordsChange]) -> list[Json]:
    return [{"name": change.name, "pieces": _pieces(change.pieces)} for change in changes]


def _pieces(pieces: Sequence[Piece]) -> list[Json]:
    return [vars(piece) for piece in pieces]


def _cell(cell: GridCell) -> Json:
    return {"old": cell.old, "new": cell.new}


def _grid(grid: Grid) -> Json:
    return {
        "id": grid.id,
        "title": grid.title,
        "words": _words(grid.words),
        "columns": [
            {"kind": column.kind, "change": column.change, **_cell(column.heading)}
            for column in grid.columns
        ],
        "rows": [
            {"change": row.change, "group": row.group, "cells": [_cell(c) for c in row.cells]}
            for row in grid.rows
        ],
        "unchanged": grid.unchanged,
        "under_display": grid.under_display,
    }


def _chart(change: ChartChange) -> Json:
    return {
        "id": change.id,
        "title": change.title,
        "words": _words(change.words),
        "redrawn": change.new is not None,
        "data": change.data and _grid(change.data),
    }


def _chapter(change: ChapterChange) -> Json:
    return {
        "id": change.id,
        "title": change.title,
        "sections": [
            {
                "heading": section.heading,
                "passages": [
                    {"kind": passage.kind, "pieces": _pieces(passage.pieces)}
                    for passage in section.passages
                ],
            }
            for section in change.sections
        ],
        "unchanged": change.unchanged,
    }


def _input(change: InputChange) -> Json:
    rows = change.rows
    return {
        "path": change.path,
        "rows": rows
        and {
            "changed": {key: [vars(cell) for cell in cells] for key, cells in rows.changed.items()},
            "added": list(rows.added),
            "gone": list(rows.gone),
            "columns": list(rows.columns),
        },
    }
