"""The first act of a chapter, `start`, and its last, `seal`."""

from __future__ import annotations

import os
from dataclasses import replace
from importlib import import_module
from types import MappingProxyType
from typing import Any

from IPython.display import display

from coopreport import locale
from coopreport.catalogue import CATALOGUE
from coopreport.cycles import read_cycle
from coopreport.errors import BadCall, nearest
from coopreport.indicators import LEDGER_MIME
from coopreport.ledger import Ledger
from coopreport.notebook import guard
from coopreport.notebook.report import Report
from coopreport.project import find_project
from coopreport.regions import sheet
from coopreport.surroundings import EDITION
from coopreport.tables import open_package

_current: Report | None = None


def start(cycle: str, chapter: str = "", **parameters: Any) -> Report:
    """Open a cycle for a chapter; `parameters` are the chapter's, as its parameters cell has them.

    In JupyterLab, the cycle is the one that the lab was opened with, the parameters are those of
    the cycle's file, as in a build, and the open remarks on the chapter are shown. The sheet of a
    region (`regions.sheet`) is no chapter of the cycle: it brings its own parameter.

    Raises:
        BadCall: the chapter has no such parameter in the cycle, or there is no such region.
    """
    global _current
    locale.use(os.environ.get(EDITION, locale.current().code))
    if guard.by_hand():
        # Imported by its name: no build runs it, so a chapter does not depend on it (`imports`).
        hand = import_module("coopreport.notebook.by_hand")
        cycle, parameters = hand.attend(cycle, chapter, parameters)
    project = find_project()
    read = read_cycle(project, cycle)
    if chapter == sheet.PARAMETER and sheet.PARAMETER in parameters:
        read = sheet.with_sheets(project, read, sheet.check_codes(parameters[sheet.PARAMETER]))
    if parameters:
        full_name = next((n for n in read.parameters if n.partition("-")[2] == chapter), "")
        known = list(read.parameters.get(full_name, {}))
        for name in parameters:
            if name not in known:
                raise BadCall(
                    f"Dans le cycle {cycle}, « {chapter} » n’a pas de paramètre « {name} ».",
                    nearest(name, known) or f"paramètres : {', '.join(known) or 'aucun'}.",
                )
        merged = {**read.parameters, full_name: MappingProxyType(parameters)}
        read = replace(read, parameters=MappingProxyType(merged))
    _current = Report(Ledger(read, open_package(project.data), CATALOGUE.copy()), chapter)
    guard.watch(project.root)
    if guard.by_hand() and (waiting := _current.remarks()):
        display(waiting)
    return _current


def seal(*facts: str) -> None:
    """Write the ledger of this chapter into the notebook: the last act of a good run.

    Of the definitions it has those that the chapter added; the build knows the catalogue's. What
    tells the `facts` that the chapter's cells need is a part of it.

    Raises:
        NameTaken: two definitions of the chapter give the same name.
    """
    if _current:
        for fact in facts:
            _current.knows(fact)
    ledger = _current.ledger.to_json(known=CATALOGUE.indicators) if _current else EMPTY
    display(
        {
            LEDGER_MIME: ledger,
            "text/plain": "Fin du chapitre.",
        },
        raw=True,
    )


EMPTY: dict[str, Any] = {
    "indicators": [],
    "frames": [],
    "tables": {},
    "parameters": {},
    "claims": None,
    "defined": {},
}
"""The ledger of a chapter that computes nothing."""
