"""The checks of `make check` on a copy of data/ that has the imported table."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from coopreport.errors import BadData, Fault
from coopreport.pipeline.work import cannot_write
from coopreport.project import Project
from coopreport.tables import Resource, check_package, open_package


def check_staged(project: Project, resource: Resource, data: bytes) -> tuple[Fault, ...]:
    """Check every table as it would be; return the faults that were there before.

    Those are of other tables: an import makes them no worse, and may have to come first.

    Raises:
        BadData: the import would add a fault, or the imported table has one.
        CannotPublish: the copy cannot be written.
    """
    with TemporaryDirectory(prefix="coopreport-import-") as folder:
        copy = Project(Path(folder).resolve())
        try:
            shutil.copytree(project.data, copy.data)
            (copy.data / resource.path).write_bytes(data)
        except (OSError, shutil.Error) as error:
            reason = error if not isinstance(error, shutil.Error) else OSError(str(error))
            raise cannot_write(reason, copy.root) from None
        faults = check_package(open_package(copy.data)).faults
    if not faults:
        return ()
    before = {_place(fault) for fault in check_package(open_package(project.data)).faults}
    new = [f for f in faults if f.file == resource.file or _place(f) not in before]
    if new:
        raise BadData(new)
    return faults


def _place(fault: Fault) -> tuple[str, int, str, str, str]:
    """Return a fault without its remedy, which lists what another table holds."""
    return fault.file, fault.line, fault.column, fault.value, fault.rule
