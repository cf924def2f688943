"""Fetching a register: from a real server on loopback that misbehaves."""

from __future__ import annotations

import io
import os
import threading
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from coopreport.errors import BadCall
from coopreport.registers.download import FetchFailed, Limits, Progress
from coopreport.registers.fetch import Busy, WrongChecksum, _part, fetch_url
from tests.register_server import (
    BODY,
    QUICK,
    QUIET,
    SHA,
    Handler,
    Server,
    cut_after,
    serving,
    whole,
)


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as made:
        yield made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "registers"


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def zipped(members: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return made.getvalue()


def test_a_register_is_fetched_whole_with_its_checksum_beside(server: Server, folder: Path) -> None:
    said: list[str] = []
    lines: list[str] = []
    taken = fetch_url(server.url(), folder, Progress(said.append, lines.append), limits=QUICK)
    assert taken.path.read_bytes() == BODY
    assert (taken.sha256, taken.size) == (SHA, len(BODY))
    assert (folder / "registre.csv.sha256").read_text() == f"{SHA}  registre.csv\n"
    assert names(folder) == ["registre.csv", "registre.csv.sha256"]
    assert SHA in said[-1]
    assert "(100\u00a0%)" in lines[-1]


def test_a_cut_is_resumed_from_where_it_stopped(server: Server, folder: Path) -> None:
    server.answer = cut_after(100_000)
    assert fetch_url(server.url(), folder, QUIET, limits=QUICK).sha256 == SHA
    assert [asked.get("Range") for asked in server.asked] == [None, "bytes=100000-"]
    assert server.asked[1]["If-Range"] == '"v1"'


def test_the_next_command_goes_on_with_what_the_last_one_left(server: Server, folder: Path) -> None:
    server.answer = cut_after(100_000)
    with pytest.raises(FetchFailed, match="coupé avant la fin"):
        fetch_url(server.url(), folder, QUIET, limits=Limits(attempts=1))
    assert names(folder) == ["registre.csv.part", "registre.csv.part.json"]
    assert fetch_url(server.url(), folder, QUIET, limits=QUICK).sha256 == SHA
    assert server.asked[-1]["Range"] == "bytes=100000-"


def test_a_file_that_changed_meanwhile_is_fetched_again_from_its_start(
    server: Server, folder: Path
) -> None:
    other = os.urandom(200_000)

    def changed(handler: Handler) -> None:
        handler.head(200, Content_Length=len(other), ETag='"v2"')
        handler.wfile.write(other)

    server.answer = cut_after(100_000, changed)
    assert fetch_url(server.url(), folder, QUIET, limits=QUICK).path.read_bytes() == other


@pytest.mark.parametrize(
    "place",
    [f"bytes 5-{len(BODY) - 1}/{len(BODY)}", "bytes 100000-299999/400000", "n'importe quoi"],
)
def test_a_rest_that_is_not_the_one_asked_for_is_not_glued_on(
    server: Server, folder: Path, place: str
) -> None:
    """A server that answers 206 with another place: what was received is dropped."""

    def wrong(handler: Handler) -> None:
        if handler.headers.get("Range"):
            handler.head(206, Content_Range=place, Content_Length=5, ETag='"v1"')
            handler.wfile.write(b"xxxxx")
        else:
            whole(handler)

    server.answer = cut_after(100_000, wrong)
    assert fetch_url(server.url(), folder, QUIET, limits=QUICK).sha256 == SHA


def test_without_a_validator_a_cut_starts_again_from_zero(server: Server, folder: Path) -> None:
    cut = threading.Event()

    def answer(handler: Handler) -> None:
        handler.head(200, Content_Length=len(BODY))
        handler.wfile.write(BODY if cut.is_set() else BODY[:1000])
        cut.set()

    server.answer = answer
    assert fetch_url(server.url(), folder, QUIET, limits=QUICK).sha256 == SHA
    assert all("Range" not in asked for asked in server.asked)


def test_a_server_that_stalls_is_left_in_time_and_nothing_is_put_in_place(
    server: Server, folder: Path
) -> None:
    free = threading.Event()

    def stall(handler: Handler) -> None:
        handler.head(200, Content_Length=len(BODY), ETag='"v1"')
        handler.wfile.write(BODY[:10])
        handler.wfile.flush()
        free.wait(10)

    server.answer = stall
    started = time.monotonic()
    with pytest.raises(FetchFailed, match="ne répond plus"):
        fetch_url(server.url(), folder, QUIET, limits=Limits(connect=1, silence=0.3, attempts=2))
    assert time.monotonic() - started < 5
    free.set()
    assert "registre.csv" not in names(folder)


def test_a_server_that_drips_is_left_at_the_end_of_the_time_allowed(
    server: Server, folder: Path
) -> None:
    def drip(handler: Handler) -> None:
        handler.head(200, Content_Length=len(BODY), ETag='"v1"')
        for _ in range(100):
            handler.wfile.write(b"x")
            handler.wfile.flush()
            time.sleep(0.05)

    server.answer = drip
    with pytest.raises(FetchFailed, match="durée permise"):
        fetch_url(server.url(), folder, QUIET, limits=Limits(silence=1, total=0.5))


def test_a_server_that_announces_more_than_it_sends_gives_no_file(
    server: Server, folder: Path
) -> None:
    def lie(handler: Handler) -> None:
        handler.head(200, Content_Length=len(BODY) + 7)
        handler.wfile.write(BODY)

    server.answer = lie
    with pytest.raises(FetchFailed, match="en entier"):
        fetch_url(server.url(), folder, QUIET, limits=QUICK)
    assert "registre.csv" not in names(folder)


def test_a_server_that_announces_less_than_it_has_is_caught_by_the_archive(
    server: Server, folder: Path
) -> None:
    archive = zipped({"Entreprise.csv": b"x" * 5000})

    def lie(handler: Handler) -> None:
        handler.head(200, Content_Length=len(archive) - 30)
        handler.wfile.write(archive)

    server.answer = lie
    with pytest.raises(FetchFailed, match="archive ZIP entière"):
        fetch_url(server.url("registre.zip"), folder, QUIET, limits=QUICK)
    assert names(folder) == []


def test_a_file_whose_length_nobody_announces_needs_its_checksum(
    server: Server, folder: Path
) -> None:
    def silent(handler: Handler) -> None:
        handler.head(200)
        handler.wfile.write(BODY)

    server.answer = silent
    with pytest.raises(FetchFailed, match="longueur"):
        fetch_url(server.url(), folder, QUIET, limits=QUICK)
    assert names(folder) == []
    assert fetch_url(server.url(), folder, QUIET, SHA, QUICK).sha256 == SHA


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/x", "data:text/csv,a"])
def test_a_redirect_to_anything_but_http_is_refused(
    server: Server, folder: Path, target: str
) -> None:
    server.answer = lambda handler: handler.head(302, Location=target, Content_Length=0)
    with pytest.raises(BadCall, match="Adresse refusée"):
        fetch_url(server.url(), folder, QUIET, limits=QUICK)
    assert names(folder) == []


def test_a_redirect_to_http_is_followed_and_a_loop_of_them_is_not(
    server: Server, folder: Path
) -> None:
    def redirect(handler: Handler) -> None:
        if handler.path == "/registre.csv":
            handler.head(302, Location="/ailleurs", Content_Length=0)
        else:
            whole(handler)

    server.answer = redirect
    taken = fetch_url(server.url(), folder, QUIET, limits=QUICK)
    assert (taken.path.name, taken.sha256) == ("registre.csv", SHA)
    server.answer = lambda handler: handler.head(302, Location="/registre.csv", Content_Length=0)
    with pytest.raises(FetchFailed):
        fetch_url(server.url(), folder, QUIET, limits=QUICK)


def test_a_body_without_end_stops_at_the_size_allowed(server: Server, folder: Path) -> None:
    def flood(handler: Handler) -> None:
        handler.head(200)
        for _ in range(1000):
            handler.wfile.write(bytes(100_000))

    server.answer = flood
    with pytest.raises(FetchFailed, match="taille permise"):
        fetch_url(server.url(), folder, QUIET, limits=Limits(size=1_000_000))
    assert names(folder) == []


def test_an_announced_size_above_the_one_allowed_is_refused_before_the_body(
    server: Server, folder: Path
) -> None:
    server.answer = lambda handler: handler.head(200, Content_Length=10**12)
    with pytest.raises(FetchFailed, match="taille permise"):
        fetch_url(server.url(), folder, QUIET, limits=QUICK)


def test_an_archive_that_unpacks_to_too_much_is_refused(server: Server, folder: Path) -> None:
    bomb = zipped({"Entreprise.csv": bytes(5_000_000)})
    assert len(bomb) < 10_000

    def send(handler: Handler) -> None:
        handler.head(200, Content_Length=len(bomb))
        handler.wfile.write(bomb)

    server.answer = send
    with pytest.raises(FetchFailed, match="se décompresse"):
        fetch_url(server.url("r.zip"), folder, QUIET, limits=Limits(unpacked=1_000_000))
    assert names(folder) == []


def test_a_recompressed_answer_is_refused(server: Server, folder: Path) -> None:
    server.answer = lambda handler: handler.head(200, Content_Encoding="gzip", Content_Length=0)
    with pytest.raises(FetchFailed, match="recompressé"):
        fetch_url(server.url(), folder, QUIET, limits=QUICK)
    assert server.asked[0]["Accept-Encoding"] == "identity"


@pytest.mark.parametrize("kind", ["text/html; charset=utf-8", "text/csv"])
def test_a_web_page_is_no_register(server: Server, folder: Path, kind: str) -> None:
    page = b"\n<!DOCTYPE html><title>Connexion</title>"

    def send(handler: Handler) -> None:
        handler.head(200, Content_Length=len(page), Content_Type=kind)
        handler.wfile.write(page)

    server.answer = send
    with pytest.raises(FetchFailed, match="page web"):
        fetch_url(server.url(), folder, QUIET, limits=QUICK)
    assert "registre.csv" not in names(folder)


def test_an_empty_file_is_refused(server: Server, folder: Path) -> None:
    server.answer = lambda handler: handler.head(200, Content_Length=0)
    with pytest.raises(FetchFailed, match="vide"):
        fetch_url(server.url(), folder, QUIET, limits=QUICK)


def test_a_wrong_checksum_keeps_the_register_that_was_there(server: Server, folder: Path) -> None:
    folder.mkdir()
    (folder / "registre.csv").write_bytes(b"ancien")
    with pytest.raises(WrongChecksum) as caught:
        fetch_url(server.url(), folder, QUIET, "0" * 64, QUICK)
    assert caught.value.exit_code == 7
    assert names(folder) == ["registre.csv"]
    assert (folder / "registre.csv").read_bytes() == b"ancien"


def test_an_error_of_the_server_passes_and_a_refusal_stops(server: Server, folder: Path) -> None:
    busy = iter([503, 503])

    def answer(handler: Handler) -> None:
        status = next(busy, 0)
        if status:
            handler.head(status, Content_Length=0)
        else:
            whole(handler)

    server.answer = answer
    assert fetch_url(server.url(), folder, QUIET, limits=QUICK).sha256 == SHA
    server.answer = lambda handler: handler.head(404, Content_Length=0)
    with pytest.raises(FetchFailed, match="404"):
        fetch_url(server.url("absent.csv"), folder, QUIET, limits=QUICK)


def test_nobody_listening_is_said(folder: Path) -> None:
    with pytest.raises(FetchFailed, match="connexion refusée"):
        fetch_url("http://127.0.0.1:1/registre.csv", folder, QUIET, limits=QUICK)


def test_two_commands_do_not_write_one_register(server: Server, folder: Path) -> None:
    with _part(folder, "registre.csv"), pytest.raises(Busy) as caught:
        fetch_url(server.url(), folder, QUIET, limits=QUICK)
    assert caught.value.exit_code == 6
    assert fetch_url(server.url(), folder, QUIET, limits=QUICK).sha256 == SHA
