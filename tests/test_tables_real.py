"""The project's own tables are clean, for our reader and for frictionless, which shares no code."""

from __future__ import annotations

from pathlib import Path

import pytest

from coopreport.tables import check_package, open_package

DATA = Path(__file__).parents[1] / "data"


def test_the_real_package_is_clean_and_unremarked() -> None:
    result = check_package(open_package(DATA))
    assert [str(fault) for fault in result.faults] == []
    assert [str(notice) for notice in result.warnings] == []
    assert set(result.tables) == set(open_package(DATA).resources)


def test_an_independent_reader_finds_the_package_valid(monkeypatch: pytest.MonkeyPatch) -> None:
    import frictionless

    monkeypatch.chdir(DATA.parent)
    report = frictionless.validate("data/datapackage.json")
    assert report.flatten(["name", "rowNumber", "fieldName", "type", "message"]) == []
    assert report.stats["tasks"] == len(open_package(DATA).resources)


def test_an_independent_reader_counts_the_same_rows() -> None:
    import frictionless

    package = open_package(DATA)
    counted = {
        name: len(frictionless.extract(str(resource.path), basepath=str(DATA))[name])
        for name, resource in package.resources.items()
        if name != "life_table_uk"  # frictionless is slow on its ten thousand rows
    }
    ours = {s.name: s.rows for s in check_package(package).summaries if s.name in counted}
    assert counted == ours


def test_every_amount_in_dollars_has_a_lower_bound() -> None:
    package = open_package(DATA)
    unbounded = [
        (name, field.name)
        for name, resource in package.resources.items()
        for field in resource.fields
        if field.unit == "CAD" and field.minimum is None
    ]
    assert unbounded == []
