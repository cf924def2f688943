"""coopreport: the Québec co-operative movement's pre-budget brief, recomputed from raw tables."""

__version__ = "0.1.0"
