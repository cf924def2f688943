"""Why a number moved: what changed among the things that it was computed from.

Pure. A version's ledger says what each number read, asked of the cycle and was made by; its
manifest has the hash of every input. What is the same in both versions is no cause. All that
changed is given, the likeliest first; when nothing recorded changed, the cause is unknown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from coopreport.compare.evidence import Change, Evidence, Json, changed
from coopreport.compare.rows import RowChanges, named
from coopreport.errors import NBSP, quoted, shorten
from coopreport.locale import UNITS
from coopreport.pipeline.inputs import LOCK

Kind = Literal[
    "cycle",
    "rounding",
    "data",
    "parameter",
    "method",
    "chapter",
    "code",
    "environment",
    "unknown",
]

KINDS: dict[Kind, str] = {
    "cycle": "cycle",
    "rounding": "arrondi",
    "data": "données",
    "parameter": "paramètre",
    "method": "méthode",
    "chapter": "chapitre",
    "code": "code",
    "environment": "environnement",
    "unknown": "inconnue",
}
"""Every kind of cause and its French name."""

CATALOGUE = "coopreport/catalogue/"
MOST_NAMED = 4
"""A cause names this many rows or files, and counts the others."""


@dataclass(frozen=True)
class Cause:
    """One thing that changed and that a number depends on; `detail` says what, in French."""

    kind: Kind
    detail: str


def causes_of(name: str, evidence: Evidence) -> tuple[Cause, ...]:
    """Return why an indicator is not the same in both versions, the likeliest cause first."""
    old, new = evidence.item(name)
    display = [Cause("rounding", text) for text in _display_changes(old, new)]
    same = all(old.get(part) == new.get(part) for part in ("value", "symbol"))
    found = [*_cycle(evidence)]
    if same and display:
        return (*found, *display)
    certain, possible = _data(old, new, evidence)
    methods = list(_methods(name, evidence))
    found += [
        *certain,
        *_parameters(old, new),
        *(Cause("method", text) for _, text in methods),
        *possible,
        *display,
    ]
    code = _code(name, evidence, {module for module, _ in methods}, alone=not found)
    found += [*code, *_environment(evidence)]
    return tuple(found) or (UNEXPLAINED,)


UNEXPLAINED = Cause(
    "unknown", "rien de ce que les deux versions enregistrent n’explique ce changement"
)


def causes_of_presence(name: str, evidence: Evidence) -> tuple[Cause, ...]:
    """Return why only one version has an indicator, the likeliest cause first.

    A chapter that was edited asks for other indicators; a family has other members when a
    parameter of its chapter, or a table that it reads, is not the same.
    """
    item = next(filter(None, evidence.item(name)))
    subject = name.partition(".")[0]
    inputs = evidence.inputs
    module = _path(str(item["method"].get("module", "")))
    found = [
        *_cycle(evidence),
        *(
            Cause("parameter", told(change))
            for change in evidence.parameters.values()
            if change.name.partition(".")[0] == subject or change.name in item.get("parameters", ())
        ),
        *(Cause("chapter", f"{each} a changé") for each in inputs if each.startswith("notebooks/")),
        *(
            Cause("data", f"{path} a changé")
            for path in sorted({evidence.table(read["table"])["path"] for read in item["reads"]})
            if path in inputs
        ),
        *(Cause("code", f"{path} a changé") for path in inputs if path == module),
    ]
    return tuple(found) or (UNEXPLAINED,)


def _cycle(evidence: Evidence) -> Iterator[Cause]:
    old, new = (
        manifest.get("cycle") for manifest in (evidence.old_manifest, evidence.new_manifest)
    )
    if old != new:
        yield Cause("cycle", f"du cycle {old} au cycle {new}")


def _display_changes(old: Json, new: Json) -> Iterator[str]:
    """Yield what changed in how the number is displayed."""
    if old.get("decimals") != new.get("decimals"):
        yield f"décimales affichées{NBSP}: {old.get('decimals')} → {new.get('decimals')}"
    if old.get("unit") != new.get("unit"):
        names = [_unit(item) for item in (old, new)]
        yield f"unité affichée{NBSP}: {names[0]} → {names[1]}"


def _unit(item: Json) -> str:
    unit = UNITS.get(str(item.get("unit")))
    return (unit.suffix or unit.title) if unit else "aucune"


def _data(old: Json, new: Json, evidence: Evidence) -> tuple[list[Cause], list[Cause]]:
    """Return the tables read that changed: those whose rows read did, then those that might."""
    certain: list[Cause] = []
    possible: list[Cause] = []
    for table in sorted({read["table"] for item in (old, new) for read in item.get("reads", ())}):
        reads = [
            [read for read in item.get("reads", ()) if read["table"] == table]
            for item in (old, new)
        ]
        hashes = [{read["sha256"] for read in side} for side in reads]
        entry = evidence.table(table)
        unread = not all(hashes) and entry["path"] not in evidence.inputs
        if hashes[0] == hashes[1] or unread:
            continue  # the file is the same, whichever of its rows were read
        place = f"{quoted(entry['title'])} ({entry['path']})"
        keys = [_keys(side) for side in reads]
        rows = evidence.rows.get(entry["path"])
        if rows is None:
            text = _key_changes(*keys)
            (certain if text else possible).append(
                Cause("data", f"{place}{NBSP}: {text or 'la table a changé'}")
            )
            continue
        known = [key for side in keys if side is not None for key in side]
        of_number = rows if None in keys else rows.among(known)
        if text := of_number.told(MOST_NAMED):
            (possible if None in keys else certain).append(Cause("data", f"{place}{NBSP}: {text}"))
    return certain, possible


def _keys(reads: Sequence[Json]) -> set[str] | None:
    """Return the rows read, by primary key; None when they are too many to be named."""
    if any(len(read["keys"]) != read["rows"] for read in reads):
        return None
    return {key for read in reads for key in read["keys"]}


def _key_changes(old: set[str] | None, new: set[str] | None) -> str:
    """Return which rows came or went among those read, "" when none or when they are not named."""
    if old is None or new is None:
        return ""
    return RowChanges({}, tuple(sorted(new - old)), tuple(sorted(old - new))).told(MOST_NAMED)


def _parameters(old: Json, new: Json) -> Iterator[Cause]:
    for change in changed(old.get("parameters", {}), new.get("parameters", {})).values():
        if change.name != "id":  # the cycle's own name: said as such
            yield Cause("parameter", told(change))


def told(change: Change) -> str:
    """Return a changed parameter as `survie.years : 1, 3, 5 → 1, 3, 5, 10`."""
    return f"{change.name}{NBSP}: {value_text(change.old)} → {value_text(change.new)}"


def value_text(value: Any) -> str:
    """Return a parameter's value for a reader."""
    if value is None:
        return "absent"
    if isinstance(value, list):
        return ", ".join(map(value_text, value))
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {value_text(item)}" for key, item in value.items() if item)
    return shorten(str(value).replace(".", ",") if isinstance(value, float) else str(value), 80)


def _methods(name: str, evidence: Evidence) -> Iterator[tuple[str, str]]:
    """Yield the functions that changed, with their module: the number's own, then its inputs'."""
    for each in _trail(name, evidence):
        old, new = (item.get("method", {}) for item in evidence.item(each))
        if not old or not new or not (old.get("sha256") and new.get("sha256")):
            continue  # it came or went, or an older version has no hash of it
        if old["sha256"] != new["sha256"]:
            of = "" if each == name else f", d’où vient {quoted(each)},"
            yield new["module"], f"la fonction {new['function']}{of} a changé"


def _trail(name: str, evidence: Evidence) -> list[str]:
    """Return the name and all the indicators and frames that it was made from, nearest first."""
    found, waiting = [name], [name]
    while waiting:
        for item in evidence.item(waiting.pop(0)):
            for each in item.get("inputs", ()):
                if each not in found:
                    found.append(each)
                    waiting.append(each)
    return found


def _code(name: str, evidence: Evidence, methods: set[str], alone: bool) -> Iterator[Cause]:
    """Yield the modules that changed, those of the number's own functions first.

    A module in which a function of the trail changed is named by that function already. The rest
    of the catalogue makes other numbers: it is a cause only when there is no other (`alone`).
    """
    said = {_path(module) for module in methods}
    own = {
        _path(str(item.get("method", {}).get("module", "")))
        for each in _trail(name, evidence)
        for item in evidence.item(each)
    }
    paths = [path for path in evidence.code if path not in said]
    likely = [path for path in paths if path in own or not path.startswith(CATALOGUE)]
    paths = likely or (paths if alone else [])
    if paths:
        word = "fichiers modifiés" if len(paths) > 1 else "fichier modifié"
        first = sorted(paths, key=lambda path: (path not in own, path))
        yield Cause("code", f"{word}{NBSP}: {named(first, MOST_NAMED)}")


def _path(module: str) -> str:
    return module.replace(".", "/") + ".py"


def _environment(evidence: Evidence) -> Iterator[Cause]:
    if LOCK in evidence.inputs:
        yield Cause("environment", f"les bibliothèques ont changé ({LOCK})")
