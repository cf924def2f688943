"""Cells that are not what their column asks for: each way of being wrong has its own words."""

from __future__ import annotations

from pathlib import Path

import pytest

from coopreport.tables.number_text import NOTATIONS, read_number
from tests.tables_fixtures import check, only_fault, plain, with_cell


def told(folder: Path, column: str, text: str) -> tuple[str, str]:
    """Return the rule and the remedy of the one fault that `text` in `column` of line 3 makes."""
    fault = only_fault(check(folder, with_cell(column, text)))
    assert (fault.file, fault.line, fault.column) == ("data/asks.csv", 3, column)
    return plain(fault.rule), plain(fault.remedy)


AMOUNTS = [
    ("8,8 M$", "abrégé en milliers, millions ou milliards", "« 8800000 »"),
    ("8,8\u00a0M$", "abrégé en milliers, millions ou milliards", "« 8800000 »"),
    ("5 millions", "abrégé en milliers, millions ou milliards", "« 5000000 »"),
    ("5 millions de dollars", "abrégé en milliers, millions ou milliards", "« 5000000 »"),
    ("600 k$", "abrégé en milliers, millions ou milliards", "« 600000 »"),
    ("4 M", "abrégé en milliers, millions ou milliards", "« 4000000 »"),
    ("460 G$", "abrégé en milliers, millions ou milliards", "« 460000000000 »"),
    ("5,000", "ambigu, décimales ou milliers", "« 5 » ou « 5000 », selon la source"),
    ("5.000", "ambigu, décimales ou milliers", "« 5 » ou « 5000 », selon la source"),
    ("5.000,00", "séparateur de milliers", "« 5000 »"),
    ("5,000.00", "séparateur de milliers", "« 5000 »"),
    ("1,234,567", "séparateur de milliers", "« 1234567 »"),
    ("5'000", "séparateur de milliers", "« 5000 »"),
    ("600 000", "séparateur de milliers", "« 600000 »"),
    ("600\u202f000", "séparateur de milliers", "« 600000 »"),
    ("600000,00", "cents ou décimales", "« 600000 »"),
    ("600000.00", "cents ou décimales", "« 600000 »"),
    ("600000.55", "cents ou décimales", "arrondir"),
    ("5,0", "cents ou décimales", "« 5 »"),
    ("(600)", "parenthèses comptables", "« -600 »"),
    ("600-", "signe moins après le nombre", "« -600 »"),
    ("\u2212600", "signe moins typographique", "« -600 »"),
    ("+600", "signe plus devant le nombre", "« 600 »"),
    ("1e3", "notation scientifique", "« 1000 »"),
    ("8,8E+06", "notation scientifique", "« 8800000 »"),
    ("inf", "infini", "laisser la cellule vide"),
    ("nan", "infini", "laisser la cellule vide"),
    ("NA", "donnée absente", "laisser la cellule vide"),
    ("n.d.", "donnée absente", "laisser la cellule vide"),
    ("..", "donnée absente", "laisser la cellule vide"),
    ("-", "donnée absente", "laisser la cellule vide"),
    ("0x1F", "hexadécimale", "en chiffres seulement"),
    ("\u0663", "chiffres autres que 0 à 9", "« 3 »"),
    ("６００", "chiffres autres que 0 à 9", "« 600 »"),
    ("600 $", "symbole ou nom de la monnaie", "« 600 »"),
    ("$600", "symbole ou nom de la monnaie", "« 600 »"),
    ("600 CAD", "symbole ou nom de la monnaie", "« 600 »"),
    ("600 $ US", "autre monnaie", "convertir en dollars canadiens"),
    ("US$600", "autre monnaie", "convertir en dollars canadiens"),
    ("600 €", "autre monnaie", "convertir en dollars canadiens"),
    ("13 %", "pourcentage", "« 13 »"),
    ("~600", "nombre approché", "dans une autre colonne"),
    ("2023-2024", "date ou exercice", "glissé"),
    ("500 à 600", "deux nombres", "un nombre par cellule"),
    ("0600", "zéros en tête", "« 600 »"),
    ("'600", "apostrophe de tableur", "« 600 »"),
    ("=B2*2", "formule", "exporter la valeur"),
    ("600 ans", "unité ou mot après le nombre", "« 600 »"),
    ("beaucoup", "texte trouvé", "le nombre seul"),
]


@pytest.mark.parametrize(("text", "rule", "remedy"), AMOUNTS)
def test_an_amount_that_is_not_whole_dollars(
    tmp_path: Path, text: str, rule: str, remedy: str
) -> None:
    found = told(tmp_path, "amount", text)
    assert found[0].startswith("montant en dollars entiers attendu")
    assert rule in found[0] and remedy in found[1]


def test_every_notation_known_is_met_by_a_text_above() -> None:
    texts = [text for text, _, _ in AMOUNTS] + ["1 23", ".5"]
    met = {next((n.name for n in NOTATIONS if n.pattern.fullmatch(text)), "") for text in texts}
    assert {notation.name for notation in NOTATIONS} <= met


def test_a_negative_amount_and_one_too_long(tmp_path: Path) -> None:
    assert told(tmp_path, "amount", "-600")[0] == "montant négatif"
    assert "plus de 18 chiffres" in told(tmp_path, "amount", "9" * 19)[0]
    assert "plus de 18 chiffres" in told(tmp_path, "amount", "9" * 5000)[0]


@pytest.mark.parametrize(
    ("text", "rule", "remedy"),
    [
        ("13,5", "virgule décimale", "« 13.5 »"),
        ("13.5 %", "pourcentage", "« 13.5 »"),
        ("1 234,5", "séparateur de milliers", "« 1234.5 »"),
        (".5", "point sans chiffre de chaque côté", "« 0.5 »"),
        ("5e-1", "notation scientifique", "« 0.5 »"),
    ],
)
def test_a_number_that_is_not_written_with_a_point(
    tmp_path: Path, text: str, rule: str, remedy: str
) -> None:
    found = told(tmp_path, "rate", text)
    assert rule in found[0] and remedy in found[1]


def test_a_hostile_number_costs_nothing() -> None:
    for text in ("1" + " " * 9000 + "x", "1e99", "9" * 9999 + ",5", "1e999999999"):
        assert not isinstance(read_number(text, "number"), int)


@pytest.mark.parametrize(
    ("text", "rule", "remedy"),
    [
        ("01/02/2023", "ambiguë", "« 2023-01-02 » ou « 2023-02-01 »"),
        ("1-2-2023", "ambiguë", "« 2023-01-02 » ou « 2023-02-01 »"),
        ("27/01/2023", "ordre inversé", "« 2023-01-27 »"),
        ("01/27/2023", "ordre inversé", "« 2023-01-27 »"),
        ("27/27/2023", "impossible", "AAAA-MM-JJ"),
        ("27/01/23", "année de deux chiffres", "AAAA-MM-JJ"),
        ("2023-02-30", "date impossible : ce mois compte 28 jours", "à la source"),
        ("2023-13-01", "date impossible : il n'y a pas de mois 13", "à la source"),
        ("0000-01-01", "date impossible", "à la source"),
        ("5 janv. 2023", "mois en lettres", "« 2023-01-05 »"),
        ("le 1er août 2023", "mois en lettres", "« 2023-08-01 »"),
        ("Jan 5, 2023", "mois en lettres", "« 2023-01-05 »"),
        ("2023/01/27", "autre séparateur", "« 2023-01-27 »"),
        ("2023-1-5", "autre séparateur, ou zéro absent", "« 2023-01-05 »"),
        ("20230127", "sans trait d'union", "« 2023-01-27 »"),
        ("2023\u201301\u201327", "tiret typographique", "« 2023-01-27 »"),
        ("2023-01-27 00:00:00", "heure en trop", "« 2023-01-27 »"),
        ("2023-01-27T23:30:00Z", "fuseau horaire", "date du jour au Québec"),
        ("2023-01-27T23:30:00-05:00", "fuseau horaire", "date du jour au Québec"),
        ("2023-01", "date incomplète", "le mois et le jour"),
        ("44953", "numéro de jour d'un tableur", "« 2023-01-27 »"),
        ("hier", "texte trouvé", "2023-01-27"),
        ("1500-01-01", "sous le minimum", "à la source"),
        ("2932-01-01", "au-dessus du maximum", "à la source"),
    ],
)
def test_a_date_that_is_not_iso(tmp_path: Path, text: str, rule: str, remedy: str) -> None:
    found = told(tmp_path, "decided", text)
    assert rule in found[0] and remedy in found[1]


@pytest.mark.parametrize(
    ("column", "text", "rule", "remedy"),
    [
        ("region", "1", "zéro de tête perdu", "« 01 »"),
        ("region", "18", "code inconnu", "codes permis : 01, 06, 12"),
        ("region", "²", "code inconnu", "codes permis : 01, 06, 12"),
        ("region", "1" * 5000, "code inconnu", "codes permis : 01, 06, 12"),
        ("region", "QC", "code inconnu", "codes permis : 01, 06, 12"),
        ("region", "06A", "code inconnu", "vouliez-vous dire « 06 »?"),
        ("region", "NA", "code inconnu", "codes permis"),
        ("basis", "Per_year", "code inconnu", "écrire « per_year »"),
        ("basis", "per-year", "code inconnu", "vouliez-vous dire « per_year »?"),
        ("basis", "", "cellule vide dans une colonne obligatoire", "per_year, total, unstated"),
        ("subject", "", "cellule vide dans une colonne obligatoire", "« Titre de subject »"),
        ("subject", "   ", "cellule vide dans une colonne obligatoire", "« Titre de subject »"),
        ("recurrent", "oui", "« true » ou « false » attendu", "écrire « true »"),
        ("recurrent", "FAUX", "« true » ou « false » attendu", "écrire « false »"),
        ("recurrent", "1", "« true » ou « false » attendu", "écrire « true »"),
        ("recurrent", "peut-être", "« true » ou « false » attendu", "(faux)"),
        ("year", "23", "année de quatre chiffres attendue", "en chiffres"),
        ("year", "1066", "sous le minimum : 1800", "à la source"),
        ("year", "2023.0", "année de quatre chiffres attendue", "« 2023 »"),
        ("first_fiscal_year", "2023-24", "exercice attendu", "« 2023-2024 »"),
        ("first_fiscal_year", "2023–2024", "exercice attendu", "« 2023-2024 »"),
        ("first_fiscal_year", "2023", "exercice attendu", "« 2022-2023 » ou « 2023-2024 »"),
        ("first_fiscal_year", "2023-2025", "ne se suivent pas", "2023-2024"),
        ("source", "voir le site", "adresse web attendue", "https://"),
    ],
)
def test_a_code_that_its_column_does_not_allow(
    tmp_path: Path, column: str, text: str, rule: str, remedy: str
) -> None:
    found = told(tmp_path, column, text)
    assert rule in found[0] and remedy in found[1]


def test_a_text_out_of_pattern(tmp_path: Path) -> None:
    fault = only_fault(check(tmp_path, with_cell("ask_id", "r 10", line=5)))
    assert (fault.line, fault.column) == (5, "ask_id") and "R[0-9]+" in fault.remedy


def test_mixed_formats_in_a_column_give_each_line(tmp_path: Path) -> None:
    text = with_cell("decided", "27 janvier 2023").replace("2023-01-28", "28/01/2023")
    assert [fault.line for fault in check(tmp_path, text).faults] == [3, 4]
