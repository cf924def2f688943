"""A reviewer's file in, remarks out: `make remarks FILE=…` takes no file that breaks a rule."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from coopreport.errors import BadData, Fault, shorten
from coopreport.remarks.remark import Remark
from coopreport.remarks.rules import EXPORT_AGAIN, LARGEST, Unreadable, faults_of, parse


def read_export(path: Path, cycle: str) -> list[Remark]:
    """Return the remarks of a file that the page exported.

    Raises:
        BadData: the file is absent, too large, or breaks a rule; every fault is listed.
    """
    content = read_json(path, path.name)
    faults = [
        Fault(path.name, 0, broken.where, broken.found, broken.rule, EXPORT_AGAIN)
        for broken in faults_of(content)
    ]
    if faults:
        raise BadData(faults)
    faults += _against(path.name, content, cycle)
    if faults:
        raise BadData(faults)
    about = {key: content[key] for key in ("cycle", "page", "author")}
    return [Remark.from_json({**about, **remark}) for remark in content["remarks"]]


def read_json(path: Path, name: str) -> Any:
    """Return the content of a file of JSON; `name` is how a message names it.

    Raises:
        BadData: it is no regular file, is larger than `LARGEST`, or is no UTF-8 or JSON.
    """

    def refused(rule: str, remedy: str = EXPORT_AGAIN) -> BadData:
        return BadData([Fault(name, 0, "", "", rule, remedy)])

    try:
        if not path.is_file():
            raise refused("introuvable, ou ce n’est pas un fichier", "vérifiez le chemin.")
        with path.open("rb") as file:
            body = file.read(LARGEST + 1)
        if len(body) > LARGEST:
            raise refused("plus de 2 Mo", "exportez moins de remarques à la fois.")
        return parse(body.decode("utf-8-sig"))
    except OSError as error:
        raise refused(f"illisible ({error.strerror})", "vérifiez le chemin.") from None
    except UnicodeDecodeError:
        raise refused("ce n’est pas de l’UTF-8") from None
    except Unreadable as error:
        raise refused(f"ce n’est pas du JSON lisible ({error})") from None


def _against(name: str, content: Any, cycle: str) -> list[Fault]:
    """Return what no rule of form sees: another cycle, an id given twice."""
    faults = []
    if (other := content["cycle"]) != cycle:
        rule = f"ces remarques sont sur un autre cycle que {cycle}"
        remedy = f"make remarks CYCLE={other} FILE=…"
        faults.append(Fault(name, 0, "cycle", other, rule, remedy))
    seen: dict[str, int] = {}
    for position, remark in enumerate(content["remarks"], 1):
        first = seen.setdefault(remark["id"], position)
        if first != position:
            rule = f"même identifiant que remarks[{first}]"
            at = f"remarks[{position}].id"
            faults.append(Fault(name, 0, at, shorten(remark["id"]), rule, EXPORT_AGAIN))
    return faults
