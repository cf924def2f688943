"""The survival chapter says which register it is computed from, and marks generated data."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from coopreport.catalogue.survival_sensitivity import n_year_rules
from coopreport.catalogue.survival_source import (
    blank_words,
    cooperatives,
    definition_of,
    life_tables,
    source_of,
)
from coopreport.data import Data
from coopreport.indicators import SYNTHETIC, Result
from coopreport.ledger import withheld
from tests.chapters import CYCLE
from tests.claims_fixtures import ledger_of
from tests.conftest import runner
from tests.registers_fixtures import generated_project, name_register, uk_edition

DEMO = "données de démonstration"


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a generated Québec register of 20,000 firms, named by its cycle."""
    return generated_project(tmp_path_factory.mktemp("registre"), 20_000, 3, TOWNS)


TOWNS = "".join(
    [
        "code_geo,municipalite,designation,region_nom,region_code,mrc,population\n",
        *(f"{n:05d},Ville-{n},Ville,Région {n},{n:02d},MRC {n},{1000 * n}\n" for n in range(1, 18)),
    ]
)


def chapter(page: str) -> str:
    """Return the HTML of the survival chapter."""
    parts = re.split(r'<section (?=[^>]*class="chapter")', page)
    (found,) = (part for part in parts if 'aria-labelledby="survie"' in part.split(">", 1)[0])
    return found


def sections(html: str) -> dict[str, str]:
    """Return the parts of a chapter by the text of the heading above them."""
    parts = re.split(r'<h3 id="[^"]+">(.*?)</h3>', html, flags=re.DOTALL)
    titles = [re.sub(r"<[^>]+>", "", title).strip() for title in parts[1::2]]
    return dict(zip(titles, parts[2::2], strict=True))


def test_without_a_register_the_chapter_says_that_the_british_one_is_used(built: Path) -> None:
    html = chapter((built / "rapport.html").read_text(encoding="utf-8"))
    assert "Aucun registre québécois n’est joint à ce cycle." in html
    assert "Ce registre ne compte que des coopératives" in html
    assert DEMO not in html
    names = {item["id"] for item in figures(built)["indicators"]}
    assert "survie.uk.5_ans" in names
    assert not any(name.startswith("survie.registre") for name in names)


def figures(build: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((build / "indicateurs.json").read_text(encoding="utf-8"))
    return content


def test_generated_data_are_marked_on_every_number_table_chart_and_section(generated: Path) -> None:
    done = runner(generated)("report")
    assert done.returncode == 0, done.stderr
    build = generated / "build" / CYCLE / "latest"
    page = (build / "rapport.html").read_text(encoding="utf-8")
    html = chapter(page)
    recomputed = html[html.index("Un taux recalculé sur un registre") :]
    assert "Aucun registre québécois" not in recomputed
    captions = re.findall(r"<caption>.*?</caption>|<figcaption>.*?</figcaption>", recomputed)
    assert len(captions) > 8
    assert all(DEMO in caption for caption in captions)
    shown = re.findall(r'<data class="indicator"[^>]*>.*?</data>', recomputed, re.DOTALL)
    of_register = [number for number in shown if "survie.registre" in number]
    assert len(of_register) > 10
    assert all(DEMO in number for number in of_register)
    for title, part in sections(html).items():
        if "Québec" not in title and "comparateur" not in title.lower():
            assert "Données de démonstration" in part, title
    (drawing,) = re.findall(
        r'<figure class="exhibit chart" id="survie.courbe">.*?</figure>', html, re.DOTALL
    )
    assert "Données de démonstration." in drawing
    register = [i for i in figures(build)["indicators"] if i["id"].startswith("survie.registre")]
    assert all(SYNTHETIC in item["flags"] for item in register)
    assert all(item["definition"] for item in register if item["unit"] in ("ratio", "points"))
    published = [i for i in figures(build)["indicators"] if i["id"].startswith("survie.coop.")]
    assert not any(SYNTHETIC in item["flags"] for item in published)
    assert figures(build)["tables"]["registre"]["path"] == "registers/registre.zip"
    manifest = json.loads((build / "manifest.json").read_text(encoding="utf-8"))
    assert "registers/registre.zip" in manifest["inputs"]


def test_the_other_firms_are_held_to_the_definition_of_the_co_operatives(generated: Path) -> None:
    ledger = ledger_of(generated)
    coops = ledger.indicator("survie.registre.5_ans")
    others = ledger.indicator("survie.registre_autres.5_ans")
    gap = ledger.indicator("survie.registre_ecart.5_ans")
    assert gap.value == pytest.approx(100 * (coops.value - others.value))  # type: ignore[operator]
    rest = [text.split("; ", 1)[1] for text in (coops.definition, others.definition)]
    assert rest[0] == rest[1]
    assert "autres entreprises du même registre" in others.definition


def test_the_rules_that_change_move_the_rate_as_they_must(generated: Path) -> None:
    rows = ledger_of(generated).frame("survie.sensibilite").rows
    five = rows[rows["years"] == 5].set_index("case")["gap"]
    assert five["Définition du chapitre"] == 0
    assert five["La radiation d’office n’est pas une mort"] > 0
    assert five["Une fusion ou une absorption compte pour une mort"] < 0


def test_the_rate_has_a_row_for_each_n_year_rule(generated: Path) -> None:
    rows = ledger_of(generated).frame("survie.regles").rows
    five = rows[rows["years"] == 5].set_index("rule")
    assert list(five.index) == ["kaplan_meier", "exact_anniversary", "calendar_year"]
    assert five["rate"]["calendar_year"] > five["rate"]["exact_anniversary"]
    assert five.loc["exact_anniversary", "cohorts"] == "2002-2017"
    assert five.loc["exact_anniversary", "status"] in ("p", "E")


def test_the_births_are_those_of_the_study_and_the_cut_off_that_of_the_cycle(
    generated: Path,
) -> None:
    definition = source_of(Data(ledger_of(generated))).definition
    assert (definition.first_birth, definition.cut_off) == (date(2002, 1, 1), date(2023, 1, 31))


def test_the_definition_of_british_rates_names_the_edition_that_was_read(project: Path) -> None:
    (project / "registers").mkdir()
    (project / "registers" / "o.csv").write_text("", encoding="utf-8")
    name_register(project, "{kind: uk, path: registers/o.csv, cut_off: 2016-06-30}")
    definition = definition_of(Data(ledger_of(project)))
    assert definition.population.endswith("édition de juin 2016")
    assert definition.cut_off == date(2016, 6, 30)


CSV = """unit_id,birth,end,end_kind,legal_form,type,sector,region
""" + "".join(
    f"C{number},2010-01-{number % 28 + 1:02d},"
    + (f"20{13 + number % 5}-06-01,dissolution" if number % 3 == 0 else ",")
    + f",cooperative,travail,{'inconnue' if number % 6 == 0 else 'detail'},06\n"
    for number in range(60)
)


@pytest.fixture
def given(project: Path) -> Path:
    """The project with a plain list of 60 co-operatives, named by its cycle."""
    (project / "registers").mkdir()
    (project / "registers" / "liste.csv").write_text(CSV, encoding="utf-8")
    name_register(project, "{kind: csv, path: registers/liste.csv, cut_off: 2022-12-31}")
    return project


def test_a_plain_list_of_co_operatives_makes_the_chapter_too(given: Path) -> None:
    done = runner(given)("report")
    assert done.returncode == 0, done.stderr
    page = (given / "build" / CYCLE / "latest" / "rapport.html").read_text(encoding="utf-8")
    html = chapter(page)
    assert "Le calcul porte sur le registre nommé par ce cycle" in html
    assert "Ce registre ne compte que des coopératives" in html
    assert "Le secteur manque plus souvent aux unités disparues" in html
    assert DEMO not in html


def test_the_units_that_vanished_since_an_earlier_edition_move_the_rate(given: Path) -> None:
    """20 of the 80 co-operatives of 2014 are gone: alive for four years of seven, or dead then."""
    gone = "".join(
        f"D{number},2010-01-15,,,cooperative,travail,detail,06\n" for number in range(20)
    )
    (given / "registers" / "avant.csv").write_text(CSV + gone, encoding="utf-8")
    cycle = given / "data" / "cycles" / f"{CYCLE}.yaml"
    entry, named = "path: registers/liste.csv", "earlier: registers/avant.csv"
    text = cycle.read_text(encoding="utf-8")
    cycle.write_text(
        text.replace(entry, f"{entry}, {named}, earlier_seen: 2014-01-01"), encoding="utf-8"
    )
    done = runner(given)("report")
    assert done.returncode == 0, done.stderr
    html = chapter((given / "build" / CYCLE / "latest" / "rapport.html").read_text("utf-8"))
    rows = ledger_of(given).frame("survie.sensibilite").rows
    five = rows[rows["years"] == 5].set_index("case")
    since = "Unités disparues depuis l’édition du 1er\u00a0janvier 2014"
    left, dead = f"{since}, sorties ce jour-là", f"{since}, mortes ce jour-là"
    assert five["births"][[left, dead]].tolist() == [80, 80]
    assert five["deaths"][dead] == five["deaths"][left] + 20
    assert five["gap"][dead] < five["gap"][left]
    assert all(case in html for case in (left, dead))


def test_a_real_register_carries_no_flag_of_demonstration(given: Path) -> None:
    ledger = ledger_of(given)
    rate = ledger.indicator("survie.registre.5_ans")
    assert SYNTHETIC not in rate.flags
    assert next(read.table for read in rate.reads) == "registre"


def test_the_words_on_blanks_follow_the_counts(given: Path) -> None:
    table = cooperatives(
        ledger_of(given).register.life_tables(
            source_of(Data(ledger_of(given))).definition, [("legal_form", "sector")]
        )[0]["legal_form", "sector"]
    )
    assert "plus souvent" in blank_words(table, "sector", "Secteur")
    swapped = table.rename(columns={"deaths": "exits", "exits": "deaths"})
    assert "moins souvent" in blank_words(swapped, "sector", "Secteur")
    assert blank_words(table[table["sector"] != "inconnue"], "sector", "Secteur") == ""


def test_the_words_on_blanks_name_the_groups_as_their_title_does() -> None:
    rows = [("inconnue", 3, 1), ("England", 1, 3)]
    table = pd.DataFrame(rows, columns=["region", "deaths", "exits"])
    said = blank_words(table, "region", "Nation")
    assert said.startswith("La nation manque plus souvent")
    assert "la survie de chaque nation connue est surestimée" in said


def test_a_chapter_without_an_age_has_a_table_of_rules_without_a_row(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = Data(ledger_of(project))
    monkeypatch.setattr(data, "frame", lambda name: pd.DataFrame())
    assert n_year_rules(data).columns.tolist()[-1] == "words"


def test_the_table_of_cohorts_says_how_many_it_leaves_out(project: Path) -> None:
    (project / "registers").mkdir()
    uk_edition(project / "registers" / "o.csv", project / "data" / "life_table_uk.csv")
    name_register(project, "{kind: uk, path: registers/o.csv, cut_off: 2017-06-09}")
    data = Data(ledger_of(project))
    rows = data.frame("survie.par_groupe")
    shown = rows[rows["dimension"] == "cohort"]
    tables = life_tables(data, source_of(data).definition)
    there = tables["cohort"]["cohort"].nunique()
    left = there - shown["group"].nunique()
    assert left > 0
    assert f"laissées de côté\u00a0: {left} (" in shown["note"].iloc[0]
    assert set(rows.loc[rows["dimension"] != "cohort", "note"]) == {""}


def test_a_withheld_number_stays_marked_as_generated() -> None:
    hidden = withheld(Result(0.5, flags=("F", SYNTHETIC)))
    assert (hidden.value, hidden.symbol, hidden.flags) == (None, "F", (SYNTHETIC,))
