"""Write docs/messages.md: each kind of error, when it is met, a real example, what to do.

`make docs` runs it. The classes and their exit codes come from the package, the list of messages
from its source, the examples from commands that fail (`docs.failures`), the explanations from
docs/explained.yaml.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Mapping
from dataclasses import dataclass

import yaml

import coopreport
from coopreport.errors import CoopreportError
from docs.failures import EXAMPLES, projects, run
from docs.reference import ROOT
from docs.wordings import Wording, shell_wordings, wordings

PAGE = ROOT / "docs" / "messages.md"
EXAMPLE = re.compile(r"<!-- ([\w.]+) -->\n```text\n(.*?)\n```", re.DOTALL)

HEADING = """# Les messages d’erreur

<!-- Écrit par « make docs » : ne le modifiez pas à la main. Les explications sont dans
docs/explained.yaml; les exemples sont de vraies commandes, et leurs vraies réponses. -->

Un message dit ce qui ne va pas, où, et ce qu’il faut faire. Cherchez ici ses premiers mots. La
commande donne aussi un code de sortie :

| code | sens | erreurs |
|---|---|---|
| 0 | tout est fait | |
"""
CODES = {
    1: "une erreur imprévue : le programme a une faute",
    2: "l’appel est incorrect, ou le cycle, ou la machine n’est pas prête",
    3: "des données ou des notebooks ont des fautes",
    4: "un chapitre n’est pas allé à sa fin",
    5: "rien n’a pu être écrit ou publié",
    6: "une autre commande occupe la place",
    7: "une vérification a échoué",
    130: "interrompu",
}
OUTSIDE = {"unexpected": 1, "make": 2, "interrupted": 130}
"""What is no class of the package, and its exit code."""


@dataclass(frozen=True)
class Explained:
    """What the page says of a kind of error; `no_example`: why it has none."""

    title: str
    when: str
    do: str
    no_example: str = ""


def error_classes() -> dict[str, type[CoopreportError]]:
    """Return every class of errors of the package, by its name, without their common base."""
    for module in pkgutil.walk_packages(coopreport.__path__, f"{coopreport.__name__}."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    found: dict[str, type[CoopreportError]] = {}
    waiting: list[type[CoopreportError]] = [CoopreportError]
    while waiting:
        for each in waiting.pop().__subclasses__():
            if each.__module__.startswith(f"{coopreport.__name__}."):
                found[each.__name__] = each
                waiting.append(each)
    return found


def explained() -> dict[str, Explained]:
    """Return what docs/explained.yaml says, in its order."""
    text = (ROOT / "docs" / "explained.yaml").read_text(encoding="utf-8")
    return {name: Explained(**entry) for name, entry in yaml.safe_load(text).items()}


def read_examples(page: str) -> dict[str, str]:
    """Return the examples that a page shows, by the kind of error."""
    return dict(EXAMPLE.findall(page))


def page(examples: Mapping[str, str]) -> str:
    """Return the text of docs/messages.md with these examples."""
    classes, told = error_classes(), explained()
    codes = {**{name: each.exit_code for name, each in classes.items()}, **OUTSIDE}
    rows = []
    for code, sense in CODES.items():
        links = [f"[{told[name].title}](#{_anchor(name)})" for name in told if codes[name] == code]
        rows.append(f"| {code} | {sense} | {'<br>'.join(links)} |")
    said = wordings(ROOT / "coopreport", list(classes))
    said["make"] = shell_wordings(ROOT / "requirements")
    parts = [HEADING + "\n".join(rows) + "\n"]
    for name, each in told.items():
        shown = {key: text for key, text in examples.items() if key.partition(".")[0] == name}
        parts.append(_section(name, each, codes[name], shown, said.get(name, [])))
    return "\n".join(parts)


def _section(
    name: str, told: Explained, code: int, examples: Mapping[str, str], said: list[Wording]
) -> str:
    kind = f"`{name}`, code {code}. " if name not in OUTSIDE else ""
    text = f'<a id="{_anchor(name)}"></a>\n\n## {told.title}\n\n{kind}{told.when}\n'
    for key, example in examples.items():
        text += f"\n<!-- {key} -->\n```text\n{example}\n```\n"
    text += f"\n**Que faire.** {told.do}\n"
    if said:
        listed = "\n".join(f"- {_markdown(each)}" for each in said)
        text += f"\n<details><summary>Tous ses messages ({len(said)})</summary>\n\n{listed}\n\n"
        text += "</details>\n"
    return text


def _anchor(name: str) -> str:
    return name.lower()


def _markdown(said: Wording) -> str:
    """Return a message and its remedy on one line, where Markdown changes nothing."""
    message, remedy = (
        re.sub(r"([*_<>`\[\]])", r"\\\1", text) for text in (said.message, said.remedy)
    )
    return f"{message} → *{remedy}*" if remedy.strip("….()") else message


def main() -> None:
    """Run every example, then write the page."""
    with projects() as fresh:
        made = {name: run(each, fresh(each)) for name, each in EXAMPLES.items()}
    PAGE.write_text(page(made), encoding="utf-8")


if __name__ == "__main__":
    main()
