"""The press: nothing is fetched, the same bytes anywhere, hostile texts as texts, no orphan."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pikepdf
import pytest

from coopreport.paper.page import paper_html
from coopreport.paper.printing import CannotPrint, Press
from coopreport.pipeline.assemble import assemble
from tests.conftest import ROOT
from tests.payloads import PAYLOADS
from tests.sample_page import EDITION, LEDGER, sample_chapters
from tests.taken import document, hostile_table

SURROUNDINGS = (
    {"TZ": "Etc/GMT+12", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0", "USER": "claire"},
    {"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONHASHSEED": "4242", "USER": "étienne"},
)


def printed(folder: Path, html: str) -> bytes:
    """Return the PDF of an HTML text."""
    with Press(folder / "press", folder / "cache") as press:
        press.start(html)
        return press.finish()


def words_of(content: bytes, path: Path) -> str:
    """Return the text of a PDF, without its spaces."""
    path.write_bytes(content)
    command = ["pdftotext", "-raw", str(path), "-"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return re.sub(r"\s", "", told)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The PDF of a table whose every text is hostile."""
    return printed(tmp_path_factory.mktemp("hostile"), paper_html(document(hostile_table())))


def test_the_same_document_gives_the_same_bytes_under_other_surroundings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    html = paper_html(assemble(sample_chapters(), EDITION, LEDGER))
    made = []
    for number, surroundings in enumerate(SURROUNDINGS):
        folder = tmp_path / f"dossier {number}"
        folder.mkdir()
        for name, value in surroundings.items():
            monkeypatch.setenv(name, value)
        made.append(printed(folder, html))
    assert made[0] == made[1]
    assert made[0].startswith(b"%PDF-1.7")


def test_nothing_is_fetched(tmp_path: Path) -> None:
    asked = []

    class Server(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

    secret = tmp_path / "secret.svg"
    secret.write_text('<svg xmlns="http://www.w3.org/2000/svg"><text y="9">SECRET</text></svg>')
    with HTTPServer(("127.0.0.1", 0), Server) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        html = (
            f'<html lang="fr"><title>x</title><link rel="stylesheet" href="{address}/a.css">'
            f'<style>@import "{address}/b.css"; body {{ background: url({address}/c.png) }}</style>'
            f'<img alt="x" src="{address}/d.png"><img alt="x" src="{secret.as_uri()}">'
            f'<link rel="attachment" href="{secret.as_uri()}"><p>texte</p>'
        )
        content = printed(tmp_path, html)
        server.shutdown()
    assert not asked
    assert words_of(content, tmp_path / "x.pdf") == "textexx", "an image's words for each image"
    with pikepdf.open(tmp_path / "x.pdf") as pdf:
        assert not pdf.attachments


@pytest.mark.parametrize(
    "name",
    ["script", "image_handler", "style_end", "markdown_link", "jinja", "formula_link", "latex"],
)
def test_a_hostile_text_is_a_text(hostile: bytes, tmp_path: Path, name: str) -> None:
    assert re.sub(r"\s", "", PAYLOADS[name]) in words_of(hostile, tmp_path / "x.pdf")


def test_no_hostile_text_becomes_a_link_an_action_or_a_file(hostile: bytes, tmp_path: Path) -> None:
    (tmp_path / "x.pdf").write_bytes(hostile)
    with pikepdf.open(tmp_path / "x.pdf") as pdf:
        assert not {"/OpenAction", "/AA", "/AcroForm"} & set(pdf.Root.keys())
        assert "/JavaScript" not in pdf.Root.Names and not pdf.attachments
        for page in pdf.pages:
            for link in page.get("/Annots", ()):
                address = str(link.A.URI) if "/A" in link else ""
                assert "pirate" not in address.lower() and "javascript" not in address


def test_a_word_of_ten_thousand_letters_stays_on_its_sheets(hostile: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x.pdf"
    path.write_bytes(hostile)
    command = ["pdftotext", "-bbox", str(path), "-"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    widths = [float(each) for each in re.findall(r'<page width="([0-9.]+)"', told)]
    edges = [float(each) for each in re.findall(r'xMax="([-0-9.]+)"', told)]
    assert max(edges) < max(widths) - 30
    assert told.count(">" + "x" * 20) > 50


def test_what_is_kept_is_not_printed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    html = '<html lang="fr"><title>x</title><p>Une fois.</p>'
    first = printed(tmp_path, html)
    monkeypatch.setattr(sys, "executable", "/bin/false")
    assert printed(tmp_path, html) == first


def test_a_damaged_kept_file_is_printed_again(tmp_path: Path) -> None:
    html = '<html lang="fr"><title>x</title><p>Deux fois.</p>'
    first = printed(tmp_path, html)
    (kept,) = (tmp_path / "cache" / "papers").iterdir()
    kept.write_bytes(kept.read_bytes()[:-9])
    (tmp_path / "press").rename(tmp_path / "before")
    assert printed(tmp_path, html) == first


def test_a_press_that_falls_is_an_error_in_french(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(CannotPrint, match="Le PDF n’a pas pu être imprimé"):
        printed(tmp_path, '<html lang="fr"><title>x</title><p>Jamais.</p>')


def test_a_press_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    (tmp_path / "paper.html").write_text(paper_html(document(hostile_table())), encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "coopreport.paper.press", "paper.html", "paper.pdf"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
    )
    assert process.stdin
    process.stdin.close()  # as when that process is killed
    assert process.wait(30) == 1
    assert not (tmp_path / "paper.pdf").exists()
