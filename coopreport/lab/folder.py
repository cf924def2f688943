"""`build/.lab/`: what JupyterLab keeps of one project, so that it writes nothing in the home."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from coopreport.pipeline.work import cannot_write
from coopreport.project import Project

LAB = ".lab"
KERNEL = "Python (coopreport)"
"""The kernel's name in the window."""


@dataclass(frozen=True)
class LabFolder:
    """The folder, and where each thing lies in it."""

    root: Path

    @property
    def settings(self) -> Path:
        """The settings that the analyst changes; they prevail over the project's."""
        return self.root / "settings"

    @property
    def workspaces(self) -> Path:
        return self.root / "workspaces"

    @property
    def journal(self) -> Path:
        return self.root / "journal.txt"

    @property
    def data(self) -> Path:
        return self.root / "data"

    def environment(self) -> dict[str, str]:
        """Return the variables that keep Jupyter and IPython in this folder.

        Ours come before those of the environment (`JUPYTER_PREFER_ENV_PATH`): the kernel's name.
        """
        return {
            "JUPYTER_CONFIG_DIR": str(self.root / "config"),
            "JUPYTER_DATA_DIR": str(self.data),
            "JUPYTER_RUNTIME_DIR": str(self.root / "runtime"),
            "JUPYTER_CONFIG_PATH": "",
            "JUPYTER_PATH": "",
            "JUPYTER_PREFER_ENV_PATH": "0",
            "IPYTHONDIR": str(self.root / "ipython"),
        }


def prepare(project: Project) -> LabFolder:
    """Make the folder of a project, with the kernel of this environment.

    Raises:
        CannotPublish: build/ cannot be written.
    """
    folder = LabFolder(project.build / LAB)
    kernel = folder.data / "kernels" / "python3"
    try:
        kernel.mkdir(parents=True, exist_ok=True)
        (kernel / "kernel.json").write_text(json.dumps(kernel_spec()), encoding="utf-8")
    except OSError as error:
        raise cannot_write(error, project.build) from None
    return folder


def kernel_spec() -> dict[str, object]:
    """Return the kernel of this environment: ipykernel's own, under the project's name."""
    from ipykernel.kernelspec import get_kernel_dict

    return {**get_kernel_dict(), "display_name": KERNEL}
