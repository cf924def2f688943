"""Files kept to spare time: each is the SHA-256 of its body on the first line, then the body.

A file that does not agree with its own hash is as if it were not there, and goes. All of them may
be deleted at any moment, and a failure to write one is no failure.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path


def keep(path: Path, body: bytes) -> None:
    """Write a kept file, whole or not at all; its folder is made when absent."""
    part = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(prefix=".part-", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
        os.replace(part, path)
    except OSError:
        if part:
            with suppress(OSError):
                os.unlink(part)


def read_kept(path: Path) -> bytes | None:
    """Return the body of a kept file; None, and no file, when it is absent or damaged."""
    try:
        digest, _, body = path.read_bytes().partition(b"\n")
        if hashlib.sha256(body).hexdigest().encode() == digest:
            return body
        path.unlink()
    except OSError:
        pass
    return None


def last_used_first(paths: Iterable[Path]) -> list[Path]:
    """Return kept files, the one used last first."""
    return [path for _, path in sorted((-_time(path), path) for path in paths)]


def used(path: Path) -> None:
    """Note that a kept file was of use."""
    with suppress(OSError):
        os.utime(path)


def forget(paths: Iterable[Path]) -> None:
    """Remove kept files."""
    for path in paths:
        with suppress(OSError):
            path.unlink(missing_ok=True)


def _time(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
