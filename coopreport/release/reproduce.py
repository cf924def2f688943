"""Make again, elsewhere and otherwise, and compare byte by byte.

Without a version: two productions of the project as it is, in two folders, under surroundings that
differ in everything a build must not depend on. With one: the release, from its own copy alone.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

from coopreport.cycles import check_cycle_name, read_cycle
from coopreport.errors import NBSP, BadCall, ChapterFailed, shorten
from coopreport.locale import count_of
from coopreport.paper.libraries import same_press
from coopreport.pipeline.inputs import LOCK, input_files, sha256_of
from coopreport.pipeline.layout import INPUTS, LATEST, MANIFEST, PDF
from coopreport.pipeline.options import Options
from coopreport.pipeline.publish import files_of
from coopreport.pipeline.work import remove
from coopreport.project import Project
from coopreport.release.bundle import HASHES, READ_ME, bundle_path
from coopreport.release.crate import METADATA
from coopreport.release.differences import Difference, differences
from coopreport.release.environment import missing_versions
from coopreport.release.folder import copy_file
from coopreport.release.signature import SIGNATURE
from coopreport.release.verify import faults_of
from coopreport.release.versions import NotIntact, read_manifest, version_folder

MOST_LISTED = 10
"""Files that differ are told in full up to this many; the others are counted."""


@dataclass(frozen=True)
class Surroundings:
    """How one production is made: the name of its folder, its umask, its environment."""

    folder: str
    umask: int
    environment: Mapping[str, str]


PLAIN = Surroundings(
    "projet",
    0o022,
    {
        "TZ": "Etc/GMT+12",
        "LC_ALL": "C.UTF-8",
        "LANG": "C.UTF-8",
        "PYTHONHASHSEED": "0",
        "USER": "claire",
        "LOGNAME": "claire",
    },
)
OTHER = Surroundings(
    "mémoire à refaire",
    0o077,
    {
        "TZ": "Pacific/Kiritimati",
        "LC_ALL": "C",
        "LANG": "fr_CA.ISO-8859-1",
        "PYTHONHASHSEED": "4242",
        "USER": "étienne",
        "LOGNAME": "étienne",
        "COLUMNS": "40",
        "NO_COLOR": "1",
    },
)
"""Two surroundings 26 hours apart: whatever the hour, their days differ."""


class NotReproduced(NotIntact):
    """What was made again is not what it should be."""

    def __init__(self, what: str, found: list[Difference]) -> None:
        listed = "\n".join(f"  {each}" for each in found[:MOST_LISTED])
        if len(found) > MOST_LISTED:
            listed += f"\n  … et {count_of(len(found) - MOST_LISTED, 'autre fichier')}"
        files = count_of(len(found), "fichier diffère", "fichiers diffèrent")
        super().__init__(
            f"{what}{NBSP}: {files}.\n{listed}",
            "enlevez ce qui dépend du milieu là où la différence est dite, puis relancez.",
        )


def reproduce(project: Project, cycle: str, version: str, say: Callable[[str], None]) -> int:
    """Make a release again from its own copy, or the project twice when no version is named.

    Raises:
        BadCall: no such cycle or version, or another environment is needed.
        NotReproduced: with where the bytes differ.
        CoopreportError: a production failed.
    """
    check_cycle_name(cycle)
    if version:
        return _reproduce_version(project, cycle, version, say)
    read = read_cycle(project, cycle)
    names = list(input_files(project, read))
    with _folder() as base:
        builds = []
        for number, surroundings in enumerate((PLAIN, OTHER), 1):
            root = base / str(number) / surroundings.folder
            for name in names:
                copy_file(project.file(name), root / name)
            say(f"Production {number}{NBSP}: {_told(surroundings)}")
            _run(root, surroundings, "-m", "coopreport", "report", f"--cycle={cycle}")
            builds.append((root / "build" / cycle / LATEST).resolve())
        traces = _traces(base, PLAIN) | _traces(base, OTHER)
        if found := list(differences(builds[0], builds[1], traces)):
            raise NotReproduced("Deux productions des mêmes intrants", found)
        say(f"{_files(builds[0])} des deux productions{NBSP}: octet pour octet les mêmes.")
    return 0


def _reproduce_version(
    project: Project, cycle: str, version: str, say: Callable[[str], None]
) -> int:
    with _folder() as base:
        released = _released(project, cycle, version, base)
        if faults := list(faults_of(project, released)):
            listed = "".join(f"\n  {version}/{fault}" for fault in faults)
            raise NotIntact(
                f"{version} n’est pas comme à la publication{NBSP}:{listed}",
                f"reprenez {version} d’une copie, puis make verify.",
            )
        manifest = read_manifest(released)
        _require_environment(project, released, version)
        root = base / PLAIN.folder
        for source in files_of(released / INPUTS):  # bytes only: the copy is to be written in
            copy_file(source, root / source.relative_to(released / INPUTS))
        _bring_left_out(project, manifest["left_out"], manifest["inputs"], root)
        say(f"{version} est refaite de sa propre copie, avec son propre programme.")
        printed = manifest.get("pdf")
        if printed and not same_press(printed):
            with_what = ", ".join(f"{name} {version}" for name, version in printed.items())
            say(f"{PDF} n’est pas réimprimé, seulement repris{NBSP}: il l’a été par {with_what}.")
        asked = Options.of(manifest).arguments()
        if "pdf" in manifest:  # `again` prints the version's own
            asked.append("--pdf=non")
        _run(root, PLAIN, "-m", "coopreport", "report", f"--cycle={cycle}", *asked)
        again = base / "again" / version
        again.parent.mkdir()
        module = "coopreport.release.again"
        _run(root, PLAIN, "-m", module, str(released / MANIFEST), str(again))
        traces = _traces(base, PLAIN)
        found = [each for each in differences(released, again, traces) if each.name != SIGNATURE]
        if found:
            raise NotReproduced(f"{version} refaite", found)
        say(f"{_files(again)} de {version}{NBSP}: octet pour octet les mêmes.")
    return 0


def _released(project: Project, cycle: str, version: str, base: Path) -> Path:
    """Return the folder of a version; where only its bundle is left, it is unpacked in `base`."""
    path = bundle_path(project, cycle, version)
    if (project.build / cycle / version).is_dir() or not path.is_file():
        return version_folder(project, cycle, version)
    folder = base / version
    with ZipFile(path) as archive:
        archive.extractall(folder)
    for name in (READ_ME, METADATA, HASHES):
        (folder / name).unlink()
    return folder


def _require_environment(project: Project, released: Path, version: str) -> None:
    """Stop unless the running libraries are those that a version's lock names."""
    lock = released / INPUTS / LOCK
    if missing := missing_versions(lock.read_text(encoding="utf-8")):
        where = lock if not lock.is_relative_to(project.root) else Path(project.relative(lock))
        raise BadCall(
            f"{version} demande d’autres bibliothèques{NBSP}: {shorten(', '.join(missing), 200)}.",
            f"python3 -m venv env-{version} && env-{version}/bin/pip install --require-hashes "
            f"-r {where}, puis env-{version}/bin/python -m coopreport reproduce "
            f"--version={version}",
        )


def _bring_left_out(
    project: Project, names: list[str], inputs: Mapping[str, str], root: Path
) -> None:
    """Copy the registers that a version was too small to hold; the hash says which they are."""
    for name in names:
        source = project.root / name
        if not source.is_file() or sha256_of(source) != inputs[name]:
            raise BadCall(
                f"Le registre {name} n’est pas celui de la version (SHA-256 {inputs[name]}).",
                f"reprenez-le{NBSP}: make register FILE=… SHA256={inputs[name]}",
            )
        copy_file(source, root / name)


def _run(root: Path, surroundings: Surroundings, *arguments: str) -> None:
    """Run Python in a copy of a project, under given surroundings, with that copy's own code.

    Raises:
        ChapterFailed: it did not end well; its message is shown.
    """
    home = root.parent / "maison"
    home.mkdir(exist_ok=True)
    own = {name: value for name, value in os.environ.items() if not name.startswith("COOPREPORT")}
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=root,
        env={**own, **surroundings.environment, "HOME": str(home), "PYTHONPATH": str(root)},
        umask=surroundings.umask,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        told = done.stderr.decode("utf-8", "replace").strip()
        raise ChapterFailed(
            f"La production a échoué (code {done.returncode}).\n{told}",
            "faites d’abord réussir make report.",
        )


@contextmanager
def _folder() -> Iterator[Path]:
    """Give a temporary folder; read-only copies in it go too."""
    folder = Path(tempfile.mkdtemp(prefix="coopreport-"))
    try:
        yield folder
    finally:
        remove(folder)


def _told(surroundings: Surroundings) -> str:
    given = surroundings.environment
    return (
        f"dossier « {surroundings.folder} », {given['TZ']}, {given['LC_ALL']}, "
        f"graine {given['PYTHONHASHSEED']}, utilisateur {given['USER']}"
    )


def _traces(base: Path, surroundings: Surroundings) -> dict[str, str]:
    return {
        str(base): "un chemin absolu",
        surroundings.folder: "le nom du dossier",
        surroundings.environment["USER"]: "le nom de l’utilisateur",
        surroundings.environment["TZ"]: "le fuseau horaire",
    }


def _files(folder: Path) -> str:
    return count_of(sum(1 for _ in files_of(folder)), "fichier")
