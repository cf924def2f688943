"""Small registers in the exact Québec layout, written by hand, and a table of towns."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path

import pytest

from coopreport.analysis.definition import DEATHS, EX_OFFICIO
from coopreport.registers import RegisterFile, Rules, uk
from coopreport.registers import quebec_layout as layout
from coopreport.registers.generator import write_quebec
from tests.chapters import CYCLE
from tests.conftest import ROOT, copy_sources

NOT_EX_OFFICIO = tuple(kind for kind in DEATHS if kind != EX_OFFICIO)
UK_REGISTER = ROOT.parent / "shared" / "data" / "uk" / "organisations_2017-06.csv"
RULES = Rules(first_birth=date(1990, 1, 1), cut_off=date(2023, 1, 31))
TOWNS = """code_geo,municipalite,designation,region_nom,region_code,mrc,population
23027,Québec,Ville,Capitale-Nationale,03,,549459
25213,Lévis,Ville,Chaudière-Appalaches,12,,149683
66023,Montréal,Ville,Montréal,06,,1762949
75017,Saint-Jérôme,Ville,Laurentides,15,,80213
10001,Saint-Simon,Municipalité,Bas-Saint-Laurent,01,,430
54001,Saint-Simon,Paroisse,Montérégie,16,,1300
"""
DOMAINS = [
    {"TYP_DOM_VAL": "STAT_IMMAT", "COD_DOM_VAL": code, "VAL_DOM_FRAN": label}
    for code, label in (("IM", "Immatriculée"), ("RD", "Radiée sur demande"), ("NI", "Non imm."))
]

GROUPINGS: list[tuple[str, ...]] = [
    (),
    ("legal_form",),
    ("region", "sector"),
    ("cohort",),
    ("form_code", "cohort"),
]
"""Groupings of every kind."""

Row = Mapping[str, str]


def firm(number: int, birth: str = "2000-03-01", **cells: str) -> dict[str, str]:
    """Return a living co-operative of Lévis; `end` strikes it off on request."""
    end = cells.pop("end", "")
    row = {
        "NEQ": str(number),
        "DAT_IMMAT": birth,
        "DAT_CONSTI": birth,
        "COD_STAT_IMMAT": "RD" if end else "IM",
        "DAT_STAT_IMMAT": end or birth,
        "COD_FORME_JURI": "COP",
        "COD_ACT_ECON_CAE": "6011",
        "ADR_DOMCL_LIGN1_ADR": "12 rue Principale",
        "ADR_DOMCL_LIGN2_ADR": "Lévis (Québec)",
        "ADR_DOMCL_LIGN4_ADR": "G1A1A1",
    }
    return row | cells


LAST_EVENT = firm(1199999999, "2023-01-31", COD_FORME_JURI="CIE")
"""A firm that makes the register reach the cut-off of `RULES`."""


def folder(
    target: Path,
    firms: Iterable[Row],
    *,
    mergers: Iterable[Row] = (),
    continuations: Iterable[Row] = (),
    domains: Iterable[Row] = (),
    recent: bool = True,
) -> RegisterFile:
    """Write a register as a folder, with its table of towns beside it."""
    target.mkdir(exist_ok=True)
    rows: dict[str, list[Row]] = {name: [] for name in layout.COLUMNS}
    rows[layout.ENTERPRISES] = [*firms, *([LAST_EVENT] if recent else [])]
    rows[layout.MERGERS] = [*mergers]
    rows[layout.CONTINUATIONS] = [*continuations]
    rows[layout.DOMAINS] = [*DOMAINS, *domains]
    for name, columns in layout.COLUMNS.items():
        with (target / name).open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.DictWriter(file, columns, lineterminator="\n", restval="")
            writer.writeheader()
            writer.writerows(rows[name])
    return RegisterFile("quebec", target, towns(target.parent))


def zipped(register: RegisterFile, target: Path, *, prefix: str = "") -> RegisterFile:
    """Pack a folder as the ZIP that a user downloads."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(register.path.iterdir()):
            archive.write(path, prefix + path.name)
    return RegisterFile("quebec", target, register.municipalities)


def towns(parent: Path) -> Path:
    path = parent / "municipalites.csv"
    path.write_text(TOWNS, encoding="utf-8")
    return path


def generated_register(parent: Path) -> RegisterFile:
    """Write a generated Québec register of 4,000 firms, as a folder."""
    places = towns(parent)
    path = write_quebec(parent / "r", 4000, 7, municipalities=places)
    return RegisterFile("quebec", path, places)


def generated_project(project: Path, firms: int, seed: int, places: str = TOWNS) -> Path:
    """Copy the project to a folder, with a generated Québec register that its cycle names.

    `places` is the table of its towns.
    """
    registers = copy_sources(project) / "registers"
    registers.mkdir()
    table = registers / "municipalites.csv"
    table.write_text(places, encoding="utf-8")
    write_quebec(registers / "registre.zip", firms, seed, zipped=True, municipalities=table)
    entry = "path: registers/registre.zip, municipalities: registers/municipalites.csv"
    name_register(project, f"{{kind: quebec, {entry}}}")
    return project


def plain(target: Path, text: str) -> RegisterFile:
    """Write a register in our own schema."""
    target.write_text(text, encoding="utf-8")
    return RegisterFile("csv", target)


def name_register(project: Path, entry: str) -> None:
    """Name a register in the cycle of a copied project."""
    path = project / "data" / "cycles" / f"{CYCLE}.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("chapters:", f"register: {entry}\nchapters:", 1), encoding="utf-8")


def real_uk() -> Path:
    """Return the real register of Co-operatives UK, or skip: it is not committed."""
    if not UK_REGISTER.is_file():
        pytest.skip("le registre britannique réel (../shared/data/uk) n’est pas à côté du projet")
    return UK_REGISTER


def uk_edition(path: Path, life_table: Path) -> None:
    """Write a Co-operatives UK edition whose units give the committed life table back.

    The table fixes the birth of those who are alive (their age at the cut-off) and of those who
    entered late (their age on the first day). Each death goes to a unit that can have died then:
    the deaths in order, to the entries in order. Nations and sectors are made up, some are blank.
    """
    opening, cut_off = uk.DEFINITION.observation_start, uk.DEFINITION.cut_off
    assert opening
    watched = (cut_off - opening).days
    kinds = {code: printed for printed, code in uk.TYPES.items()}
    rows: list[tuple[str, date, date | None]] = []
    with life_table.open(encoding="utf-8", newline="") as file:
        table = [*csv.DictReader(file)]
    for code in sorted({row["coop_type"] for row in table}):
        names = ("age_days", "entries", "deaths", "exits")
        ages = [[int(row[name]) for name in names] for row in table if row["coop_type"] == code]
        entries = {age: entered for age, entered, _, _ in ages}
        for age, _, _, exits in ages:
            if exits:
                entries[max(age - watched, 0)] -= exits
            rows += [(kinds[code], cut_off - timedelta(age), None)] * exits
        starts = [age for age in sorted(entries) for _ in range(entries[age])]
        ends = [age for age, _, deaths, _ in sorted(ages) for _ in range(deaths)]
        for start, end in zip(starts, ends, strict=True):
            birth = opening - timedelta(start)
            rows.append((kinds[code], birth, birth + timedelta(end)))
    nations, sectors = ("England", "England", "Scotland", "Wales", ""), ("Retail", "Housing", "")
    with path.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        writer.writerow([uk.ID, uk.TYPE, uk.STATUS, uk.BIRTH, uk.END, uk.SECTOR, uk.NATION])
        for number, (kind, born, died) in enumerate(rows):
            dates = [f"{day.day}/{day.month}/{day.year}" if day else "" for day in (born, died)]
            place = (sectors[number % 3], nations[number % 5])
            writer.writerow([f"R{number}", kind, "Dead" if died else "Live", *dates, *place])
