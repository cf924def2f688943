"""How to cite: in words, as BibTeX and as CSL, a draft and a version; signs that LaTeX takes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from coopreport.pipeline.edition import Record
from coopreport.takeaway.citation import bibtex, citation, csl
from tests.chapters import CYCLE
from tests.payloads import PAYLOADS
from tests.releases import shelf
from tests.sample_page import EDITION

NBSP = "\u00a0"
RELEASED = replace(EDITION, release=Record("v2", "2026-11-03", "révision", "Le PIB", "abc"))


def test_a_draft_is_cited_by_its_production_and_the_date_of_its_data() -> None:
    assert citation(EDITION) == (
        "Conseil québécois de la coopération et de la mutualité (2023). Investir dans la "
        "coopération et la mutualité, cycle budgétaire 2023-2024, production 3f9c2a71, brouillon. "
        f"Données arrêtées le 27{NBSP}janvier 2023."
    )


def test_a_version_is_cited_by_its_number_and_its_date() -> None:
    assert f"(2026). {EDITION.title}" in citation(RELEASED)
    assert f"version v2, publiée le 3{NBSP}novembre 2026." in citation(RELEASED)


def test_csl_has_what_a_citation_manager_asks() -> None:
    (item,) = csl(RELEASED)
    assert item["type"] == "report"
    assert item["author"] == [{"literal": EDITION.author}]
    assert item["issued"] == {"date-parts": [[2026, 11, 3]]}
    assert item["version"] == "version v2"


def test_bibtex_keeps_the_author_whole() -> None:
    entry = bibtex(RELEASED)
    assert entry.startswith("@techreport{coopreport-2023-2024-v2,\n")
    assert "author = {{Conseil québécois de la coopération et de la mutualité}}," in entry
    assert "year = {2026}," in entry


@pytest.mark.parametrize("name", PAYLOADS)
def test_no_title_ends_its_field_nor_starts_a_command(name: str) -> None:
    entry = bibtex(replace(EDITION, title=PAYLOADS[name]))
    title = next(line for line in entry.splitlines() if line.startswith("  title = "))
    text = title.removeprefix("  title = ").removesuffix(",")
    for command in (r"\textbackslash{}", r"\textasciitilde{}", r"\textasciicircum{}"):
        text = text.replace(command, "")
    for sign in "{}&%$#_":
        text = text.replace(f"\\{sign}", "")
    assert text.startswith("{{") and text.endswith("}}")
    assert not set("\\{}%&$#_^~") & set(text[2:-2])
    assert len(entry.splitlines()) == len(bibtex(EDITION).splitlines())


def test_the_report_says_how_it_is_cited(built: Path) -> None:
    page = (built / "rapport.html").read_text(encoding="utf-8")
    (item,) = json.loads((built / "citation.json").read_text(encoding="utf-8"))
    assert f"cycle budgétaire {CYCLE}, {item['version']}, brouillon" in page


def test_every_file_that_the_page_names_is_beside_it(built: Path) -> None:
    page = (built / "rapport.html").read_text(encoding="utf-8")
    section = page[page.index('<section class="chapter cite"') :]
    names = [part.split('"')[0] for part in section.split('href="')[1:]]
    files = [name for name in names if not name.startswith("#")]
    assert {"rapport.pdf", "tableaux.xlsx", "citation.bib", "citation.json"} <= set(files)
    assert all((built / name).is_file() for name in files)


def test_a_version_has_its_own_citation_and_its_own_pdf(released: Path) -> None:
    version = shelf(released) / "v1"
    (item,) = json.loads((version / "citation.json").read_text(encoding="utf-8"))
    assert item["version"] == "version v1"
    assert (version / "rapport.pdf").is_file()
    package = json.loads((version / "tableaux" / "datapackage.json").read_text(encoding="utf-8"))
    assert package["version"] == "version v1"
    assert not (shelf(released) / "v2" / "rapport.pdf").exists(), "made where PDFs are refused"
