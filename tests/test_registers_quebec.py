"""The Québec register: each row becomes a unit under stated rules, or is rejected and counted."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from coopreport.errors import BadCall, BadData
from coopreport.registers import (
    Account,
    RegisterFile,
    Rules,
    life_table,
    life_tables,
    read_units,
)
from coopreport.registers import quebec_layout as layout
from tests.registers_fixtures import LAST_EVENT, NOT_EX_OFFICIO, RULES, Row, firm, folder, zipped


def unit(tmp_path: Path, row: Row, **files: list[Row]) -> dict[str, object]:
    """Return the unit that one firm becomes."""
    units, _ = read_units(folder(tmp_path / "r", [row], **files))  # type: ignore[arg-type]
    found = units[units["unit_id"] != LAST_EVENT["NEQ"]].to_dict("records")[0]
    return {str(name): value for name, value in found.items()}


def rejected(tmp_path: Path, *rows: Row) -> dict[str, int]:
    """Return why rows are rejected, beside two hundred good ones, and hold the counts equal."""
    good = [firm(1140000000 + order) for order in range(200)]
    account = read_units(folder(tmp_path / "r", [*good, *rows]))[1]
    assert account.rows == 201 + len(rows)
    assert account.used + sum(account.rejected.values()) == account.rows
    return dict(account.rejected)


def test_a_cooperative_struck_off_on_request_is_a_unit_of_the_schema(tmp_path: Path) -> None:
    assert unit(tmp_path, firm(1140000001, "2004-02-29", end="2013-05-06")) == {
        "unit_id": "1140000001",
        "birth": date(2004, 2, 29),
        "end": date(2013, 5, 6),
        "end_kind": "striking_on_request",
        "observed_from": None,
        "legal_form": "cooperative",
        "form_code": "COP",
        "type": "inconnue",
        "sector": "detail",
        "region": "12",
        "synthetic": False,
    }


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("IM", None),
        ("RD", "striking_on_request"),
        ("RO", "striking_ex_officio"),
        ("RX", "striking_ex_officio"),
    ],
)
def test_the_status_says_how_a_firm_ended(tmp_path: Path, status: str, kind: str | None) -> None:
    row = firm(1140000001, COD_STAT_IMMAT=status, DAT_STAT_IMMAT="2010-01-01")
    found = unit(tmp_path, row)
    assert (found["end_kind"], found["end"]) == (kind, date(2010, 1, 1) if kind else None)


def test_every_other_legal_form_is_the_comparator_with_its_code(tmp_path: Path) -> None:
    found = unit(tmp_path, firm(1140000001, COD_FORME_JURI=" cie "))
    assert (found["legal_form"], found["form_code"]) == ("other", "CIE")


def test_a_sole_proprietor_is_born_at_registration_from_1995_on(tmp_path: Path) -> None:
    row = firm(2240000001, COD_FORME_JURI="IND", DAT_CONSTI="", DAT_IMMAT="1995-01-01")
    assert unit(tmp_path, row)["birth"] == date(1995, 1, 1)


@pytest.mark.parametrize(
    "cells",
    [
        {"COD_FORME_JURI": "IND", "DAT_CONSTI": "", "DAT_IMMAT": "1994-12-31"},
        {"COD_FORME_JURI": "COP", "DAT_CONSTI": "", "DAT_IMMAT": "2001-01-01"},
    ],
)
def test_a_registration_that_is_no_birth_rejects_the_row(
    tmp_path: Path, cells: dict[str, str]
) -> None:
    reason = "sans date de constitution, ni immatriculation qui en tienne lieu"
    assert rejected(tmp_path, firm(1, **cells)) == {reason: 1}


def test_a_firm_registered_late_is_at_risk_from_its_registration(tmp_path: Path) -> None:
    row = firm(1140000001, "2000-03-01", DAT_IMMAT="2000-03-11", end="2005-03-01")
    assert unit(tmp_path, row)["observed_from"] == date(2000, 3, 11)
    table, _ = life_table(
        RegisterFile("quebec", tmp_path / "r"), RULES, only={"form_code": ["COP"]}
    )
    assert table[["age_days", "entries", "deaths"]].to_numpy().tolist() == [
        [10, 1, 0],
        [1826, 0, 1],
    ]


@pytest.mark.parametrize("side", ["NEQ", "NEQ_ASSUJ_REL"])
def test_a_firm_struck_off_at_a_merger_has_not_died(tmp_path: Path, side: str) -> None:
    event = {"NEQ": "1190000000", "NEQ_ASSUJ_REL": "1190000001", "DAT_EFCTVT": "2010-01-01"}
    row = firm(1140000001, end="2010-02-15")
    found = unit(tmp_path, row, mergers=[event | {side: "1140000001"}])
    assert found["end_kind"] == "merger"
    table, account = life_table(
        RegisterFile("quebec", tmp_path / "r"), RULES, only={"form_code": ["COP"]}
    )
    assert table[["entries", "deaths", "exits"]].sum().tolist() == [1, 0, 1]
    assert account.notes["radiées par fusion ou scission, sorties sans être mortes"] == 1


@pytest.mark.parametrize("day", ["2008-12-31", "2010-03-19", ""])
def test_a_merger_of_another_time_does_not_explain_a_striking(tmp_path: Path, day: str) -> None:
    event = {"NEQ": "1140000001", "NEQ_ASSUJ_REL": "1190000001", "DAT_EFCTVT": day}
    found = unit(tmp_path, firm(1140000001, end="2010-02-15"), mergers=[event])
    assert found["end_kind"] == "striking_on_request"


def test_each_merger_of_a_firm_may_explain_its_striking(tmp_path: Path) -> None:
    days = ["1995-05-05", "2010-02-01", "", "2020-01-01"]
    events: list[Row] = [
        {"NEQ": "1140000001", "NEQ_ASSUJ_REL": f"119000000{n}", "DAT_EFCTVT": day}
        for n, day in enumerate(days)
    ]
    found = unit(tmp_path, firm(1140000001, end="2010-02-15"), mergers=events)
    assert found["end_kind"] == "merger"


def test_a_continued_firm_is_kept_and_noted(tmp_path: Path) -> None:
    register = folder(tmp_path / "r", [firm(1140000001)], continuations=[{"NEQ": "1140000001"}] * 2)
    account = read_units(register)[1]
    assert account.notes["continuées ou transformées, gardées avec leur naissance"] == 1


def test_a_striking_ex_officio_is_an_exit_when_the_death_rule_says_so(tmp_path: Path) -> None:
    row = firm(1140000001, COD_STAT_IMMAT="RO", DAT_STAT_IMMAT="2010-03-01")
    register = folder(tmp_path / "r", [row], recent=False)
    rules = Rules(date(1990, 1, 1), date(2010, 3, 31))
    without = Rules(date(1990, 1, 1), date(2010, 3, 31), deaths=NOT_EX_OFFICIO)
    assert life_table(register, rules)[0]["deaths"].sum() == 1
    assert life_table(register, without)[0][["deaths", "exits"]].sum().tolist() == [0, 1]


@pytest.mark.parametrize(
    ("lines", "region"),
    [
        (("12 rue X", "Lévis (Québec)", "", "G1A 1A1"), "12"),
        (("12 rue X", "LEVIS QC", "", "G1A1A1"), "12"),
        (("12 rue X", "bureau 3", "St-Jérôme (Québec)", "G1A1A1"), "15"),
        (("12 rue X", "Québec (Québec)", "", "G1A1A1"), "03"),
        (("12 rue X", "Québec", "", "G1A1A1"), "03"),
        (("1234 rue X, Montréal (Québec) H2X 1Y4", "", "", ""), "06"),
        (("12 rue X", "Montréal (Québec) H2X 1Y4", "", ""), "06"),
        (("12 rue X", "bureau 3", "", "Montréal, Québec, H2X 1Y4, Canada"), "06"),
        (("12 rue X", "Saint-Simon (Québec)", "", "G1A1A1"), "inconnue"),
        (("12 rue X", "Ottawa (Ontario)", "", "K1A0A6"), "inconnue"),
        (("", "", "", ""), "inconnue"),
    ],
)
def test_the_region_comes_from_the_town_of_the_address(
    tmp_path: Path, lines: tuple[str, ...], region: str
) -> None:
    cells = {f"ADR_DOMCL_LIGN{order}_ADR": line for order, line in enumerate(lines, 1)}
    assert unit(tmp_path, firm(1140000001, **cells))["region"] == region


def test_towns_without_a_region_are_counted_by_cause(tmp_path: Path) -> None:
    rows = [
        firm(1, ADR_DOMCL_LIGN2_ADR="Saint-Simon (Québec)"),
        firm(2, ADR_DOMCL_LIGN2_ADR="Nulle-Part (Québec)"),
        firm(3, ADR_DOMCL_LIGN2_ADR="Nulle-Part (Québec)", end="2001-01-01"),
    ]
    account = life_tables(folder(tmp_path / "r", rows), RULES, [()]).account
    assert account.unknown == {"de région inconnue": 3}
    assert [count for rule, count in account.notes.items() if "région inconnue" in rule] == [1, 2]


def test_without_a_table_of_towns_every_region_is_unknown(tmp_path: Path) -> None:
    folder(tmp_path / "r", [firm(1)])
    units, _ = read_units(RegisterFile("quebec", tmp_path / "r"))
    assert set(units["region"]) == {"inconnue"}


@pytest.mark.parametrize(
    ("code", "sector"),
    [("111", "agriculture"), ("0111", "agriculture"), ("9999", "autres_services")]
    + [(code, "inconnue") for code in ("", "ABCD", "0", "12345")],
)
def test_the_sector_groups_the_divisions_of_the_activity(
    tmp_path: Path, code: str, sector: str
) -> None:
    assert unit(tmp_path, firm(1, COD_ACT_ECON_CAE=code))["sector"] == sector


def test_the_divisions_of_the_sectors_follow_each_other_without_a_gap() -> None:
    bounds = [bounds for _, *bounds in layout.SECTORS.values()]
    covered = [division for first, last in bounds for division in range(first, last + 1)]
    assert covered == list(range(1, 100))


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"NEQ": ""}, "sans NEQ lisible"),
        ({"COD_STAT_IMMAT": "NI"}, "jamais immatriculées (avis d’intention, non immatriculée)"),
        ({"COD_STAT_IMMAT": ""}, "sans statut, ou d’un statut autre qu’immatriculée ou radiée"),
        ({"COD_FORME_JURI": " "}, "sans forme juridique"),
        ({"DAT_CONSTI": "2001-02-30"}, "avec une date illisible, ou hors de 1600 à 2100"),
        ({"DAT_CONSTI": "0001-01-01"}, "avec une date illisible, ou hors de 1600 à 2100"),
        ({"DAT_STAT_IMMAT": "9999-12-31"}, "avec une date illisible, ou hors de 1600 à 2100"),
        ({"COD_STAT_IMMAT": "RD", "DAT_STAT_IMMAT": ""}, "radiées, sans date de radiation"),
    ],
)
def test_a_row_that_cannot_be_used_is_rejected_under_its_reason(
    tmp_path: Path, cells: dict[str, str], reason: str
) -> None:
    assert rejected(tmp_path, firm(1) | cells) == {reason: 1}


def test_a_row_repeated_to_the_letter_counts_once(tmp_path: Path) -> None:
    assert rejected(tmp_path, firm(1), firm(1), firm(1)) == {"répétées à l’identique": 2}


def test_a_row_that_repeats_another_in_small_letters_counts_once(tmp_path: Path) -> None:
    row = firm(1, COD_FORME_JURI="CIE")
    small = row | {"COD_FORME_JURI": " cie ", "COD_STAT_IMMAT": "im"}
    assert rejected(tmp_path, row, small) == {"répétées à l’identique": 1}


def faults(register: RegisterFile) -> list[tuple[int, str]]:
    with pytest.raises(BadData) as caught:
        read_units(register)
    return [(fault.line, fault.column) for fault in caught.value.faults]


def test_rows_of_a_firm_that_contradict_each_other_are_a_fault_with_their_lines(
    tmp_path: Path,
) -> None:
    rows = [firm(1), firm(2), firm(1, "2001-01-01")]
    assert faults(folder(tmp_path / "r", rows)) == [(2, "NEQ"), (4, "NEQ")]


def test_an_unknown_status_is_a_fault_with_its_line(tmp_path: Path) -> None:
    rows = [firm(1), firm(2, COD_STAT_IMMAT="XX")]
    assert faults(folder(tmp_path / "r", rows)) == [(3, "COD_STAT_IMMAT")]


def test_a_status_that_the_register_itself_lists_is_rejected_and_counted(tmp_path: Path) -> None:
    domain = {"TYP_DOM_VAL": "STAT_IMMAT", "COD_DOM_VAL": "AN", "VAL_DOM_FRAN": "Annulée"}
    register = folder(tmp_path / "r", [firm(1, COD_STAT_IMMAT="AN")], domains=[domain])
    reasons = dict(read_units(register)[1].rejected)
    assert reasons == {"sans statut, ou d’un statut autre qu’immatriculée ou radiée": 1}


def test_dates_of_another_format_are_faults_not_rejections(tmp_path: Path) -> None:
    rows = [firm(1), firm(2, DAT_CONSTI="01/02/2003"), firm(3, DAT_STAT_IMMAT="5 mai 2003")]
    found = faults(folder(tmp_path / "r", rows))
    assert found == [(3, "DAT_CONSTI"), (4, "DAT_STAT_IMMAT")]


def test_text_read_in_the_wrong_encoding_before_us_is_a_fault(tmp_path: Path) -> None:
    rows = [firm(1, ADR_DOMCL_LIGN2_ADR="LÃ©vis (QuÃ©bec)")]
    with pytest.raises(BadData, match="Windows-1252"):
        read_units(folder(tmp_path / "r", rows))


def test_a_cut_off_after_the_last_date_of_the_register_is_a_bad_call(tmp_path: Path) -> None:
    register = folder(tmp_path / "r", [firm(1, end="2020-01-01")], recent=False)
    with pytest.raises(BadCall, match="1er.janvier 2020"):
        life_table(register, RULES)


def account_of(tmp_path: Path, *rows: Row) -> Account:
    return life_table(folder(tmp_path / "r", rows), RULES, only={"legal_form": ["cooperative"]})[1]


def test_the_definition_rejects_under_its_own_reasons_and_the_counts_add_up(
    tmp_path: Path,
) -> None:
    account = account_of(
        tmp_path,
        firm(1, "2000-01-02", end="2000-01-01"),
        firm(2, "1989-12-31"),
        firm(3, "2023-02-01"),
        firm(4, "2023-01-01", DAT_IMMAT="2023-02-10"),
        firm(5, "2000-01-01", DAT_IMMAT="2000-01-08", end="2000-01-08"),
        firm(6, "2000-01-01", end="2023-02-01"),
    )
    assert account.rejected == {
        "dissoutes avant leur constitution": 1,
        "constituées avant la première cohorte": 1,
        "constituées après la dernière cohorte": 1,
        "observées seulement après la date limite": 1,
        "dissoutes au plus tard le jour où l’observation commence": 1,
        "hors de la population demandée": 1,
    }
    assert (account.rows, account.used) == (7, 1)


def test_the_account_says_in_french_what_became_of_the_rows(tmp_path: Path) -> None:
    lines = account_of(tmp_path, firm(1), firm(2, "1989-12-31")).lines()
    assert lines[1:5] == [
        "3\u00a0lignes lues",
        "1\u00a0retenue",
        "2\u00a0écartées",
        "  1 constituées avant la première cohorte",
    ]


def test_a_zip_and_its_folder_give_the_same_units(tmp_path: Path) -> None:
    register = folder(tmp_path / "r", [firm(1), firm(2, end="2010-01-01")])
    packed = zipped(register, tmp_path / "registre.zip", prefix="JeuDonnees/")
    assert read_units(packed)[0].equals(read_units(register)[0])
