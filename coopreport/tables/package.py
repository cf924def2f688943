"""The descriptor `datapackage.json` (Data Package v2) as frozen objects, every fault of it told.

What the standard allows and this package does not read is a fault, never ignored: a property that
is read by nobody is a wrong figure waiting. Extra properties of ours: `rights` (in place of
`licenses`), `rules` (see `rules.py`), `allowEmpty`, and `unit` in a field.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any

from coopreport.errors import BadData, nearest
from coopreport.tables.files import read_bytes
from coopreport.tables.header import SEPARATORS
from coopreport.tables.journal import Journal
from coopreport.tables.model import ForeignKey, Package, Resource, Rule, Source, scalar_text
from coopreport.tables.reading import ENCODINGS
from coopreport.tables.rules import RULES, columns_of
from coopreport.tables.schema import Place, read_fields

DESCRIPTOR = "datapackage.json"
MAX_DESCRIPTOR = 2_000_000
PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"

_RESOURCE_KEYS = {
    "$schema", "name", "type", "path", "title", "description", "profile", "encoding", "format",
    "mediatype", "dialect", "sources", "licenses", "rights", "schema", "rules", "allowEmpty",
    "homepage", "contributors",
}  # fmt: skip
_SCHEMA_KEYS = {
    "$schema", "fields", "fieldsMatch", "primaryKey", "foreignKeys", "missingValues", "name",
    "title", "description",
}  # fmt: skip


def open_package(data_dir: Path) -> Package:
    """Return the package that `data_dir/datapackage.json` describes; no table is read yet.

    Raises:
        BadData: every fault of the descriptor.
    """
    data_dir = data_dir.absolute()  # so that it has a name, which messages give
    journal = Journal(f"{data_dir.name}/{DESCRIPTOR}")
    text = _text(read_bytes(data_dir, DESCRIPTOR, journal, MAX_DESCRIPTOR), journal)
    descriptor = _json(text, journal)
    top = Place(journal)
    if not isinstance(descriptor, dict):
        raise journal.stop("objet JSON attendu", "écrire un descripteur Data Package v2", line=1)
    if descriptor.get("$schema") != PROFILE:
        top.fault(f"« $schema » doit être {PROFILE}", "déclarer un Data Package v2")
    items = descriptor.get("resources")
    if not isinstance(items, list) or not items:
        raise journal.stop("« resources » absent ou vide", "décrire au moins une table")
    resources: dict[str, Resource] = {}
    for number, item in enumerate(items, start=1):
        resource = _resource(item, number, data_dir.name, descriptor, text, journal)
        if resource.name in resources:
            _place(resource.name, text, journal).fault("nom de table en double", "le changer")
        resources[resource.name] = resource
    for resource in resources.values():
        _check_references(resource, resources, _place(resource.name, text, journal))
    paths: dict[str, str] = {}
    for resource in resources.values():
        if (other := paths.setdefault(resource.path.casefold(), resource.name)) != resource.name:
            place = _place(resource.name, text, journal)
            place.fault(f"même fichier que la table « {other} »", "donner un fichier par table")
    if journal.faults:
        raise BadData(journal.faults)
    name, title = descriptor.get("name", ""), descriptor.get("title", "")
    return Package(data_dir, str(name), str(title), MappingProxyType(resources))


def _text(data: bytes, journal: Journal) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise journal.stop(
            "octet qui n'est pas de l'UTF-8", "l'enregistrer en UTF-8", line=line
        ) from None


def _json(text: str, journal: Journal) -> Any:
    """Return the JSON value of `text`; a name given twice in an object is a fault."""

    def without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in pairs]
        for name in sorted({name for name in names if names.count(name) > 1}):
            journal.fault("propriété donnée deux fois dans un objet", "en retirer une", value=name)
        return dict(pairs)

    try:
        return json.loads(text, object_pairs_hook=without_duplicates)
    except json.JSONDecodeError as error:
        raise journal.stop(
            f"JSON mal formé : {error.msg}, caractère {error.colno}",
            "vérifier les virgules, les guillemets et les accolades de cette ligne",
            line=error.lineno,
        ) from None
    except RecursionError:
        raise journal.stop("JSON trop imbriqué", "simplifier le descripteur") from None


def _place(name: str, text: str, journal: Journal) -> Place:
    """Return where faults of the table `name` are told: the descriptor's line that names it."""
    match = re.search(rf'"name"\s*:\s*{re.escape(json.dumps(name, ensure_ascii=False))}', text)
    line = text.count("\n", 0, match.start()) + 1 if match else 0
    return Place(journal, line, f"table « {name} »")


def _resource(
    item: object, number: int, folder: str, package: Mapping[str, Any], text: str, journal: Journal
) -> Resource:
    """Return one resource; what is wrong in it is a fault, and a harmless value stands in."""
    if not isinstance(item, dict):
        Place(journal).fault(f"table {number} : objet JSON attendu", "décrire la table")
        item = {}
    name = item.get("name")
    if not isinstance(name, str) or not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        Place(journal).fault(
            f"table {number} : « name » absent ou mal formé",
            "donner un nom en lettres minuscules sans accent, chiffres et tirets bas",
            str(name or ""),
        )
        name = f"table_{number}"
    place = _place(name, text, journal)
    place.only(item, _RESOURCE_KEYS)
    for key, expected in (("type", "table"), ("format", "csv")):
        if item.get(key, expected) != expected:
            place.fault(f"« {key} » doit être « {expected} »", "corriger", str(item[key]))
    schema = place.mapping(item, "schema")
    place.only(schema, _SCHEMA_KEYS)
    if schema.get("fieldsMatch") not in ("equal", ["equal"]):
        place.fault("« fieldsMatch » doit être « equal »", "l'écrire dans « schema »")
    if schema.get("missingValues", [""]) != [""]:
        place.fault('« missingValues » doit être [""]', "une donnée absente est une cellule vide")
    encoding = item.get("encoding", "utf-8")
    if encoding not in ENCODINGS:
        place.fault("encodage inconnu", f"encodages permis : {', '.join(ENCODINGS)}", str(encoding))
        encoding = "utf-8"
    path = _path(item.get("path"), place)
    return Resource(
        name=name,
        title=place.text(item, "title"),
        description=place.text(item, "description"),
        path=path,
        file=f"{folder}/{path}",
        encoding=encoding,
        delimiter=_delimiter(item.get("dialect", {}), place),
        fields=read_fields(schema, place),
        primary_key=place.names(schema, "primaryKey"),
        foreign_keys=_foreign_keys(schema, name, place),
        rules=_rules(item, place),
        sources=_sources(item, place),
        rights=_rights(item, package, place),
        allow_empty=item.get("allowEmpty") is True,
    )


def _path(path: object, place: Place) -> str:
    """Return the path when it stays inside data/ whatever the system; it must end in .csv."""
    if not isinstance(path, str) or not path:
        place.fault("« path » absent, ou qui n'est pas un seul chemin", "donner le chemin du CSV")
        return "absent.csv"
    steps = PurePosixPath(path).parts
    if (
        path.startswith(("/", "~"))
        or ".." in steps
        or re.search(r'[\\:*?"<>|\x00-\x1f]', path)
        or any(step.endswith((" ", ".")) for step in steps)
    ):
        place.fault(
            "chemin qui sort de data/ ou qui n'est pas portable",
            "donner un chemin relatif à data/, avec des « / » et sans « .. »",
            path,
        )
        return "absent.csv"
    if not path.endswith(".csv"):
        place.fault("le fichier d'une table porte l'extension .csv", "l'exporter en CSV", path)
    return str(PurePosixPath(path))


def _delimiter(dialect: object, place: Place) -> str:
    if not isinstance(dialect, dict):
        place.fault("« dialect » doit être un objet", 'écrire {"delimiter": ","}')
        return ","
    fixed = {"header": True, "quoteChar": '"', "doubleQuote": True, "headerRows": [1]}
    for key, value in dialect.items():
        if key not in ("delimiter", "$schema", "lineTerminator") and fixed.get(key) != value:
            place.fault(f"dialecte : « {key} » n'est pas géré", "le retirer", str(value))
    delimiter = dialect.get("delimiter", ",")
    if delimiter not in SEPARATORS:
        place.fault("séparateur inconnu", f"en prendre un de : {' '.join(SEPARATORS.values())}")
        return ","
    return str(delimiter)


def _sources(item: Mapping[str, Any], place: Place) -> tuple[Source, ...]:
    sources = item.get("sources")
    if not isinstance(sources, list) or not sources:
        place.fault("« sources » absent ou vide", "nommer au moins une source, avec son adresse")
        return ()
    found = []
    for source in sources:
        title = source.get("title") if isinstance(source, dict) else None
        path = source.get("path", "") if isinstance(source, dict) else ""
        if not isinstance(title, str) or not title or not isinstance(path, str):
            place.fault("source sans titre", 'écrire {"title": "…", "path": "https://…"}')
        else:
            found.append(Source(title, path))
    return tuple(found)


def _rights(item: Mapping[str, Any], package: Mapping[str, Any], place: Place) -> str:
    """Return the words of `rights`, or the titles of the table's or the package's licences."""
    if isinstance(item.get("rights"), str) and item["rights"].strip():
        return str(item["rights"])
    licences = item.get("licenses") or package.get("licenses") or []
    if isinstance(licences, list) and licences and all(isinstance(x, dict) for x in licences):
        titles = [str(x.get("title") or x.get("name") or x.get("path") or "") for x in licences]
        if all(titles):
            return ", ".join(titles)
    place.fault(
        "ni licence ni droits",
        "donner « licenses », ou « rights » : « Faits compilés par le projet »",
    )
    return ""


def _foreign_keys(schema: Mapping[str, Any], name: str, place: Place) -> tuple[ForeignKey, ...]:
    keys = []
    for item in place.objects(schema, "foreignKeys"):
        reference = place.mapping(item, "reference")
        target = reference.get("resource") or name
        fields, others = place.names(item, "fields"), place.names(reference, "fields")
        if not fields or len(fields) != len(others):
            place.fault("clé étrangère mal formée", "donner autant de « fields » des deux côtés")
        else:
            keys.append(ForeignKey(fields, str(target), others))
    return tuple(keys)


def _rules(item: Mapping[str, Any], place: Place) -> tuple[Rule, ...]:
    """Return the rules whose name and arguments are those of `rules.RULES`."""
    rules = []
    for each in place.objects(item, "rules"):
        name = each.get("rule")
        if name not in RULES:
            known = f"règles connues : {', '.join(RULES)}"
            place.fault("règle inconnue", nearest(str(name), list(RULES)) or known, str(name))
            continue
        arguments = {
            key: value for key, value in each.items() if key not in ("rule", "description")
        }
        expected = RULES[name].arguments
        if set(arguments) != set(expected):
            place.fault(f"arguments de la règle « {name} »", f"donner : {', '.join(expected)}")
        elif all(_has_shape(arguments[key], kind) for key, kind in expected.items()):
            rules.append(Rule(name, arguments))
        else:
            place.fault(f"règle « {name} » mal formée", "voir coopreport/tables/rules.py")
    return tuple(rules)


def _has_shape(value: object, kind: str) -> bool:
    if kind == "column":
        return isinstance(value, str)
    if kind == "columns":
        return isinstance(value, list) and bool(value) and all(isinstance(v, str) for v in value)
    return (
        isinstance(value, dict) and bool(value) and all(isinstance(v, list) for v in value.values())
    )


def _check_references(resource: Resource, resources: Mapping[str, Resource], place: Place) -> None:
    """Fault the keys and rules of `resource` that name a column, a table or a code not there."""

    def exist(columns: Sequence[str], where: str, table: Resource = resource) -> None:
        for column in columns:
            if column not in table.field:
                hint = nearest(column, table.columns) or f"colonnes : {', '.join(table.columns)}"
                place.fault(f"{where} : colonne absente de « {table.name} »", hint, column)

    if not resource.primary_key:
        place.fault("« primaryKey » absent", "nommer les colonnes qui distinguent les lignes")
    exist(resource.primary_key, "clé primaire")
    for key in resource.foreign_keys:
        exist(key.fields, "clé étrangère")
        if key.reference in resources:
            exist(key.reference_fields, "clé étrangère", resources[key.reference])
        else:
            hint = nearest(key.reference, list(resources)) or f"tables : {', '.join(resources)}"
            place.fault("clé étrangère : table inconnue", hint, key.reference)
    for rule in resource.rules:
        exist(columns_of(rule), f"règle « {rule.name} »")
        for column, codes in rule.when.items():
            field = resource.field.get(column)
            for code in codes:
                allowed = field.enum if field else ()
                if field and field.type == "boolean":
                    allowed = ("true", "false")
                if allowed and scalar_text(code) not in allowed:
                    place.fault(
                        f"règle « {rule.name} » : code que « {column} » ne permet pas",
                        nearest(code, allowed) or f"codes permis : {', '.join(allowed)}",
                        code,
                    )
