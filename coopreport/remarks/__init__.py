"""Remarks of reviewers: taken in, kept under `reviews/`, shown to the analyst, answered, closed."""
