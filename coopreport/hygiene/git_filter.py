"""The git filter of the notebooks: one process strips all that a git command looks at.

`python -m coopreport.hygiene.git_filter`, started by git through `requirements/notebook-filter.sh`,
speaks git's long-running filter protocol (gitattributes, « Long Running Filter Process »): packets
of a length in four hexadecimal digits and as many bytes, `0000` between lists. What is no notebook
passes as it is, so that a conflict can be looked at and resolved; `make lint` refuses it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import BinaryIO

from coopreport.errors import NBSP, quoted

try:
    from coopreport.hygiene.strip import stripped

    CAPABILITIES = [b"capability=clean\n"]
except ImportError:  # an environment older than this: the next target renews it
    CAPABILITIES = []

END = b"0000"
MOST = 65516
"""The most bytes that one packet holds."""


def packets(stream: BinaryIO) -> Iterator[bytes]:
    """Yield the packets of a list.

    Raises:
        EOFError: git has closed its end: there is nothing more to do.
    """
    while True:
        length = stream.read(4)
        if len(length) < 4:
            raise EOFError
        if length == END:
            return
        yield stream.read(int(length, 16) - 4)


def send(stream: BinaryIO, *items: bytes) -> None:
    """Write a list of packets and its end."""
    for item in items:
        stream.write(b"%04x" % (len(item) + 4) + item)
    stream.write(END)
    stream.flush()


def clean(name: str, content: bytes) -> bytes:
    """Return what git keeps of a file of the working tree."""
    try:
        return stripped(content.decode("utf-8")).encode("utf-8")
    except ValueError:
        print(
            f"Attention{NBSP}: {quoted(name)} n’est pas un notebook lisible; git le prend tel "
            "quel. « make lint » dit pourquoi.",
            file=sys.stderr,
        )
        return content


def serve(asked: BinaryIO, answered: BinaryIO) -> None:
    """Answer git until it closes its end."""
    try:
        list(packets(asked))  # git-filter-client, its versions
        send(answered, b"git-filter-server\n", b"version=2\n")
        list(packets(asked))  # what git could ask
        send(answered, *CAPABILITIES)
        while True:
            request = dict(line.strip().split(b"=", 1) for line in packets(asked))
            content = b"".join(packets(asked))
            name = request[b"pathname"].decode("utf-8", "replace")
            kept = clean(name, content)
            send(answered, b"status=success\n")
            send(answered, *(kept[at : at + MOST] for at in range(0, len(kept), MOST)))
            send(answered)  # the status did not change on the way
    except EOFError:
        return


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
