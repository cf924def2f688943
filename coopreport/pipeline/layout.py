"""The names of what lies in `build/<cycle>`: a build, its files, the pointer to the latest."""

from __future__ import annotations

LATEST = "latest"
MANIFEST = "manifest.json"
REPORT = "rapport.html"
LEDGER = "indicateurs.json"
CLAIMS = "enonces.json"
NOTEBOOKS = "notebooks"
REGIONS = "regions"
INDEX = "index.html"
