"""The scripts of a page: files of its template, inlined, each allowed by its own hash alone.

A page is whole without them. They carry no data: what they need is in the page as HTML or JSON.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from markupsafe import Markup

SCRIPTS = Path(__file__).parent.parent / "templates" / "brief" / "scripts"
NOTHING = (
    "default-src 'none'",
    "img-src data:",
    "style-src 'unsafe-inline'",
    "font-src data:",
    "base-uri 'none'",
    "form-action 'none'",
)
"""What every page is limited to, before its scripts: no request, nothing sent."""


@cache
def page_scripts() -> tuple[str, ...]:
    """Return the texts of the page's scripts, in the order of their files' names.

    They have no blank line, since a page keeps none: their hash is that of what the page holds.
    """
    texts = [path.read_text(encoding="utf-8") for path in sorted(SCRIPTS.glob("*.js"))]
    return tuple(
        "\n".join(line.rstrip() for line in text.split("\n") if line.strip()) for text in texts
    )


def policy(scripts: Iterable[str] = ()) -> str:
    """Return the content security policy of a page that may run these scripts, and nothing else."""
    hashes = " ".join(f"'{source_hash(text)}'" for text in scripts)
    allowed = (f"script-src {hashes}",) if hashes else ()
    return "; ".join((NOTHING[0], *allowed, *NOTHING[1:]))


def source_hash(text: str) -> str:
    """Return the hash of an inline script as a policy names it: `sha256-…`, in Base64."""
    return f"sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def script_html(text: str) -> Markup:
    """Return a script's element.

    Raises:
        ValueError: the text would end the element before its end.
    """
    if "</script" in text.lower() or "<!--" in text:
        raise ValueError("a script of the page holds </script or <!--")
    return Markup("<script>{}</script>").format(Markup(text))
