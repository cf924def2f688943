"""The system libraries that the press needs, and what made a PDF.

WeasyPrint lays text out with Pango, which pip cannot install. A machine without it makes the
report all the same, without its PDF.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping

from coopreport.doctor.packages import PANGO
from coopreport.errors import NBSP

SHARED = (
    "libgobject-2.0.so.0",
    "libfontconfig.so.1",
    "libharfbuzz.so.0",
    "libharfbuzz-subset.so.0",
    "libpango-1.0.so.0",
    "libpangoft2-1.0.so.0",
)
"""What `weasyprint.text.ffi` opens on Linux. It does without `-subset`, and makes other bytes."""
PACKAGES = ("weasyprint", "pydyf", "fonttools")


def can_print(say: Callable[[str], None]) -> bool:
    """Tell whether this machine makes PDFs; what it lacks is said, with its remedy."""
    missing = missing_libraries()
    if missing:
        say(
            f"Rapport sans PDF{NBSP}: il manque {', '.join(missing)}.\n"
            f"  Remède{NBSP}: {PANGO.command()}, puis make report."
        )
    return not missing


def missing_libraries() -> list[str]:
    """Return the system libraries that the press lacks, by file name; on Linux only.

    Elsewhere the press itself says what it lacks.
    """
    if sys.platform != "linux":
        return []
    return [name for name in SHARED if not _opens(name)]


def press_versions() -> dict[str, str]:
    """Return the versions of what makes the bytes of a PDF; ask when no library is missing."""
    import zlib
    from importlib.metadata import version

    pango, harfbuzz = (_version_of(*each) for each in _VERSIONS)
    return {
        **{name: version(name) for name in PACKAGES},
        "pango": pango,
        "harfbuzz": harfbuzz,
        "zlib": zlib.ZLIB_RUNTIME_VERSION,
    }


def same_press(versions: Mapping[str, str]) -> bool:
    """Tell whether this machine prints the bytes that these versions printed."""
    return not missing_libraries() and press_versions() == versions


_VERSIONS = (
    ("libpango-1.0.so.0", "pango_version_string"),
    ("libharfbuzz.so.0", "hb_version_string"),
)


def _version_of(name: str, function: str) -> str:
    """Return what a library says of its version, "" where it has another name or says nothing."""
    import ctypes

    try:
        ask = getattr(ctypes.CDLL(name), function)
    except (OSError, AttributeError):
        return ""
    ask.restype = ctypes.c_char_p
    return bytes(ask()).decode()


def _opens(name: str) -> bool:
    import ctypes

    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True
