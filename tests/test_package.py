"""The package: what its wheel holds, and the command installed far from its source."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from zipfile import ZipFile

import pytest

from coopreport import __version__
from tests.builds import assert_whole, latest, small_project
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of what git tracks, made by pip as a user's is."""
    source = tmp_path_factory.mktemp("source") / "coopreport"
    for name in tracked():
        copy = source / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, copy)
    folder = source.with_name("dist")
    pip("wheel", "--no-deps", f"--wheel-dir={folder}", str(source))
    (made,) = folder.iterdir()
    return made


@pytest.fixture(scope="module")
def command(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command, in an environment that has the wheel, these libraries and not the source."""
    home = tmp_path_factory.mktemp("installation") / "env"
    venv.create(home, symlinks=True)
    pip(f"--python={home / 'bin' / 'python'}", "install", "--no-deps", "--no-index", str(wheel))
    (packages,) = home.glob("lib/python3*/site-packages")
    (packages / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return home / "bin" / "coopreport"


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A small project that has tables and a chapter, and neither code nor locks."""
    project = small_project(tmp_path)
    shutil.rmtree(project / "coopreport")
    shutil.rmtree(project / "requirements")
    return project


def pip(*arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pip", "--quiet", *arguments], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def tracked() -> list[str]:
    """Return the files of the project that git tracks and that are there."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def run(command: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the installed command in a folder, with no path to the source."""
    surroundings = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(
        [command, *arguments], cwd=folder, env=surroundings, capture_output=True, text=True
    )


def test_the_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        names = archive.namelist()
    about = f"coopreport-{__version__}.dist-info/"
    assert sorted(name for name in names if not name.startswith(about)) == sorted(
        name for name in tracked() if name.startswith("coopreport/")
    )
    assert {f"{about}licenses/LICENSE", f"{about}licenses/coopreport/fonts/OFL.txt"} <= {*names}


def test_the_installed_command_makes_a_report_of_a_project_without_code(
    command: Path, elsewhere: Path
) -> None:
    done = run(command, elsewhere, "report")
    assert done.returncode == 0, done.stderr
    build = latest(elsewhere)
    assert_whole(build)
    assert "Une phrase." in (build / "rapport.html").read_text(encoding="utf-8")
    inputs = json.loads((build / "manifest.json").read_text(encoding="utf-8"))["inputs"]
    code = {name: sha256 for name, sha256 in inputs.items() if name.startswith("coopreport/")}
    assert code == {
        name: hashlib.sha256((ROOT / name).read_bytes()).hexdigest()
        for name in tracked()
        if name.startswith("coopreport/")
    }
    assert "Rien n’a changé" in run(command, elsewhere, "report").stderr


def test_outside_a_project_the_installed_command_says_where_to_go(
    command: Path, tmp_path: Path
) -> None:
    done = run(command, tmp_path, "report")
    assert done.returncode == 2
    assert "Aucun projet coopreport ici" in done.stderr
    assert "Remède" in done.stderr


def test_a_project_with_other_code_of_its_own_is_left_to_it(command: Path, elsewhere: Path) -> None:
    shutil.copytree(ROOT / "coopreport", elsewhere / "coopreport")
    assert run(command, elsewhere, "check").returncode == 0
    with (elsewhere / "coopreport" / "fiscal.py").open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    done = run(command, elsewhere, "check")
    assert done.returncode == 2
    assert "python -m coopreport" in done.stderr


def test_the_version_is_that_of_the_package(command: Path, tmp_path: Path) -> None:
    assert run(command, tmp_path, "--version").stdout == f"coopreport {__version__}\n"


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_and_version_import_no_library(option: str) -> None:
    told = (
        "import sys; before = {*sys.modules}\n"
        "from coopreport.cli import main\n"
        f"try: main(['{option}'])\n"
        "finally: print(*sorted({*sys.modules} - before), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", told], cwd=ROOT, check=True, capture_output=True, text=True
    )
    loaded = {name.partition(".")[0] for name in done.stderr.split()}
    assert "coopreport" in loaded
    assert loaded - {*sys.stdlib_module_names} == {"coopreport"}
