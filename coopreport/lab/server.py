"""`make lab`: JupyterLab on the project, for this computer's own browser.

The server listens on loopback and asks for its token. What it keeps (settings that the analyst
changes, the layout of the window, the state of kernels) lies in `build/.lab/`, nothing in the
user's home. JupyterLab is of the `lab` group: it is imported here, when it is asked for.
"""

from __future__ import annotations

import os
import secrets
import signal
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import zmq

from coopreport.errors import NBSP, BadCall
from coopreport.lab.folder import LabFolder, prepare
from coopreport.lab.start_page import write_start_page
from coopreport.pipeline.loopback import HOST
from coopreport.pipeline.work import cannot_write
from coopreport.project import Project

FIRST_PORT = 8888
TRIES = 50
"""Ports tried after the first, when others are taken."""
SETTINGS = Path(__file__).parent / "settings"
"""The project's settings, as JupyterLab reads them: they are defaults, the analyst's come first."""


def open_lab(
    project: Project, cycle: str, say: Callable[[str], None], port: int = 0, root: bool = False
) -> int:
    """Serve JupyterLab until Ctrl-C, and print its address; a browser is opened where one is.

    Raises:
        BadCall: no such cycle; root, without being asked; JupyterLab is not installed; no port is
            free.
        CannotPublish: the start page or `build/.lab/` cannot be written.
    """
    refuse_root(root)
    try:
        lab = import_module("jupyterlab.labapp").LabApp
    except ImportError:
        raise BadCall(
            "JupyterLab n’est pas dans cet environnement.", "ouvrez-le par make lab."
        ) from None
    page = write_start_page(project, cycle)
    folder = prepare(project)
    for name in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES"):
        os.environ.pop(name, None)  # a make typed in a terminal of the lab is not part of this one
    os.environ.update(folder.environment(), COOPREPORT_CYCLE=cycle, CYCLE=cycle)
    _lay_out(folder)
    token = secrets.token_hex(24)
    server = _initialize(lab, arguments(project, folder, page, port or FIRST_PORT, token))
    _stop_at_once(server)

    def announce() -> None:
        print(f"http://{HOST}:{server.port}{server.default_url}?token={token}", flush=True)
        say(
            f"JupyterLab est ouvert sur le cycle {cycle}, à cet ordinateur seulement "
            f"(Ctrl-C pour finir).\nSon journal{NBSP}: {project.relative(folder.journal)}"
        )

    server.io_loop.add_callback(announce)  # in its turn, after what makes the server listen
    server.start()
    say("\nJupyterLab est arrêté.")
    return 0


def refuse_root(asked: bool) -> None:
    """Refuse to be root, unless it was asked for: a notebook may do all that its user may.

    Raises:
        BadCall: the user is root.
    """
    if os.geteuid() == 0 and not asked:
        raise BadCall(
            f"JupyterLab ne s’ouvre pas pour root{NBSP}: un notebook y aurait tous les droits.",
            "prenez un compte ordinaire ou, dans un conteneur, make lab ROOT=oui.",
        )


def arguments(project: Project, folder: LabFolder, page: Path, port: int, token: str) -> list[str]:
    """Return the options of the server; those of a command prevail over any configuration file."""
    options: dict[str, Any] = {
        "ServerApp.ip": HOST,
        "ServerApp.port": port,
        "ServerApp.port_retries": TRIES,
        "ServerApp.allow_root": os.geteuid() == 0,
        "ServerApp.allow_remote_access": False,
        "ServerApp.open_browser": has_browser(),
        "ServerApp.root_dir": project.root,
        "FileContentsManager.preferred_dir": project.notebooks,
        "LabApp.default_url": f"/lab/tree/{project.relative(page)}",
        "Application.logging_config": _logging(folder.journal),
        # jupyter_lsp looks for language servers at each start, by npm, which writes in the home
        "ServerApp.jpserver_extensions": {"jupyter_lsp": False},
        "IdentityProvider.token": token,
        "PasswordIdentityProvider.hashed_password": "",
        "PasswordIdentityProvider.allow_password_change": False,
        "KernelSpecManager.allowed_kernelspecs": ["python3"],
        "ContentsManager.pre_save_hook": "coopreport.lab.saving.keep_source",
        # without it, ipykernel warns in the terminal that the machine's own users could listen
        "KernelManager.transport_encryption": "auto" if zmq.has("curve") else "disabled",
        "LabApp.app_settings_dir": SETTINGS,
        "LabApp.user_settings_dir": folder.settings,
        "LabApp.workspaces_dir": folder.workspaces,
        "LabApp.extension_manager": "readonly",
        "LabApp.news_url": "None",
        "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
    }
    return [f"--{name}={value}" for name, value in options.items()]


def _initialize(lab: Any, given: list[str]) -> Any:
    """Return a server that has its port.

    Raises:
        BadCall: none of the ports tried is free.
    """
    try:
        return lab.initialize_server(argv=given)
    except SystemExit:
        raise BadCall(
            "JupyterLab n’a pas trouvé de port libre.",
            f"donnez-en un autre{NBSP}: make lab PORT=9000.",
        ) from None


def _lay_out(folder: LabFolder) -> None:
    """Lay out a first window: the chapters on the left, the tags of the cell on the right."""
    if not folder.workspaces.exists():
        handler = import_module("jupyterlab_server.workspaces_handler")
        first = (SETTINGS / "workspace.json").read_text(encoding="utf-8")
        try:
            handler.WorkspacesManager(str(folder.workspaces)).save("default", first)
        except OSError as error:
            raise cannot_write(error, folder.root) from None


def has_browser() -> bool:
    """Tell whether the machine has a screen for a browser; one of text would take the terminal."""
    return sys.platform == "darwin" or any(
        os.environ.get(name) for name in ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY")
    )


def _logging(journal: Path) -> dict[str, Any]:
    """Return what sends the server's own words, which are English, to a file."""
    to_file = {"handlers": ["journal"], "level": "INFO"}
    return {
        "handlers": {
            "journal": {
                "class": "logging.FileHandler",
                "filename": str(journal),
                "encoding": "utf-8",
                "formatter": "console",
            }
        },
        "loggers": {"LabApp": to_file, "ServerApp": to_file},
    }


def _stop_at_once(server: Any) -> None:
    """Stop the server and its kernels at a signal; it would ask « y/n » in the terminal."""

    def stop(number: int, frame: object) -> None:
        server.stop(from_signal=True)

    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, stop)
