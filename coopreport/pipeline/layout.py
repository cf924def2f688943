"""The names of what lies in `build/<cycle>`: a build, its files, the pointer to the latest."""

from __future__ import annotations

import re

LATEST = "latest"
"""The pointer to the latest build of the French edition; `latest-en` is the English one's."""
SCENARIO = "scenario-"
"""Begins the name of the pointer to the newest build of a scenario."""
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
REVIEW = "relecture.html"
COMPARISONS = "comparaisons"
REGIONS = "regions"
INDEX = "index.html"
"""The shelf, in `build/` itself; the list of the sheets, in `regions/`."""
INPUTS = "intrants"
"""The folder of a release that holds a copy of what it was made from."""
RELEASE = re.compile(r"v[1-9][0-9]{0,3}")
"""The name of a release."""
BUILD = re.compile(r"[0-9a-f]{12}")
"""The name of a build."""


def release_number(name: str) -> int:
    """Return the number of a release: 3 for `v3`."""
    return int(name[1:])
