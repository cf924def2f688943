"""The press: lays the paper edition out and writes it as a PDF, in a process of its own.

    python -m coopreport.paper.press PAPER.html REPORT.pdf

It takes most of ten seconds and some 400 MB, and stands on C libraries: a process of its own works
beside the one that writes the other files, and its fall is not a build's. It ends with the process
that started it, which holds the other end of its standard input.
"""

from __future__ import annotations

import gc
import os
import sys
import threading
from pathlib import Path

VARIANT = "pdf/ua-1"


def print_pdf(source: Path, target: Path) -> None:
    """Write the PDF of an HTML document that has all that it needs; nothing is fetched."""
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher

    from coopreport.paper.tags import finish_tags

    nothing = URLFetcher(allowed_protocols=["data"])
    text = source.read_text(encoding="utf-8")
    made = HTML(string=text, url_fetcher=nothing).render(pdf_variant=VARIANT)
    made.write_pdf(target, finisher=lambda document, pdf: finish_tags(pdf), pdf_variant=VARIANT)


def _end_with_parent() -> None:
    while os.read(0, 1):
        pass
    os._exit(1)


if __name__ == "__main__":
    threading.Thread(target=_end_with_parent, daemon=True).start()
    gc.disable()  # a short life that makes millions of objects and lets few go: a fifth less time
    print_pdf(Path(sys.argv[1]), Path(sys.argv[2]))
    sys.stdout.flush()
    os._exit(0)  # nothing is left to do but free those objects
