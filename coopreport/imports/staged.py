"""The checks of `make check` on a copy of the tables that has the imported one."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from coopreport.errors import BadData, Fault
from coopreport.pipeline.work import cannot_write
from coopreport.tables import Package, Resource, check_package, open_package
from coopreport.tables.package import DESCRIPTOR


def check_staged(package: Package, resource: Resource, data: bytes) -> tuple[Fault, ...]:
    """Check every table as it would be; return the faults that were there before.

    Those are of other tables: an import makes them no worse, and may have to come first.

    Raises:
        BadData: the import would add a fault, or the imported table has one.
        CannotPublish: the copy cannot be written.
    """
    try:
        with tempfile.TemporaryDirectory(prefix="coopreport-") as folder:
            copy = Path(folder).resolve() / package.data_dir.name
            for path in (DESCRIPTOR, *(each.path for each in package.resources.values())):
                (copy / path).parent.mkdir(parents=True, exist_ok=True)
                if (package.data_dir / path).is_file():
                    shutil.copyfile(package.data_dir / path, copy / path, follow_symlinks=False)
            (copy / resource.path).write_bytes(data)
            faults = check_package(open_package(copy)).faults
    except OSError as error:
        raise cannot_write(error, Path(tempfile.gettempdir())) from None
    if not faults:
        return ()
    before = {_place(fault) for fault in check_package(package).faults}
    new = [f for f in faults if f.file == resource.file or _place(f) not in before]
    if new:
        raise BadData(new)
    return faults


def _place(fault: Fault) -> tuple[str, int, str, str, str]:
    """Return a fault without its remedy, which lists what another table holds."""
    return fault.file, fault.line, fault.column, fault.value, fault.rule
