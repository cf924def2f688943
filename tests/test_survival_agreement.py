"""The table of agreement with R in docs/ is what the golden files and our estimates give."""

from __future__ import annotations

import pytest

from tests.agreement import DOCUMENT, section, tables


@pytest.mark.parametrize("name", ["types", "types-logrank", "nations", "nations-logrank"])
def test_the_printed_table_is_fresh(name: str) -> None:
    made = tables()
    if name not in made:
        pytest.skip("le registre britannique réel (../shared/data/uk) n’est pas à côté du projet")
    printed = section(DOCUMENT.read_text(encoding="utf-8"), name)
    assert printed == made[name], "python -m tests.agreement"
