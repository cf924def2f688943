"""Compute data/life_table_uk.csv from the Co-operatives UK register.

    python -m coopreport.registers.life_table_uk ORGANISATIONS.csv OUTPUT.csv

The same register gives the same bytes: UTF-8, comma, LF, sorted by type and age. What was used and
what was rejected, and why, is printed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from coopreport.analysis.pooled import COUNTS
from coopreport.errors import BadCall, CannotPublish, CoopreportError
from coopreport.locale import count_of, format_number
from coopreport.registers import uk
from coopreport.registers.life_table import Observation, count_by_age, observe

USAGE = "python -m coopreport.registers.life_table_uk ORGANISATIONS.csv SORTIE.csv"


def main(arguments: Sequence[str]) -> int:
    """Run the command; return its exit code (0, or the error's)."""
    try:
        if len(arguments) != 2:
            raise BadCall("Deux fichiers sont attendus.", USAGE)
        source, target = Path(arguments[0]), Path(arguments[1])
        register = uk.read_organisations(source)
        observation = observe(register.records, uk.DEFINITION)
        table = count_by_age(observation.units)
        _write(table, target)
    except CoopreportError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    print(summary(register, observation, table))
    return 0


def summary(register: uk.Register, observation: Observation, table: pd.DataFrame) -> str:
    """Return the account of a register, in French: rows read, used, rejected by reason; counts.

    The rows used and the rows rejected add up to the rows read.
    """
    rejected = {**register.rejected, **observation.rejected}
    used = len(observation.units)
    if used + sum(rejected.values()) != register.rows:
        raise AssertionError("rows used and rejected do not add up to the register")
    total = table[COUNTS].sum()
    return "\n".join(
        [
            f"{register.name} (SHA-256 {register.sha256})",
            uk.DEFINITION.line,
            count_of(register.rows, "organisation lue", "organisations lues"),
            count_of(used, "retenue"),
            *_rejections(rejected),
            f"{count_of(len(table), 'ligne')}\u00a0: {count_of(total['entries'], 'entrée')}, "
            f"{count_of(total['deaths'], 'mort')}, {format_number(total['exits'])} en vie à la "
            "date limite",
        ]
    )


def _rejections(rejected: Mapping[str, int]) -> list[str]:
    lines = [count_of(sum(rejected.values()), "écartée")]
    return lines + [f"  {format_number(count)} {reason}" for reason, count in rejected.items()]


def _write(table: pd.DataFrame, target: Path) -> None:
    """Write the table under its name in one rename: a former file stays whole if this fails."""
    work = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        work.write_bytes(table.to_csv(index=False, lineterminator="\n").encode())
        work.replace(target)
    except OSError as error:
        work.unlink(missing_ok=True)
        raise CannotPublish(
            f"{target.name} ne peut pas être écrit\u00a0: {error.strerror}.",
            "Vérifier le dossier, les droits et la place libre.",
        ) from None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
