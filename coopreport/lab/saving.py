"""What JupyterLab writes when a chapter is saved: its source, as git and the build know it.

Results are made again at each run. One that is kept in the file would be shown, the next day, as if
it came from the tables of that day; and each save would be a change to commit.
"""

from __future__ import annotations

from typing import Any

KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
LANGUAGE = {"name": "python"}
"""What the chapters say of their language: no version, so that two machines write the same."""
NOISE = "user_expressions execution trusted collapsed scrolled editable deletable slideshow jupyter"
"""Metadata of a cell that tell of a run or of the screen; to show a cell's tags is to add some."""


def keep_source(model: dict[str, Any], **context: Any) -> None:
    """Take the results out of a notebook that is about to be saved, in place.

    JupyterLab calls it before each save (`ContentsManager.pre_save_hook`), of any file.
    """
    if model["type"] != "notebook" or not model.get("content"):
        return
    content = model["content"]
    content["metadata"] = {
        **{k: v for k, v in content["metadata"].items() if k != "widgets"},
        "kernelspec": dict(KERNELSPEC),
        "language_info": dict(LANGUAGE),
    }
    for cell in content["cells"]:
        for name in NOISE.split():
            cell["metadata"].pop(name, None)
        if not cell["metadata"].get("tags", True):
            del cell["metadata"]["tags"]
        if cell["cell_type"] == "code":
            cell["outputs"] = []
            cell["execution_count"] = None
