"""A register opened: its units read by the loader of its kind, with a working database."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from coopreport.errors import BadData, CannotPublish, Fault
from coopreport.registers import archive, quebec_layout
from coopreport.registers.csv_source import literal
from coopreport.registers.schema import Loaded, RegisterFile

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MEMORY_LIMIT = "400MB"
"""What DuckDB may hold; beyond, it works on disk."""


@contextmanager
def opened(
    register: RegisterFile, ids: bool = False
) -> Iterator[tuple[DuckDBPyConnection, Loaded]]:
    """Load a register, with a working database: see `schema.Loaded`.

    `ids` asks for the units' own numbers, which counting does without.

    Raises:
        BadCall, BadData, CannotPublish: as `life_tables`.
    """
    import duckdb

    with tempfile.TemporaryDirectory(prefix="coopreport-") as work, duckdb.connect() as connection:
        connection.execute(f"SET memory_limit = '{MEMORY_LIMIT}'")
        with suppress(duckdb.InvalidInputException):  # a kernel without ipywidgets draws no bar
            connection.execute("SET enable_progress_bar = false")
        connection.execute("SET preserve_insertion_order = false")
        connection.execute(f"SET temp_directory = {literal(str(Path(work, 'duckdb')))}")
        try:
            with unchanged(register):
                loaded = _load(connection, register, Path(work), ids)
            yield connection, loaded
        except RuntimeError as error:  # what DuckDB makes of an interruption
            if isinstance(error.__cause__, KeyboardInterrupt):
                raise error.__cause__ from None
            raise
        except (duckdb.OutOfMemoryException, duckdb.IOException) as error:
            raise CannotPublish(
                "Le registre ne tient pas dans la mémoire et le disque de travail\u00a0: "
                f"{' '.join(str(error).split())[:200]}",
                "Libérer de la place dans le dossier temporaire.",
            ) from None


def _load(connection: DuckDBPyConnection, register: RegisterFile, work: Path, ids: bool) -> Loaded:
    """Read the units of a register: the loader of its kind is imported, and no other."""
    if register.kind == "quebec":
        from coopreport.registers import quebec
        from coopreport.registers.places import read_towns

        towns = read_towns(register.municipalities) if register.municipalities else None
        files = archive.members_of(register.path, tuple(quebec_layout.READ), work)
        return quebec.load(connection, files, register.path, towns, ids)
    if register.kind == "csv":
        from coopreport.registers import plain_csv

        plain_csv.require_file(register.path)
        link = work / ("register" + (register.path.suffix or ".csv"))
        link.symlink_to(register.path.resolve())
        return plain_csv.load(connection, link, register.path.name, ids)
    from coopreport.registers import uk

    return uk.load(register.path)


@contextmanager
def unchanged(register: RegisterFile) -> Iterator[None]:
    """Raise BadData when the register changed inside the block: nobody can say what was read."""
    before = _stamp(register.path)
    yield
    if _stamp(register.path) != before:
        rule = "le registre a changé pendant sa lecture"
        raise BadData([Fault(register.path.name, 0, "", "", rule, "Recommencer.")])


def _stamp(path: Path) -> object:
    try:
        paths = [path]
        if path.is_dir():
            paths += [place for name in quebec_layout.READ if (place := path / name).exists()]
        return [(s.st_size, s.st_mtime_ns, s.st_ino) for s in (place.stat() for place in paths)]
    except OSError:
        return None
