"""`make serve`: the shelf and what it leads to, served on loopback until Ctrl-C."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from coopreport.pipeline.layout import INDEX
from coopreport.pipeline.loopback import Loopback
from coopreport.project import Project
from coopreport.shelf.page import write_shelf

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".ipynb": "application/x-ipynb+json",
    ".csv": "text/csv; charset=utf-8",
    ".md": "text/markdown; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".yaml": "text/plain; charset=utf-8",
    ".bib": "text/plain; charset=utf-8",
    ".svg": "image/svg+xml",
    ".pdf": "application/pdf",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".zip": "application/zip",
}
"""The types of what lies in `build/`; anything else is to be downloaded."""
OTHER = "application/octet-stream"
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
}
NO_SCRIPT = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:"
"""The policy of files that are no pages of ours, and bring none."""


def serve(project: Project, say: Callable[[str], None], port: int = 0) -> int:
    """Serve `build/` until Ctrl-C, and print its address; the shelf is made first.

    Raises:
        BadCall: the port is taken.
        CannotPublish: the shelf cannot be written.
    """
    write_shelf(project)
    root = project.build.resolve()
    try:
        with Loopback(lambda request: answer(request, root), port) as server:
            print(server.address, flush=True)
            say("Les rapports sont servis à cet ordinateur seulement (Ctrl-C pour finir).")
            threading.Event().wait()
    except KeyboardInterrupt:
        say("")
    return 0


def answer(request: BaseHTTPRequestHandler, root: Path) -> None:
    """Answer a request with a file of `root`, or say that there is none; no folder is listed."""
    asked = urlsplit(request.path).path
    file = file_at(root, asked)
    if file is None:
        request.send_error(HTTPStatus.NOT_FOUND)
    elif file.is_dir():
        request.send_response(HTTPStatus.MOVED_PERMANENTLY)
        request.send_header("Location", quote(f"{unquote(asked)}/"))
        request.send_header("Content-Length", "0")
        request.end_headers()
    else:
        _send(request, file)


def file_at(root: Path, asked: str) -> Path | None:
    """Return the file of a requested path, or a folder that should have been asked with its slash.

    None for what is not there, is hidden (its name, or a folder's, begins with a dot), is no
    regular file, or is outside of `root`, were it by a link.
    """
    try:
        parts = unquote(asked, errors="strict").split("/")
    except UnicodeDecodeError:
        return None
    if parts[0] or any(part[:1] == "." or "\\" in part or "\0" in part for part in parts):
        return None
    names = [part for part in parts if part]
    try:
        path = root.joinpath(*names).resolve(strict=True)
    except (OSError, RuntimeError):
        return None
    if not path.is_relative_to(root) or any(
        part[:1] == "." for part in path.relative_to(root).parts
    ):
        return None
    if path.is_dir():
        if not (path / INDEX).is_file():
            return None
        return path if parts[-1] else path / INDEX
    return path if path.is_file() and parts[-1] else None


def _send(request: BaseHTTPRequestHandler, file: Path) -> None:
    try:
        handle = file.open("rb")
    except OSError:
        request.send_error(HTTPStatus.NOT_FOUND)
        return
    with handle:
        kind = TYPES.get(file.suffix, OTHER)
        request.send_response(HTTPStatus.OK)
        request.send_header("Content-Type", kind)
        request.send_header("Content-Length", str(file.stat().st_size))
        for name, value in HEADERS.items():
            request.send_header(name, value)
        if file.suffix != ".html":
            request.send_header("Content-Security-Policy", NO_SCRIPT)
        request.end_headers()
        if request.command == "GET":
            try:
                shutil.copyfileobj(handle, request.wfile)
            except OSError:
                return  # the browser went away
