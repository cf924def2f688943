"""The named rules of a table: what its schema cannot say of a row, or of rows together.

A rule looks only at cells that have a value; a cell at fault is told once, by its own fault.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from coopreport.locale import NBSP, format_number
from coopreport.tables.conversion import below
from coopreport.tables.journal import Journal
from coopreport.tables.model import Cell, Gap, Rule, TypedTable

Check = Callable[[TypedTable, Rule, list[int], Journal], None]
"""(table, rule, indexes of the rows to look at, journal)."""


@dataclass(frozen=True)
class RuleKind:
    """How a rule is checked, and its arguments: name → "column", "columns" or "when"."""

    check: Check
    arguments: dict[str, str]


def check_rules(table: TypedTable, ignored: frozenset[int], journal: Journal) -> None:
    """Fault each row that breaks a rule of its table; rows of index in `ignored` are left aside."""
    for rule in table.resource.rules:
        if table.has(*columns_of(rule)):
            rows = [i for i in _rows_when(table, rule) if i not in ignored]
            RULES[rule.name].check(table, rule, rows, journal)


def columns_of(rule: Rule) -> list[str]:
    """Return every column that a rule names."""
    columns: list[str] = []
    for argument, kind in RULES[rule.name].arguments.items():
        if kind == "column":
            columns.append(rule.column(argument))
        else:
            columns += rule.when if kind == "when" else rule.columns(argument)
    return columns


def _rows_when(table: TypedTable, rule: Rule) -> Iterable[int]:
    conditions = [(table.texts[column], texts) for column, texts in rule.when.items()]
    for i in range(len(table.lines)):
        if all(column[i] in texts for column, texts in conditions):
            yield i


def _because(rule: Rule) -> str:
    """Return in words the rows that a rule is about: « quand amount_basis vaut « unstated » »."""
    parts = [f"{c} vaut « {' ou '.join(texts)} »" for c, texts in rule.when.items()]
    return f" quand {' et '.join(parts)}" if parts else ""


def _ordered(table: TypedTable, rule: Rule, rows: list[int], journal: Journal) -> None:
    """`columns` [a, b]: a ≤ b in each row where both are given."""
    first, last = rule.columns("columns")
    firsts, lasts = table.values[first], table.values[last]
    for i in rows:
        low, high = firsts[i], lasts[i]
        if low is None or high is None or isinstance(low, Gap) or isinstance(high, Gap):
            continue
        if below(high, low):
            journal.fault(
                f"« {last} » précède « {first} » : {high} avant {low}, clé {table.labels[i]}",
                "vérifier les deux valeurs à la source; elles sont peut-être inversées",
                line=table.lines[i],
                column=last,
                value=str(high),
            )


def _parts_sum_to_parent(table: TypedTable, rule: Rule, rows: list[int], journal: Journal) -> None:
    """In each `group`, the `amount` of a row = the sum of those whose `parent` is its `id`.

    A parent with a part whose amount is blank or at fault, or that is named in a row that could
    not be read, is not judged: the sum would be a false one.
    """
    ids, parents = table.texts[rule.column("id")], table.texts[rule.column("parent")]
    groups, amounts = table.texts[rule.column("group")], table.values[rule.column("amount")]
    parts: defaultdict[tuple[str, str], list[Cell]] = defaultdict(list)
    for i in rows:
        if parents[i]:
            parts[groups[i], parents[i]].append(amounts[i])
    for i in rows:
        of_this = parts.get((groups[i], ids[i]))
        if of_this is None or ids[i] in table.raw.lost:
            continue
        headline, known = amounts[i], [a for a in of_this if isinstance(a, int | Decimal)]
        if not isinstance(headline, int | Decimal) or len(known) < len(of_this):
            continue
        total = sum(known, start=Decimal(0))
        if total != headline:
            journal.fault(
                f"le total annoncé diffère de la somme de ses parties : total {_dollars(headline)},"
                f" somme {_dollars(total)}, écart {_dollars(headline - total)}",
                "corriger le total ou les parties d'après le document",
                line=table.lines[i],
                column=rule.column("amount"),
                value=str(headline),
            )


def _dollars(amount: int | Decimal) -> str:
    return f"{format_number(amount, 2 if amount % 1 else 0)}{NBSP}$"


def _required_when(table: TypedTable, rule: Rule, rows: list[int], journal: Journal) -> None:
    """`column` is given in the rows of `when`."""
    column = rule.column("column")
    for i in rows:
        if not table.texts[column][i]:
            journal.fault(
                f"cellule vide, obligatoire{_because(rule)}",
                f"donner la valeur de « {table.resource.field[column].title} »",
                line=table.lines[i],
                column=column,
            )


def _flag_required(table: TypedTable, rule: Rule, rows: list[int], journal: Journal) -> None:
    """`flag` is true in the rows of `when`: an oddity of the source is entered knowingly."""
    flag = rule.column("flag")
    for i in rows:
        if table.values[flag][i] is not True and table.values[flag][i] is not Gap.FAULTY:
            journal.fault(
                f"particularité non signalée{_because(rule)}",
                f"vérifier la source, puis mettre « {flag} » à « true » si elle est bien ainsi",
                line=table.lines[i],
                column=flag,
                value=table.texts[flag][i],
            )


def _unique_true(table: TypedTable, rule: Rule, rows: list[int], journal: Journal) -> None:
    """Exactly one row of each group of equal `within` has a true `flag`."""
    flag, within = rule.column("flag"), rule.columns("within")
    texts = table.key_texts(within)
    groups: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for i in rows:
        groups[texts[i]].append(i)
    for key, members in groups.items():
        values = [table.values[flag][i] for i in members]
        true = [i for i in members if table.values[flag][i] is True]
        unread = not true and table.raw.lost.issuperset(key)
        if Gap.FAULTY in values or len(true) == 1 or unread:
            continue
        lines = ", ".join(str(table.lines[i]) for i in true or members)
        found = "aucune" if not true else f"{len(true)} (lignes {lines})"
        journal.fault(
            f"une seule ligne « {flag} » attendue par {', '.join(within)} :"
            f" {found} pour {', '.join(key)}",
            f"mettre « {flag} » à « true » sur une seule des lignes du groupe",
            line=table.lines[true[1] if true else members[0]],
            column=flag,
        )


def _whole_when(table: TypedTable, rule: Rule, rows: list[int], journal: Journal) -> None:
    """`column` is a whole number in the rows of `when` (dollars and counts among shares)."""
    column = rule.column("column")
    for i in rows:
        value = table.values[column][i]
        if isinstance(value, Decimal) and value % 1:
            journal.fault(
                f"nombre entier attendu{_because(rule)}",
                "arrondir à l’unité et le dire dans la note",
                line=table.lines[i],
                column=column,
                value=table.texts[column][i],
            )


RULES: dict[str, RuleKind] = {
    "ordered": RuleKind(_ordered, {"columns": "columns"}),
    "parts_sum_to_parent": RuleKind(
        _parts_sum_to_parent,
        {"parent": "column", "id": "column", "group": "column", "amount": "column"},
    ),
    "required_when": RuleKind(_required_when, {"column": "column", "when": "when"}),
    "flag_required": RuleKind(_flag_required, {"flag": "column", "when": "when"}),
    "unique_true": RuleKind(_unique_true, {"flag": "column", "within": "columns"}),
    "whole_when": RuleKind(_whole_when, {"column": "column", "when": "when"}),
}
"""The rules a descriptor may name."""
