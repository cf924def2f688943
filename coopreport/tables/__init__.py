"""Raw tables: read, check, and give as typed frames. `table.py` tells the story in order."""

from coopreport.tables.journal import Notice
from coopreport.tables.model import Field, ForeignKey, Package, Resource, Rule, Source, Table
from coopreport.tables.package import open_package
from coopreport.tables.table import CheckResult, TableSummary, check_package, read_table

__all__ = [
    "CheckResult",
    "Field",
    "ForeignKey",
    "Notice",
    "Package",
    "Resource",
    "Rule",
    "Source",
    "Table",
    "TableSummary",
    "check_package",
    "open_package",
    "read_table",
]
