"""The names of what lies in `build/<cycle>`: a build, its files, the pointer to the latest."""

from __future__ import annotations

LATEST = "latest"
MANIFEST = "manifest.json"
REPORT = "rapport.html"
PDF = "rapport.pdf"
TABLES = "tableaux"
PACKAGE = "datapackage.json"
WORKBOOK = "tableaux.xlsx"
BIBTEX = "citation.bib"
CSL = "citation.json"
LEDGER = "indicateurs.json"
CLAIMS = "enonces.json"
NOTEBOOKS = "notebooks"
