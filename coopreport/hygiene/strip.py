"""A notebook as git keeps it: no outputs, no counts, no trace of who ran it; one order of keys.

nbstripout takes out what running leaves; nbformat writes the rest as JupyterLab would, so that
opening and saving a notebook changes nothing of what is committed.

    python -m coopreport.hygiene.strip notebooks      writes them again, in place (`make format`)
    python -m coopreport.hygiene.strip < FILE         writes one to its output (`git diff`)
"""

from __future__ import annotations

import sys
from pathlib import Path

from nbformat import NotebookNode, from_dict, v4
from nbstripout import strip_output  # type: ignore[import-untyped]

RUN = "execution collapsed scrolled trusted ExecuteTime user_expressions"
LOOK = "editable deletable slideshow jupyter heading_collapsed hidden"
KERNEL = "version codemirror_mode file_extension mimetype nbconvert_exporter pygments_lexer"
EXTRA_KEYS = (
    *(f"cell.metadata.{name}" for name in f"{RUN} {LOOK}".split()),
    *(f"metadata.language_info.{name}" for name in KERNEL.split()),
    *("metadata.widgets", "metadata.signature"),
)
"""What nbstripout also takes out: what a run, the screen and the kernel's version leave."""
KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
"""The one kernel that chapters name, whatever a lab calls it."""


def strip(notebook: NotebookNode) -> NotebookNode:
    """Return a notebook without what running and looking at it leave, itself changed."""
    kept: NotebookNode = strip_output(
        notebook, keep_output=False, keep_count=False, keep_id=True, extra_keys=[*EXTRA_KEYS]
    )
    if "kernelspec" in kept.metadata:
        kept.metadata.kernelspec = from_dict(KERNELSPEC)
    for cell in kept.cells:
        if not cell.metadata.get("tags", True):  # the panel of tags leaves an empty list
            del cell.metadata["tags"]
    return kept


def stripped(text: str) -> str:
    """Return the text of a notebook without what running it leaves; stripping it twice is once.

    Raises:
        ValueError: the text is no notebook of format 4 (merge marks, an interrupted write).
    """
    try:
        notebook = v4.reads(text)
        if notebook.nbformat != 4:
            raise ValueError(f"format {notebook.nbformat}")
        return str(v4.writes(strip(notebook))).rstrip("\n") + "\n"
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(str(error)) from None


def strip_folder(folder: Path) -> None:
    """Write again, stripped, the notebooks of a folder that are not; leave what is no notebook."""
    for path in sorted(folder.glob("*.ipynb")):
        text = path.read_text(encoding="utf-8")
        try:
            kept = stripped(text)
        except ValueError:
            continue  # `make lint` says what is wrong with it
        if kept != text:
            path.write_text(kept, encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:]:
        strip_folder(Path(sys.argv[1]))
    else:
        sys.stdout.buffer.write(stripped(sys.stdin.buffer.read().decode("utf-8")).encode("utf-8"))
