"""The text of a cycle's file: a new one made from a former one's, or one chapter more. Pure."""

from __future__ import annotations

import json
import re
from datetime import date

from coopreport.chapters import Chapter
from coopreport.fiscal import start_year

HEAD = """\
# Le cycle budgétaire {cycle}, préparé d’après {former} : relisez chaque ligne.
cycle: {cycle}
# À confirmer : le titre du mémoire; puis « document: … », son code, quand il aura paru.
title: "{title}"
language: fr-CA
# À confirmer : rien de ce qui a suivi cette date n’entre dans le rapport.
cut_off: {cut_off}
former: {former}
first_fiscal_year: {cycle}
horizon: {horizon}
base_year: {base_year}
"""


def new_cycle_text(text: str, former: str, new: str, today: date) -> str:
    """Return the text of a new cycle's file from a former one's, that `read_cycle` has accepted.

    The cut-off is the end of January before the fiscal year, or today when that is still to come.
    The chapters and their parameters are the former's; its scenarios, which are about its own asks,
    its document and its hindsight are not.
    """
    cut_off = min(date(start_year(new), 1, 31), today)
    values = dict(
        re.findall(r"^(title|horizon|base_year):[ ]*(.*?)[ ]*$", text, flags=re.MULTILINE)
    )
    head = HEAD.format(
        cycle=new,
        former=former,
        cut_off=cut_off.isoformat(),
        title=f"Demandes du mouvement coopératif et mutualiste pour {new}",
        horizon=values["horizon"],
        base_year=values["base_year"],
    )
    kept = [entry for name in ("register", "chapters") if (entry := _entry(text, name))]
    return head + "".join(kept)


def with_chapter(text: str, chapter: Chapter) -> str:
    """Return the text of a cycle's file with one more chapter, the last, and its parameters.

    The cycle lists its chapters one per line, as `read_cycle` will check.
    """
    listed = _entry(text, "chapters")
    rules = [rule for rule in chapter.parameters if rule.name != "cycle"]
    lines = [f"    {rule.name}: {json.dumps(rule.default, ensure_ascii=False)}" for rule in rules]
    entry = "\n".join([f"  {chapter.name}:{'' if lines else ' {}'}", *lines])
    return text.replace(listed.rstrip("\n"), f"{listed}{entry}", 1).rstrip("\n") + "\n"


def _entry(text: str, name: str) -> str:
    """Return the lines of one entry of the file, up to the next one; "" when it has none."""
    found = re.search(rf"^{name}:.*\n?(?:(?:[ \t]+.*|#.*|)(?:\n|$))*", text, flags=re.MULTILINE)
    return f"{found[0].rstrip()}\n" if found else ""
