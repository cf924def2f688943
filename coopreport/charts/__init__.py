"""The charts of the brief: the builders, plain DataFrames in, vega-lite objects out.

Readable without colour: direct labels, shapes, dashes, and a palette whose neighbours differ 3:1.
Amounts come in whole dollars and rates in percent; labels are formatted by `locale`. Nothing is
drawn here: a kernel only makes the vega-lite object, and `svg.to_svg` draws it in the pipeline.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from coopreport.charts.asks import asked_beside_granted, record_timeline
    from coopreport.charts.funding import stacked_by_fiscal_year, steps_through_time
    from coopreport.charts.portrait import series_with_breaks
    from coopreport.charts.roadmap import bars_with_shares
    from coopreport.charts.scenarios import totals_beside_base
    from coopreport.charts.survival import comparators, survival_curve
    from coopreport.charts.theme import to_spec

__all__ = [
    "asked_beside_granted",
    "bars_with_shares",
    "comparators",
    "record_timeline",
    "series_with_breaks",
    "stacked_by_fiscal_year",
    "steps_through_time",
    "survival_curve",
    "to_spec",
    "totals_beside_base",
]
_MODULES = {
    "asked_beside_granted": "asks",
    "bars_with_shares": "roadmap",
    "comparators": "survival",
    "record_timeline": "asks",
    "series_with_breaks": "portrait",
    "stacked_by_fiscal_year": "funding",
    "steps_through_time": "funding",
    "survival_curve": "survival",
    "to_spec": "theme",
    "totals_beside_base": "scenarios",
}


def __getattr__(name: str) -> Any:
    """Import a builder when it is asked for: altair takes long, and many uses draw no chart."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
