"""One download over http(s), gone on with after each cut, under limits of time and size."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.error import HTTPError, URLError
from urllib.parse import urljoin, urlsplit
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
)

from coopreport import __version__
from coopreport.errors import NBSP, BadCall, CannotPublish, quoted, shorten
from coopreport.locale import format_number

CHUNK = 1 << 18
RETRIED = (TimeoutError, ConnectionError, http.client.HTTPException, URLError)
AGAIN = "relancez la même commande : ce qui est déjà reçu n’est pas redemandé."


@dataclass(frozen=True)
class Limits:
    """Limits of a download: seconds to connect, of silence and in all; bytes; attempts.

    `unpacked` caps what a ZIP says it unpacks to.
    """

    connect: float = 15
    silence: float = 30
    total: float = 4 * 3600
    size: int = 5_000_000_000
    unpacked: int = 40_000_000_000
    attempts: int = 4


class FetchFailed(CannotPublish):
    """A register that could not be put in its place; the one that was there is untouched."""


@dataclass(frozen=True)
class Progress:
    """Says how far a transfer is: `line` replaces the last line, `say` adds one."""

    say: Callable[[str], None]
    line: Callable[[str], None]

    def step(self, done: int, length: int | None) -> None:
        size = f"{format_number(done / 1e6, 1)}{NBSP}Mo"
        if length:
            share = format_number(100 * done / length)
            size += f" sur {format_number(length / 1e6, 1)}{NBSP}Mo ({share}{NBSP}%)"
        self.line(f"  reçu{NBSP}: {size}")


def check_address(url: str) -> None:
    """Raise BadCall unless `url` is an http(s) address without a password in it."""
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good or re.search(r"[\s\x00-\x1f]", url) or not url.isascii():
        raise BadCall(
            f"Adresse refusée{NBSP}: {quoted(shorten(url))}.",
            "donnez une adresse http:// ou https:// : make register URL=https://…",
        )
    if parts.username is not None:
        raise BadCall(
            "L’adresse contient un nom d’utilisateur ou un mot de passe.",
            "téléchargez le fichier vous-même, puis : make register FILE=…",
        )


class _Redirects(HTTPRedirectHandler):
    """Follows redirects to http(s) only, never from https to http."""

    max_redirections = 5

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> Request | None:
        check_address(newurl)
        if req.type == "https" and urlsplit(newurl).scheme != "https":
            raise BadCall(
                f"Le serveur renvoie d’une adresse chiffrée à {quoted(shorten(newurl))}, qui ne "
                "l’est pas.",
                "téléchargez le fichier vous-même, puis : make register FILE=…",
            )
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _opener(limits: Limits) -> OpenerDirector:
    """Return an opener that knows http and https and nothing else: no file:, ftp: or data:."""

    def patient(kind: type[http.client.HTTPConnection]) -> Any:
        class Connection(kind):  # type: ignore[valid-type,misc]
            def connect(self) -> None:
                super().connect()
                self.sock.settimeout(limits.silence)

        return Connection

    class Http(HTTPHandler):
        def http_open(self, req: Request) -> http.client.HTTPResponse:
            return self.do_open(patient(http.client.HTTPConnection), req)

    class Https(HTTPSHandler):
        def https_open(self, req: Request) -> http.client.HTTPResponse:
            return self.do_open(patient(http.client.HTTPSConnection), req)

    opener = OpenerDirector()
    for handler in (
        ProxyHandler(),
        Http(),
        Https(),
        _Redirects(),
        HTTPErrorProcessor(),
        HTTPDefaultErrorHandler(),
    ):
        opener.add_handler(handler)
    return opener


class Download:
    """One download: attempts until the file is whole, each from where the last one stopped."""

    def __init__(self, url: str, part: Path, limits: Limits, progress: Progress) -> None:
        self.url, self.part, self.limits, self.progress = url, part, limits, progress
        self.state_file = part.with_name(f"{part.name}.json")
        self.deadline = time.monotonic() + limits.total

    def run(self) -> bool:
        """Fill the part file; return whether its end is known to be the file's end."""
        last = ""
        for attempt in range(self.limits.attempts):
            if attempt:
                self.progress.say(f"  Coupure ({last}); reprise {attempt}.")
            before = self._size()
            try:
                complete = self._attempt()
            except HTTPError as error:
                error.close()
                if error.code == 416 and before:
                    self._forget()
                    last = "le serveur n’a plus la suite de ce fichier"
                    continue
                if error.code in (408, 425, 429, 500, 502, 503, 504):
                    last = f"réponse {error.code}"
                    continue
                if 300 <= error.code < 400:
                    check_address(urljoin(error.url, error.headers.get("Location", "")))
                    raise FetchFailed(
                        "Le serveur renvoie d’adresse en adresse.",
                        "donnez l’adresse du fichier lui-même.",
                    ) from None
                raise FetchFailed(
                    f"Le serveur refuse (réponse {error.code}).",
                    "vérifiez l’adresse, ou téléchargez le fichier vous-même : "
                    "make register FILE=…",
                ) from None
            except RETRIED as error:
                last = _reason(error)
                continue
            except OSError as error:
                raise cannot_write(error, self.part.parent) from None
            if complete is not None:
                return complete
            last = "le serveur a coupé avant la fin"
        received = format_number(self._size() / 1e6, 1)
        raise FetchFailed(
            f"Le registre n’a pas pu être reçu en entier{NBSP}: {last} "
            f"({received}{NBSP}Mo reçus et gardés). Aucun registre n’a été remplacé.",
            AGAIN,
        )

    def _attempt(self) -> bool | None:
        """Ask once and write what comes; None when it stopped before the length announced."""
        state, start = self._state(), self._size()
        resumable = bool(start and state.get("url") == self.url and state.get("validator"))
        if resumable and start == state.get("length"):
            return True
        headers = {"Accept-Encoding": "identity", "User-Agent": f"coopreport/{__version__}"}
        if resumable:
            headers |= {"Range": f"bytes={start}-", "If-Range": str(state["validator"])}
        opener = _opener(self.limits)
        with opener.open(Request(self.url, headers=headers), timeout=self.limits.connect) as reply:
            self._check_reply(reply)
            place = re.fullmatch(r"bytes (\d+)-\d+/(\d+)", reply.headers.get("Content-Range", ""))
            announced = reply.headers.get("Content-Length", "")
            length = int(announced) if re.fullmatch(r"[0-9]{1,15}", announced) else None
            if reply.status == 206:
                if not place or (int(place[1]), int(place[2])) != (start, state.get("length")):
                    self._forget()
                    return None
                length = int(place[2])
            else:
                start = 0
                validator = reply.headers.get("ETag", "")
                if not validator or validator.startswith("W/"):
                    validator = reply.headers.get("Last-Modified", "")
                self._remember({"url": self.url, "validator": validator, "length": length})
            check_size(length or 0, self.limits, self.part.parent)
            done = self._receive(reply, start, length)
        if length is None:
            return bool(reply.chunked)
        return True if done == length else None

    def _receive(self, reply: Any, start: int, length: int | None) -> int:
        """Write the body after the first `start` bytes; return how many bytes there are in all."""
        done, shown = start, 0.0
        with self.part.open("r+b" if start else "wb") as target:
            target.seek(start)
            target.truncate()
            while block := reply.read1(CHUNK):
                done += len(block)
                if done > self.limits.size:
                    self._forget()
                    raise _too_large(self.limits.size)
                target.write(block)
                if time.monotonic() > self.deadline:
                    raise FetchFailed("Le téléchargement dépasse la durée permise.", AGAIN)
                if time.monotonic() - shown > 0.2:
                    shown = time.monotonic()
                    self.progress.step(done, length)
        self.progress.step(done, length)
        return done

    def _check_reply(self, reply: Any) -> None:
        if reply.headers.get("Content-Encoding", "identity") != "identity":
            raise FetchFailed(
                "Le serveur envoie le fichier recompressé, sans qu’on le lui demande.",
                "téléchargez le fichier vous-même, puis : make register FILE=…",
            )
        if reply.headers.get_content_type() == "text/html":
            raise FetchFailed(
                "Le serveur a envoyé une page web, non un registre.",
                "donnez l’adresse du fichier lui-même, non celle de la page qui le présente.",
            )

    def _size(self) -> int:
        return self.part.stat().st_size if self.part.exists() else 0

    def _state(self) -> dict[str, Any]:
        try:
            state = json.loads(self.state_file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return state if isinstance(state, dict) else {}

    def _remember(self, state: dict[str, Any]) -> None:
        self.state_file.write_text(json.dumps(state), encoding="utf-8")

    def _forget(self) -> None:
        self.part.unlink(missing_ok=True)
        self.state_file.unlink(missing_ok=True)


def check_size(size: int, limits: Limits, folder: Path) -> None:
    if size > limits.size:
        raise _too_large(limits.size)
    if size > shutil.disk_usage(folder).free:
        raise FetchFailed(
            "L’espace libre ne suffit pas pour ce registre.", "libérez de l’espace, puis relancez."
        )


def _too_large(cap: int) -> FetchFailed:
    return FetchFailed(
        f"Le fichier dépasse {format_number(cap / 1e9, 1)}{NBSP}Go, la taille permise.",
        "vérifiez que l’adresse est bien celle du registre.",
    )


def _reason(error: BaseException) -> str:
    cause = error.reason if isinstance(error, URLError) else error
    if isinstance(cause, TimeoutError):
        return "le serveur ne répond plus"
    if isinstance(cause, ConnectionRefusedError):
        return "connexion refusée"
    if isinstance(cause, OSError | http.client.HTTPException):
        return "la connexion a été coupée"
    return shorten(str(cause))


def cannot_write(error: OSError, folder: Path) -> FetchFailed:
    reasons = {28: "espace insuffisant sur le disque", 13: "permission refusée"}
    reason = reasons.get(error.errno or 0, os.strerror(error.errno) if error.errno else str(error))
    return FetchFailed(
        f"Impossible d’écrire dans {folder.name}/{NBSP}: {reason}.",
        "libérez de l’espace ou rendez le dossier modifiable, puis relancez la même commande.",
    )
