"""`make serve`: what it gives, to whom, and what it never gives."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser, expect

from tests.builds import assert_nobody_in, start
from tests.releases import run

SECRET = "TRÈS SECRET"


@dataclass
class Served:
    """A served project: its folder, the process, its port."""

    project: Path
    process: subprocess.Popen[str]
    port: int

    def get(
        self, path: str, method: str = "GET", host: str = ""
    ) -> tuple[int, dict[str, str], str]:
        """Return the status, the headers and the text of an answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request(method, path, headers={"Host": host or f"127.0.0.1:{self.port}"})
        answer = connection.getresponse()
        text = answer.read().decode("utf-8")
        connection.close()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, text


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A project with one build, of few files, served; secrets lie around it."""
    project = tmp_path_factory.mktemp("serveur") / "mémoire"
    shelf = project / "build" / "2023-2024"
    build = shelf / "0123456789ab"
    build.mkdir(parents=True)
    (project / "data").mkdir()
    (project / "data" / "datapackage.json").write_text(SECRET, encoding="utf-8")
    names = ("rapport.html", "indicateurs.json", "tableau é.csv", "rapport.pdf", "tableaux.xlsx")
    for name in (*names, "carnet.ipynb", "a.zip", "graphique.svg", "inconnu.xyz", "manifest.json"):
        (build / name).write_text("{}", encoding="utf-8")
    (shelf / "latest").symlink_to(build.name)
    hidden = (".cache/a.json", ".locks/2023-2024", ".work-x/rapport.html", "2023-2024/.part-1")
    for name in hidden:
        path = project / "build" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(SECRET, encoding="utf-8")
    (shelf / "dehors").symlink_to(project / "data")
    (shelf / "fuite.json").symlink_to(project / "data" / "datapackage.json")
    (shelf / "caché.json").symlink_to(project / "build" / ".cache" / "a.json")
    os.mkfifo(shelf / "tube.json")
    process = start(project, "serve")
    assert process.stdout
    address = process.stdout.readline().strip()
    assert address.startswith("http://127.0.0.1:")
    yield Served(project, process, int(address.rstrip("/").rpartition(":")[2]))
    process.kill()
    process.wait()


def test_the_shelf_is_at_the_root_and_leads_to_the_page(served: Served, chromium: Browser) -> None:
    page = chromium.new_page()
    page.goto(f"http://127.0.0.1:{served.port}/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Rapports prébudgétaires")
    with page.expect_response("**/0123456789ab/rapport.html") as answer:
        page.get_by_role("link", name="Lire la page").click()
    assert answer.value.status == 200
    page.close()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("rapport.html", "text/html; charset=utf-8"),
        ("indicateurs.json", "application/json"),
        ("tableau%20%C3%A9.csv", "text/csv; charset=utf-8"),
        ("rapport.pdf", "application/pdf"),
        ("tableaux.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("carnet.ipynb", "application/x-ipynb+json"),
        ("a.zip", "application/zip"),
        ("graphique.svg", "image/svg+xml"),
        ("inconnu.xyz", "application/octet-stream"),
    ],
)
def test_each_file_has_its_type_through_latest_too(served: Served, name: str, kind: str) -> None:
    for folder in ("0123456789ab", "latest"):
        status, headers, text = served.get(f"/2023-2024/{folder}/{name}")
        assert (status, headers["content-type"], text) == (200, kind, "{}")
        assert headers["x-content-type-options"] == "nosniff"


def test_what_is_no_page_may_run_nothing(served: Served) -> None:
    _, headers, _ = served.get("/2023-2024/latest/graphique.svg")
    assert headers["content-security-policy"].startswith("default-src 'none'")


def test_a_head_request_has_no_body(served: Served) -> None:
    status, headers, text = served.get("/2023-2024/latest/rapport.html", "HEAD")
    assert (status, headers["content-length"], text) == (200, "2", "")


@pytest.mark.parametrize(
    "path",
    [
        "/.cache/a.json",
        "/.locks/2023-2024",
        "/.work-x/rapport.html",
        "/2023-2024/.part-1",
        "/%2ecache/a.json",
        "/2023-2024/../.cache/a.json",
        "/2023-2024/%2e%2e/.cache/a.json",
        "/../data/datapackage.json",
        "/%2e%2e/data/datapackage.json",
        "/..%2fdata/datapackage.json",
        "/%2e%2e%2fdata%2fdatapackage.json",
        "//data/datapackage.json",
        "/..\\data\\datapackage.json",
        "/2023-2024/dehors/datapackage.json",
        "/2023-2024/fuite.json",
        "/2023-2024/cach%C3%A9.json",
        "/2023-2024/tube.json",
        "/2023-2024/latest/rapport.html%00",
        "/2023-2024/latest/rapport.html/",
        "/%ff",
        "/" + "a" * 5000,
        "/2023-2024/",
        "/2023-2024",
        "/2023-2024/latest/",
        "/absent.html",
        "http://127.0.0.1/../data/datapackage.json",
    ],
)
def test_nothing_else_is_given_and_no_folder_is_listed(served: Served, path: str) -> None:
    status, _, text = served.get(path)
    assert status == 404
    assert SECRET not in text


@pytest.mark.parametrize("host", ["ailleurs.example", "127.0.0.1", "127.0.0.1:1", "[::1]:80"])
def test_only_its_own_name_is_served(served: Served, host: str) -> None:
    assert served.get("/", host=host)[0] == 403


def test_localhost_is_its_name_too(served: Served) -> None:
    assert served.get("/", host=f"localhost:{served.port}")[0] == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_nothing_can_be_sent(served: Served, method: str) -> None:
    assert served.get("/", method)[0] == 501


def test_it_listens_on_loopback_only(served: Served) -> None:
    listening = psutil.Process(served.process.pid).net_connections()
    assert {each.laddr.ip for each in listening} == {"127.0.0.1"}


def test_a_port_that_is_taken_is_a_bad_call(served: Served) -> None:
    told = run(served.project, "serve", f"--port={served.port}", environment=_code())
    assert told.returncode == 2
    assert "est déjà pris" in told.stderr


def test_control_c_ends_it_cleanly(served: Served) -> None:
    process = start(served.project, "serve")
    assert process.stdout
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    assert process.wait(15) == 0
    assert process.stderr
    assert "Traceback" not in process.stderr.read()
    served.process.kill()
    served.process.wait()
    assert_nobody_in(served.project)


def _code() -> dict[str, str]:
    return {"PYTHONPATH": str(Path(__file__).parents[1])}
