"""What a chapter imports, and nothing else: the only door between the analysis and the notebooks.

from coopreport.notebook import Column, start

report = start(cycle, "financement", first_granted=first_granted)
indicator = report.indicator
"""

from coopreport import charts, locale
from coopreport.exhibit_table import ColumnSpec as Column
from coopreport.fiscal import fiscal_year_of
from coopreport.notebook.chapter import seal, start
from coopreport.notebook.report import Report

__all__ = ["Column", "Report", "charts", "fiscal_year_of", "locale", "seal", "start"]
