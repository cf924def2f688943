"""The RO-Crate metadata of a release: RO-Crate 1.1 with the Process Run Crate profile, as JSON-LD.

Pure: a release's manifest and the project's data package in, an object out; the same in, the same
out, in a fixed order. Sources: https://w3id.org/ro/crate/1.1, https://w3id.org/ro/wfrun/process/0.5.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from coopreport.errors import NBSP
from coopreport.pipeline.edition import AUTHOR, Record
from coopreport.pipeline.layout import INPUTS, REPORT

Entity = dict[str, Any]

METADATA = "ro-crate-metadata.json"
CRATE = "https://w3id.org/ro/crate/1.1"
PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
SOFTWARE = f"{INPUTS}/coopreport/"
AGENT = "#organisme"
ACTION = "#production"
MIT = "https://spdx.org/licenses/MIT"
PLAIN = "text/plain"
FORMATS = {
    ".bib": "application/x-bibtex",
    ".css": "text/css",
    ".csv": "text/csv",
    ".html": "text/html",
    ".ipynb": "application/x-ipynb+json",
    ".json": "application/json",
    ".md": "text/markdown",
    ".pdf": "application/pdf",
    ".py": "text/x-python",
    ".sh": "application/x-sh",
    ".toml": "application/toml",
    ".ttf": "font/ttf",
    ".woff2": "font/woff2",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".yaml": "application/yaml",
    ".zip": "application/zip",
}


@dataclass(frozen=True)
class Packed:
    """One file of a bundle: its path in the crate, its bytes' count and SHA-256."""

    path: str
    size: int
    sha256: str


def crate(
    manifest: Mapping[str, Any], package: Mapping[str, Any], files: Sequence[Packed]
) -> Entity:
    """Return the metadata of a release: its manifest, its data package and its packed files.

    `files` are all of the bundle's but the metadata itself.
    """
    record = Record.from_json(manifest["release"])
    tables = {f"{INPUTS}/data/{each['path']}": each for each in package["resources"]}
    licences = dict(_licence(each) for each in package["resources"])
    graph = [
        _descriptor(),
        _root(manifest, record, files),
        *(_file(packed, tables.get(packed.path)) for packed in files),
        *_software(manifest, files),
        _action(manifest, record, files),
        *_left_out(manifest),
        {"@id": AGENT, "@type": "Organization", "name": AUTHOR},
        {"@id": PROFILE, "@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5"},
        {
            "@id": "#licences",
            "@type": "CreativeWork",
            "name": "Licence par fichier",
            "description": (
                "Code et rapport : MIT. Données : la licence ou les droits de chaque table."
            ),
        },
        {"@id": MIT, "@type": "CreativeWork", "name": "MIT", "identifier": MIT},
        *(licences[id] for id in sorted(licences)),
    ]
    return {"@context": f"{CRATE}/context", "@graph": graph}


def _descriptor() -> Entity:
    return {
        "@id": METADATA,
        "@type": "CreativeWork",
        "conformsTo": {"@id": CRATE},
        "about": {"@id": "./"},
    }


def _root(manifest: Mapping[str, Any], record: Record, files: Sequence[Packed]) -> Entity:
    cycle = manifest["cycle"]
    parts = [SOFTWARE, *(_id(each.path) for each in files)]
    return {
        "@id": "./",
        "@type": "Dataset",
        "conformsTo": {"@id": PROFILE},
        "name": f"Rapport du mouvement coopératif, cycle {cycle}, {record.version}",
        "description": (
            f"Version {record.version} ({record.kind}) du rapport du cycle {cycle}{NBSP}: la page, "
            f"les carnets exécutés, les nombres, et tout ce qui les a produits. {record.reason}"
        ),
        "version": record.version,
        "identifier": f"coopreport-{cycle}-{record.version}",
        "datePublished": record.date,
        "inLanguage": "fr-CA",
        "license": {"@id": "#licences"},
        "author": {"@id": AGENT},
        "publisher": {"@id": AGENT},
        "mainEntity": {"@id": REPORT},
        "mentions": {"@id": ACTION},
        "hasPart": [{"@id": part} for part in parts],
    }


def _file(packed: Packed, table: Mapping[str, Any] | None) -> Entity:
    """Return the entity of a file; a raw table has the title and licence of the data package."""
    path = PurePosixPath(packed.path)
    entity = {
        "@id": _id(packed.path),
        "@type": "File",
        "name": table["title"] if table else path.name,
        "encodingFormat": FORMATS.get(path.suffix, PLAIN),
        "contentSize": str(packed.size),
        "sha256": packed.sha256,
    }
    if table:
        entity["description"] = table["description"]
        entity["license"] = {"@id": _licence(table)[0]}
    elif not packed.path.startswith(f"{INPUTS}/data/"):
        entity["license"] = {"@id": MIT}
    return entity


def _licence(table: Mapping[str, Any]) -> tuple[str, Entity]:
    """Return the licence of a raw table as an entity, with its id; rights are words only."""
    for licence in table.get("licenses", ()):
        id = licence["path"]
        name = licence.get("title") or licence["name"]
        return id, {"@id": id, "@type": "CreativeWork", "name": name, "identifier": id}
    rights = table.get("rights", "Droits non précisés")
    id = f"#droits-{quote(rights.lower().replace(' ', '-'))}"
    return id, {"@id": id, "@type": "CreativeWork", "name": rights}


def _software(manifest: Mapping[str, Any], files: Sequence[Packed]) -> Iterator[Entity]:
    yield {
        "@id": SOFTWARE,
        "@type": ["Dataset", "SoftwareApplication"],
        "name": "coopreport",
        "description": "Le programme qui a produit le rapport, tel qu’il était.",
        "softwareVersion": manifest["version"],
        "license": {"@id": MIT},
        "softwareRequirements": {"@id": f"{INPUTS}/requirements/report.lock"},
        "hasPart": [{"@id": _id(f.path)} for f in files if f.path.startswith(SOFTWARE)],
    }


def _action(manifest: Mapping[str, Any], record: Record, files: Sequence[Packed]) -> Entity:
    """Return the production: this software made the outputs from the inputs."""
    packed = {each.path for each in files}
    data = [name for name in manifest["inputs"] if not name.startswith("coopreport/")]
    objects = [
        _id(path) if (path := f"{INPUTS}/{name}") in packed else _absent(name) for name in data
    ]
    results = [name for name in manifest["outputs"] if not name.startswith(f"{INPUTS}/")]
    return {
        "@id": ACTION,
        "@type": "CreateAction",
        "name": f"Production {manifest['build']}, publiée comme {record.version}",
        "description": (
            f"make report CYCLE={manifest['cycle']}, puis make release; {record.kind}{NBSP}: "
            f"{record.reason}"
        ),
        "endTime": record.date,
        "agent": {"@id": AGENT},
        "instrument": {"@id": SOFTWARE},
        "object": [{"@id": each} for each in objects],
        "result": [{"@id": _id(each)} for each in results],
    }


def _left_out(manifest: Mapping[str, Any]) -> Iterator[Entity]:
    """Yield what the production read and the bundle does not hold, named by its hash."""
    for name in manifest["left_out"]:
        yield {
            "@id": _absent(name),
            "@type": "CreativeWork",
            "name": name,
            "description": "Registre trop grand pour être joint; son empreinte le désigne.",
            "identifier": f"sha256:{manifest['inputs'][name]}",
        }


def _absent(name: str) -> str:
    return f"#{quote(name)}"


def _id(path: str) -> str:
    """Return the identifier of a file: its path, as a URI."""
    return quote(path)
