"""Taking in a register: from a real server on loopback that misbehaves, and from a file."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from coopreport.errors import BadCall
from coopreport.registers.download import FetchFailed, Limits, Progress
from coopreport.registers.fetch import (
    Busy,
    WrongChecksum,
    _part,
    fetch_url,
    file_name,
    take_file,
)
from tests.conftest import Command

BODY = os.urandom(300_000)
SHA = hashlib.sha256(BODY).hexdigest()
QUICK = Limits(connect=1, silence=0.4, total=20, attempts=4)
QUIET = Progress(lambda _: None, lambda _: None)

Answer = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Answers as the server's `answer` says, and keeps the headers of each request."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        self.server.asked.append(dict(self.headers))
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.server.answer(self)
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        pass

    def head(self, status: int = 200, **headers: str | int) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answer: Answer = whole
        self.asked: list[dict[str, str]] = []

    def url(self, name: str = "registre.csv") -> str:
        return f"http://127.0.0.1:{self.server_port}/{name}"


def whole(handler: Handler) -> None:
    """A good server: ranges, a strong validator, the length."""
    start = 0
    wanted = handler.headers.get("Range")
    if wanted and handler.headers.get("If-Range") == '"v1"':
        start = int(wanted.removeprefix("bytes=").removesuffix("-"))
    rest = BODY[start:]
    if start:
        place = f"bytes {start}-{len(BODY) - 1}/{len(BODY)}"
        handler.head(206, Content_Range=place, Content_Length=len(rest), ETag='"v1"')
    else:
        handler.head(200, Content_Length=len(rest), ETag='"v1"')
    handler.wfile.write(rest)


def cut_after(size: int, then: Answer = whole) -> Answer:
    """A server that cuts the first answer after `size` bytes, then answers otherwise."""
    cut = threading.Event()

    def answer(handler: Handler) -> None:
        if cut.is_set():
            then(handler)
            return
        cut.set()
        handler.head(200, Content_Length=len(BODY), ETag='"v1"')
        handler.wfile.write(BODY[:size])

    return answer


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "registers"


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


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


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://example.org/r.zip",
        "registre.zip",
        "http://",
        "http://a b/r.zip",
        "http://example.org:99999/r.zip",
        "http://moi:secret@example.org/r.zip",
        "http://example.org/",
        "http://example.org/../..",
        "",
    ],
)
def test_an_address_that_is_not_a_plain_http_file_is_refused(folder: Path, url: str) -> None:
    with pytest.raises(BadCall) as caught:
        fetch_url(url, folder, QUIET, limits=QUICK)
    assert "secret" not in str(caught.value)
    assert not folder.exists()


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("JeuxDonnées 2026.zip", "JeuxDonn-es-2026.zip"),
        ("../../etc/passwd", "etc-passwd"),
        (".bashrc", "bashrc"),
    ],
)
def test_the_name_of_a_register_stays_in_its_folder(given: str, name: str) -> None:
    assert file_name(given) == name


def test_a_file_of_the_user_is_copied_with_the_same_care(tmp_path: Path, folder: Path) -> None:
    source = tmp_path / "ma liste.csv"
    source.write_bytes(BODY)
    taken = take_file(source, folder, QUIET, SHA)
    assert (taken.path.name, taken.path.read_bytes()) == ("ma-liste.csv", BODY)
    with pytest.raises(WrongChecksum):
        take_file(source, folder, QUIET, "1" * 64)
    assert taken.path.read_bytes() == BODY


def test_what_is_not_a_regular_file_is_refused_at_once(tmp_path: Path, folder: Path) -> None:
    os.mkfifo(tmp_path / "tube.csv")
    for source in (tmp_path, tmp_path / "tube.csv", tmp_path / "absent.csv", Path("/dev/zero")):
        with pytest.raises(BadCall):
            take_file(source, folder, QUIET)


def test_a_folder_that_cannot_be_written_is_an_error_in_french(tmp_path: Path) -> None:
    (tmp_path / "registers").write_text("un fichier à la place du dossier")
    source = tmp_path / "r.csv"
    source.write_bytes(b"x")
    with pytest.raises(FetchFailed, match="Impossible d’écrire"):
        take_file(source, tmp_path / "registers", QUIET)


def test_the_command_takes_a_register_in_and_says_how_to_name_it(
    coopreport: Command, project: Path, tmp_path: Path
) -> None:
    source = tmp_path / "liste.csv"
    source.write_bytes(BODY)
    done = coopreport("register", "--file", str(source), "--sha256", SHA)
    assert done.returncode == 0, done.stderr
    assert (project / "registers" / "liste.csv").read_bytes() == BODY
    assert SHA in done.stdout
    assert "register: {kind: quebec, path: registers/liste.csv}" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--url", "http://a/r.csv", "--file", "r.csv"),
        ("--sha256", "xyz", "--url", "http://a/r"),
    ],
)
def test_the_command_wants_one_source_and_a_true_checksum(
    coopreport: Command, project: Path, arguments: tuple[str, ...]
) -> None:
    assert coopreport("register", *arguments).returncode == 2
    assert not (project / "registers").exists()


def zipped(members: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return made.getvalue()
