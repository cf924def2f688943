"""The modules that a piece of code imports are found wherever its statements stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from coopreport.pipeline.imports import modules_of
from tests.conftest import ROOT


@pytest.mark.parametrize(
    "code",
    [
        "from coopreport import fiscal",
        "import coopreport.fiscal as f",
        "a = 1; from coopreport.fiscal import fiscal_year",
        "def f():\n    async def g():\n        from coopreport import fiscal",
        "class C:\n    from coopreport import fiscal",
        "if a:\n    pass\nelif b:\n    pass\nelse:\n    import coopreport.fiscal",
        "for a in b:\n    pass\nelse:\n    import coopreport.fiscal",
        "while a: import coopreport.fiscal",
        "with a:\n    import coopreport.fiscal",
        "try:\n    a\nexcept B:\n    import coopreport.fiscal",
        "try:\n    a\nexcept* B:\n    import coopreport.fiscal",
        "try:\n    a\nfinally:\n    import coopreport.fiscal",
        "match a:\n    case 1:\n        import coopreport.fiscal",
    ],
)
def test_an_import_is_found_in_any_statement(code: str) -> None:
    assert ROOT / "coopreport" / "fiscal.py" in modules_of([code], ROOT)


def test_what_a_module_imports_counts_and_the_packages_above_it(tmp_path: Path) -> None:
    for name, text in {
        "__init__": "",
        "first": "from coopreport.room.second import thing",
        "room/__init__": "import coopreport.third",
        "room/second": "from . import beside",
        "room/beside": "import coopreport.first",
        "third": "",
        "other": "",
    }.items():
        file = tmp_path / "coopreport" / f"{name}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    found = [
        path.relative_to(tmp_path / "coopreport").as_posix()
        for path in modules_of(["import coopreport.first"], tmp_path)
    ]
    assert found == [
        "__init__.py",
        "first.py",
        "room/__init__.py",
        "room/beside.py",
        "room/second.py",
        "third.py",
    ]
