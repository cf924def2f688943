"""The table of agreement with R, for docs/survival-and-r.md.

    python -m tests.agreement

Each row is a group of the UK register; each cell, the survival that R printed (tests/golden/), when
ours is within 1e-9 of it, with its standard error and its interval. A value that is not raises.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from coopreport.analysis.logrank import logrank
from coopreport.analysis.rates import survival_at
from coopreport.analysis.survival import kaplan_meier

HERE = Path(__file__).parent
DOCUMENT = HERE.parent / "docs" / "survival-and-r.md"
YEARS = (1, 3, 5, 10)
TOLERANCE = 1e-9
BEGIN, END = "<!-- {} begins -->", "<!-- {} ends -->"


def golden(name: str) -> pd.DataFrame:
    return pd.read_csv(HERE / "golden" / f"{name}_r.csv", comment="#")


def rates(table: pd.DataFrame, expected: pd.DataFrame) -> Iterator[str]:
    """Yield the Markdown table of the rates with delayed entry; groups are `coop_type`."""
    yield "| group | units | 1 year | 3 years | 5 years | 10 years |"
    yield "|---|--:|--:|--:|--:|--:|"
    delayed = expected[expected["estimate"] == "delayed"]
    for group, rows in delayed.groupby("group", sort=False):
        counts = table if group == "all" else table[table["coop_type"] == group]
        curve = kaplan_meier(counts)
        cells = [cell(curve, row) for _, row in rows.iterrows()]
        yield f"| {group} | {counts['entries'].sum()} | {' | '.join(cells)} |"


def cell(curve: pd.DataFrame, row: pd.Series) -> str:
    """Return R's survival when ours agrees, `none` where we say that there is no rate."""
    found = survival_at(curve, row["time"])
    if found.survival is None:
        return "none"
    pairs = [("surv", found.survival), ("std_err", found.std_error)]
    if 0 < row["surv"] < 1:
        pairs += [("lower", found.lower), ("upper", found.upper)]
    for name, ours in pairs:
        if ours is None or abs(ours - row[name]) > TOLERANCE:
            raise AssertionError(
                f"{row['group']}, {row['time']} years, {name}: {ours}, {row[name]}"
            )
    return f"{row['surv']:.9f}"


def tests(table: pd.DataFrame, by: str) -> Iterator[str]:
    """Yield the Markdown table of the log-rank tests of one grouping."""
    yield "| groups | at risk | statistic | degrees | p-value |"
    yield "|---|---|--:|--:|--:|"
    expected = golden(f"logrank_uk_{by}").set_index("name")
    for name, delayed in (("delayed", True), ("naive", False)):
        ours = logrank(table, "coop_type", delayed)
        theirs = expected.loc[name]
        assert ours.statistic is not None and ours.degrees == theirs["second"]
        if abs(ours.statistic / theirs["first"] - 1) > TOLERANCE:
            raise AssertionError(f"log-rank by {by}: {ours.statistic}, {theirs['first']}")
        how = "delayed entry, `coxph`" if delayed else "from birth, `survdiff`"
        yield f"| {by} | {how} | {theirs['first']:.9f} | {ours.degrees} | {theirs['third']:.6g} |"


def section(text: str, name: str) -> str:
    """Return what stands between the marks of a section of the document."""
    begin, end = BEGIN.format(name), END.format(name)
    return text.split(begin, 1)[1].split(end, 1)[0].strip("\n")


def replaced(text: str, name: str, content: str) -> str:
    begin, end = BEGIN.format(name), END.format(name)
    head, rest = text.split(begin, 1)
    return f"{head}{begin}\n{content}\n{end}{rest.split(end, 1)[1]}"


def tables() -> dict[str, str]:
    """Return the sections that can be made: by nation only beside the real register."""
    from tests.registers_fixtures import UK_REGISTER
    from tests.test_survival_r import by_nation, life_table

    made = {
        "types": "\n".join(rates(life_table(), golden("survival_uk"))),
        "types-logrank": "\n".join(tests(life_table(), "type")),
    }
    if UK_REGISTER.is_file():
        made["nations"] = "\n".join(rates(by_nation(), golden("survival_uk_nation")))
        made["nations-logrank"] = "\n".join(tests(by_nation(), "nation"))
    return made


if __name__ == "__main__":
    written = DOCUMENT.read_text(encoding="utf-8")
    for section_name, content in tables().items():
        written = replaced(written, section_name, content)
    DOCUMENT.write_text(written, encoding="utf-8")
