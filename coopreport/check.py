"""`make check`: every fault of the tables and of the cycle, and nothing else."""

from __future__ import annotations

from coopreport.cycles import read_cycle
from coopreport.errors import NBSP, BadData
from coopreport.locale import count_of, format_number
from coopreport.project import Project
from coopreport.scaffold.unconfirmed import unconfirmed_rows
from coopreport.tables import check_package, open_package


def print_check(project: Project, cycle: str) -> int:
    """Print rows, cells and warnings per table, then the warnings; return the exit code.

    Raises:
        BadData: with every fault of every table.
        BadCall: the cycle's file breaks a rule.
    """
    package = open_package(project.data)
    checked = check_package(package)
    width = max((len(table.name) for table in checked.summaries), default=5)
    print(f"{'table':<{width}} {'lignes':>8} {'cellules':>9} {'avertissements':>15}")
    for table in checked.summaries:
        rows, cells = format_number(table.rows), format_number(table.cells)
        print(f"{table.name:<{width}} {rows:>8} {cells:>9} {len(table.warnings):>15}")
    for warning in checked.warnings:
        print(f"Avertissement : {warning}")
    if checked.faults:
        raise BadData(checked.faults)
    read_cycle(project, cycle)
    if waiting := unconfirmed_rows(package, cycle):
        count = count_of(len(waiting), "ligne reprise à confirmer", "lignes reprises à confirmer")
        print(f"Avertissement{NBSP}: {count}{NBSP}: {', '.join(waiting)}.")
    print(f"Le cycle {cycle} et ses tables sont en règle.")
    return 0
