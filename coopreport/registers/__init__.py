"""Registers with birth and death dates: read, observed under a definition, counted by age."""
