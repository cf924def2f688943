"""Make the folder of a release again, from its record and from the latest build of this project.

    python -m coopreport.release.again MANIFEST TARGET

It runs in a copy of a release's inputs, with the code of that release: `reproduce` calls it so,
whatever has become of the project since. Its two arguments are a promise to later versions.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from coopreport.cycles import read_cycle
from coopreport.errors import CoopreportError
from coopreport.paper.libraries import same_press
from coopreport.paper.printing import Reprint, press_of
from coopreport.pipeline.edition import Record
from coopreport.pipeline.layout import PDF
from coopreport.project import find_project
from coopreport.release.folder import make_folder
from coopreport.release.versions import latest_build


def make_again(manifest: Path, target: Path) -> None:
    """Make in `target` the release that `manifest` describes, from this project's latest build."""
    described = json.loads(manifest.read_text(encoding="utf-8"))
    project = find_project()
    cycle = read_cycle(project, described["cycle"])
    build = latest_build(project, cycle.id)
    assert build is not None
    record, printed = Record.from_json(described["release"]), described.get("pdf")
    with TemporaryDirectory() as work:
        if printed is None:
            make_folder(project, cycle, build, record, target, None)
        elif same_press(printed):
            with press_of(project, Path(work)) as press:
                make_folder(project, cycle, build, record, target, press)
        else:
            reprint = Reprint(manifest.with_name(PDF), printed)
            make_folder(project, cycle, build, record, target, reprint)


if __name__ == "__main__":
    try:
        make_again(Path(sys.argv[1]), Path(sys.argv[2]))
    except CoopreportError as error:
        sys.exit(str(error))
