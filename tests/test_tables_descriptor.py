"""A faulty descriptor is told before any table is read: every fault of it, with its place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from coopreport.errors import BadData
from coopreport.tables import open_package
from tests.tables_fixtures import descriptor, descriptor_faults, plain, write_package

Change = Callable[[dict[str, Any]], object]


def schema(described: dict[str, Any]) -> dict[str, Any]:
    found = described["resources"][0]["schema"]
    assert isinstance(found, dict)
    return found


def table(described: dict[str, Any]) -> dict[str, Any]:
    found = described["resources"][0]
    assert isinstance(found, dict)
    return found


def rule(**arguments: Any) -> Change:
    return lambda d: table(d).update(rules=[arguments])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: d.update({"$schema": "v1"}), "Data Package v2"),
        (lambda d: d.update(resources=[]), "« resources » absent ou vide"),
        (lambda d: table(d).update(name="Mes tables"), "« name » absent ou mal formé"),
        (lambda d: table(d).update(name="readings"), "nom de table en double"),
        (lambda d: table(d).update(path="../asks.csv"), "chemin qui sort de data/"),
        (lambda d: table(d).update(path="/etc/passwd"), "chemin qui sort de data/"),
        (lambda d: table(d).update(path="a/../../asks.csv"), "chemin qui sort de data/"),
        (lambda d: table(d).update(path="..\\asks.csv"), "chemin qui sort de data/"),
        (lambda d: table(d).update(path="https://x.org/a.csv"), "chemin qui sort de data/"),
        (lambda d: table(d).update(path="asks.xlsx"), "extension .csv"),
        (lambda d: table(d).update(path=["a.csv", "b.csv"]), "pas un seul chemin"),
        (lambda d: table(d).update(path="readings.csv"), "même fichier que la table « asks »"),
        (lambda d: table(d).pop("title"), "« title » absent ou vide"),
        (lambda d: table(d).pop("sources"), "« sources » absent ou vide"),
        (lambda d: table(d).pop("rights"), "ni licence ni droits"),
        (lambda d: table(d).update(encoding="latin-9"), "encodage inconnu"),
        (lambda d: table(d).update(dialect={"delimiter": "~"}), "séparateur inconnu"),
        (lambda d: table(d).update(dialect={"commentChar": "#"}), "« commentChar » n'est pas géré"),
        (lambda d: table(d).update(compression="gz"), "propriété inconnue"),
        (lambda d: table(d).pop("schema"), "« schema » absent"),
        (lambda d: schema(d).update(fieldsMatch="subset"), "« fieldsMatch » doit être « equal »"),
        (lambda d: schema(d).update(missingValues=["", "NA"]), "« missingValues »"),
        (lambda d: schema(d).pop("primaryKey"), "« primaryKey » absent"),
        (lambda d: schema(d).update(primaryKey=["ask"]), "vouliez-vous dire « ask_id »?"),
        (lambda d: schema(d)["fields"].append(dict(schema(d)["fields"][0])), "champ décrit 2 fois"),
        (lambda d: schema(d)["fields"][0].pop("title"), "champ « ask_id » : « title » absent"),
        (lambda d: schema(d)["fields"][3].update(type="int"), "types permis : string, integer"),
        (lambda d: schema(d)["fields"][3].update(groupChar=" "), "propriété inconnue"),
        (lambda d: schema(d)["fields"][3].update(constraints={"min": 0}), "« minimum »"),
        (lambda d: schema(d)["fields"][3].update(constraints={"minimum": "0,5"}), "« minimum » :"),
        (
            lambda d: schema(d)["fields"][3].update(constraints={"minimum": 5, "maximum": 1}),
            "minimum plus grand que le maximum",
        ),
        (lambda d: schema(d)["fields"][0].update(constraints={"pattern": "("}), "mal formée"),
        (lambda d: schema(d)["fields"][5].update(format="%d/%m/%Y"), "format non géré"),
        (lambda d: schema(d)["fields"][9].update(trueValues=["1"]), "« trueValues »"),
        (
            lambda d: schema(d)["fields"][8].update(categories=[{"value": "01", "label": "Une"}]),
            "« categories » et « enum » ne s'accordent pas",
        ),
        (
            lambda d: schema(d)["foreignKeys"][0]["reference"].update(resource="ask"),
            "clé étrangère : table inconnue",
        ),
        (
            lambda d: schema(d)["foreignKeys"][0]["reference"].update(fields=["nom"]),
            "clé étrangère : colonne absente de « asks »",
        ),
        (rule(rule="sorted", columns=["year"]), "règle inconnue"),
        (rule(rule="ordered", cols=["year", "year"]), "arguments de la règle « ordered »"),
        (rule(rule="ordered", columns="year"), "règle « ordered » mal formée"),
        (rule(rule="ordered", columns=["yaer", "year"]), "vouliez-vous dire « year »?"),
        (
            rule(rule="required_when", column="rate", when={"basis": ["anuel"]}),
            "code que « basis » ne permet pas",
        ),
    ],
)
def test_a_faulty_descriptor(tmp_path: Path, change: Change, said: str) -> None:
    described = descriptor()
    change(described)
    message = plain(descriptor_faults(tmp_path, described))
    assert said in message and "data/datapackage.json" in message


def test_all_faults_are_told_at_once_at_the_line_of_their_table(tmp_path: Path) -> None:
    described = descriptor()
    table(described).pop("title")
    schema(described).update(primaryKey=["nom"])
    described["resources"][1]["path"] = "../r.csv"
    with pytest.raises(BadData) as caught:
        open_package(write_package(tmp_path, described=described))
    text = (tmp_path / "data" / "datapackage.json").read_text().splitlines()
    assert [text[fault.line - 1].strip() for fault in caught.value.faults] == [
        '"name": "asks",',
        '"name": "asks",',
        '"name": "readings",',
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "fichier vide"),
        (b'{\n"a": 1,\n}', "ligne 3 : JSON mal formé"),
        (b'{"a": 1, "a": 2}', "propriété donnée deux fois"),
        (b"[]", "objet JSON attendu"),
        (b'{"title": "caf\xe9"}', "ligne 1 : octet qui n'est pas de l'UTF-8"),
        (b"[" * 100_000, "imbriqué"),
    ],
)
def test_a_descriptor_that_is_no_object(tmp_path: Path, content: bytes, said: str) -> None:
    data = write_package(tmp_path)
    (data / "datapackage.json").write_bytes(content)
    with pytest.raises(BadData) as caught:
        open_package(data)
    assert said in plain(caught.value)


def test_no_descriptor(tmp_path: Path) -> None:
    with pytest.raises(BadData, match="introuvable dans data/"):
        open_package(tmp_path / "data")


def test_resources_keep_their_order_titles_and_labels(tmp_path: Path) -> None:
    described = descriptor()
    labels = [{"value": code, "label": f"Région {code}"} for code in ("01", "06", "12")]
    schema(described)["fields"][8]["categories"] = labels
    package = open_package(write_package(tmp_path, described=described))
    assert list(package.resources) == ["asks", "readings"]
    asks = package.resources["asks"]
    assert (asks.title, asks.file, asks.rights) == (
        "Table asks",
        "data/asks.csv",
        "Faits compilés par le projet",
    )
    assert asks.sources[0].path == "https://exemple.org"
    assert asks.field["region"].labels["06"] == "Région 06"


def test_a_licence_of_the_package_serves_its_tables(tmp_path: Path) -> None:
    described = descriptor()
    for resource in described["resources"]:
        del resource["rights"]
    described["licenses"] = [{"name": "CC-BY-4.0", "title": "CC BY 4.0"}]
    package = open_package(write_package(tmp_path, described=described))
    assert package.resources["asks"].rights == "CC BY 4.0"
