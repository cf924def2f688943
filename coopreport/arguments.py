"""The arguments of the command: its verbs, their options and values. Messages are French."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Callable
from typing import Any, NoReturn

from coopreport import __version__, verbs
from coopreport.errors import NBSP, BadCall, shorten
from coopreport.pipeline.engines import DEFAULT, ENGINES, scheduler_of
from coopreport.pipeline.options import FRENCH, LANGUAGES

DEFAULT_CYCLE = "2023-2024"
MOST_PORT = 65535

# argparse speaks English; these are the messages it can give for this command.
_ARGPARSE = (
    (r"unrecognized arguments: (.+)", "argument inconnu : {}"),
    (r"the following arguments are required: (.+)", "il manque : {}"),
    (r"argument (\S+): expected one argument", "{} attend une valeur"),
    (r"argument (?:\S+): invalid choice: '?(.*?)'? \(choose from .+\)", "verbe inconnu : « {} »"),
    (r"argument (\S+): ignored explicit argument .+", "{} ne prend pas de valeur"),
    (r"ambiguous option: (\S+) could match .+", "option ambiguë : {}"),
)


class _Help(argparse.HelpFormatter):
    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        super().add_usage(usage, actions, groups, "Utilisation : " if prefix is None else prefix)


class _Parser(argparse.ArgumentParser):
    def __init__(self, **options: Any) -> None:
        options.setdefault("formatter_class", _Help)
        super().__init__(add_help=False, allow_abbrev=False, **options)
        self._optionals.title = "Options"
        self._positionals.title = "Verbes"
        self.add_argument("-h", "--help", action="help", help="montrer cette aide")

    def error(self, message: str) -> NoReturn:
        for pattern, french in _ARGPARSE:
            if match := re.fullmatch(pattern, message, flags=re.DOTALL):
                message = french.format(shorten(match.group(1)))
                break
        raise BadCall(f"Appel incorrect : {message}.", f"voyez « {self.prog} --help ».")


def _seconds(text: str) -> float:
    if not re.fullmatch(r"[0-9]{1,6}", text) or int(text) == 0:
        raise BadCall(
            f"« {shorten(text)} » n’est pas une limite.",
            "donnez un nombre entier de secondes, 1 ou plus : 300.",
        )
    return float(text)


def _port(text: str) -> int:
    if text and (not re.fullmatch(r"[0-9]{1,5}", text) or int(text) > MOST_PORT):
        raise BadCall(f"« {shorten(text)} » n’est pas un port.", f"donnez 0 à {MOST_PORT}.")
    return int(text or 0)


def _yes_or(default: bool) -> Callable[[str], bool]:
    """Return what reads « oui » or « non »; nothing means `default`."""

    def read(text: str) -> bool:
        if text not in ("", "oui", "non"):
            raise BadCall(f"« {shorten(text)} » n’est ni oui ni non.", "donnez oui ou non.")
        return text == "oui" if text else default

    return read


def _yes_or_nothing(text: str) -> bool | None:
    return _yes_or(False)(text) if text else None


def _engine(text: str) -> str:
    if text and text not in ENGINES:
        raise BadCall(
            f"« {shorten(text)} » n’est pas un moteur.", f"un de{NBSP}: {', '.join(ENGINES)}."
        )
    return text or DEFAULT


def _fan_out(text: str) -> str:
    """Return an engine of `make regions`, which may also be a Dask scheduler."""
    if not text or text in ENGINES or scheduler_of(text):
        return text or DEFAULT
    raise BadCall(
        f"« {shorten(text)} » n’est pas un moteur.",
        f"un de{NBSP}: {', '.join(ENGINES)}, ou l’adresse d’un ordonnanceur Dask, "
        "dask://127.0.0.1:8786.",
    )


def _jobs(text: str) -> int:
    if text and (not re.fullmatch(r"[0-9]{1,3}", text) or int(text) == 0):
        raise BadCall(
            f"« {shorten(text)} » n’est pas un nombre de productions à la fois.", "donnez 1 à 999."
        )
    return int(text or 0)


def _language(text: str) -> str:
    if text and text not in LANGUAGES:
        raise BadCall(
            f"« {shorten(text)} » n’est pas une langue du rapport.",
            f"une de{NBSP}: {', '.join(LANGUAGES)}.",
        )
    return text or FRENCH


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the command; every option has its help."""
    parser = _Parser(
        prog="coopreport",
        description="Le mémoire prébudgétaire du mouvement coopératif, recalculé des tables.",
    )
    parser.add_argument(
        "--version",
        action="version",
        version=f"coopreport {__version__}",
        help="montrer la version",
    )
    added_verbs = parser.add_subparsers(dest="verb", metavar="VERBE", required=True)

    def verb(name: str, run: Callable[[argparse.Namespace], int], summary: str) -> _Parser:
        """Add a verb, with the options that every verb has."""
        added: _Parser = added_verbs.add_parser(name, help=summary, description=summary)
        added.add_argument(
            "--cycle", default=DEFAULT_CYCLE, metavar="AAAA-AAAA", help="le cycle (%(default)s)"
        )
        added.add_argument("--debug", action="store_true", help="montrer la trace d’une erreur")
        added.set_defaults(run=run)
        return added

    report = verb("report", verbs.report, "vérifier, exécuter, rendre et publier le rapport")
    _add_build_options(report)
    report.add_argument(
        "--scenario", default="", metavar="NOM", help="un scénario du cycle, au lieu de sa base"
    )
    reports = verb("reports", verbs.reports, "produire le rapport de chaque cycle, côte à côte")
    _add_build_options(reports)
    reports.add_argument(
        "--jobs", type=_jobs, default=0, metavar="N", help="productions à la fois (processeurs)"
    )
    new = verb("cycle", verbs.cycle, "préparer un nouveau cycle d’après un autre")
    new.add_argument(
        "--from", dest="from_", default="", metavar="AAAA-AAAA", help="le cycle d’avant"
    )
    imports = verb("import", verbs.import_, "reprendre une table modifiée dans un tableur")
    imports.add_argument("--file", default="", metavar="FICHIER", help="ce que le tableur a écrit")
    imports.add_argument("--table", default="", metavar="TABLE", help="la table de data/ (grants)")
    imports.add_argument(
        "--write",
        type=_yes_or_nothing,
        default=None,
        metavar="OUI",
        help="oui : écrire sans demander; non : montrer seulement",
    )
    chapter = verb("chapter", verbs.chapter, "préparer un nouveau chapitre et l’ajouter au cycle")
    chapter.add_argument("--name", default="", metavar="NOM", help="son nom : habitation-rurale")
    chapter.add_argument("--title", default="", metavar="TITRE", help="son titre (son nom)")
    remarks = verb("remarks", verbs.remarks, "prendre, lister, fermer les remarques des lecteurs")
    remarks.add_argument("--file", default="", metavar="FICHIER", help="un fichier de remarques")
    remarks.add_argument("--id", default="", metavar="NUMÉRO", help="une remarque (4 chiffres)")
    remarks.add_argument("--answer", default="", metavar="TEXTE", help="y répondre")
    remarks.add_argument(
        "--close", type=_yes_or_nothing, default=None, metavar="OUI", help="la fermer (oui, non)"
    )
    remarks.add_argument("--author", default="", metavar="NOM", help="qui répond (celui de git)")
    remarks.add_argument(
        "--all",
        type=_yes_or(False),
        default=False,
        metavar="OUI",
        help="lister aussi celles qui sont fermées",
    )
    served = verb("serve", verbs.serve, "servir build/ et son index à cet ordinateur seulement")
    served.add_argument(
        "--port", type=_port, default=0, metavar="N", help="le port local (le système choisit)"
    )
    regions = verb("regions", verbs.regions, "produire une fiche par région administrative")
    regions.add_argument(
        "--region", default="", metavar="CODES", help="06, ou 01,06; sans lui, les 17 régions"
    )
    regions.add_argument(
        "--engine",
        type=_fan_out,
        default=DEFAULT,
        metavar="MOTEUR",
        help="souche, noyaux ou dask://hôte:port (%(default)s)",
    )
    regions.add_argument(
        "--jobs", type=_jobs, default=0, metavar="N", help="fiches à la fois (les processeurs)"
    )
    _add_limits(regions)
    live = verb("watch", verbs.watch, "refaire le rapport à chaque enregistrement; page vivante")
    live.add_argument(
        "--port", type=_port, default=0, metavar="N", help="le port local (le système choisit)"
    )
    verb("doctor", verbs.doctor, "dire ce qui manque à la machine, et la commande qui l’ajoute")
    lab = verb("lab", verbs.lab, "ouvrir JupyterLab sur les chapitres du cycle")
    lab.add_argument(
        "--port", type=_port, default=0, metavar="N", help="le premier port essayé (8888)"
    )
    lab.add_argument(
        "--root", type=_yes_or(False), default=False, metavar="OUI", help="oui : même pour root"
    )
    translation = verb("translation", verbs.translation, "dire ce qui manque à l’édition anglaise")
    translation.add_argument(
        "--confirm",
        default="",
        metavar="CELLULE",
        help="sa traduction est à jour : une cellule (survie-03) ou un chapitre (04-survie)",
    )
    verb("why", verbs.why, "dire, pour chaque chapitre et la page, ce qui a changé")
    diff = verb("diff", verbs.diff, "comparer deux versions : nombres, énoncés, tableaux, texte")
    diff.add_argument(
        "--from", dest="from_", default="", metavar="VERSION", help="l’ancienne (v1, 2022-2023/v1)"
    )
    diff.add_argument("--to", default="", metavar="VERSION", help="la nouvelle (la dernière)")
    verb("check", verbs.check, "vérifier les tables et le cycle, sans rien produire")
    verb("claims", verbs.claims, "comparer les énoncés publiés aux nombres calculés")
    verb("lint", verbs.lint, "refuser les nombres tapés et les sorties enregistrées des notebooks")
    register = verb(
        "register", verbs.register, "télécharger ou prendre un registre dans registers/"
    )
    register.add_argument("--url", default="", metavar="ADRESSE", help="l’adresse http(s)")
    register.add_argument("--file", default="", metavar="FICHIER", help="un fichier déjà là")
    register.add_argument(
        "--sha256", default="", metavar="EMPREINTE", help="l’empreinte que le fichier doit avoir"
    )
    verb("clean", verbs.clean, "enlever ce qu’une commande refait, jamais une version publiée")
    _add_release_verbs(verb)
    return parser


def _add_pdf(verb: _Parser) -> None:
    verb.add_argument(
        "--pdf",
        type=_yes_or(True),
        default=os.environ.get("COOPREPORT_PDF", ""),
        metavar="OUI",
        help="non : sans rapport.pdf (oui, ou ce que dit COOPREPORT_PDF)",
    )


def _add_build_options(report: _Parser) -> None:
    """Add the options of a build: its limits, its engine, what it makes."""
    _add_limits(report)
    report.add_argument(
        "--engine",
        type=_engine,
        default=DEFAULT,
        metavar="MOTEUR",
        help="souche (une copie d’un processus prêt par chapitre) ou noyaux (%(default)s)",
    )
    report.add_argument(
        "--static",
        type=_yes_or(False),
        default=False,
        metavar="OUI",
        help="oui : une page sans aucun script, plus légère à envoyer (non)",
    )
    report.add_argument(
        "--language",
        type=_language,
        default=FRENCH,
        metavar="LANGUE",
        help="la langue de l’édition : fr ou en (%(default)s)",
    )
    _add_pdf(report)


def _add_limits(verb: _Parser) -> None:
    """Add the options that stop a chapter which takes too long."""
    verb.add_argument(
        "--cell-limit", type=_seconds, default=300.0, metavar="S", help="limite par cellule (300)"
    )
    verb.add_argument(
        "--build-limit", type=_seconds, default=900.0, metavar="S", help="limite en tout (900)"
    )


def _add_release_verbs(verb: Callable[[str, Callable[..., int], str], _Parser]) -> None:
    """Add the verbs of versions: publish one, verify, bundle and reproduce them."""
    release = verb("release", verbs.release, "publier la dernière production comme version v1, v2…")
    release.add_argument(
        "--kind", default="", metavar="NATURE", help="révision ou correction (sauf pour v1)"
    )
    release.add_argument("--reason", default="", metavar="MOTIF", help="ce qui change, et pourquoi")
    release.add_argument("--date", default="", metavar="AAAA-MM-JJ", help="la date (aujourd’hui)")
    release.add_argument("--key", default="", metavar="CLÉ", help="signer de cette clé OpenSSH")
    _add_pdf(release)
    verify = verb("verify", verbs.verify, "vérifier l’empreinte de chaque fichier publié")
    bundle = verb("bundle", verbs.bundle, "emballer une version dans un ZIP, avec ses intrants")
    reproduce = verb("reproduce", verbs.reproduce, "refaire, et comparer octet par octet")
    for each, what in (
        (verify, "v1, v2… ou latest (toutes)"),
        (bundle, "v1, v2… (la dernière)"),
        (reproduce, "v1, v2… (sans elle : deux productions d’aujourd’hui)"),
    ):
        each.add_argument("--version", default="", metavar="VERSION", help=what)
