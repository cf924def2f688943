"""A made-up register in the exact layout of the Québec one, of any size, from a seed.

Births are spread over the years; lives follow the published survival rates (constant hazard
between the published ages, the last one carried on). It is for tests, benchmarks and a
demonstration chapter, and it is marked so that the loader always finds it: a value domain, a file
beside the six, and numbers that no real enterprise bears (`quebec_layout.SYNTHETIC_IDS`).
"""

from __future__ import annotations

import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from coopreport.errors import BadCall
from coopreport.registers import quebec_layout as layout
from coopreport.registers.places import read_municipalities

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

CHUNK = 250_000
COOPERATIVE_RATES: Mapping[float, float] = {1: 0.988, 3: 0.799, 5: 0.639, 10: 0.444}
OTHER_RATES: Mapping[float, float] = {1: 0.754, 3: 0.482, 5: 0.350, 10: 0.195}
"""Published survival: co-operatives (2022 study of 2002-2015 births) and the other firms (its
comparator). Share of 1 by age in years."""

FORMS: Mapping[str, tuple[str, float]] = {
    "COP": ("Coopérative", 0.01),
    "CIE": ("Société par actions ou compagnie", 0.45),
    "IND": ("Personne physique exploitant une entreprise individuelle", 0.36),
    "SENC": ("Société en nom collectif", 0.06),
    "APE": ("Personne morale sans but lucratif", 0.12),
}
WITHOUT_CONSTITUTION = ("IND", "SENC")
STATUSES = {
    "IM": "Immatriculée",
    "RD": "Radiée sur demande",
    "RO": "Radiée d'office",
    "RX": "Radiée d'office (article 59)",
    "AI": "Avis d'intention de constitution",
    "NI": "Non immatriculée",
}
MERGER_RATE = 0.004
"""Hazard of a merger, per year of life."""

NOTICE = "Registre généré pour la démonstration et les essais\u00a0: aucune entreprise réelle.\n"


def write_quebec(
    target: Path,
    rows: int,
    seed: int,
    *,
    municipalities: Path,
    zipped: bool = False,
    first_birth: date = date(1990, 1, 1),
    cut_off: date = date(2023, 1, 31),
) -> Path:
    """Write a generated register of `rows` enterprises: a folder, or one ZIP of the six files.

    The same arguments give the same CSV bytes. Only co-operatives have a row in Nom.csv, and
    Etablissements.csv is a header: survival reads neither.

    Raises:
        BadCall: a negative number of rows, or a target that already exists.
        BadData: the table of municipalities cannot be read.
    """
    if rows < 0 or first_birth >= cut_off:
        raise BadCall(
            "Registre à générer sans lignes ou sans durée.", "Donner un nombre et des dates."
        )
    if target.exists():
        raise BadCall(f"{target.name} existe déjà.", "Donner un nom nouveau.")
    towns = read_municipalities(municipalities)
    folder = Path(tempfile.mkdtemp(prefix=".generation-", dir=target.parent))
    try:
        _write_folder(folder, rows, seed, towns, first_birth, cut_off)
        if zipped:
            packed = folder / "registre.zip"
            with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
                for name in (*layout.COLUMNS, layout.SYNTHETIC_FILE):
                    # One date for every member: the same register gives the same archive.
                    member = zipfile.ZipInfo(name, (2023, 1, 31, 0, 0, 0))
                    member.compress_type = zipfile.ZIP_DEFLATED
                    with (folder / name).open("rb") as source, archive.open(member, "w") as sink:
                        shutil.copyfileobj(source, sink, 1 << 20)
            os.replace(packed, target)
        else:
            folder.chmod(0o755)
            os.replace(folder, target)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return target


def lifetimes(rng: np.random.Generator, rates: Mapping[float, float], size: int) -> np.ndarray:
    """Draw lives in days (float64) whose survival passes through `rates` (age in years: share)."""
    ages = np.array([0.0, *rates]) * 365.25
    cumulated = -np.log(np.array([1.0, *rates.values()]))
    drawn = rng.exponential(size=size)
    last_hazard = (cumulated[-1] - cumulated[-2]) / (ages[-1] - ages[-2])
    inside = np.interp(drawn, cumulated, ages)
    return np.where(drawn > cumulated[-1], ages[-1] + (drawn - cumulated[-1]) / last_hazard, inside)


def _write_folder(
    folder: Path, rows: int, seed: int, towns: pd.DataFrame, first_birth: date, cut_off: date
) -> None:
    import duckdb

    people = towns["population"].to_numpy(dtype=float)
    weights = people / people.sum() if people.sum() else None
    part = folder / "part.csv"
    with duckdb.connect() as connection, _files(folder) as files:
        connection.execute("SET enable_progress_bar = false")
        names = pd.DataFrame({"town": np.arange(len(towns)), "town_name": towns["municipalite"]})
        connection.register("towns", names)
        for number, start in enumerate(range(0, rows, CHUNK)):
            rng = np.random.default_rng([seed, number])
            chunk = _chunk(rng, start, min(CHUNK, rows - start), weights, first_birth, cut_off)
            connection.register("chunk", chunk)
            for name, query in _QUERIES.items():
                _append(connection, query, part, files[name])
        connection.register("domains", _domains())
        _append(connection, "SELECT * FROM domains", part, files[layout.DOMAINS])
    part.unlink(missing_ok=True)
    (folder / layout.SYNTHETIC_FILE).write_text(NOTICE, encoding="utf-8")


class _files:  # noqa: N801 - reads as a function
    """The six files, open, each with its byte order mark and header."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.open: dict[str, IO[bytes]] = {}

    def __enter__(self) -> Mapping[str, IO[bytes]]:
        for name, columns in layout.COLUMNS.items():
            self.open[name] = (self.folder / name).open("wb")
            self.open[name].write(("\ufeff" + ",".join(columns) + "\n").encode())
        return self.open

    def __exit__(self, *_: Any) -> None:
        for file in self.open.values():
            file.close()


def _append(connection: DuckDBPyConnection, query: str, part: Path, sink: IO[bytes]) -> None:
    connection.execute(f"COPY ({query}) TO '{part}' (FORMAT csv, HEADER false)")
    with part.open("rb") as source:
        shutil.copyfileobj(source, sink, 1 << 20)


def _domains() -> pd.DataFrame:
    rows = [("STAT_IMMAT", code, label) for code, label in STATUSES.items()]
    rows += [("FORM_JURI", code, label) for code, (label, _) in FORMS.items()]
    rows += [("RELA_ASSUJ", "FO", "Fusion ordinaire")]
    rows += [(layout.SYNTHETIC_DOMAIN, "1", NOTICE.strip())]
    return pd.DataFrame(rows, columns=list(layout.COLUMNS[layout.DOMAINS]))


def _chunk(
    rng: np.random.Generator,
    start: int,
    size: int,
    weights: np.ndarray | None,
    first_birth: date,
    cut_off: date,
) -> pd.DataFrame:
    """Draw `size` enterprises: numbers only, which the SQL below dresses as the register does."""
    opening, closing = (np.datetime64(day, "D").astype("int64") for day in (first_birth, cut_off))
    forms = list(FORMS)
    form = rng.choice(len(forms), size=size, p=[share for _, share in FORMS.values()])
    birth = rng.integers(opening, closing + 1, size=size)
    cooperative = form == forms.index(layout.COOPERATIVE)
    life = np.where(
        cooperative,
        lifetimes(rng, COOPERATIVE_RATES, size),
        lifetimes(rng, OTHER_RATES, size),
    )
    # A death at exactly n years is drawn by rounding up: survival at n years is the published one.
    death = birth + np.ceil(life).astype("int64")
    merger = birth + np.ceil(rng.exponential(365.25 / MERGER_RATE, size)).astype("int64")
    ended = np.minimum(death, merger) <= closing
    end = np.where(ended, np.minimum(death, merger), birth)
    delay = np.where(rng.random(size) < 0.1, rng.integers(1, 60, size), 0)
    # A firm that ends before it registers is never at risk: leaving it out of the delays would
    # choose the delays among the survivors.
    registered = np.minimum(birth + delay, np.where(ended, end, closing))
    status = np.where(ended, rng.choice(3, size=size, p=[0.55, 0.40, 0.05]), 3)
    division = rng.choice(100, size=size)
    return pd.DataFrame(
        {
            "number": layout.SYNTHETIC_IDS.start + start + np.arange(size, dtype="int64"),
            "form": form,
            "without_constitution": np.isin(
                form, [forms.index(code) for code in WITHOUT_CONSTITUTION]
            ),
            "birth": birth,
            "registered": registered,
            "ended": ended,
            "end_day": end,
            "merged": ended & (merger < death),
            "status": status,
            "activity": division * 100 + rng.integers(11, 99, size),
            "has_activity": rng.random(size) < 0.95,
            "town": rng.choice(len(weights), size=size, p=weights)
            if weights is not None
            else np.zeros(size, dtype="int64"),
            "has_town": rng.random(size) < 0.97,
            "street": rng.integers(1, 9999, size),
            "two_lines": rng.random(size) < 0.1,
        }
    )


def _day(column: str) -> str:
    return f"(DATE '1970-01-01' + {column}::INTEGER)"


def _queries() -> Iterator[tuple[str, str]]:
    forms = ", ".join(f"'{code}'" for code in FORMS)
    birth = f"CASE WHEN without_constitution THEN {_day('registered')} ELSE {_day('birth')} END"
    values = {
        "NEQ": "number",
        "IND_FAIL": "'N'",
        "DAT_IMMAT": f"CASE WHEN without_constitution THEN {_day('birth')} "
        f"ELSE {_day('registered')} END",
        "COD_REGIM_JURI": "'C38'",
        "COD_INTVAL_EMPLO_QUE": "chr((65 + street % 6)::INTEGER)",
        "COD_STAT_IMMAT": "(['RD', 'RO', 'RX', 'IM'])[status + 1]",
        "COD_FORME_JURI": f"([{forms}])[form + 1]",
        "DAT_STAT_IMMAT": f"CASE WHEN ended THEN {_day('end_day')} ELSE {birth} END",
        "COD_REGIM_JURI_CONSTI": "'C38'",
        "DAT_DEPO_DECLR": _day("registered"),
        "AN_DECL": "2022",
        "AN_PROD": "2022",
        "DAT_MAJ_INDEX_NOM": _day("registered"),
        "COD_ACT_ECON_CAE": "CASE WHEN has_activity THEN activity END",
        "NO_ACT_ECON_ASSUJ": "1",
        "DESC_ACT_ECON_ASSUJ": "'Activité générée, sans réalité'",
        "NOM_LOCLT_CONSTI": "'Québec'",
        "DAT_CONSTI": f"CASE WHEN NOT without_constitution THEN {_day('birth')} END",
        "IND_CONVEN_UNMN_ACTNR": "'N'",
        "IND_RET_TOUT_POUVR": "'N'",
        "IND_LIMIT_RESP": "'N'",
        "ADR_DOMCL_ADR_DISP": "'O'",
        "ADR_DOMCL_LIGN1_ADR": "street || ' rue Principale'",
        "ADR_DOMCL_LIGN2_ADR": "CASE WHEN two_lines THEN 'bureau ' || (street % 900) ELSE city END",
        "ADR_DOMCL_LIGN3_ADR": "CASE WHEN two_lines THEN city END",
        "ADR_DOMCL_LIGN4_ADR": "'G' || (street % 9) || 'A' || (street % 8) || 'B' || (street % 7)",
    }
    cells = ", ".join(values.get(name, "NULL") for name in layout.COLUMNS[layout.ENTERPRISES])
    yield (
        layout.ENTERPRISES,
        f"SELECT {cells} FROM (SELECT *, CASE WHEN has_town THEN town_name "
        "ELSE 'Ville-Sans-Nom' END || ' (Québec)' AS city FROM chunk JOIN towns USING (town)) "
        "ORDER BY number",
    )
    cooperative = list(FORMS).index(layout.COOPERATIVE)
    yield (
        layout.NAMES,
        "SELECT number, 'Coopérative générée ' || number, NULL, 'V', 'N', "
        f"{_day('birth')}, NULL FROM chunk WHERE form = {cooperative} ORDER BY number",
    )
    yield (
        layout.MERGERS,
        f"SELECT 9999999999, number, NULL, 'FO', {_day('end_day')}, 'O', "
        "NULL, NULL, NULL, NULL FROM chunk WHERE merged ORDER BY number",
    )
    yield (
        layout.CONTINUATIONS,
        "SELECT number, 'C', 'C38', NULL, 'Canada', "
        f"{_day('birth')} FROM chunk WHERE number % 500 = 0 ORDER BY number",
    )


_QUERIES = dict(_queries())
