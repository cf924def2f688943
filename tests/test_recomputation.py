"""Every indicator, computed a second time in SQL over the raw files, gives the same number.

The SQL is in tests/sql/, run by DuckDB; it shares no code with the report. The cycle file is read
here with yaml alone. To cover a new indicator, add a SELECT (conventions: tests/sql/tables.sql).
"""

from __future__ import annotations

import json
import math
import re
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from statistics import NormalDist
from typing import Any

import duckdb
import pytest
import yaml

from coopreport.indicators import SYNTHETIC
from coopreport.registers.generator import write_quebec
from tests.chapters import CYCLE
from tests.claims_fixtures import ledger_of
from tests.conftest import ROOT
from tests.registers_fixtures import name_register, towns, uk_edition

SQL = Path(__file__).parent / "sql"
FILES = (
    "tables",
    "portrait",
    "prices",
    "funding",
    "record",
    "register_{kind}",
    "survival",
    "claims",
)
"""The SQL files in the order in which they run: a claim is compared with what comes before."""

KINDS = ("none", "quebec", "uk")
"""The registers that a cycle may name, or none."""

RATE_TOLERANCE = 1e-12


@dataclass(frozen=True)
class Number:
    """What both paths must agree on. An exact value is a Fraction, a rate a float."""

    value: Fraction | float | None
    symbol: str = ""
    flags: tuple[str, ...] = ()


def parameters(data: Path, name: str) -> dict[str, Any]:
    """Return the cycle's entries, and its chapters' as `survie_years`, by name."""
    text = (data / "cycles" / f"{name}.yaml").read_text(encoding="utf-8")
    cycle: dict[str, Any] = yaml.safe_load(text)
    apart = ("chapters", "scenarios")
    found = {name: value for name, value in cycle.items() if name not in apart}
    found.setdefault("hindsight", False)
    found.setdefault("document", "")
    for chapter, values in cycle["chapters"].items():
        short = re.sub(r"^[0-9]+-", "", chapter)
        found |= {f"{short}_{name}": value for name, value in (values or {}).items()}
    register = found.pop("register", None) or {"kind": "none", "path": ""}
    found |= {
        "register_kind": register["kind"],
        "register_path": str(data.parent / register["path"]),
    }
    found["z"] = NormalDist().inv_cdf((1 + found["survie_confidence"]) / 2)
    return found


def scenario_changes(data: Path, name: str) -> list[tuple[Any, ...]]:
    """Return what each scenario of a cycle does to each ask: share, growth a year, years."""
    text = (data / "cycles" / f"{name}.yaml").read_text(encoding="utf-8")
    found = []
    for scenario, entry in (yaml.safe_load(text).get("scenarios") or {}).items():
        for ask in ("R1", "R2", "R3", "R4"):
            change = entry["asks"].get(ask) or entry["asks"].get("all") or {}
            values = (change.get("share", 1), change.get("indexed", 0), change.get("spread"))
            found.append((scenario, ask, *values))
    return found


def recomputed(data: Path, cycle: str = CYCLE) -> dict[str, Number]:
    """Run every SQL file over a folder of raw tables; return each number by name."""
    found: dict[str, Number] = {}
    with duckdb.connect() as database:
        database.execute("SET VARIABLE data = ?", [str(data)])
        asked = parameters(data, cycle)
        database.execute(
            "CREATE TABLE scenario_changes ("
            "scenario VARCHAR, ask_id VARCHAR, share DOUBLE, indexed DOUBLE, spread INTEGER)"
        )
        for change in scenario_changes(data, cycle):
            database.execute("INSERT INTO scenario_changes VALUES (?, ?, ?, ?, ?)", change)
        for name, value in asked.items():
            database.execute(f"SET VARIABLE {name} = ?", [value])
        for file in (name.format(kind=asked["register_kind"]) for name in FILES):
            text = (SQL / f"{file}.sql").read_text(encoding="utf-8")
            for statement in database.extract_statements(text):
                result = database.execute(statement)
                columns = [column[0] for column in result.description or ()]
                if columns[:1] != ["name"]:
                    continue
                for cells in result.fetchall():
                    row = dict(zip(columns, cells, strict=True))
                    name = row["name"]
                    assert name not in found, f"{file}.sql: {name} comes twice"
                    found[name] = number(row)
                    if not isinstance(value := found[name].value, float):
                        ratio = value.as_integer_ratio() if value is not None else (None, None)
                        database.execute("INSERT INTO computed VALUES (?, ?, ?)", [name, *ratio])
    return found


def number(row: Mapping[str, Any]) -> Number:
    """Return one row of a query as a number; a float is refused where the value must be exact."""
    flags = tuple((row.get("flag") or "").split())
    symbol = row.get("symbol") or ""
    if "rate" in row:
        assert row["rate"] is None or isinstance(row["rate"], float), row
        return Number(row["rate"], symbol, flags)
    parts = (row["value"], 1) if "value" in row else (row["numerator"], row["denominator"])
    if None in parts:
        return Number(None, symbol, flags)
    assert all(isinstance(part, int | Decimal) for part in parts), row
    return Number(Fraction(parts[0]) / Fraction(parts[1]), symbol, flags)


def reported(root: Path, cycle: str = CYCLE) -> dict[str, Number]:
    """Return every indicator that the report can compute from a project's tables."""
    ledger = ledger_of(root, cycle)
    found = {}
    for name in ledger.names():
        indicator = ledger.indicator(name)
        value = indicator.value
        kept = value if value is None or isinstance(value, float) else Fraction(value)
        found[name] = Number(kept, indicator.symbol, indicator.flags)
    return found


def differences(report: Mapping[str, Number], sql: Mapping[str, Number]) -> list[str]:
    """Return one line for each number that the two paths do not share."""
    lines = [f"{name}: in the report, not in tests/sql/" for name in sorted({*report} - {*sql})]
    lines += [f"{name}: in tests/sql/, not in the report" for name in sorted({*sql} - {*report})]
    lines += [
        f"{name}: {report[name]} in the report, {sql[name]} in SQL"
        for name in sorted({*report} & {*sql})
        if not agree(report[name], sql[name])
    ]
    return lines


def agree(one: Number, other: Number) -> bool:
    if (one.symbol, one.flags) != (other.symbol, other.flags):
        return False
    if isinstance(one.value, float) and isinstance(other.value, float):
        return math.isclose(one.value, other.value, rel_tol=0, abs_tol=RATE_TOLERANCE)
    return type(one.value) is type(other.value) and one.value == other.value


def test_every_sql_file_runs() -> None:
    run = {name.format(kind=kind) for name in FILES for kind in KINDS}
    assert {path.stem for path in SQL.glob("*.sql")} == run


def test_a_number_that_only_one_path_has_is_a_difference() -> None:
    one = {"a.b": Number(Fraction(1))}
    assert differences(one, {}) == ["a.b: in the report, not in tests/sql/"]
    assert differences({}, one) == ["a.b: in tests/sql/, not in the report"]
    assert differences(one, {"a.b": Number(1.0)}) != []
    assert differences(one, {"a.b": Number(Fraction(1), "", ("E",))}) != []


def test_every_indicator_has_the_same_value_in_sql() -> None:
    report = reported(ROOT)
    assert len(report) > 100
    assert differences(report, recomputed(ROOT / "data")) == []


@pytest.mark.parametrize("cycle", ["2014-2015", "2019-2020", "2022-2023", "2024-2025", "2025-2026"])
def test_a_cycle_without_a_brief_has_the_same_numbers_in_sql(cycle: str) -> None:
    report = reported(ROOT, cycle)
    assert "financement.annonce" not in report
    assert differences(report, recomputed(ROOT / "data", cycle)) == []


def test_every_number_of_the_published_ledger_has_the_same_value_in_sql(built: Path) -> None:
    entries = json.loads((built / "indicateurs.json").read_text(encoding="utf-8"))["indicators"]
    assert entries
    sql = recomputed(ROOT / "data")
    printed = {}
    for entry in entries:
        like = sql.get(entry["id"])
        kind = float if like and isinstance(like.value, float) else Fraction
        value = kind(entry["value"]) if entry["value"] else None
        printed[entry["id"]] = Number(value, entry["symbol"], tuple(entry["flags"]))
    shared = {name: sql[name] for name in printed if name in sql}
    assert differences(printed, shared) == []


Edit = tuple[str, str, str]
"""A file of data/, a pattern that must be there, and what replaces it everywhere."""

DEARER: tuple[Edit, ...] = (
    # R4 and the headline rise by 100 001 $, and a grant no longer divides by its years.
    ("recommendations.csv", r"\b1200000\b", "1300001"),
    ("recommendations.csv", r"\b8800000\b", "8900001"),
    ("grants.csv", r",9840000,", ",9840001,"),
)
OTHER_CYCLE: tuple[Edit, ...] = (
    ("cycles/2023-2024.yaml", r"horizon: 5", "horizon: 7"),
    ("cycles/2023-2024.yaml", r"cut_off: 2023-01-31", "cut_off: 2023-01-10"),
    ("cycles/2023-2024.yaml", r"first_granted: 2015-2016", "first_granted: 2012-2013"),
    ("cycles/2023-2024.yaml", r"first_year: 1999", "first_year: 2010"),
    ("cycles/2023-2024.yaml", r"gdp_year: 2021", "gdp_year: 2022"),
    ("cycles/2023-2024.yaml", r"years: \[1, 3, 5, 10\]", "years: [1, 4, 15, 40, 50]"),
    ("cycles/2023-2024.yaml", r"confidence: 0.95", "confidence: 0.8"),
    ("grants.csv", r"2023-04-17", "2022-04-17"),
    ("survival_published.csv", r",2002,2015,10,44\.4,", ",2002,2012,10,44.44,"),
)
FEW_UNITS: tuple[Edit, ...] = (
    ("life_table_uk.csv", r"(?m)^(?!coop_type|employee_trust).*\n", ""),
    ("cycles/2023-2024.yaml", r"years: \[1, 3, 5, 10\]", "years: [1, 3, 5, 10, 20, 50]"),
    ("cycles/2023-2024.yaml", r"caution_below: 30", "caution_below: 20"),
)
LATE: tuple[Edit, ...] = (
    # Nobody is seen before 400 days of age; two years are 730.5 days; all have died by 900.
    (
        "life_table_uk.csv",
        r"(?s)\n.*",
        "\ntenants,400,40,0,0\ntenants,730,0,10,0\ntenants,731,0,5,0\ntenants,900,0,25,0\n",
    ),
    ("cycles/2023-2024.yaml", r"years: \[1, 3, 5, 10\]", "years: [1, 2, 3]"),
    ("cycles/2023-2024.yaml", r"caution_below: 30", "caution_below: 31"),
)
OTHER_CLAIMS: tuple[Edit, ...] = (
    # One fewer region printed, as a minimum; a gap accepted at another value; a total that covers
    # four years; a rate in print before; a rate whose cohorts are now old enough.
    ("claims.csv", r",17,17,count,1,,,", ",16,16,count,1,,minimum,"),
    ("claims.csv", r",10\.1,Équipe", ",10.2,Équipe"),
    ("claims.csv", r",4000000,CAD,1000000,2,", ",4000000,CAD,1000000,4,"),
    ("survival_published.csv", r",2008,2010,", ",2008,2023,"),
    ("survival_published.csv", r",2002,2015,10,44\.4,", ",2002,2012,10,44.4,"),
)
OTHER_RECORD: tuple[Edit, ...] = (
    # An ask granted on a date, with an amount, that had one of its own; another refused; an
    # objective that is no ask, met; the lever of R4 takes one up, whose text names an axis.
    ("outcomes.csv", r"A2020-08,,partly,,,,", "A2020-08,,granted,,2021-02,750000,"),
    ("outcomes.csv", r"A2023-01,,partly,G2024-1,,,,,", "A2023-04,,refused,,2023-03,,,Lettre,"),
    ("outcomes.csv", r"A2012-01,,partly,", ",O2012-30,granted,"),
    ("asks.csv", r",M2020-19,,,,,", ",M2020-19,,,900000,total,"),
    ("lever_crosswalk.csv", r"L2023-5,,new,", "L2023-5,L2020-1,kept,"),
    ("lever_axes.csv", r"(L2020-1,X2020-3,roadmap-2020),absent,,", r"\1,named,Dit,"),
)


@pytest.fixture
def edited(tmp_path: Path) -> Callable[[Iterable[Edit]], Path]:
    """Copy the tables and the chapters, and edit the copy."""

    def edit(edits: Iterable[Edit]) -> Path:
        for name in ("data", "notebooks"):
            shutil.copytree(ROOT / name, tmp_path / name)
        for name, pattern, replacement in edits:
            path = tmp_path / "data" / name
            text = path.read_text(encoding="utf-8")
            assert re.search(pattern, text), f"{name} has no {pattern}"
            path.write_text(re.sub(pattern, replacement, text), encoding="utf-8")
        return tmp_path

    return edit


@pytest.mark.parametrize(
    ("edits", "name", "expected"),
    [
        (DEARER, "financement.annuel.r4", Number(Fraction(1_300_001))),
        (DEARER, "financement.accorde.2021-2022", Number(Fraction(4_920_001))),
        (OTHER_CYCLE, "financement.accorde.2013-2014", Number(None, "..")),
        (OTHER_CYCLE, "survie.cohorte_incomplete.premiere", Number(None, "...")),
        (FEW_UNITS, "survie.uk.50_ans", Number(None, "...")),
        (FEW_UNITS, "survie.uk.10_ans", Number(None, "F")),
        (OTHER_CLAIMS, "enonces.ecarts", Number(Fraction(1))),
        (OTHER_CLAIMS, "enonces.ecarts_connus", Number(Fraction(0))),
        (LATE, "survie.uk.2_ans", Number(None, "...")),
        (OTHER_RECORD, "demandes.issue.refusees", Number(Fraction(1))),
        (OTHER_RECORD, "demandes.delai_max.a2020-08", Number(Fraction(211))),
        (OTHER_RECORD, "demandes.demande.a2020-08", Number(Fraction(900_000))),
        (OTHER_RECORD, "feuille.montant_axe.x2020-3", Number(Fraction(1_200_000))),
        (LATE, "survie.uk_naif.2_ans", Number(0.75, "", ("E",))),
    ],
)
def test_both_paths_follow_the_data(
    edited: Callable[[Iterable[Edit]], Path], edits: tuple[Edit, ...], name: str, expected: Number
) -> None:
    root = edited(edits)
    report = reported(root)
    assert report[name] == expected
    assert differences(report, recomputed(root / "data")) == []


@pytest.mark.parametrize("kind", ["quebec", "uk"])
def test_every_number_of_a_named_register_has_the_same_value_in_sql(
    edited: Callable[[Iterable[Edit]], Path], kind: str
) -> None:
    root = edited(())
    (root / "registers").mkdir()
    if kind == "quebec":
        place, count = "registers/registre", 20_000
        municipalities = towns(root / "registers")
        write_quebec(root / place, count, 11, municipalities=municipalities)
    else:
        place = "registers/organisations.csv"
        uk_edition(root / place, ROOT / "data" / "life_table_uk.csv")
    name_register(root, f"{{kind: {kind}, path: {place}}}")
    report = reported(root)
    names = {name for name in report if name.startswith("survie.registre")}
    assert len(names) == (26 if kind == "quebec" else 18)
    assert all((SYNTHETIC in report[name].flags) == (kind == "quebec") for name in names)
    assert differences(report, recomputed(root / "data")) == []
