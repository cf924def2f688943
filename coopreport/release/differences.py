"""Where two files that should be the same differ first, and what the likely cause is.

Pure: bytes in. A JSON file or a notebook is told by the path of its first different value, another
text by line and column, anything else by its byte.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

from coopreport.errors import NBSP
from coopreport.pipeline.publish import files_of

AROUND = 40
"""Characters of an excerpt before and after the first difference."""
ABSENT = "(rien)"

JSON_SUFFIXES = (".json", ".ipynb")
NUMBER = re.compile(r"[-+]?\d+\.\d+(?:e[-+]?\d+)?")
CAUSES = (
    (r"0x[0-9a-f]{6,}", "une adresse en mémoire : enlevez ce texte du résultat"),
    (
        r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b[0-9a-f]{8,40}\b",
        "un identifiant tiré au hasard : donnez-lui un nom fixe",
    ),
    (
        r"(?:\d{4}-\d{2}-\d{2}[T ])?\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?|\b1[5-9]\d{8}(?:\.\d+)?\b",
        "une heure de l’horloge : prenez la date dans les données ou dans le cycle",
    ),
    (r"\b20\d{2}-\d{2}-\d{2}\b", "une date de l’horloge : prenez-la dans les données"),
)
"""What the place holds in both files, though not the same, and what that means."""


@dataclass(frozen=True)
class Difference:
    """The first difference of a file: its place, an excerpt of each side, the likely cause."""

    name: str
    place: str
    left: str
    right: str
    cause: str

    def __str__(self) -> str:
        return (
            f"{self.name}, {self.place}\n      1{NBSP}: {self.left}\n      2{NBSP}: {self.right}\n"
            f"      Cause probable{NBSP}: {self.cause}"
        )


def differences(left: Path, right: Path, traces: Mapping[str, str]) -> Iterator[Difference]:
    """Yield the files of two folders that differ, are missing or were added, by name.

    `traces` are texts that tell how one side was made (its folder, its user), with their names.
    """
    one, other = (
        {path.relative_to(folder).as_posix(): path for path in files_of(folder)}
        for folder in (left, right)
    )
    for name in sorted({*one, *other}):
        if name not in one or name not in other:
            texts = ["présent" if name in side else "absent" for side in (one, other)]
            cause = "une étape qui dépend du milieu"
            yield Difference(name, "le fichier", texts[0], texts[1], cause)
        elif (before := one[name].read_bytes()) != (after := other[name].read_bytes()):
            yield first_difference(name, before, after, traces)


def first_difference(name: str, left: bytes, right: bytes, traces: Mapping[str, str]) -> Difference:
    """Return the first difference of two contents of a file, which are not the same."""
    try:
        place, before, after = _place(name, left.decode(), right.decode())
    except UnicodeDecodeError:
        at = next(i for i, (a, b) in enumerate(zip_longest(left, right)) if a != b)
        sides = [side[at : at + 16].hex(" ") or ABSENT for side in (left, right)]
        return Difference(name, f"octet {at + 1}", sides[0], sides[1], "inconnue")
    start = max(0, _common(before, after) - AROUND)
    cause = likely_cause(before, after, traces)
    return Difference(name, place, _excerpt(before, start), _excerpt(after, start), cause)


def likely_cause(left: str, right: str, traces: Mapping[str, str]) -> str:
    """Return the likely cause of a difference between two values or two lines."""
    for text, what in traces.items():
        if text in left or text in right:
            return f"{what} : n’écrivez pas ce qui dépend de la machine"
    if left.replace("\r", "") == right.replace("\r", ""):
        return "les fins de ligne (CRLF) : copiez en mode binaire"
    parts = [re.findall(r"[\w.-]+", text) for text in (left, right)]
    if sorted(parts[0]) == sorted(parts[1]) and parts[0]:
        return "un ordre qui n’est pas fixe (set, dossier) : triez"
    for pattern, cause in CAUSES:
        found = [re.findall(pattern, text) for text in (left, right)]
        same_rest = re.sub(pattern, "", left) == re.sub(pattern, "", right)
        if found[0] and found[1] and found[0] != found[1] and same_rest:
            return cause
    if NUMBER.sub("", left) == NUMBER.sub("", right):
        return _numbers(left, right)
    return "inconnue : comparez les deux textes"


def _numbers(left: str, right: str) -> str:
    """Return the cause of two texts whose decimal numbers alone differ."""
    drawn = "<svg" in left or "<text" in left or "<path" in left or "transform=" in left
    if drawn:
        return "les polices : un graphique a été mesuré avec une autre"
    pairs = zip(NUMBER.findall(left), NUMBER.findall(right), strict=True)
    gaps = [abs(float(a) - float(b)) / max(abs(float(a)), abs(float(b)), 1e-300) for a, b in pairs]
    if max(gaps) < 1e-9:
        return "un calcul en virgule flottante dans un autre ordre : sommez exactement ou triez"
    return "un calcul qui dépend du hasard ou de l’horloge : fixez la graine"


def _place(name: str, left: str, right: str) -> tuple[str, str, str]:
    """Return where two texts differ first, and the two values or lines that are there."""
    if name.endswith(JSON_SUFFIXES):
        try:
            found = _json_place(json.loads(left), json.loads(right), "$")
        except ValueError:
            found = None
        if found:
            return found[0], _as_text(found[1]), _as_text(found[2])
    lines = enumerate(zip_longest(left.split("\n"), right.split("\n"), fillvalue=ABSENT), 1)
    number, (one, other) = next((i, pair) for i, pair in lines if pair[0] != pair[1])
    return f"ligne {number}, colonne {_common(one, other) + 1}", one, other


def _json_place(left: Any, right: Any, path: str) -> tuple[str, Any, Any] | None:
    """Return the path of the first different value of two JSON objects, and both values."""
    if left == right:
        return None
    if isinstance(left, dict) and isinstance(right, dict):
        for key in dict.fromkeys((*left, *right)):
            if found := _json_place(left.get(key, ABSENT), right.get(key, ABSENT), f"{path}.{key}"):
                return found
    if isinstance(left, list) and isinstance(right, list):
        for position, pair in enumerate(zip_longest(left, right, fillvalue=ABSENT)):
            if found := _json_place(*pair, f"{path}[{position}]"):
                return found
    return path, left, right


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _excerpt(text: str, start: int) -> str:
    part = text[start : start + 2 * AROUND]
    return ("…" if start else "") + part + ("…" if start + 2 * AROUND < len(text) else "")


def _common(left: str, right: str) -> int:
    """Return how many characters two texts have in common at their start."""
    pairs = enumerate(zip(left, right, strict=False))
    return next((i for i, (a, b) in pairs if a != b), min(len(left), len(right)))
