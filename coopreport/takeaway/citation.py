"""How to cite the report: in words, as BibTeX and as CSL-JSON.

The date is the release's; a draft has that of its data, and its build's name for a version.
Sources: https://docs.citationstyles.org/ (CSL 1.0.2), BibTeX's `@techreport`.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from coopreport.locale import format_date, typographic
from coopreport.pipeline.edition import Edition

SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{sign: f"\\{sign}" for sign in "&%$#_"},
}
"""What BibTeX and LaTeX would take for something else than a letter."""


def citation(edition: Edition) -> str:
    """Return how an edition is cited, as a sentence."""
    day = day_of(edition)
    when = f"publiée {format_date(day, 'article')}" if edition.release else "brouillon"
    return typographic(
        f"{edition.author} ({day.year}). {edition.title}, cycle budgétaire {edition.cycle}, "
        f"{name_of(edition)}, {when}. Données arrêtées {format_date(edition.cut_off, 'article')}."
    )


def name_of(edition: Edition) -> str:
    """Return which edition it is: `version v2`, or `production 3f9c2a718d01` for a draft."""
    release = edition.release
    return f"version {release.version}" if release else f"production {edition.build}"


def day_of(edition: Edition) -> date:
    """Return the date of an edition: its release's, else that of its data."""
    release = edition.release
    return date.fromisoformat(release.date) if release else edition.cut_off


def bibtex(edition: Edition) -> str:
    """Return the entry of an edition for BibTeX, whose special signs are escaped."""
    day = day_of(edition)
    fields = {
        "author": f"{{{_tex(edition.author)}}}",
        "title": f"{{{_tex(typographic(edition.title))}}}",
        "institution": _tex(edition.author),
        "type": "Rapport",
        "number": _tex(f"cycle {edition.cycle}, {name_of(edition)}"),
        "year": str(day.year),
        "month": str(day.month),
        "language": "french",
        "note": _tex(f"Données arrêtées au {edition.cut_off.isoformat()}"),
    }
    lines = "".join(f"  {name} = {{{text}}},\n" for name, text in fields.items())
    return f"@techreport{{{_key(edition)},\n{lines}}}\n"


def csl(edition: Edition) -> list[dict[str, Any]]:
    """Return the item of an edition as CSL-JSON, which citation managers read."""
    day, data = day_of(edition), edition.cut_off
    return [
        {
            "id": _key(edition),
            "type": "report",
            "title": typographic(edition.title),
            "author": [{"literal": edition.author}],
            "publisher": edition.author,
            "genre": "Rapport",
            "number": f"cycle {edition.cycle}",
            "version": name_of(edition),
            "issued": {"date-parts": [[day.year, day.month, day.day]]},
            "language": "fr-CA",
            "note": f"Données arrêtées au {data.isoformat()}",
        }
    ]


def _key(edition: Edition) -> str:
    release = edition.release
    return f"coopreport-{edition.cycle}-{release.version if release else edition.build}"


def _tex(text: str) -> str:
    """Return a text that LaTeX prints as it is, on one line."""
    line = re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+", " ", text).strip(" ")
    return "".join(SPECIAL.get(sign, sign) for sign in line)
