"""The indicators and frames of the brief, by name: which function, on which rows of which tables.

One file per subject. Each function receives a `Data` and returns a number, a `Result` or a
frame; its docstring says how, its `Source:` line where the formula comes from.
"""

from coopreport.catalogue import (
    answers,
    asks,
    brief,
    claims,
    cycles,
    facts,
    funding,
    grants,
    lever_spread,
    plans,
    portrait,
    prices,
    recommendations,
    regions,
    roadmap,
    scenarios,
    survival,
    survival_rates,
    survival_register,
    survival_sensitivity,
    timeline,
)
from coopreport.catalogue.base import CATALOGUE

__all__ = [
    "CATALOGUE",
    "answers",
    "asks",
    "brief",
    "claims",
    "cycles",
    "facts",
    "funding",
    "grants",
    "lever_spread",
    "plans",
    "portrait",
    "prices",
    "recommendations",
    "regions",
    "roadmap",
    "scenarios",
    "survival",
    "survival_rates",
    "survival_register",
    "survival_sensitivity",
    "timeline",
]
