"""A chapter that opens a file by another way than the tables stops the build, or warns by hand.

Each test runs a real kernel.
"""

from __future__ import annotations

import os
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from tests.chapters import write_chapter
from tests.conftest import Command

CPI = '"../data/cpi.csv"'


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        (f"import pandas as pd\n\npd.read_csv({CPI})", "data/cpi.csv"),
        (f"open({CPI}).read()", "data/cpi.csv"),
        (f"from pathlib import Path\n\nPath({CPI}).read_text()", "data/cpi.csv"),
        (f"import os\n\nos.open({CPI}, os.O_RDONLY)", "data/cpi.csv"),
        ("open('../autre.csv', 'w')", "n’écrit aucun fichier"),
        ("import sqlite3\n\nsqlite3.connect('autre.db')", "notebooks/autre.db"),
        (
            "import urllib.request\n\nurllib.request.urlopen('http://127.0.0.1:9/x.csv')",
            "http://127.0.0.1:9/x.csv",
        ),
        ("import socket\n\nsocket.create_connection(('127.0.0.1', 9))", "127.0.0.1"),
        ("import subprocess\n\nsubprocess.run(['cat', 'x'])", "lance un programme"),
        ("import os\n\nos.system('cat x')", "lance un programme"),
    ],
)
def test_a_cell_that_reads_by_another_way_fails_the_build(
    project: Path, coopreport: Command, cell: str, words: str
) -> None:
    write_chapter(project, "## Lecture", cell)
    done = coopreport("report")
    assert done.returncode == 4, done.stderr
    assert "01-essai.ipynb, cellule 5, sous « Lecture »" in done.stderr.replace("\u00a0", " ")
    assert "ReadOutsideTables" in done.stderr
    assert "Remède" in done.stderr
    assert words in done.stderr


def test_the_remedy_of_a_file_says_how_to_make_it_a_table(
    project: Path, coopreport: Command
) -> None:
    (project / "notebooks" / "autre.csv").write_text("a\n1\n", encoding="utf-8")
    write_chapter(project, "open('autre.csv')")
    done = coopreport("report")
    assert "notebooks/autre.csv" in done.stderr
    assert "ajoutez-le à data/datapackage.json" in done.stderr


def test_a_function_of_a_cell_called_in_a_thread_is_watched_too(
    project: Path, coopreport: Command
) -> None:
    cell = f"""from concurrent.futures import ThreadPoolExecutor


def look():
    return open({CPI}).read()


ThreadPoolExecutor().submit(look).result()"""
    write_chapter(project, cell)
    assert "ReadOutsideTables" in coopreport("report").stderr


def test_a_module_beside_the_notebook_is_watched_too(project: Path, coopreport: Command) -> None:
    (project / "notebooks" / "aide.py").write_text(f"TEXT = open({CPI}).read()\n", "utf-8")
    write_chapter(project, "import aide")
    assert "ReadOutsideTables" in coopreport("report").stderr


def test_imports_tables_and_python_s_own_files_pass(project: Path, coopreport: Command) -> None:
    (project / "notebooks" / "aide.py").write_text("TEXT = 'aide'\n", "utf-8")
    write_chapter(
        project,
        "import aide\nimport email\nimport statistics\n\nopen(email.__file__).close()",
        "import os\n\nopen(os.devnull).close()",
        "import datetime\nimport zoneinfo\n\nzone = zoneinfo.ZoneInfo('America/Toronto')",
        "import warnings\n\nwarnings.warn('essai', stacklevel=1)",
        "report = start(cycle)\nreport.frame('financement.calendrier');",
    )
    done = coopreport("report")
    assert done.returncode == 0, done.stderr


def test_by_hand_a_file_is_read_with_one_warning(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(project))
    monkeypatch.delenv("COOPREPORT_BUILD", raising=False)
    path = write_chapter(project, f"for _ in range(3):\n    text = open({CPI}).read()\ntext[:4]")
    notebook = nbformat.read(path, as_version=4)
    folder = {"metadata": {"path": str(project / "notebooks")}}
    NotebookClient(notebook, kernel_name="python3", resources=folder).execute(env=os.environ)
    outputs = notebook.cells[-1].outputs
    warned = "".join(output.text for output in outputs if output.output_type == "stream")
    assert warned.count("data/cpi.csv") == 1
    assert "Attention" in warned
    assert outputs[-1].data["text/plain"] == "'year'"
