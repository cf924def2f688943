"""The names of what lies in `build/<cycle>`: a build, its files, the pointer to the latest."""

from __future__ import annotations

from coopreport.pipeline.options import FRENCH

LATEST = "latest"
"""The pointer to the latest build of the French edition; `latest-en` is the English one's."""
MANIFEST = "manifest.json"
REPORT = "rapport.html"
LEDGER = "indicateurs.json"
CLAIMS = "enonces.json"
NOTEBOOKS = "notebooks"


def latest_of(language: str) -> str:
    """Return the name of the pointer to the latest build of an edition: `latest`, `latest-en`."""
    return LATEST if language == FRENCH else f"{LATEST}-{language}"
