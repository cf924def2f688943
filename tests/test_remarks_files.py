"""A reviewer's file: what is refused, all at once; what is taken in, once, and never lost."""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

from coopreport.errors import BadCall, BadData
from coopreport.project import Project
from coopreport.remarks.exchange import read_export
from coopreport.remarks.rules import SCHEMA, faults_of
from coopreport.remarks.store import answer, merge, read_remarks
from tests.chapters import CYCLE
from tests.conftest import ROOT
from tests.payloads import PAYLOADS
from tests.releases import run
from tests.remarks_fixtures import exported, remark, target, write_file


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project that has its data, and no build."""
    root = tmp_path / "mémoire"
    shutil.copytree(ROOT / "data", root / "data")
    return Project(root)


def take_in(project: Project, content: object) -> None:
    """Take a file in, as `make remarks FILE=…` does."""
    merge(project, CYCLE, read_export(write_file(project.root, content), CYCLE))


def changed(content: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    """Return a copy of a file with one value changed; `path` is made of names and positions."""
    copy: dict[str, Any] = json.loads(json.dumps(content))
    *way, last = path.split(".")
    place: Any = copy
    for name in way:
        place = place[int(name) if name.isdigit() else name]
    place[last] = value
    return copy


WRONG = {
    "format": ("format", 2),
    "cycle": ("cycle", "2023-2025-"),
    "unknown name": ("remarks.0.surprise", 1),
    "unknown name of the target": ("remarks.0.target.html", "<b>"),
    "id that leads elsewhere": ("remarks.0.id", "../../../etc/x"),
    "text too long": ("remarks.0.text", "x" * 5001),
    "empty text": ("remarks.0.text", " \n"),
    "text of another type": ("remarks.0.text", ["a"]),
    "control character": ("remarks.0.text", "a\u001b[31mb"),
    "half a character": ("remarks.0.text", "a\ud800b"),
    "name of two lines": ("author", "a\nb"),
    "no name": ("author", ""),
    "date that does not exist": ("remarks.0.created", "2026-02-30T00:00:00Z"),
    "date of another form": ("remarks.0.modified", "hier"),
    "kind": ("remarks.0.target.kind", "image"),
    "rank": ("remarks.0.target.occurrence", 0),
    "rank that is true": ("remarks.0.target.occurrence", True),
    "hash": ("page.ledger", "AB" * 32),
    "page": ("page", None),
    "no remark": ("remarks", []),
    "too many remarks": ("remarks", [remark() for _ in range(1001)]),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_breaks_a_rule_is_refused_and_nothing_is_written(project: Project, name: str) -> None:
    content = changed(exported(), *WRONG[name])
    text = json.dumps(content)  # lone surrogates, as JSON writes them
    with pytest.raises(BadData, match="faute"):
        take_in(project, text)
    assert not project.reviews.exists()


@pytest.mark.parametrize("name", [*WRONG, ""])
def test_the_published_schema_agrees(name: str) -> None:
    content = changed(exported(), *WRONG[name]) if name else exported()
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    valid = jsonschema.Draft202012Validator(schema).is_valid(content)
    only_ours = name in ("date that does not exist", "empty text")
    assert valid is (not faults_of(content) or only_ours)


def test_every_fault_is_told_at_once_in_french(project: Project) -> None:
    content = changed(changed(exported(), "author", ""), "remarks.0.text", 3)
    path = write_file(project.root, content)
    done = run(ROOT, "remarks", f"--file={path}")
    assert done.returncode == 3
    assert "2 fautes" in done.stderr
    assert "colonne «\u00a0author\u00a0»" in done.stderr
    assert "colonne «\u00a0remarks[1].text\u00a0»" in done.stderr
    assert "attendu\u00a0: un texte" in done.stderr


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[1]",
        "null",
        "NaN",
        "[" * 100_000,
        '{"format": 1, "format": 1}',
        "9" * 5000,
        "\ufeff[]",
    ],
)
def test_what_is_no_file_of_remarks_is_refused(project: Project, text: str) -> None:
    with pytest.raises(BadData):
        take_in(project, text)


def test_another_encoding_is_refused(project: Project) -> None:
    path = project.root / "remarques.json"
    path.write_bytes(json.dumps(exported(author="Hélène"), ensure_ascii=False).encode("latin-1"))
    with pytest.raises(BadData, match="UTF-8"):
        read_export(path, CYCLE)


def test_a_file_too_large_a_folder_a_pipe_and_nothing_are_refused(project: Project) -> None:
    large = project.root / "grand.json"
    large.write_text(" " * 2_000_001, encoding="utf-8")
    pipe = project.root / "tube"
    os.mkfifo(pipe)
    for path in (large, pipe, project.root, project.root / "absent.json"):
        with pytest.raises(BadData):
            read_export(path, CYCLE)


def test_remarks_of_another_cycle_are_refused_with_the_call_that_takes_them(
    project: Project,
) -> None:
    with pytest.raises(BadData, match="make remarks CYCLE=2022-2023"):
        take_in(project, exported(cycle="2022-2023"))


def test_an_id_given_twice_is_refused(project: Project) -> None:
    with pytest.raises(BadData, match="même identifiant"):
        take_in(project, exported(remark(), remark(text="Autre.")))


def test_the_same_remark_taken_twice_is_one(project: Project) -> None:
    take_in(project, exported())
    (path,) = (project.reviews / CYCLE).glob("*")
    before = path.read_bytes()
    take_in(project, exported(exported="2026-12-01T00:00:00.000Z"))
    (path,) = (project.reviews / CYCLE).glob("*")
    assert path.read_bytes() == before


def test_a_remark_that_its_author_changed_keeps_its_former_text_and_its_answers(
    project: Project,
) -> None:
    take_in(project, exported())
    answer(project, CYCLE, "0011", "Analyste", "Merci.", True)
    later = remark(text="Autrement dit.", modified="2026-11-23T09:00:00.000Z")
    take_in(project, exported(later))
    (kept,) = read_remarks(project, CYCLE)
    assert kept.text == "Autrement dit."
    assert [former.text for former in kept.earlier] == ["Une remarque."]
    assert [each.text for each in kept.answers] == ["Merci."]
    assert kept.open


def test_an_older_export_does_not_undo_a_newer_one(project: Project) -> None:
    take_in(project, exported(remark(text="Après.", modified="2026-11-23T09:00:00.000Z")))
    take_in(project, exported(remark(text="Avant.")))
    (kept,) = read_remarks(project, CYCLE)
    assert kept.text == "Après."


def test_another_remark_of_the_same_id_is_refused(project: Project) -> None:
    take_in(project, exported())
    other = remark(text="Autre.", created="2026-01-01T00:00:00Z", modified="2026-12-01T00:00:00Z")
    with pytest.raises(BadData, match="celui d’une autre"):
        take_in(project, exported(remark("ffff" * 4), other))
    assert [each.text for each in read_remarks(project, CYCLE)] == ["Une remarque."]


def test_a_closed_remark_stays_closed_when_its_file_comes_again(project: Project) -> None:
    take_in(project, exported())
    answer(project, CYCLE, "0011", "Analyste", "", True)
    take_in(project, exported())
    (kept,) = read_remarks(project, CYCLE)
    assert not kept.open


@pytest.mark.parametrize("id", ["9999", "001", "", "0011*", "../x"])
def test_an_id_that_names_no_remark_is_a_bad_call(project: Project, id: str) -> None:
    take_in(project, exported())
    with pytest.raises(BadCall, match="quatre ou plus"):
        answer(project, CYCLE, id, "Analyste", "x", None)


def test_an_answer_that_breaks_a_rule_is_not_written(project: Project) -> None:
    take_in(project, exported())
    with pytest.raises(BadCall, match="caractères au plus"):
        answer(project, CYCLE, "0011", "Analyste", "x" * 5001, None)
    (kept,) = read_remarks(project, CYCLE)
    assert kept.answers == ()


def test_two_processes_that_answer_at_once_lose_no_answer(project: Project) -> None:
    take_in(project, exported())
    threads = [
        threading.Thread(target=answer, args=(project, CYCLE, "0011", "A", f"{n}", None))
        for n in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (kept,) = read_remarks(project, CYCLE)
    assert sorted(int(each.text) for each in kept.answers) == list(range(12))


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_text("<<<<<<< HEAD\n", encoding="utf-8"),
        lambda path: path.write_text(path.read_text().replace('"open"', '"opened"')),
        lambda path: path.rename(path.with_name("ffffffffffffffff.json")),
    ],
)
def test_a_damaged_file_of_reviews_is_named_with_its_remedy(
    project: Project, damage: Callable[[Path], object]
) -> None:
    take_in(project, exported())
    damage(project.reviews / CYCLE / "00112233aabbccdd.json")
    with pytest.raises(BadData, match=f"(?s)reviews/{CYCLE}/.*git"):
        read_remarks(project, CYCLE)


@pytest.mark.parametrize("name", PAYLOADS)
def test_hostile_text_is_kept_as_it_is_or_refused(project: Project, name: str) -> None:
    text = PAYLOADS[name][:5000]
    content = exported(remark(text=text, target=target(excerpt="x")))
    if any(sign < " " and sign not in "\t\n" for sign in text):  # the page exports none
        with pytest.raises(BadData, match="caractère de contrôle"):
            take_in(project, content)
        return
    take_in(project, content)
    (kept,) = read_remarks(project, CYCLE)
    assert kept.text == text


def test_the_terminal_shows_hostile_text_and_does_not_obey_it(project: Project) -> None:
    hostile = "\u202egauche\u2066 fin"
    take_in(project, exported(remark(text=hostile), author="Zo\u200bé"))
    listed = run_in(project, "remarks")
    assert "gauche fin" in listed
    assert "Zoé" in listed
    assert not {"\u202e", "\u2066", "\u200b", "\x1b"} & set(listed)


def run_in(project: Project, *arguments: str) -> str:
    """Run a verb in the project with this repository's code; return what it prints."""
    done = run(project.root, *arguments, environment={"PYTHONPATH": str(ROOT)})
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def test_the_verb_takes_in_lists_shows_answers_closes_and_opens_again(project: Project) -> None:
    path = write_file(project.root, exported(), "de marie.json")
    told = run_in(project, "remarks", f"--file={path}")
    assert "1\u00a0remarque nouvelle" in told
    assert "n’est celle d’aucune production" in told
    listed = run_in(project, "remarks")
    assert "00112233" in listed
    assert "Marie Tremblay" in listed
    assert "Tableau 1 Les demandes" in listed
    asked = ["--id=0011", "--answer=C’est corrigé.", "--close=oui", "--author=Luc Roy"]
    assert "est fermée (Luc Roy)" in run_in(project, "remarks", *asked)
    assert "Aucune remarque ouverte." in run_in(project, "remarks")
    assert "(fermée)" in run_in(project, "remarks", "--all=oui")
    whole = run_in(project, "remarks", "--id=0011")
    assert "réponse de Luc Roy, qui la ferme" in whole
    assert "C’est corrigé." in whole
    run_in(project, "remarks", "--id=0011", "--close=non", "--author=Luc Roy")
    assert "00112233" in run_in(project, "remarks")


@pytest.mark.parametrize(
    "arguments",
    [
        ("--file=x.json", "--answer=x"),
        ("--answer=x",),
        ("--close=peut-être", "--id=0011"),
        ("--cycle=2031-2032",),
        ("--cycle=../x",),
    ],
)
def test_a_call_that_makes_no_sense_is_code_2(project: Project, arguments: tuple[str, ...]) -> None:
    done = run(project.root, "remarks", *arguments, environment={"PYTHONPATH": str(ROOT)})
    assert done.returncode == 2
    assert "Remède" in done.stderr


def test_a_folder_that_cannot_be_written_is_code_5(project: Project) -> None:
    (project.root / "reviews").write_text("", encoding="utf-8")
    path = write_file(project.root, exported())
    done = run(project.root, "remarks", f"--file={path}", environment={"PYTHONPATH": str(ROOT)})
    assert done.returncode == 5
