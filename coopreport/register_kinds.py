"""The kinds of registers: what a cycle may name, and what a loader reads."""

KINDS = ("quebec", "uk", "csv")
"""Québec's, Co-operatives UK's, and an analyst's own file."""
