"""Registers with birth and death dates: read, observed under a definition, counted by age.

`life_tables` is the door: a `RegisterFile` and `Rules` in, tables of counts and an `Account` out.
"""

from coopreport.analysis.definition import DEATHS
from coopreport.registers.aggregation import (
    RegisterCounts,
    RegisterTables,
    life_table,
    life_tables,
    life_tables_in_arrays,
    read_units,
)
from coopreport.registers.life_table import add_tables
from coopreport.registers.schema import (
    END_KINDS,
    GROUPS,
    UNIT_COLUMNS,
    UNKNOWN,
    Account,
    RegisterFile,
    Rules,
)

__all__ = [
    "DEATHS",
    "END_KINDS",
    "GROUPS",
    "UNIT_COLUMNS",
    "UNKNOWN",
    "Account",
    "RegisterCounts",
    "RegisterFile",
    "RegisterTables",
    "Rules",
    "add_tables",
    "life_table",
    "life_tables",
    "life_tables_in_arrays",
    "read_units",
]
