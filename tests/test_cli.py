"""The command line: French messages, stable exit codes, nothing written on a bad call."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

import pytest

from coopreport import __version__
from coopreport.cli import main
from tests.conftest import Command


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["rapport"], "verbe inconnu : « rapport »"),
        ([], "il manque : VERBE"),
        (["report", "--cyle", "2023-2024"], "argument inconnu"),
        (["report", "--cycle"], "--cycle attend une valeur"),
        (["report", "--cycle", "2023-2025"], "20NN-20NN"),
        (["report", "--cell-limit", "abc"], "nombre entier de secondes"),
        (["report", "--build-limit", "0"], "nombre entier de secondes"),
        (["check", "--cycle", "../../etc"], "20NN-20NN"),
    ],
)
def test_a_bad_call_is_explained_in_french_with_code_2(
    capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert main(arguments) == 2
    shown = capsys.readouterr().err
    assert message in shown
    assert "Remède" in shown
    assert "Traceback" not in shown


def test_a_bad_call_writes_nothing(project: Path, coopreport: Command) -> None:
    before = sorted(project.rglob("*"))
    assert coopreport("report", "--cycle", "$(touch x)").returncode == 2
    after = [path for path in sorted(project.rglob("*")) if "__pycache__" not in path.parts]
    assert after == [path for path in before if "__pycache__" not in path.parts]


def test_the_version_is_the_package_s(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--version"])
    assert caught.value.code == 0
    assert capsys.readouterr().out.strip() == f"coopreport {__version__}"


def test_help_is_in_french(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    shown = capsys.readouterr().out
    assert "Utilisation" in shown
    assert "usage" not in shown
    assert "show this help" not in shown


def test_outside_a_project_the_message_says_where_to_go(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "coopreport", "check"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "placez-vous dans le dossier du projet" in done.stderr


def test_an_interruption_while_a_class_is_made_is_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Interrupted:
        def __set_name__(self, owner: type, name: str) -> None:
            raise KeyboardInterrupt

    parser = argparse.ArgumentParser()
    parser.set_defaults(run=lambda call: type("Made", (), {"name": Interrupted()}))
    monkeypatch.setattr("coopreport.cli.build_parser", lambda: parser)
    assert main([]) == 130
    assert "Interrompu" in capsys.readouterr().err
