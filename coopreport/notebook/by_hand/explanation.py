"""What `?` shows of an indicator or a raw table: what it is, not the object that holds it."""

from __future__ import annotations

from IPython.core.interactiveshell import InteractiveShell
from IPython.core.oinspect import InspectorHookData

from coopreport.errors import NBSP
from coopreport.indicators import Indicator, exact_text
from coopreport.notebook.raw_tables import RawTable


def explain_objects(shell: InteractiveShell) -> None:
    """Make `?`, the tooltip and the contextual help of JupyterLab explain our objects."""
    shell.inspector.mime_hooks["text/plain"] = _sections


def _sections(data: InspectorHookData) -> list[tuple[str, str]] | None:
    """Return the name of our objects and their text, None (IPython's own help) for any other."""
    thing = data.obj
    if isinstance(thing, RawTable):
        return [(thing.resource.name, repr(thing))]
    return [(thing.id, explained(thing))] if isinstance(thing, Indicator) else None


def explained(indicator: Indicator) -> str:
    """Return an indicator in words: its label, value, unit, definition, formula and tables."""
    reads = "; ".join(
        f"{read.table} ({', '.join(read.where)})" if read.where else read.table
        for read in indicator.reads
    )
    about = (
        ("Valeur", f"{indicator.short} (exacte{NBSP}: {exact_text(indicator.value) or 'aucune'})"),
        ("Unité", f"{indicator.unit}, {indicator.decimals} décimales"),
        ("Définition", indicator.definition),
        ("Formule", indicator.method.formula),
        ("Source", indicator.method.source),
        ("Tables lues", reads),
        ("Calculé de", ", ".join(indicator.inputs)),
        ("Fonction", indicator.method.function),
    )
    lines = [f"{label}{NBSP}: {text}" for label, text in about if text]
    return "\n".join([indicator.label, *lines])
