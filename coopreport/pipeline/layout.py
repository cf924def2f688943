"""The names of what lies in `build/<cycle>`: a build, its files, the pointer to the latest."""

from __future__ import annotations

LATEST = "latest"
SCENARIO = "scenario-"
"""Begins the name of the pointer to the newest build of a scenario."""
MANIFEST = "manifest.json"
REPORT = "rapport.html"
LEDGER = "indicateurs.json"
CLAIMS = "enonces.json"
NOTEBOOKS = "notebooks"
