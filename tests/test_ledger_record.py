"""What a ledger records for a later comparison: parameters, functions by hash, checked claims."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

from coopreport.catalogue import CATALOGUE
from coopreport.claims import FRAME
from coopreport.cycles import UnknownParameter, read_cycle
from coopreport.data import Data
from coopreport.definitions import Catalogue, Keys
from coopreport.indicators import method_of
from coopreport.ledger import Ledger
from coopreport.notebook import start
from coopreport.project import Project
from tests.claims_fixtures import ledger_of
from tests.conftest import ROOT

Json = dict[str, Any]


def record(book: Ledger, kind: str, name: str) -> Json:
    (found,) = [item for item in book.to_json()[kind] if item["id"] == name]
    return dict(found)


def sealed(book: Ledger) -> Json:
    """Return what a chapter's seal writes."""
    return book.to_json(known=CATALOGUE.indicators)


def test_an_indicator_records_what_it_asked_of_the_cycle_and_what_its_inputs_did() -> None:
    book = ledger_of(ROOT)
    book.indicator("financement.total_horizon")
    asked = record(book, "indicators", "financement.total_horizon")["parameters"]
    assert asked["id"] == "2023-2024"
    assert asked["fiscal_years"][0] == "2023-2024"
    assert "cut_off" not in asked


def test_a_chapter_s_parameter_is_named_with_its_chapter_and_a_date_is_text() -> None:
    book = ledger_of(ROOT)
    book.frame("financement.accorde_et_demande")
    asked = record(book, "frames", "financement.accorde_et_demande")["parameters"]
    assert asked["financement.first_granted"] == "2015-2016"
    assert asked["cut_off"] == "2023-01-31"
    assert asked["base_year"] == 2020


def test_the_ledger_records_all_that_was_asked_and_nothing_else() -> None:
    book = ledger_of(ROOT)
    book.indicator("portrait.membres_avant")
    assert sealed(book)["parameters"] == {"cut_off": "2023-01-31"}


def test_what_a_family_needs_to_know_its_members_is_recorded() -> None:
    catalogue = Catalogue()

    def each(data: Data) -> list[Keys]:
        return [{"year": str(year)} for year in data.cycle.parameter("survie", "years")]

    @catalogue.indicator("essai.{year}", "x", unit="count", decimals=0, formula="x", each=each)
    def one(data: Data, year: str) -> int:
        """One."""
        return 1

    book = ledger_of(ROOT, catalogue=catalogue)
    book.indicator("essai.5")
    assert book.to_json()["parameters"] == {"survie.years": [1, 3, 5, 10]}


def test_sealing_a_chapter_that_asked_for_nothing_records_nothing() -> None:
    assert sealed(ledger_of(ROOT))["parameters"] == {}


def test_a_parameter_that_the_cycle_does_not_give_is_recorded_as_absent() -> None:
    book = ledger_of(ROOT)
    with pytest.raises(UnknownParameter):
        Data(book).cycle.parameter("survie", "inconnu")
    assert sealed(book)["parameters"] == {"survie.inconnu": None}


def test_what_a_notebook_asks_of_the_cycle_is_recorded_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    report = start("2023-2024")
    assert report.cycle.cut_off.year == 2023
    assert report.cycle.chapters[0].name == "01-sommaire"
    asked = report.ledger.to_json()["parameters"]
    assert asked["cut_off"] == "2023-01-31"
    assert asked["chapters"][0] == {"name": "01-sommaire", "title": "Sommaire"}


def test_a_register_is_recorded_as_the_cycle_names_it_without_an_absolute_path(
    project: Path,
) -> None:
    (project / "registers").mkdir()
    for name in ("noms.csv", "villes.csv"):
        (project / "registers" / name).write_text("a\n", encoding="utf-8")
    cycle = project / "data" / "cycles" / "2023-2024.yaml"
    entry = "register:\n  kind: csv\n  path: registers/noms.csv\n  cut_off: 2022-12-31\n"
    entry += "  municipalities: registers/villes.csv\n"
    cycle.write_text(cycle.read_text(encoding="utf-8") + entry, encoding="utf-8")
    read = read_cycle(Project(project), "2023-2024")
    assert read.value("register") == {
        "kind": "csv",
        "path": "registers/noms.csv",
        "municipalities": "registers/villes.csv",
        "earlier": "",
        "first_birth": "",
        "last_birth": "",
        "observation_start": "",
        "cut_off": "2022-12-31",
        "earlier_seen": "",
    }


def test_the_name_recorded_gives_the_value_back() -> None:
    book = ledger_of(ROOT)
    for name in book.names():
        book.indicator(name)
    asked = book.to_json()["parameters"]
    assert len(asked) > 8
    assert {name: book.cycle.value(name) for name in asked} == asked
    assert json.loads(json.dumps(asked)) == asked


def test_a_function_s_hash_is_of_its_text_and_not_of_its_decorator(tmp_path: Path) -> None:
    def hash_of(text: str) -> str:
        path = tmp_path / f"made_{abs(hash(text))}.py"
        path.write_text(text, encoding="utf-8")
        names: dict[str, Any] = {"mark": lambda decimals: lambda function: function}
        exec(compile(text, str(path), "exec"), names)
        return method_of(names["f"], "x").sha256

    body = 'def f(data):\n    """One."""\n    return 1\n'
    first = hash_of(f"@mark(\n    decimals=1,\n)\n{body}")
    assert len(first) == 64
    assert hash_of(f"@mark(decimals=2)\n{body}") == first
    assert hash_of(f"@mark(decimals=1)\n{body.replace('1', '2')}") != first


def test_a_function_without_a_file_has_no_hash() -> None:
    names: dict[str, Any] = {}
    exec('def f(data):\n    """One."""', names)
    assert method_of(names["f"], "x").sha256 == ""


# The checked claims

SCHEMA: Json = json.loads(
    (ROOT / "coopreport" / "schemas" / "enonces.schema.json").read_text(encoding="utf-8")
)


@pytest.fixture(scope="module")
def written(built: Path) -> Json:
    found: Json = json.loads((built / "enonces.json").read_text(encoding="utf-8"))
    return found


def faults(claims: Json) -> list[str]:
    found = jsonschema.Draft202012Validator(SCHEMA).iter_errors(claims)
    return [f"{error.json_path}: {error.message}" for error in found]


def test_the_claims_of_the_real_build_have_the_published_shape(built: Path, written: Json) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert faults(written) == []
    assert (built / "enonces.schema.json").exists()


def test_a_claim_is_written_with_what_was_computed_and_who_accepted_the_gap(written: Json) -> None:
    (claim,) = [each for each in written["claims"] if each["id"] == "brief_2023_2024-04"]
    assert (claim["printed"], claim["value"], claim["precision"]) == ("13,5\u00a0%", "13.5", "0.1")
    assert claim["indicator"] == "portrait.part_pib_recalculee.2021"
    assert claim["computed"].count("/") == 1
    assert (claim["shown"], claim["status"]) == ("10,1\u00a0%", "ecart_connu")
    assert claim["accepted"]["value"] == "10.1"
    assert claim["accepted"]["by"] and claim["accepted"]["on"].startswith("20")


def test_a_claim_that_nothing_computes_has_no_value(written: Json) -> None:
    (claim,) = [each for each in written["claims"] if each["id"] == "brief_2023_2024-01"]
    assert (claim["computed"], claim["shown"], claim["accepted"]) == ("", "", None)
    assert claim["reason"]


@pytest.mark.parametrize(
    ("name", "value"), [("status", "faux"), ("value", "8,8"), ("computed", "0.1"), ("autre", "")]
)
def test_another_shape_is_refused(written: Json, name: str, value: str) -> None:
    broken = {**written, "claims": [{**written["claims"][0], name: value}]}
    assert len(faults(broken)) == 1


def test_a_ledger_that_checked_no_claim_has_none() -> None:
    book = ledger_of(ROOT)
    assert book.to_json()["claims"] is None
    book.frame(FRAME)
    assert len(book.to_json()["claims"]) > 70
