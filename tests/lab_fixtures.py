"""A project with JupyterLab, opened by `make lab` as an analyst does, and what serves it."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.conftest import ROOT, copy_sources

QUIET = {"DISPLAY", "WAYLAND_DISPLAY", "BROWSER", "VIRTUAL_ENV", "CONDA_PREFIX", "PYTHONPATH"}
"""What a test takes out of the surroundings: no browser is opened, no other environment is used."""
AS_ROOT = ["ROOT=oui"] if os.geteuid() == 0 else []


@dataclass
class Lab:
    """An open lab: its project, the process, its port and its token."""

    project: Path
    process: subprocess.Popen[str]
    address: str

    @property
    def port(self) -> int:
        return urlsplit(self.address).port or 0

    @property
    def token(self) -> str:
        return parse_qs(urlsplit(self.address).query)["token"][0]

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        """Return the status and the text of an answer; the token is given unless headers are."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        given = headers or {"Authorization": f"token {self.token}"}
        connection.request("GET", path, headers=given)
        answer = connection.getresponse()
        text = answer.read().decode("utf-8")
        connection.close()
        return answer.status, text

    def setting(self, plugin: str) -> dict[str, Any]:
        """Return the settings of a plugin of JupyterLab: those the server would give a browser."""
        status, text = self.get(f"/lab/api/settings/{plugin}")
        assert status == 200, text
        properties = json.loads(text)["schema"]["properties"]
        return {name: each.get("default") for name, each in properties.items()}

    def interrupt(self) -> str:
        """End it by Ctrl-C, which a terminal sends to make and to all; return what was said."""
        os.killpg(self.process.pid, signal.SIGINT)
        _, said = self.process.communicate(timeout=30)
        return said

    def kill(self) -> None:
        """End it whatever it does."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def lab_project(folder: Path) -> Path:
    """Return a fresh copy of the project, which keeps the environment of a former session.

    `make lab` renews that environment when its lock has changed.
    """
    project = folder / "mémoire ouvert"
    project.mkdir(exist_ok=True)
    for kept in project.iterdir():
        if kept.name != ".venv":
            shutil.rmtree(kept) if kept.is_dir() else kept.unlink()
    copy_sources(project)
    shutil.copy(ROOT / "Makefile", project)
    return project


def surroundings(**more: str) -> dict[str, str]:
    """Return the environment of a terminal without a screen."""
    kept = {name: text for name, text in os.environ.items() if name not in QUIET}
    return {**kept, **more}


def install(project: Path) -> None:
    """Make the environment of the lab where it is absent or out of date, as `make lab` does."""
    script = ["sh", "requirements/python.sh", "lab", "-c", ""]
    subprocess.run(script, cwd=project, env=surroundings(), check=True)


def open_lab(project: Path, *words: str, **more: str) -> Lab:
    """Run `make lab` in a project that has its environment; wait for the address."""
    process = subprocess.Popen(
        ["make", "-s", "lab", *AS_ROOT, *words],
        cwd=project,
        env=surroundings(**more),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout
    assert process.stderr
    address = process.stdout.readline().strip()
    assert address.startswith("http://127.0.0.1:"), process.stderr.read()
    return Lab(project, process, address)
