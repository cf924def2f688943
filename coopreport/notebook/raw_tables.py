"""The raw tables as an analyst asks about them: `report.raw_tables.grants` shows what one holds.

It says what the columns are, in which units, from which sources; a chapter computes from frames.
"""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from coopreport.errors import NBSP
from coopreport.ledger import Ledger
from coopreport.locale import count_of
from coopreport.tables import Resource

HEADINGS = ("Colonne", "Type", "Unité", "Sens")


@dataclass(frozen=True)
class RawTable:
    """What one raw table holds and where it comes from."""

    resource: Resource
    rows: int
    sha256: str

    def _columns(self) -> list[tuple[str, str, str, str]]:
        """Return the columns: name, type, unit and meaning."""
        return [
            (
                field.name,
                field.type,
                field.unit,
                ". ".join(text.rstrip(".") for text in (field.title, field.description) if text),
            )
            for field in self.resource.fields
        ]

    def _about(self) -> list[tuple[str, str]]:
        """Return what is said of the table, label and text."""
        sources = [f"\n  {s.title} {s.path}".rstrip() for s in self.resource.sources]
        return [
            ("Fichier", f"{self.resource.file}, {count_of(self.rows, 'ligne')}"),
            ("Clé", ", ".join(self.resource.primary_key)),
            ("Sources", "".join(sources)),
            ("Droits", self.resource.rights),
            ("SHA-256", self.sha256),
        ]

    def __repr__(self) -> str:
        columns = [HEADINGS, *self._columns()]
        widths = [max(len(row[at]) for row in columns) for at in range(3)]
        lines = [
            "  ".join([*(text.ljust(w) for text, w in zip(row, widths, strict=False)), row[3]])
            for row in columns
        ]
        about = [f"{label}{NBSP}: {text}" for label, text in self._about() if text]
        said = [self.resource.title, self.resource.description]
        return "\n".join([*said, "", *lines, "", *about])

    def _repr_html_(self) -> str:
        heading = Markup("").join(Markup("<th>{}</th>").format(text) for text in HEADINGS)
        rows = Markup("").join(
            Markup("<tr>{}</tr>").format(
                Markup("").join(Markup("<td>{}</td>").format(text) for text in row)
            )
            for row in self._columns()
        )
        about = Markup("").join(
            Markup("<dt>{}</dt><dd>{}</dd>").format(label, text)
            for label, text in self._about()
            if text
        )
        return str(
            Markup("<p><b>{}</b></p><p>{}</p><dl>{}</dl><table><tr>{}</tr>{}</table>").format(
                self.resource.title, self.resource.description, about, heading, rows
            )
        )


class RawTables:
    """The raw tables by name: `report.raw_tables["grants"]` or `report.raw_tables.grants`."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def __getitem__(self, name: str) -> RawTable:
        """Return what a raw table holds.

        Raises:
            UnknownName: the package has no such table.
            BadData: the table breaks a rule.
        """
        table = self._ledger.table(name)
        return RawTable(table.resource, len(table.frame), table.sha256)

    def __getattr__(self, name: str) -> RawTable:
        if name.startswith("_"):
            raise AttributeError(name)
        return self[name]

    def __dir__(self) -> list[str]:
        return list(self._ledger.package.resources)

    def _ipython_key_completions_(self) -> list[str]:
        return list(self._ledger.package.resources)
