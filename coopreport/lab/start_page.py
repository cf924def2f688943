"""The page that JupyterLab opens on: the chapters of the cycle, the commands, where help is.

It is made from the cycle each time, beside the chapters so that their list is open next to it, and
git ignores it.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from coopreport.cycles import check_cycle_name, read_cycle
from coopreport.errors import CoopreportError
from coopreport.pipeline.work import cannot_write
from coopreport.project import Project

START_PAGE = "00-debut.md"
TEXT = """# Le mémoire prébudgétaire {cycle}

{title}

## Les chapitres

{chapters}

Ouvrez un chapitre, puis menu **Exécution › Exécuter toutes les cellules** : les nombres paraissent
dans le texte. Un nombre s’écrit par son nom; aucun n’est tapé à la main :

```
Le mémoire demande {{eval}}`indicator["financement.annonce"].words` par année.
```

Ce que vous changez est enregistré sans que vous le demandiez; les résultats ne le sont pas : ils
sont refaits à chaque exécution. Pour voir les étiquettes d’une cellule (`parameters`, `en`…),
dépliez **Common Tools**, dans le panneau de droite.

## Les commandes

Dans un terminal (menu **Fichier › Nouveau › Terminal**), depuis le dossier du projet :

| commande | fait |
|---|---|
| `make report` | le rapport |
| `make watch` | une page qui se recharge à chaque enregistrement |
| `make check` | la vérification des tables de `data/` |
| `make import FILE=… TABLE=…` | la reprise d’une table modifiée dans un tableur |
| `make chapter NAME=…` | un nouveau chapitre, prêt à écrire |
| `make lint` | la vérification des chapitres : nombres tapés, style |
| `make why` | la liste de ce qui a changé depuis la dernière production |
| `make doctor` | la liste de ce qui manque à la machine |
| `make` | la liste de toutes les commandes |

## De l’aide

[LISEZMOI.md](../LISEZMOI.md) dit comment changer une phrase, corriger une donnée, publier; chaque
message d’erreur dit aussi quoi faire.

*Cette page est refaite à chaque `make lab` : ce que vous y écririez serait perdu.*
"""


def write_start_page(project: Project, cycle: str) -> Path:
    """Write the start page of a cycle among the chapters, and return it.

    A cycle or a chapter that cannot be read is told on the page: the lab is where it is mended.

    Raises:
        BadCall: there is no such cycle.
        CannotPublish: notebooks/ cannot be written.
    """
    if not project.cycle_file(check_cycle_name(cycle)).exists():
        read_cycle(project, cycle)
    page = project.notebooks / START_PAGE
    try:
        page.write_text(start_page(project, cycle), encoding="utf-8")
    except OSError as error:
        raise cannot_write(error, project.notebooks) from None
    return page


def start_page(project: Project, cycle: str) -> str:
    """Return the start page of a cycle, in Markdown."""
    try:
        read = read_cycle(project, cycle)
    except CoopreportError as error:
        fault = "\n".join(["**Ce cycle ne peut pas être lu :**", "", "```", str(error), "```"])
        names = sorted(path.name for path in project.notebooks.glob("*.ipynb"))
        return TEXT.format(cycle=cycle, title=fault, chapters=_listed((n, n) for n in names))
    chapters = _listed((chapter.title, chapter.path.name) for chapter in read.chapters)
    return TEXT.format(cycle=cycle, title=f"*{read.title}*", chapters=chapters)


def _listed(links: Iterable[tuple[str, str]]) -> str:
    return "\n".join(f"{n}. [{title}]({name})" for n, (title, name) in enumerate(links, 1))
