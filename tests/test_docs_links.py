"""What the Markdown files name is there: pages, anchors, pictures; their examples run."""

from __future__ import annotations

import io
import re
from pathlib import Path
from urllib.parse import unquote

import nbformat
import pytest
from PIL import Image
from playwright.sync_api import Browser

from docs.pictures import FOLDER, MOST_BYTES, exhibit, first_screen, keep, origin, take_report
from docs.reference import ROOT
from tests.chapters import CYCLE
from tests.conftest import Command
from tests.sample_page import sample_page

PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "data").glob("*.md")]
NAMES = sorted(path.relative_to(ROOT).as_posix() for path in PAGES)
FENCE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"(!?)\[[^\]]*\]\(([^)\s]+)\)")
FILE = re.compile(r"`((?:bench|coopreport|docs|requirements|tests)/[\w./-]+)`")
PYTHON = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def links(name: str) -> list[str]:
    """Return the targets of a page's links and pictures, those of its code left out."""
    prose = re.sub(r"`[^`\n]*`", "", FENCE.sub("", text_of(name)))
    return [target for _, target in LINK.findall(prose)]


def anchors(path: Path) -> set[str]:
    """Return the anchors of a page: its headings as GitHub writes them, and those it declares."""
    text = path.read_text(encoding="utf-8")
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", text), re.MULTILINE)
    slugs = {re.sub(r"[^\w\- ]", "", each.lower()).strip().replace(" ", "-") for each in headings}
    return slugs | set(re.findall(r'<a id="([^"]+)">', text))


@pytest.mark.parametrize("name", NAMES)
def test_every_link_of_a_page_leads_somewhere(name: str) -> None:
    lost = []
    for target in links(name):
        if re.match(r"[a-z]+:", target):
            continue
        address, _, anchor = unquote(target).partition("#")
        path = (ROOT / name).parent / address if address else ROOT / name
        if not path.exists() or (anchor and anchor not in anchors(path)):
            lost.append(target)
    assert not lost, f"{name}: {lost}"


@pytest.mark.parametrize("name", NAMES)
def test_every_file_that_a_page_names_is_there(name: str) -> None:
    named = FILE.findall(FENCE.sub("", text_of(name)))
    assert not [path for path in named if not (ROOT / path).exists()], name


def test_every_page_of_the_documentation_is_listed() -> None:
    listed = {Path(target.partition("#")[0]).name for target in links("docs/index.md")}
    pages = {path.name for path in (ROOT / "docs").glob("*.md")} - {"index.md"}
    assert pages <= listed, pages - listed


def test_every_picture_is_shown_and_light() -> None:
    shown = {
        Path(target).name
        for name in NAMES
        for target in links(name)
        if Path(target).suffix == ".png"
    }
    taken = {path.name: path.stat().st_size for path in FOLDER.glob("*.png")}
    assert set(taken) == shown
    assert max(taken.values()) <= MOST_BYTES


def test_pictures_of_a_page_are_taken(chromium: Browser, tmp_path: Path) -> None:
    page = tmp_path / "rapport.html"
    page.write_text(sample_page(), encoding="utf-8")
    wanted = {"page": first_screen, "tableau": exhibit("financement.etalement")}
    take_report(chromium, page, tmp_path, wanted)
    screen, table = (Image.open(tmp_path / f"{name}.png") for name in wanted)
    assert screen.size == (1200, 760)
    assert 300 < table.width < screen.width
    assert len(screen.convert("RGB").getcolors() or []) > 10, "it is blank"


def test_the_origin_of_a_number_is_taken(chromium: Browser, built: Path, tmp_path: Path) -> None:
    take_report(chromium, built / "rapport.html", tmp_path, {"avant": first_screen})
    take_report(chromium, built / "rapport.html", tmp_path, {"origine": origin})
    assert (tmp_path / "origine.png").read_bytes() != (tmp_path / "avant.png").read_bytes()


def test_a_heavy_picture_is_refused(tmp_path: Path) -> None:
    noise = io.BytesIO()
    Image.effect_noise((800, 800), 100).save(noise, "PNG")
    with pytest.raises(ValueError, match="lourde.png"):
        keep(noise.getvalue(), tmp_path / "lourde.png")


def test_the_examples_for_analysts_run_in_a_chapter(project: Path, coopreport: Command) -> None:
    path = project / "notebooks" / "03-financement.ipynb"
    notebook = nbformat.read(path, as_version=4)
    examples = [
        *PYTHON.findall(text_of("LISEZMOI.md")),
        *PYTHON.findall(text_of("docs/analyste.md")),
    ]
    assert len(examples) == 2
    notebook.cells += [nbformat.v4.new_code_cell(example) for example in examples]
    nbformat.write(notebook, path)
    done = coopreport("report")
    assert done.returncode == 0, done.stderr
    page = (project / "build" / CYCLE / "latest" / "rapport.html").read_text(encoding="utf-8")
    assert 'id="financement.essai"' in page and 'id="financement.par_exercice"' in page


def test_the_example_for_developers_is_of_the_catalogue() -> None:
    (example,) = PYTHON.findall(text_of("docs/developer.md"))
    files = (ROOT / "coopreport" / "catalogue").glob("*.py")
    assert any(example.strip() in path.read_text(encoding="utf-8") for path in files)
