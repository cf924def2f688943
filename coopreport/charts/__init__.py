"""The charts of the brief: five builders, plain DataFrames in, vega-lite objects out.

Readable without colour: direct labels, shapes, dashes, and a palette whose neighbours differ 3:1.
Amounts come in whole dollars and rates in percent; labels are formatted by `locale`. Nothing is
drawn here: a kernel only makes the vega-lite object, and `svg.to_svg` draws it in the pipeline.
"""

from coopreport.charts.funding import stacked_by_fiscal_year, steps_through_time
from coopreport.charts.portrait import series_with_breaks
from coopreport.charts.survival import comparators, survival_curve
from coopreport.charts.theme import theme, to_spec

__all__ = [
    "comparators",
    "series_with_breaks",
    "stacked_by_fiscal_year",
    "steps_through_time",
    "survival_curve",
    "theme",
    "to_spec",
]
