"""A register to take in, and a real server on loopback that serves it, well or badly."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from coopreport.registers.download import Limits, Progress

BODY = os.urandom(300_000)
SHA = hashlib.sha256(BODY).hexdigest()
QUICK = Limits(connect=1, silence=0.4, total=20, attempts=4)
QUIET = Progress(lambda _: None, lambda _: None)

Answer = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Answers as the server's `answer` says, and keeps the headers of each request."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        self.server.asked.append(dict(self.headers))
        with suppress(BrokenPipeError, ConnectionResetError):
            self.server.answer(self)
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        pass

    def head(self, status: int = 200, **headers: str | int) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answer: Answer = whole
        self.asked: list[dict[str, str]] = []

    def url(self, name: str = "registre.csv") -> str:
        return f"http://127.0.0.1:{self.server_port}/{name}"


def whole(handler: Handler) -> None:
    """A good server: ranges, a strong validator, the length."""
    start = 0
    wanted = handler.headers.get("Range")
    if wanted and handler.headers.get("If-Range") == '"v1"':
        start = int(wanted.removeprefix("bytes=").removesuffix("-"))
    rest = BODY[start:]
    if start:
        place = f"bytes {start}-{len(BODY) - 1}/{len(BODY)}"
        handler.head(206, Content_Range=place, Content_Length=len(rest), ETag='"v1"')
    else:
        handler.head(200, Content_Length=len(rest), ETag='"v1"')
    handler.wfile.write(rest)


def cut_after(size: int, then: Answer = whole) -> Answer:
    """A server that cuts the first answer after `size` bytes, then answers otherwise."""
    cut = threading.Event()

    def answer(handler: Handler) -> None:
        if cut.is_set():
            then(handler)
            return
        cut.set()
        handler.head(200, Content_Length=len(BODY), ETag='"v1"')
        handler.wfile.write(BODY[:size])

    return answer


@contextmanager
def serving() -> Iterator[Server]:
    """Give a good server, which is gone afterwards."""
    made = Server()
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()
