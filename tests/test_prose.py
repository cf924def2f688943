"""Markdown cells become safe French HTML, with numbers by name."""

from __future__ import annotations

from typing import Any

import pytest

from coopreport.errors import ChapterFailed
from coopreport.pipeline.prose import Context, expressions, prose_html, title_of
from tests.sample_page import HOSTILE


def result(expression: str, html: str) -> dict[str, Any]:
    return {"expression": expression, "result": {"status": "ok", "data": {"text/html": html}}}


def html_of(markdown: str, *given: dict[str, Any], **references: str) -> str:
    return str(prose_html(markdown, Context("essai", references), given)[0])


def test_expressions_come_in_order_of_appearance() -> None:
    text = '# {eval}`a`\n\nx {eval}`b["c.d"]` y\n\n- {eval}`e`\n\n| h |\n|---|\n| {eval}`f` |\n'
    assert expressions(text) == ["a", 'b["c.d"]', "e", "f"]


def test_expressions_inside_a_call_out_are_found() -> None:
    assert expressions(":::{warning} Titre\nSoit {eval}`a`.\n:::\n") == ["a"]


@pytest.mark.parametrize(
    "text", ["```\n{eval}`a`\n```", "`` {eval}`a` ``", "    {eval}`a`", "\\{eval}`a`", "{eval} `a`"]
)
def test_code_and_escapes_hold_no_expression(text: str) -> None:
    assert expressions(text) == []


def test_a_number_by_name_puts_its_html_in_the_sentence() -> None:
    shown = html_of("Investir {eval}`a` par an.", result("a", '<data value="1">1</data>'))
    assert shown.endswith('>Investir <data value="1">1</data> par an.</p>\n')


def test_a_text_result_is_escaped() -> None:
    given = {"expression": "a", "result": {"status": "ok", "data": {"text/plain": "'<b>x</b>'"}}}
    assert "&lt;b&gt;x&lt;/b&gt;" in html_of("{eval}`a`", given)


@pytest.mark.parametrize(
    "given",
    [
        [],
        [result("b", "2")],
        [{"expression": "a", "result": {"status": "error", "ename": "KeyError", "evalue": "a"}}],
    ],
)
def test_a_number_without_a_good_result_is_an_error_that_names_it(
    given: list[dict[str, Any]],
) -> None:
    with pytest.raises(ChapterFailed, match=r"\{eval\}`a`"):
        html_of("Soit {eval}`a`.", *given)


def test_a_reference_links_to_its_exhibit() -> None:
    shown = html_of("Voir {numref}`f.t`.", **{"f.t": "tableau\u00a03"})
    assert '<a href="#f.t">tableau\u00a03</a>' in shown


def test_an_unknown_reference_names_the_nearest_exhibit() -> None:
    with pytest.raises(ChapterFailed, match=r"financement\.demandes\s»\?"):
        html_of("{numref}`financement.demande`", **{"financement.demandes": "tableau 1"})


@pytest.mark.parametrize("text", ["{cite}`x`", "{evl}`total`"])
def test_an_unknown_role_is_an_error(text: str) -> None:
    with pytest.raises(ChapterFailed, match="MyST inconnue"):
        html_of(text)


@pytest.mark.parametrize("fence", [":::{nota}\nx\n:::", ":::{warnin} Titre\nx\n:::"])
def test_an_unknown_call_out_is_an_error(fence: str) -> None:
    with pytest.raises(ChapterFailed, match="MyST inconnue"):
        html_of(fence)


def test_an_image_is_refused() -> None:
    with pytest.raises(ChapterFailed, match="image"):
        html_of("![x](../../secret.txt)")


def test_headings_go_down_one_level_with_stable_unique_ids() -> None:
    context = Context("survie", {}, number=4)
    shown, headings = prose_html("# Survie\n\n## Œuvres d'été\n\n## Œuvres d'été\n", context)
    assert [heading.id for heading in headings] == [
        "survie",
        "survie-oeuvres-d-ete",
        "survie-oeuvres-d-ete-2",
    ]
    assert '<h2 id="survie"><a class="number address" href="#survie">4</a> Survie</h2>' in shown
    assert '<a class="number address" href="#survie-oeuvres-d-ete-2">4.2</a>' in shown


def test_a_chapter_s_title_is_its_first_level_one_heading() -> None:
    assert title_of("Avant\n\n# Un *titre*\n") == "Un titre"
    assert title_of("## Pas un titre\n") is None


@pytest.mark.parametrize("payload", [text for text in HOSTILE if "![" not in text])
def test_raw_html_and_scripts_in_prose_are_text(payload: str) -> None:
    shown = html_of(f"Nom : {payload}")
    assert "<script" not in shown
    assert "<img" not in shown
    assert "<svg" not in shown
    assert "<style" not in shown


@pytest.mark.parametrize("url", ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x"])
def test_a_harmful_link_leads_nowhere(url: str) -> None:
    assert url not in html_of(f"[clic]({url})")


def test_a_table_in_prose_has_scoped_headers_in_a_labelled_region() -> None:
    shown = html_of("| a | b |\n|---|---|\n| 1 | 2 |\n")
    assert shown.count('<th scope="col">') == 2
    assert 'role="region" aria-label="Tableau du texte" tabindex="0"' in shown


@pytest.mark.parametrize(
    ("name", "title"), [("note", "À noter"), ("warning", "Prudence"), ("important", "Important")]
)
def test_a_call_out_has_a_french_title(name: str, title: str) -> None:
    shown = html_of(f":::{{{name}}}\nTexte.\n:::\n")
    assert f'<div class="box {name}" role="note" aria-label="{title}">' in shown


def test_a_definition_is_a_quiet_line() -> None:
    shown = html_of(":::{note} Définition\nUnité : coopérative.\n:::\n")
    assert '<div class="box definition"' in shown


def test_prose_gets_its_no_break_spaces_but_code_does_not() -> None:
    shown = html_of("Soit : 44 % de l'ensemble, `a : b`.")
    assert "Soit\u00a0: 44\u00a0% de l’ensemble" in shown
    assert "<code>a : b</code>" in shown
