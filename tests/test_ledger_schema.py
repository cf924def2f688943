"""The ledger of a build has the published shape; anything else is refused."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

from coopreport.indicators import SYNTHETIC
from coopreport.locale import SYMBOLS, UNITS
from tests.conftest import ROOT

SCHEMA: dict[str, Any] = json.loads(
    (ROOT / "coopreport" / "schemas" / "indicateurs.schema.json").read_text(encoding="utf-8")
)
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)

Json = dict[str, Any]


@pytest.fixture(scope="module")
def ledger(built: Path) -> Json:
    found: Json = json.loads((built / "indicateurs.json").read_text(encoding="utf-8"))
    return found


def faults(ledger: Json) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in VALIDATOR.iter_errors(ledger)]


def objects(node: Any) -> Iterator[Json]:
    """Yield every object of the schema that lists properties."""
    if isinstance(node, dict):
        if node.get("type") == "object":
            yield node
        for child in node.values():
            yield from objects(child)
    elif isinstance(node, list):
        for child in node:
            yield from objects(child)


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_no_object_takes_a_key_that_is_not_described() -> None:
    closed = [found for found in objects(SCHEMA) if "properties" in found]
    assert len(closed) > 5
    for found in closed:
        assert found["additionalProperties"] is False, found["title"]
        for name, entry in found["properties"].items():
            described = SCHEMA["$defs"][entry["$ref"].split("/")[-1]] if "$ref" in entry else entry
            assert described.get("title") and described.get("description"), name


def test_units_and_symbols_are_those_of_the_report() -> None:
    entry = SCHEMA["$defs"]["indicator"]["properties"]
    assert entry["unit"]["enum"] == list(UNITS)
    known = {*entry["symbol"]["enum"], *entry["flags"]["items"]["enum"]} - {""}
    assert known == {*SYMBOLS, SYNTHETIC}


def test_the_ledger_of_the_real_cycle_has_the_published_shape(ledger: Json) -> None:
    assert len(ledger["indicators"]) > 40
    assert faults(ledger) == []


def test_every_reading_is_of_a_listed_table_with_its_hash(ledger: Json) -> None:
    reads = [read for item in ledger["indicators"] for read in item["reads"]]
    assert reads
    for read in reads:
        assert ledger["tables"][read["table"]]["sha256"] == read["sha256"]
        assert len(read["keys"]) in (0, read["rows"])


def test_every_input_is_in_the_ledger(ledger: Json) -> None:
    items = [*ledger["indicators"], *ledger["frames"]]
    inputs = {name for item in items for name in item["inputs"]}
    assert inputs
    assert inputs <= {item["id"] for item in items}


FIRST = ("indicators", 0)
ABSENT = object()


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ((*FIRST, "valeur"), "8800000", "'valeur' was unexpected"),
        ((*FIRST, "method", "formule"), "a + b", "'formule' was unexpected"),
        ((*FIRST, "reads"), ABSENT, "'reads' is a required property"),
        ((*FIRST, "value"), 8_800_000, "value: 8800000 is not of type 'string'"),
        ((*FIRST, "value"), "8,8", "value: '8,8' does not match"),
        ((*FIRST, "value"), "", "symbol: '' should be non-empty"),
        ((*FIRST, "symbol"), "..", "symbol: '' was expected"),
        ((*FIRST, "unit"), "M$", "unit: 'M$' is not one of"),
        ((*FIRST, "decimals"), 1.5, "decimals: 1.5 is not of type 'integer'"),
        ((*FIRST, "flags"), ["F"], "flags[0]: 'F' is not one of"),
        ((*FIRST, "reads", 0, "sha256"), "abc", "sha256: 'abc' does not match"),
        ((*FIRST, "cycle"), "2023", "cycle: '2023' does not match"),
        (("tables",), ABSENT, "'tables' is a required property"),
    ],
)
def test_a_planted_fault_is_refused(
    ledger: Json, path: tuple[str | int, ...], value: object, said: str
) -> None:
    broken = copy.deepcopy(ledger)
    assert broken["indicators"][0]["value"]
    node: Any = broken
    for step in path[:-1]:
        node = node[step]
    if value is ABSENT:
        del node[path[-1]]
    else:
        node[path[-1]] = value
    found = set(faults(broken)) - set(faults(ledger))
    assert len(found) == 1
    assert said in found.pop()
