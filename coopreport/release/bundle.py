"""One ZIP of a version: the release as it is, RO-Crate metadata, and how to read it with no tool.

The same release gives the same bytes: sorted names, the release's date, fixed permissions, and
nothing compressed, since compression libraries do not agree on their bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from coopreport.cycles import check_cycle_name
from coopreport.errors import NBSP
from coopreport.locale import format_value
from coopreport.pipeline.edition import Record
from coopreport.pipeline.layout import INPUTS
from coopreport.pipeline.lock import hold
from coopreport.pipeline.publish import files_of, flush_one
from coopreport.pipeline.work import work_folder
from coopreport.project import Project
from coopreport.release.crate import METADATA, Packed, crate
from coopreport.release.verify import faults_of
from coopreport.release.versions import NotIntact, read_manifest, version_folder, versions_of

READ_ME = "LISEZ-MOI.txt"
HASHES = "empreintes.sha256"
PERMISSIONS = 0o100644
UNIX = 3


def bundle(project: Project, cycle: str, version: str, say: Callable[[str], None]) -> int:
    """Write the bundle of a version of a cycle, of the last one when none is named.

    Raises:
        BadCall: no such version.
        NotIntact: the version is not as it was published.
        CannotPublish: the bundle cannot be written.
    """
    released = versions_of(project, check_cycle_name(cycle))
    last = released[-1].name if released and not version else version
    folder = version_folder(project, cycle, last)
    if faults := list(faults_of(project, folder)):
        listed = "".join(f"\n  {folder.name}/{fault}" for fault in faults)
        raise NotIntact(
            f"{folder.name} n’est pas comme à la publication; rien n’est emballé.{listed}",
            f"reprenez {folder.name} d’une copie, puis make verify.",
        )
    path = bundle_path(project, cycle, folder.name)
    with hold(project, cycle, "bundle"), work_folder(project, cycle) as work:
        part = work / path.name
        _write(part, dict(sorted(_contents(folder))), read_manifest(folder)["release"]["date"])
        flush_one(part)
        part.replace(path)
        flush_one(path.parent)
    size = format_value(path.stat().st_size / 1_000_000, "number", 1)
    say(f"{folder.name} est emballée ({size}{NBSP}Mo).")
    print(f"ZIP{NBSP}: {project.relative(path)}")
    return 0


def bundle_path(project: Project, cycle: str, version: str) -> Path:
    """Return where the bundle of a version is."""
    return project.build / cycle / f"coopreport-{cycle}-{version}.zip"


def _contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield every file of a bundle: those of the release, and those that explain them."""
    manifest = read_manifest(folder)
    contents = {p.relative_to(folder).as_posix(): p.read_bytes() for p in files_of(folder)}
    contents[READ_ME] = _read_me(manifest).encode()
    package = json.loads(contents[f"{INPUTS}/data/datapackage.json"])
    packed = [
        Packed(name, len(content), hashlib.sha256(content).hexdigest())
        for name, content in sorted(contents.items())
    ]
    metadata = json.dumps(crate(manifest, package, packed), ensure_ascii=False, indent=1) + "\n"
    contents[METADATA] = metadata.encode()
    lines = [
        f"{hashlib.sha256(content).hexdigest()}  {name}\n"
        for name, content in sorted(contents.items())
    ]
    yield HASHES, "".join(lines).encode()
    yield from contents.items()


def _write(path: Path, contents: Mapping[str, bytes], day: str) -> None:
    when = date.fromisoformat(day)
    with ZipFile(path, "x", ZIP_STORED) as archive:
        for name, content in contents.items():
            entry = ZipInfo(name, (when.year, when.month, when.day, 0, 0, 0))
            entry.create_system, entry.external_attr = UNIX, PERMISSIONS << 16
            archive.writestr(entry, content)


def _read_me(manifest: Mapping[str, object]) -> str:
    """Return what a reader without Python needs to know, as plain text."""
    release = manifest["release"]
    assert isinstance(release, Mapping)
    record = Record.from_json(release)
    signed = f"Signée par {record.signer} (manifest.json.sig)." if record.signer else "Non signée."
    pdf = "rapport.pdf             la même, sur papier\n" if manifest.get("pdf") else ""
    return f"""\
Rapport du mouvement coopératif et mutualiste, cycle {manifest["cycle"]}
Version {record.version}, {record.kind}, {record.date}
{record.reason}
{signed}

LIRE
Ouvrez rapport.html dans un navigateur, même hors ligne. Rien d'autre n'est nécessaire.

CE QUI EST LÀ
rapport.html            la page
{pdf}tableaux.xlsx           ses tableaux, dans un tableur
tableaux/               les mêmes en CSV, pour la machine
citation.bib, .json     comment citer cette version
indicateurs.json        chaque nombre : valeur exacte, méthode, tables et lignes
notebooks/              les carnets exécutés (Jupyter; du texte JSON)
intrants/               ce qui les a produits : données, carnets, programme, verrou
manifest.json           ce qu'est cette version, et l'empreinte SHA-256 de chaque fichier
ro-crate-metadata.json  la description en RO-Crate 1.1, pour les archives et les catalogues
empreintes.sha256       l'empreinte de chaque fichier de ce ZIP

VÉRIFIER, SANS PYTHON
Linux    sha256sum -c empreintes.sha256
macOS    shasum -a 256 -c empreintes.sha256
Windows  Get-FileHash rapport.html   (PowerShell; comparez à la ligne de empreintes.sha256)
Copiez les fichiers en mode binaire : une conversion des fins de ligne change les empreintes.

REFAIRE
Avec Python 3.11 à 3.13 et make, dans le dossier intrants/ : make report
"""
