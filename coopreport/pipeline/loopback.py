"""A server for this machine's own browser: on loopback, and under its own name only."""

from __future__ import annotations

import errno
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from coopreport.errors import BadCall

HOST = "127.0.0.1"


class Loopback:
    """A server on loopback that answers GET and HEAD; `answer` writes what is asked.

    A request under another name than its own is refused: a page of another site that has its name
    point here would read what is served.

    Raises:
        BadCall: the port is taken, or may not be used.
    """

    def __init__(self, answer: Callable[[BaseHTTPRequestHandler], None], port: int = 0) -> None:
        loopback = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.headers.get("Host", "") in loopback.names:
                    answer(self)
                else:
                    self.send_error(HTTPStatus.FORBIDDEN)

            def do_HEAD(self) -> None:
                self.do_GET()

            def log_message(self, *_: Any) -> None:
                """Say nothing: the terminal is for the builds."""

        try:
            self._server = ThreadingHTTPServer((HOST, port), Handler)
        except OSError as error:
            why = "est déjà pris" if error.errno == errno.EADDRINUSE else "ne peut pas servir"
            raise BadCall(f"Le port {port} {why}.", "donnez-en un autre, ou aucun.") from None
        self._server.daemon_threads = True
        self.port = self._server.server_port
        self.names = (f"{HOST}:{self.port}", f"localhost:{self.port}")
        self.address = f"http://{HOST}:{self.port}/"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._server.server_close()
