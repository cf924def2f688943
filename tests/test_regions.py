"""The sheets of the regions: what each says, how a set is published, what is run again."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import nbformat
import pytest
from playwright.sync_api import Browser, Page

from coopreport.cli import main
from coopreport.cycles import read_cycle
from coopreport.pipeline.publish import is_intact, read_manifest
from coopreport.project import Project
from coopreport.regions.listed import listed
from coopreport.regions.sheet import CODES, with_sheets
from coopreport.tables import open_package, read_table
from tests.accessibility.audit import axe_faults, own_faults
from tests.chapters import CYCLE
from tests.conftest import ROOT, copy_sources, runner
from tests.recounted import Recount, recount
from tests.regions_fixtures import sheets_project

NAMES: dict[str, str] = dict(
    read_table(open_package(ROOT / "data"), "regions")
    .frame[["region_code", "name"]]
    .itertuples(index=False)
)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project on a generated register, whose 17 sheets were made by one command."""
    return sheets_project(tmp_path_factory, tmp_path_factory.mktemp("fiches") / "mémoire")


@pytest.fixture(scope="module")
def sheets(project: Path) -> Path:
    """The published set, by its real folder."""
    return (project / "build" / CYCLE / "regions" / "latest").resolve()


@pytest.fixture(scope="module")
def counted(project: Path) -> Mapping[str, Recount]:
    """The register counted again, by region, by a few lines of Python."""
    return recount(project / "registers")


def indicators(sheets: Path, code: str) -> dict[str, Any]:
    ledger = json.loads((sheets / f"{code}.json").read_text(encoding="utf-8"))
    return {item["id"]: item for item in ledger["indicators"]}


def test_the_codes_are_those_of_the_table_of_regions() -> None:
    assert tuple(NAMES) == CODES


def test_a_set_has_a_page_a_region_and_is_whole(sheets: Path) -> None:
    manifest = read_manifest(sheets)
    assert is_intact(sheets, manifest["inputs"])
    assert {path.name for path in sheets.glob("*.html")} == {
        "index.html",
        *(f"{code}.html" for code in CODES),
    }
    assert "notebooks/fiche-region.ipynb" in manifest["inputs"]


@pytest.mark.parametrize("code", CODES)
def test_a_sheet_counts_its_own_region(
    sheets: Path, counted: Mapping[str, Recount], code: str
) -> None:
    found, expected = indicators(sheets, code), counted[code]
    assert int(found["region.unites"]["value"]) == expected.units
    assert int(found["region.fins"]["value"]) == expected.deaths
    for years in (5, 10):
        item, rate = found[f"region.survie.{years}_ans"], expected.survival(years)
        if item["value"]:
            assert float(item["value"]) == pytest.approx(rate, abs=1e-12)
        else:
            assert item["symbol"] in ("F", "...")


@pytest.mark.parametrize("code", CODES)
def test_sheets_made_at_once_hold_nothing_of_each_other(sheets: Path, code: str) -> None:
    page = (sheets / f"{code}.html").read_text(encoding="utf-8")
    notebook = (sheets / "notebooks" / f"{code}.ipynb").read_text(encoding="utf-8")
    ledger = json.loads((sheets / f"{code}.json").read_text(encoding="utf-8"))
    assert ledger["parameters"]["region.region"] == code
    assert f"<h1>Région\u00a0: {NAMES[code]}</h1>" in page
    for other, name in NAMES.items():
        if other != code:
            assert name not in page, name
            assert name not in notebook, name


def test_a_chart_is_that_of_its_region(sheets: Path) -> None:
    drawn = set()
    for code in CODES:
        notebook = nbformat.read(sheets / "notebooks" / f"{code}.ipynb", as_version=4)
        for cell in notebook.cells:
            for output in cell.get("outputs", ()):
                if svg := output.get("data", {}).get("image/svg+xml"):
                    assert NAMES[code] in svg
                    drawn.add(svg)
    assert len(drawn) > 5  # no two are alike


def test_a_region_of_few_co_operatives_has_no_rate_and_no_curve(
    sheets: Path, counted: Mapping[str, Recount]
) -> None:
    few = [code for code in CODES if 0 < counted[code].units < 10]
    assert few
    for code in few:
        found = indicators(sheets, code)["region.survie.5_ans"]
        assert found["value"] == ""
        assert found["shown"] in ("F", "...")
        assert "<figure" not in (sheets / f"{code}.html").read_text(encoding="utf-8")


def test_generated_data_are_said_on_every_page(sheets: Path) -> None:
    for page in sheets.glob("*.html"):
        assert "onnées de démonstration" in page.read_text(encoding="utf-8"), page.name


def test_a_second_command_runs_nothing(project: Path, sheets: Path) -> None:
    before = sorted(path.stat().st_mtime_ns for path in sheets.rglob("*"))
    done = runner(project)("regions")
    assert done.returncode == 0
    assert "Rien n’a changé" in done.stderr
    assert sorted(path.stat().st_mtime_ns for path in sheets.rglob("*")) == before


def test_one_region_is_made_from_what_is_kept_and_leaves_the_set(
    project: Path, sheets: Path
) -> None:
    done = runner(project)("regions", "--region=06")
    assert done.returncode == 0, done.stderr
    assert "06 Montréal (inchangée)" in done.stderr
    page = Path(done.stdout.splitlines()[0].removeprefix("Fiches régionales : "))
    assert page.name == "06.html"
    assert (project / page).is_file()
    assert (sheets.parent / "latest").resolve() == sheets


def test_the_sheets_ask_only_for_tables_that_were_counted_before_them(project: Path) -> None:
    kept = [path.stat().st_mtime_ns for path in (project / "registers/.cache").glob("*.table")]
    runs = (project / "build" / ".cache" / CYCLE).glob("*-region.*.json")
    assert kept
    assert max(kept) < min(path.stat().st_mtime_ns for path in runs)


def test_another_page_can_list_the_sheets(project: Path, sheets: Path) -> None:
    found = listed(Project(project), CYCLE)
    assert found is not None
    assert found.build == sheets.name
    assert found.index.is_file()
    assert [(code, name) for code, name, _ in found.sheets] == list(NAMES.items())
    assert all(page.is_file() for _, _, page in found.sheets)


def test_no_set_no_list(tmp_path: Path) -> None:
    assert listed(Project(tmp_path), CYCLE) is None


@pytest.mark.parametrize(
    ("asked", "remedy"),
    [("18", "codes connus"), ("6", "« 06 »"), ("01,99", "codes connus"), ("../x", "codes connus")],
)
def test_an_unknown_region_is_a_bad_call(
    capsys: pytest.CaptureFixture[str], asked: str, remedy: str
) -> None:
    assert main(["regions", "--region", asked]) == 2
    shown = capsys.readouterr().err.replace("\u00a0", " ")
    assert "n’est pas le code d’une région" in shown
    assert remedy in shown


@pytest.mark.parametrize("arguments", [("--jobs=0",), ("--engine=dask",), ("--engine=dask://x",)])
def test_a_bad_option_is_a_bad_call(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    assert main(["regions", *arguments]) == 2
    assert "Remède" in capsys.readouterr().err


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A project whose cycle names no register, as it is committed."""
    return copy_sources(tmp_path / "mémoire")


def test_without_a_register_a_sheet_says_what_is_missing(small: Path, chromium: Browser) -> None:
    done = runner(small)("regions", "--region=11")
    assert done.returncode == 0, done.stderr
    page = chromium.new_page()
    page.goto(done.stdout.splitlines()[1])
    text = page.locator("main").inner_text()
    assert "aucun registre québécois n’est joint à ce cycle" in text
    assert "92\u00a0282" in text  # its population, which a table gives
    cells = page.locator('[id="region.survie"] tbody td').all_inner_texts()
    assert set(cells) == {".."}
    assert page.locator("sup.demo, figure").count() == 0
    page.close()


def break_sheet(project: Path, code: str) -> None:
    """Make the notebook of the sheets fail for one region."""
    path = project / "notebooks" / "fiche-region.ipynb"
    notebook = nbformat.read(path, as_version=4)
    source = f'if region == "{code}":\n    raise ValueError("panne")'
    cell = nbformat.v4.new_code_cell(source, id="panne")
    notebook.cells.insert(4, cell)
    nbformat.write(notebook, path)


def test_a_failing_sheet_stops_no_other_and_publishes_nothing(small: Path) -> None:
    run = runner(small)
    assert run("regions", "--region=01,02,03").returncode == 0
    shelf = small / "build" / CYCLE / "regions"
    before = sorted(path.name for path in shelf.iterdir())
    break_sheet(small, "02")
    failed = run("regions", "--region=01,02,03")
    assert failed.returncode == 4
    assert "1 fiche sur 3 a échoué" in failed.stderr.replace("\u00a0", " ")
    assert "02 Saguenay–Lac-Saint-Jean" in failed.stderr.split("Erreur")[1]
    assert "panne" in failed.stderr
    assert "01 Bas-Saint-Laurent" not in failed.stderr.split("Erreur")[1]
    assert sorted(path.name for path in shelf.iterdir()) == before
    again = run("regions", "--region=01,02,03")
    assert again.stderr.count("(inchangée)") == 2


def test_both_engines_and_any_number_at_once_give_the_same_bytes(small: Path) -> None:
    made = []
    for arguments in (("--engine=noyaux",), ("--engine=souche", "--jobs=1")):
        shutil.rmtree(small / "build", ignore_errors=True)
        done = runner(small)("regions", "--region=01,17", *arguments)
        assert done.returncode == 0, done.stderr
        shelf = small / "build" / CYCLE / "regions"
        paths = sorted(path for path in shelf.rglob("*") if path.is_file())
        made.append({path.relative_to(shelf): path.read_bytes() for path in paths})
    assert made[0] == made[1]


def test_clean_removes_the_sheets(small: Path) -> None:
    folder = small / "build" / CYCLE / "regions" / "0123456789ab"
    folder.mkdir(parents=True)
    assert runner(small)("clean").returncode == 0
    assert not (small / "build" / CYCLE).exists()


def test_a_sheet_is_no_chapter_of_the_report(small: Path) -> None:
    cycle = read_cycle(Project(small), CYCLE)
    assert not any("region" in chapter.name for chapter in cycle.chapters)
    sheets = with_sheets(Project(small), cycle, CODES)
    assert [chapter.name for chapter in sheets.chapters] == [f"{code}-region" for code in CODES]


@pytest.fixture
def index(sheets: Path, chromium: Browser) -> Iterator[Page]:
    page = chromium.new_page(viewport={"width": 375, "height": 800})
    page.goto((sheets / "index.html").as_uri())
    yield page
    page.close()


def test_the_index_leads_to_every_sheet(index: Page, sheets: Path) -> None:
    links = index.locator("tbody th a")
    assert links.all_inner_texts() == list(NAMES.values())
    targets = [link.get_attribute("href") for link in links.all()]
    assert all((sheets / str(target)).is_file() for target in targets)
    links.nth(5).click()
    assert index.locator("h1").inner_text() == "Région\u00a0: Montréal"


def test_the_index_gives_n_and_survival_with_its_definition(index: Page, sheets: Path) -> None:
    for code, row in zip(CODES, index.locator("tbody tr").all(), strict=True):
        found = indicators(sheets, code)
        cells = row.locator("td data").all_inner_texts()
        assert cells == [found[f"region.{name}"]["shown"] for name in ("unites", "survie.5_ans")]
    assert "Définition" in index.locator(".notes").inner_text()


@pytest.mark.parametrize("name", ["index.html", "06.html"])
@pytest.mark.parametrize("dark", [False, True])
def test_the_pages_are_accessible(sheets: Path, chromium: Browser, name: str, dark: bool) -> None:
    context = chromium.new_context(
        viewport={"width": 320, "height": 900}, color_scheme="dark" if dark else "light"
    )
    page = context.new_page()
    page.goto((sheets / name).as_uri())
    charts = page.locator("figure.chart").count()
    assert charts == (name != "index.html")
    assert axe_faults(page) == {}
    assert own_faults(page, charts=charts) == {}
    context.close()


@pytest.mark.parametrize(
    ("engine", "group"), [("", "report"), ("noyaux", "report"), ("dask://127.0.0.1:1", "dask")]
)
def test_make_asks_for_dask_only_where_it_is_used(engine: str, group: str) -> None:
    told = subprocess.run(
        ["make", "-n", "regions", f"ENGINE={engine}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"requirements/python.sh {group} -m coopreport regions" in told.stdout
