"""The page of the latest build, served on loopback, that reloads itself when it is told to.

The served copy of the published file gets two scripts more, each allowed by its hash alone. The
last listens to the server: it reloads the page, or shows why the last save could not be built. The
first has a page that reloads lay out what is on the screen before the rest, which takes longer.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from markupsafe import escape

from coopreport.pipeline.loopback import Loopback
from coopreport.pipeline.scripts import NOTHING, script_html, source_hash

EVENTS = "/evenements"
BEAT = 15.0
"""Seconds between two signs of life, so that a closed page is noticed."""

FIRST = """
const heights = JSON.parse(sessionStorage.getItem("heights") ?? "[]");
if (heights.length) {
  const style = document.createElement("style");
  style.textContent = "html { scroll-behavior: auto; } " + heights.map((height, index) =>
    `main > section:nth-of-type(${index + 1}) ` +
    `{ content-visibility: auto; contain-intrinsic-size: auto ${height}px; }`).join(" ");
  document.head.append(style);
  addEventListener("load", () => setTimeout(() => style.remove(), 200));
}
"""
"""Until all is laid out, a chapter off the screen is as high as it was: the page does not move."""

LAST = """
const source = new EventSource("/evenements");
const box = document.createElement("pre");
box.setAttribute("role", "alert");
box.style.cssText = "position:fixed;inset:auto 0 0 0;margin:0;padding:1rem;z-index:9;" +
  "max-height:50vh;overflow:auto;white-space:pre-wrap;background:#5c1020;color:#fff;";
source.onmessage = (event) => {
  const said = JSON.parse(event.data);
  if (said.error) { box.textContent = said.error; document.body.append(box); }
  else if (document.documentElement.dataset.build === said.build) box.remove();
  else {
    const chapters = [...document.querySelectorAll("main > section")];
    const starts = chapters.map((each) => each.getBoundingClientRect().top);
    const ends = chapters.map((each, index) => index + 1 < chapters.length
      ? starts[index + 1] - parseFloat(getComputedStyle(chapters[index + 1]).marginTop)
      : each.getBoundingClientRect().bottom);
    const heights = ends.map((end, index) => end - starts[index]);
    sessionStorage.setItem("heights", JSON.stringify(heights));
    location.reload();
  }
};
"""


def alive(page: str, build: str) -> str:
    """Return a published page with our scripts; `build` is the name that it reloads from."""
    head, found, rest = page.partition("</head>")
    nothing = str(escape(NOTHING[0]))
    ours = f"{nothing}; connect-src 'self'"
    hashes = " ".join(f"'{source_hash(script)}'" for script in (FIRST, LAST))
    if "script-src " in head:
        head = head.replace("script-src ", f"script-src {hashes} ", 1)
    else:
        ours += f"; script-src {hashes}"
    head = head.replace(nothing, ours, 1).replace("<html", f'<html data-build="{build}"', 1)
    before, last, after = rest.rpartition("</body>")
    return f"{head}{script_html(FIRST)}{found}{before}{script_html(LAST)}{last}{after}"


class Live(Loopback):
    """A server of one page. `page` gives the file to serve, and may change between two calls."""

    def __init__(self, page: Callable[[], Path], port: int = 0) -> None:
        super().__init__(self._answer, port)
        self._page = page
        self._changed = threading.Condition()
        self._said: dict[str, Any] = {}
        self._turn = 0

    def tell(self, *, build: str = "", error: str = "") -> None:
        """Tell every open page the name of the build to show, or why there is none."""
        with self._changed:
            self._said = {"build": build, "error": error}
            self._turn += 1
            self._changed.notify_all()

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        if request.path == EVENTS:
            self._listen(request)
        elif request.path == "/":
            self._show(request)
        else:
            request.send_error(HTTPStatus.NOT_FOUND)

    def _show(self, request: BaseHTTPRequestHandler) -> None:
        page = self._page()
        try:
            text = alive(page.read_text(encoding="utf-8"), page.parent.resolve().name)
        except OSError:
            empty = "<!doctype html><html lang=fr><head></head><body></body></html>"
            text = alive(empty, "")
        body = text.encode()
        request.send_response(HTTPStatus.OK)
        request.send_header("Content-Type", "text/html; charset=utf-8")
        request.send_header("Content-Length", str(len(body)))
        request.send_header("Cache-Control", "no-store")
        request.end_headers()
        with suppress(OSError):  # the page was closed, or reloads already
            request.wfile.write(body)

    def _listen(self, request: BaseHTTPRequestHandler) -> None:
        request.send_response(HTTPStatus.OK)
        request.send_header("Content-Type", "text/event-stream")
        request.send_header("Cache-Control", "no-store")
        request.end_headers()
        seen = 0
        try:
            while True:
                with self._changed:
                    if self._turn == seen:
                        self._changed.wait(BEAT)
                    new, seen = self._turn != seen, self._turn
                    said = json.dumps(self._said)
                request.wfile.write(f"data: {said}\n\n".encode() if new else b":\n\n")
                request.wfile.flush()
        except OSError:
            return  # the page was closed
