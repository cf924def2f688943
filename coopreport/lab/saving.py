"""What JupyterLab writes when a chapter is saved: its source, as git and the build know it.

Results are made again at each run. One that is kept in the file would be shown, the next day, as if
it came from the tables of that day; and each save would be a change to commit.
"""

from __future__ import annotations

from typing import Any

from nbformat import from_dict

from coopreport.hygiene.strip import strip


def keep_source(model: dict[str, Any], **context: Any) -> None:
    """Take the results out of a notebook that is about to be saved, in place.

    JupyterLab calls it before each save (`ContentsManager.pre_save_hook`), of any file.
    """
    if model["type"] == "notebook" and model.get("content"):
        model["content"] = strip(from_dict(model["content"]))
