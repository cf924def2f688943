"""Everything that the sheets of a cycle depend on, as bytes for a machine that shares no disk.

A bundle is a ZIP of the inputs of the sheets, and of the tables that were counted from the
register, so that nobody counts it again. The same inputs give the same bytes.
"""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
import zipfile
from pathlib import Path

from coopreport.cycles import Cycle
from coopreport.ledger import REGISTER_CACHE
from coopreport.pipeline.inputs import input_paths
from coopreport.pipeline.work import remove
from coopreport.project import Project
from coopreport.registers.cache import SUFFIX

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The date of every file of a bundle: the oldest that a ZIP can give."""


def pack(project: Project, sheets: Cycle) -> tuple[bytes, str]:
    """Return the bundle of the sheets of a cycle, and its SHA-256."""
    # Reading a cycle checks the notebooks of its chapters too.
    paths = {*input_paths(project, sheets), *project.notebooks.glob("*.ipynb")}
    paths |= {*(project.root / REGISTER_CACHE).glob(f"*{SUFFIX}")}
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for path in sorted(paths):
            member = zipfile.ZipInfo(project.relative(path), EPOCH)
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, path.read_bytes(), compresslevel=1)
    return body.getvalue(), hashlib.sha256(body.getbuffer()).hexdigest()


def unpack(bundle: bytes, digest: str, parent: Path) -> Project:
    """Write a bundle to a folder of `parent` named by its hash, and return the project there.

    Raises:
        ValueError: the bytes are not those of the hash.
        OSError: no room, or no right to write.
    """
    if hashlib.sha256(bundle).hexdigest() != digest:
        raise ValueError("the bundle is not what its hash says")
    folder = parent / digest
    if not folder.exists():
        part = Path(tempfile.mkdtemp(prefix=".part-", dir=parent))
        try:
            with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
                archive.extractall(part)
            os.replace(part, folder)
        except BaseException:
            remove(part)
            raise
    return Project(folder)
