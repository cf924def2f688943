"""Messages between the builder and a chapter's process: JSON objects over a local socket."""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from collections.abc import Mapping
from typing import Any

HEADER = struct.Struct("!Q")
"""Before each message: its length in bytes."""


class Channel:
    """One end of a conversation. Several threads may send; one receives."""

    def __init__(self, end: socket.socket) -> None:
        self._socket = end
        self._sending = threading.Lock()

    def send(self, message: Mapping[str, Any]) -> None:
        """Send one message.

        Raises:
            OSError: the other end is gone.
            TypeError, ValueError: JSON cannot hold the message.
        """
        data = _packed(message)
        with self._sending:
            self._socket.sendall(HEADER.pack(len(data)) + data)

    def receive(self, until: float | None = None) -> tuple[dict[str, Any], int]:
        """Return the next message and its length; wait until an instant of `time.monotonic()`.

        Raises:
            TimeoutError: nothing whole came in time; the conversation is lost.
            EOFError: the other end is gone.
        """
        (length,) = HEADER.unpack(self._exactly(HEADER.size, until))
        data = self._exactly(length, until)
        return json.loads(data.decode("utf-8", "replace")), length

    def _exactly(self, length: int, until: float | None) -> bytearray:
        data = bytearray()
        while len(data) < length:
            left = None if until is None else until - time.monotonic()
            if left is not None and left <= 0:
                raise TimeoutError
            self._socket.settimeout(left)
            try:
                part = self._socket.recv(min(length - len(data), 1 << 20))
            except ConnectionError:
                part = b""
            if not part:
                raise EOFError
            data += part
        return data

    def close(self) -> None:
        """Close this end: the other one reads the end."""
        self._socket.close()


def _packed(message: Mapping[str, Any]) -> bytes:
    """Return a message as bytes; dates, numpy's numbers and bytes become what a kernel sends."""
    try:
        return json.dumps(message, ensure_ascii=False, allow_nan=False).encode("utf-8")
    except (TypeError, ValueError):
        from jupyter_client.session import json_packer

        return bytes(json_packer(message))
