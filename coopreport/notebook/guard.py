"""A chapter reads raw tables through the report and nothing else: a guard in its kernel.

What a table gave is recorded when `coopreport.tables` reads it; a file opened by another way would
leave no trail, so opening one is an error. `watch` adds an audit hook (PEP 578) to the kernel. An
event is a cell's when a frame of its call stack runs in the notebook's namespace. Refused from
there: opening a file, connecting to a network, starting a program. Let through: what
`coopreport.tables`, `coopreport.registers` and the readers of cycles and chapters open, and outside
a build what `coopreport.remarks` does; imports; the files of Python, of its packages and of this
package; the system's own (`/dev/null`, `/proc`, time zones). The kernel's own files are opened
outside any cell.

In a build (`COOPREPORT_BUILD=1`) the cell fails; by hand, in JupyterLab, it warns once per file.

It sees what Python opens, and cannot see:
- native readers that open files themselves: DuckDB, pyarrow, polars, HDF5, GDAL;
- a thread or a callback that runs only a library's functions, with no frame of the notebook;
- a file that was already open, memory shared with another process, the names in a folder.
It keeps an honest analyst from losing the trail; it is no sandbox against a hostile one.
"""

from __future__ import annotations

import os
import site
import sys
import sysconfig
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from coopreport.errors import NBSP, CoopreportError, quoted, shorten
from coopreport.surroundings import BUILD

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_READERS = tuple(
    os.path.join(_PACKAGE, name)
    for name in (
        *(f"tables{os.sep}", f"registers{os.sep}", f"remarks{os.sep}", f"cycles{os.sep}"),
        "chapters.py",
    )
)
_SYSTEM = ("/dev/null", "/dev/urandom", "/proc/", "/sys/", "/etc/localtime", "/usr/share/zoneinfo/")
_SOURCE_READERS = ("linecache.py", "tokenize.py", "inspect.py", "tbtools.py")
_PROGRAMS = frozenset(
    {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.startfile"}
    | {"os.fork", "os.forkpty", "pty.spawn"}
)
_NETWORK = frozenset({"socket.connect", "socket.getaddrinfo", "socket.sendto", "urllib.Request"})
_FILES = frozenset({"open", "sqlite3.connect"})
_WATCHED = _FILES | _NETWORK | _PROGRAMS

TABLES = "un chapitre ne lit que les tables, pour que l’origine de chaque nombre soit inscrite"
READ = (
    "ajoutez-le à data/datapackage.json, lisez-le dans coopreport/catalogue/ par data.rows(…), "
    'puis ici par report.frame("…").'
)
TABLE = 'c’est une table : lisez-la dans coopreport/catalogue/, puis ici par report.frame("…").'
WRITE = "enlevez cet appel : un chapitre montre des tableaux et n’écrit aucun fichier."
KEEP = "mettez ce qu’il donnerait dans une table de data/, avec sa source."


class ReadOutsideTables(CoopreportError):
    """A cell opened a file, a connection or a program that leaves no trail."""

    exit_code = 4


class Guard:
    """The hook of one kernel: `namespace` gives the notebook's globals, `root` the project."""

    def __init__(self, namespace: Callable[[], dict[str, Any]], root: Path, build: bool) -> None:
        self._namespace = namespace
        self._root = root
        self._build = build
        self._warned: set[str] = set()
        self._own = _own_folders()
        self._busy = threading.local()

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Judge one audit event.

        Raises:
            ReadOutsideTables: in a build, when a cell may not do that.
        """
        if event not in _WATCHED or getattr(self._busy, "now", False):
            return
        self._busy.now = True  # judging must not be judged
        try:
            refusal = self._refusal(event, arguments)
        finally:
            self._busy.now = False
        if refusal is None:
            return
        if self._build:
            raise refusal
        if refusal.message not in self._warned:
            self._warned.add(refusal.message)
            print(f"Attention{NBSP}: {refusal}\n  Le rapport sera refusé.", file=sys.stderr)

    def _refusal(self, event: str, arguments: tuple[Any, ...]) -> ReadOutsideTables | None:
        # Frame 0 is this one and 1 the hook; the event's own caller follows.
        frame = sys._getframe(2)
        if event in _FILES:
            path = _path(arguments[0])
            if path is None or self._is_own(path) or not self._is_of_a_cell(frame):
                return None
            return self._of_file(path, arguments)
        if not self._is_of_a_cell(frame):
            return None
        if event in _NETWORK:
            target = arguments[0] if event == "urllib.Request" else arguments[-1]
            target = arguments[0] if event == "socket.getaddrinfo" else target
            what = f"la cellule se connecte à {quoted(shorten(str(target)))}"
        else:
            what = f"la cellule lance un programme ({event})"
        return ReadOutsideTables(f"{what}; {TABLES}.", KEEP)

    def _of_file(self, path: str, arguments: tuple[Any, ...]) -> ReadOutsideTables:
        flags = arguments[2] if len(arguments) > 2 else 0
        writes = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        shown = path
        remedy = READ
        if Path(path).is_relative_to(self._root):
            shown = Path(path).relative_to(self._root).as_posix()
            if shown.startswith("data/") and shown.endswith(".csv"):
                remedy = TABLE
        shown = shown if len(shown) <= 60 else f"…{shown[-59:]}"
        return ReadOutsideTables(
            f"la cellule ouvre {quoted(shown)}; {TABLES}.", WRITE if writes else remedy
        )

    def _is_own(self, path: str) -> bool:
        """Tell whether a file belongs to Python, to its packages, to this one or to the system."""
        return any(
            name.startswith(self._own) or name.startswith(_SYSTEM)
            for name in (path, os.path.realpath(path))
        )

    def _is_of_a_cell(self, frame: FrameType | None) -> bool:
        """Tell whether a call stack comes from a cell, with no reader allowed on the way."""
        namespace = self._namespace()
        if frame and os.path.basename(frame.f_code.co_filename) in _SOURCE_READERS:
            return False  # Python shows the source of a warning or an error
        if frame and frame.f_code.co_filename.startswith("<frozen importlib"):
            return False
        module = ""  # the file of the module body that runs just inside
        while frame is not None:
            file = frame.f_code.co_filename
            if frame.f_globals is namespace:
                return True
            if file.startswith(_READERS):
                return False
            if file.startswith("<frozen importlib") and module and self._is_own(module):
                return False  # a package that is being imported looks after itself
            if frame.f_code.co_name == "<module>":
                module = file
            frame = frame.f_back
        return False


_watching = False


def watch(root: Path) -> None:
    """Watch the notebook that runs in this process, once; elsewhere than in a notebook, nothing.

    An audit hook cannot be taken away: it lives as long as the kernel.
    """
    global _watching
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    if shell is None or _watching:
        return
    _watching = True
    sys.addaudithook(Guard(lambda: shell.user_ns, root.resolve(), in_build()))


def in_build() -> bool:
    """Tell whether this process runs a chapter for a build, and not for an analyst."""
    return os.environ.get(BUILD) == "1"


def by_hand() -> bool:
    """Tell whether an analyst runs this notebook, in JupyterLab or elsewhere."""
    from IPython.core.getipython import get_ipython

    return get_ipython() is not None and not in_build()


def _path(given: Any) -> str | None:
    """Return an absolute path, or None for what names no file: a descriptor, `:memory:`."""
    try:
        path = os.fsdecode(given)
    except TypeError:
        return None
    return None if path.startswith((":memory:", "file::memory:")) else os.path.abspath(path)


def _own_folders() -> tuple[str, ...]:
    """Return the folders of Python, of its packages and of this one, each with its separator."""
    folders = {sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix, _PACKAGE}
    folders |= {
        *sysconfig.get_paths().values(),
        *site.getsitepackages(),
        site.getusersitepackages(),
    }
    named = {os.path.abspath(folder) for folder in folders if folder}
    named |= {os.path.realpath(folder) for folder in named}
    return tuple(sorted(folder + os.sep for folder in named if len(Path(folder).parts) > 1))
