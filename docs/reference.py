"""Write docs/commande.md: the targets of the Makefile, their variables, the verbs and options.

`make docs` runs it. Targets and variables are read in the Makefile, verbs and options in the parser
of the command: what each one does is said there, once.
"""

from __future__ import annotations

import argparse
import re
from dataclasses import dataclass
from pathlib import Path

from coopreport.arguments import build_parser

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "commande.md"

OTHERS = {
    "TESTS": "les essais à faire : un fichier, un dossier (`tests`)",
    "PYTHON": "le Python qui fait l’environnement, lu par toutes les cibles (`python3`)",
}
"""The variables that no option of the command takes, and what they are for."""

TARGET = re.compile(r"^([a-z-]+):.*?## (.+)\n((?:\t.*\n?)*)", re.MULTILINE)
EXPORT = re.compile(r"^export (COOPREPORT_\w+) := .*?(?:value |typed,)([A-Z0-9_]+)\)", re.MULTILINE)
DEFAULT = re.compile(r"^([A-Z_]+) \?= ?(.*)$", re.MULTILINE)
SCRIPT = re.compile(r"sh (requirements/[a-z-]+\.sh)")
VERB = re.compile(r"-m coopreport ([a-z]+)")
PASSED = re.compile(r'(--[a-z0-9-]+)="\$\$(COOPREPORT_\w+)"')
READ = re.compile(r"\$\((?:value )?([A-Z][A-Z0-9_]+)\)")

HEADING = """# La commande

<!-- Écrit par « make docs » d’après le Makefile et la commande : ne le modifiez pas à la main. -->

Une cible de make installe ce qu’il lui faut, puis appelle un verbe de la commande `coopreport`. Une
variable s’écrit après la cible, sans espace autour du signe égal :

```sh
make report CYCLE=2023-2024 PDF=non
.venv/bin/python -m coopreport report --cycle=2023-2024 --pdf=non     # la même chose
```

Chaque verbe prend aussi `--help`, qui montre son aide, et `--debug`, qui montre la trace Python
d’une erreur. `coopreport --version` donne la version du programme. Les erreurs et les codes de
sortie sont dans [messages.md](messages.md).
"""


@dataclass(frozen=True)
class Target:
    """A target of the Makefile.

    `verbs`: the verbs of the command that it runs. `passed`: option → the variable that gives it.
    `read`: the variables that its recipe reads itself.
    """

    name: str
    does: str
    verbs: tuple[str, ...]
    passed: dict[str, str]
    read: tuple[str, ...]


@dataclass(frozen=True)
class Makefile:
    """The targets in the order of the file; the variables, with the value that each one has."""

    targets: tuple[Target, ...]
    variables: dict[str, str]


def read_makefile(text: str) -> Makefile:
    """Return what the Makefile says of its targets and variables."""
    typed = dict(EXPORT.findall(text))
    defaults = dict(DEFAULT.findall(text))
    targets = []
    for name, does, recipe in TARGET.findall(text):
        passed = {option: typed[exported] for option, exported in PASSED.findall(recipe)}
        read = [each for each in READ.findall(recipe) if each not in passed.values()]
        run = "\n".join([recipe, *map(_script, SCRIPT.findall(recipe))])
        targets.append(
            Target(name, does, tuple(VERB.findall(run)), passed, tuple(dict.fromkeys(read)))
        )
    names = [*typed.values(), *defaults, *(each for target in targets for each in target.read)]
    return Makefile(tuple(targets), {name: defaults.get(name, "") for name in dict.fromkeys(names)})


def _script(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def verbs() -> dict[str, argparse.ArgumentParser]:
    """Return the parser of each verb of the command, by its name."""
    (choices,) = [
        action.choices
        for action in build_parser()._actions
        if isinstance(action, argparse._SubParsersAction)
    ]
    return dict(choices)


def options(verb: argparse.ArgumentParser) -> dict[str, argparse.Action]:
    """Return the options of a verb, by their name, without those that every verb has."""
    named = {action.option_strings[-1]: action for action in verb._actions}
    return {name: each for name, each in named.items() if name not in ("--help", "--debug")}


def described(action: argparse.Action) -> str:
    """Return the help of an option with its default."""
    return (action.help or "") % {"default": action.default}


def page(makefile: Makefile) -> str:
    """Return the text of docs/commande.md."""
    known = verbs()
    listed = "\n".join(
        f"| [`{t.name}`](#make-{t.name}) | {_cell(t.does)} |" for t in makefile.targets
    )
    parts = [HEADING, f"## Les cibles\n\n| cible | fait |\n|---|---|\n{listed}\n"]
    parts += [_section(target, known) for target in makefile.targets]
    called = {verb for target in makefile.targets for verb in target.verbs}
    parts += [
        f"## coopreport {name}\n\n{_sentence(verb.description or '')}\n\n{_table(verb, {})}"
        for name, verb in known.items()
        if name not in called
    ]
    return "\n".join(parts)


def _section(target: Target, known: dict[str, argparse.ArgumentParser]) -> str:
    section = f"## make {target.name}\n\n{_sentence(target.does)}\n"
    for name in target.verbs:
        section += f"\n`coopreport {name}` : {known[name].description}.\n"
        section += f"\n{_table(known[name], target.passed)}"
    rows = [f"- `{name}` : {OTHERS[name]}." for name in target.read if name in OTHERS]
    return section + ("\n" + "\n".join(rows) + "\n" if rows else "")


def _table(verb: argparse.ArgumentParser, passed: dict[str, str]) -> str:
    rows = ["| variable | option | valeur | dit |", "|---|---|---|---|"]
    for name, action in options(verb).items():
        variable = f"`{passed[name]}`" if name in passed else ""
        value = f"`{action.metavar}`" if action.metavar else ""
        rows.append(f"| {variable} | `{name}` | {value} | {_cell(described(action))} |")
    return "\n".join(rows) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", r"\|")


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


if __name__ == "__main__":
    PAGE.write_text(page(read_makefile((ROOT / "Makefile").read_text("utf-8"))), encoding="utf-8")
