"""Why a number moved: from two small ledgers and manifests, one thing changed at a time."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from coopreport.compare.causes import causes_of, causes_of_presence
from coopreport.compare.evidence import Evidence
from coopreport.compare.moved import moved
from coopreport.compare.rows import CellChange, RowChanges

Json = dict[str, Any]
SHA = {name: name * 64 for name in "abcdef"}


def item(name: str, **given: Any) -> Json:
    """Return an indicator's record; `given` replaces its parts."""
    return {
        "id": name,
        "label": "Un nombre",
        "value": "8800000",
        "symbol": "",
        "unit": "CAD_M",
        "decimals": 1,
        "shown": "8,8\u00a0M$",
        "flags": [],
        "method": {"function": "m.f", "module": "coopreport.catalogue.one", "sha256": SHA["a"]},
        "inputs": [],
        "parameters": {},
        "reads": [],
        **given,
    }


def read(sha256: str, *keys: str, rows: int | None = None) -> Json:
    count = len(keys) if rows is None else rows
    return {"table": "asks", "sha256": sha256, "rows": count, "keys": list(keys)}


def version(*items: Json, frames: tuple[Json, ...] = (), **inputs: Any) -> tuple[Json, Json]:
    """Return the ledger and the manifest of a version; `inputs` are hashes by short path."""
    paths = {"asks": "data/asks.csv", "one": "coopreport/catalogue/one.py"}
    paths |= {"two": "coopreport/catalogue/two.py", "maths": "coopreport/analysis/maths.py"}
    paths |= {"lock": "requirements/report.lock", "page": "coopreport/pipeline/page.py"}
    tables = {"asks": {"title": "Demandes", "path": paths["asks"]}}
    ledger = {"indicators": list(items), "frames": list(frames), "tables": tables}
    manifest = {"cycle": "2023-2024", "inputs": {paths[k]: v for k, v in inputs.items()}}
    return ledger, manifest


def kinds(
    old: tuple[Json, Json], new: tuple[Json, Json], name: str = "a.a", **given: Any
) -> list[str]:
    evidence = Evidence(old[0], new[0], old[1], new[1], **given)
    return [cause.kind for cause in causes_of(name, evidence)]


MOVED = {"value": "8900000", "shown": "8,9\u00a0M$"}


def test_nothing_recorded_changed_so_the_cause_is_unknown() -> None:
    old, new = version(item("a.a")), version(item("a.a", **MOVED))
    (found,) = moved(old[0], new[0], old[1], new[1])
    assert [cause.kind for cause in found.causes] == ["unknown"]
    assert not found.is_explained


def test_a_value_that_is_displayed_the_same_has_not_moved() -> None:
    old, new = version(item("a.a")), version(item("a.a", value="8800001"))
    assert moved(old[0], new[0], old[1], new[1]) == []


def test_a_table_that_changed_is_a_cause_only_for_what_read_it() -> None:
    old = version(item("a.a", reads=[read(SHA["a"], "1")]), item("b.b"), asks=SHA["a"])
    new = version(
        item("a.a", reads=[read(SHA["b"], "1")], **MOVED), item("b.b", **MOVED), asks=SHA["b"]
    )
    assert kinds(old, new) == ["data"]
    assert kinds(old, new, "b.b") == ["unknown"]


def test_rows_that_were_not_read_are_no_cause() -> None:
    old = version(item("a.a", reads=[read(SHA["a"], "1", "2")]))
    new = version(item("a.a", reads=[read(SHA["b"], "1", "2")], **MOVED))
    far = RowChanges({"3": (CellChange("amount", "1", "2"),)}, (), ())
    near = RowChanges({"2": (CellChange("amount", "1", "2"),)}, (), ())
    assert kinds(old, new, rows={"data/asks.csv": far}) == ["unknown"]
    assert kinds(old, new, rows={"data/asks.csv": near}) == ["data"]


def test_a_table_read_by_one_version_only_did_not_change() -> None:
    old = version(item("a.a", reads=[read(SHA["a"], "1")]), asks=SHA["a"])
    new = version(item("a.a", **MOVED), asks=SHA["a"])
    assert kinds(old, new) == ["unknown"]


def test_rows_that_came_among_those_read_are_named_without_copies() -> None:
    old = version(item("a.a", reads=[read(SHA["a"], "1")]))
    new = version(item("a.a", reads=[read(SHA["b"], "1", "2")], **MOVED))
    (cause,) = causes_of("a.a", Evidence(old[0], new[0], old[1], new[1]))
    assert cause.detail == ("«\u00a0Demandes\u00a0» (data/asks.csv)\u00a0: ligne ajoutée 2")


def test_many_rows_are_a_possible_cause_after_a_sure_one() -> None:
    old = version(item("a.a", reads=[read(SHA["a"], rows=99)], parameters={"c.n": 1}))
    new = version(item("a.a", reads=[read(SHA["b"], rows=99)], parameters={"c.n": 2}, **MOVED))
    assert kinds(old, new) == ["parameter", "data"]


def test_a_changed_parameter_is_told_with_both_values() -> None:
    old = version(item("a.a", parameters={"survie.years": [1, 3], "id": "2023-2024"}))
    new = version(item("a.a", parameters={"survie.years": [1, 5], "id": "2023-2024"}, **MOVED))
    (cause,) = causes_of("a.a", Evidence(old[0], new[0], old[1], new[1]))
    assert cause.detail == "survie.years\u00a0: 1, 3 → 1, 5"


def test_a_function_of_an_input_is_found_through_the_trail() -> None:
    changed = {"function": "m.g", "module": "coopreport.catalogue.two", "sha256": SHA["b"]}
    before = {**changed, "sha256": SHA["a"]}
    old = version(item("a.a", inputs=["f.f"]), frames=(item("f.f", method=before),), two=SHA["a"])
    new = version(
        item("a.a", inputs=["f.f"], **MOVED), frames=(item("f.f", method=changed),), two=SHA["b"]
    )
    (cause,) = causes_of("a.a", Evidence(old[0], new[0], old[1], new[1]))
    assert cause.kind == "method"
    assert "m.g, d’où vient «\u00a0f.f\u00a0», a changé" in cause.detail


@pytest.mark.parametrize(
    ("module", "found"),
    [("one", ["code"]), ("maths", ["code"]), ("two", ["code"]), ("page", ["unknown"])],
)
def test_a_module_that_computes_is_a_cause_and_one_that_shows_is_not(
    module: str, found: list[str]
) -> None:
    hashes: list[Json] = [{module: SHA["a"]}, {module: SHA["b"]}]
    old = version(item("a.a"), **hashes[0])
    new = version(item("a.a", **MOVED), **hashes[1])
    assert kinds(old, new) == found


def test_of_the_code_only_what_the_chapters_import_counts() -> None:
    old, new = version(item("a.a"), maths=SHA["a"]), version(item("a.a", **MOVED), maths=SHA["b"])
    for _, manifest in (old, new):
        manifest["chapters"] = {"01-a": {"parameters": {}, "inputs": {"coopreport/other.py": ""}}}
    assert kinds(old, new) == ["unknown"]


def test_another_module_of_the_catalogue_is_no_cause_beside_a_real_one() -> None:
    old = version(item("a.a", parameters={"c.n": 1}), two=SHA["a"])
    new = version(item("a.a", parameters={"c.n": 2}, **MOVED), two=SHA["b"])
    assert kinds(old, new) == ["parameter"]


def test_other_libraries_come_last() -> None:
    old = version(item("a.a"), maths=SHA["a"], lock=SHA["a"])
    new = version(item("a.a", **MOVED), maths=SHA["b"], lock=SHA["b"])
    assert kinds(old, new) == ["code", "environment"]


@pytest.mark.parametrize(
    "display", [{"decimals": 2, "shown": "8,80\u00a0M$"}, {"unit": "CAD", "shown": "8 800 000 $"}]
)
def test_another_display_of_the_same_value_is_rounding(display: Json) -> None:
    old = version(item("a.a", reads=[read(SHA["a"], "1")]), maths=SHA["a"])
    new = version(item("a.a", reads=[read(SHA["b"], "1")], **display), maths=SHA["b"])
    assert kinds(old, new) == ["rounding"]


def test_another_cycle_comes_first() -> None:
    old = version(item("a.a", parameters={"c.n": 1}))
    new = version(item("a.a", parameters={"c.n": 2}, **MOVED))
    new[1]["cycle"] = "2024-2025"
    assert kinds(old, new) == ["cycle", "parameter"]


def test_an_older_ledger_without_parameters_nor_hashes_is_read_all_the_same() -> None:
    old, new = version(item("a.a"), one=SHA["a"]), version(item("a.a", **MOVED), one=SHA["b"])
    bare = copy.deepcopy(old)
    del bare[0]["indicators"][0]["parameters"]
    bare[0]["indicators"][0]["method"] = {"function": "m.f"}
    assert kinds(bare, new) == ["code"]


def test_an_indicator_that_came_comes_from_its_parameter_or_its_chapter() -> None:
    old = version(one=SHA["a"])
    new = version(item("survie.a"), one=SHA["a"])
    for (ledger, manifest), years in ((old, [1]), (new, [1, 2])):
        ledger["parameters"] = {"survie.years": years, "portrait.first_year": years}
        manifest["inputs"]["notebooks/04-survie.ipynb"] = str(years)
    evidence = Evidence(old[0], new[0], old[1], new[1])
    found = [(cause.kind, cause.detail) for cause in causes_of_presence("survie.a", evidence)]
    assert found == [
        ("parameter", "survie.years\u00a0: 1 → 1, 2"),
        ("chapter", "notebooks/04-survie.ipynb a changé"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "difference", "relative"),
    [
        ({}, MOVED, "+0,1\u00a0M$", "+1,1\u00a0%"),
        ({}, {"value": "8800001"}, "+0,000001\u00a0M$", "+0,00001\u00a0%"),
        ({"value": "0"}, {"value": "5"}, "+0,000005\u00a0M$", "..."),
        (
            {"unit": "ratio", "value": "1/2"},
            {"unit": "ratio", "value": "1/4"},
            "−25,0\u00a0points",
            "−50,0\u00a0%",
        ),
        (
            {"unit": "percent", "value": "13.5"},
            {"unit": "percent", "value": "14.5"},
            "+1,0\u00a0point",
            "+7,4\u00a0%",
        ),
        (
            {"unit": "year", "value": "2021", "decimals": 0},
            {"unit": "year", "value": "2022", "decimals": 0},
            "+1",
            "...",
        ),
        ({}, {"value": "", "symbol": "x"}, "...", "..."),
        ({"unit": "count"}, {}, "...", "..."),
    ],
)
def test_the_difference_is_in_the_unit_and_never_looks_like_zero(
    old: Json, new: Json, difference: str, relative: str
) -> None:
    one, other = version(item("a.a", **old)), version(item("a.a", **{**new, "shown": "autre"}))
    (found,) = moved(one[0], other[0], one[1], other[1])
    assert (found.difference, found.relative) == (difference, relative)
