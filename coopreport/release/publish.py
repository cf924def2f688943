"""The story of `make release`: is it allowed, make the folder, sign it, put it in its place."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from pathlib import Path

from coopreport.check_claims import checked_claims
from coopreport.claims import unexplained
from coopreport.compare.evidence import changed
from coopreport.compare.rows import named
from coopreport.cycles import Cycle, read_cycle
from coopreport.errors import NBSP, CannotPublish
from coopreport.indicators import SYNTHETIC, SYNTHETIC_WORDS
from coopreport.locale import count_of
from coopreport.paper.libraries import can_print
from coopreport.paper.printing import press_of
from coopreport.pipeline.edition import Record, Version
from coopreport.pipeline.inputs import input_files, sha256_of
from coopreport.pipeline.layout import CLAIMS, LEDGER, MANIFEST, REPORT
from coopreport.pipeline.lock import hold
from coopreport.pipeline.publish import flush, flush_one
from coopreport.pipeline.work import cannot_write, sweep, work_folder
from coopreport.project import Project
from coopreport.release.causes import read_causes
from coopreport.release.folder import make_folder, seal_files, seal_folders
from coopreport.release.history import write_history
from coopreport.release.privacy import check_privacy
from coopreport.release.refusals import Refusal, ReleaseRefused
from coopreport.release.repository import committed_state
from coopreport.release.request import date_of_release, kind_of_release, reason_of_release
from coopreport.release.revised import Revisions, refusals_of, revisions_since
from coopreport.release.signature import sign, signer_of
from coopreport.release.verify import faults_of
from coopreport.release.versions import latest_build, next_version, read_manifest, versions_of
from coopreport.scaffold.unconfirmed import unconfirmed_rows
from coopreport.tables import open_package

REPORT_FIRST = "lancez make report, relisez la page, puis make release."
EXPLAIN = (
    "corrigez la table ou le calcul; si l’écart est réel, inscrivez dans data/claims.csv le statut "
    "ecart_connu, la raison, la valeur acceptée, par qui et quand."
)
CONFIRM = "relisez chaque ligne, puis inscrivez true dans sa colonne confirmed."
MOST_LISTED = 5


def release(
    project: Project,
    name: str,
    kind: str,
    reason: str,
    day: str,
    key: Path | None,
    say: Callable[[str], None],
    pdf: bool = True,
) -> int:
    """Publish the latest build of a cycle as its next version; say where it is.

    Args:
        kind, reason, day: as they were typed; "" for what was not given.
        key: the private key's file that signs, None for no signature.
        pdf: print the PDF where the machine can; what it lacks is said.

    Raises:
        BadCall: no such cycle, or a wrong kind, reason or date.
        CannotSign: the key is wrong or nobody's.
        ReleaseRefused: with everything that stands against it; nothing was written.
        Locked: a build or a release of the cycle is being made.
        CannotPublish: the version cannot be written, or its PDF made.
    """
    cycle = read_cycle(project, name)
    with hold(project, cycle.id, "release"):
        former = _settled(project, cycle.id)
        inputs = input_files(project, cycle)
        if former and read_manifest(former[-1])["inputs"] == inputs:
            last = former[-1].name
            say(f"Rien à publier{NBSP}: {last} a déjà été faite des mêmes intrants.")
            return 0
        first, version = not former, next_version(project, cycle.id)
        kind, reason = kind_of_release(kind, first), reason_of_release(reason, first)
        day = date_of_release(day)
        signer = signer_of(project, key) if key else ""
        commit, refusals = committed_state(project, inputs)
        refusals += _unconfirmed(project, cycle.id)
        build = latest_build(project, cycle.id)
        revisions = Revisions()
        if build is None:
            refusals.insert(0, Refusal("Il n’y a aucune production à publier.", REPORT_FIRST))
        else:
            refusals += _against_build(project, cycle, build, inputs)
        for folder in former[-1:]:
            refusals += _against_former(project, folder)
            if build is not None:
                causes = read_causes(project, cycle.id, version)
                revisions = revisions_since(folder, build, causes)
                refusals += refusals_of(revisions, cycle.id, version, day)
        if refusals or build is None:
            raise ReleaseRefused(version, refusals)
        record = Record(
            version,
            day,
            kind,
            reason,
            commit,
            signer,
            tuple(_earlier(folder) for folder in former),
            revisions.indicators,
            revisions.cells,
        )
        _put_in_place(project, cycle, build, record, key, pdf and can_print(say))
    page = project.build / cycle.id / version / REPORT
    words = f", signée par {signer}" if signer else ""
    moved = len(record.revised) + len(record.cells)
    words += "" if first else f"; {count_of(moved, 'valeur révisée', 'valeurs révisées')}"
    say(f"{version} est publiée{NBSP}: {kind}{words}.")
    print(f"Version{NBSP}: {project.relative(page)}\n{page.as_uri()}")
    return 0


def _settled(project: Project, cycle: str) -> list[Path]:
    """Return the folders of a cycle's versions, after finishing what a killed release left."""
    sweep(project, cycle)
    versions = versions_of(project, cycle)
    try:
        for folder in versions:
            seal_folders(folder)
        write_history(project, cycle)
    except OSError as error:
        raise cannot_write(error, project.build / cycle) from None
    return versions


def _put_in_place(
    project: Project, cycle: Cycle, build: Path, record: Record, key: Path | None, pdf: bool
) -> None:
    """Make the folder of a release beside its place, then move it there by one rename."""
    shelf = project.build / cycle.id
    target = shelf / record.version
    with work_folder(project, cycle.id) as work:
        folder = work / record.version
        with press_of(project, work) if pdf else nullcontext() as printer:
            make_folder(project, cycle, build, record, folder, printer)
        check_privacy(project, folder)
        if key:
            sign(folder, key)
        seal_files(folder)
        flush(folder)
        if target.exists():
            raise CannotPublish(
                f"{project.relative(target)} existe déjà; une version n’est jamais réécrite.",
                "relancez make release : elle prendra le numéro suivant.",
            )
        folder.rename(target)
        flush_one(shelf)
        seal_folders(target)
        write_history(project, cycle.id)


def _against_build(
    project: Project, cycle: Cycle, build: Path, inputs: Mapping[str, str]
) -> Iterator[Refusal]:
    """Yield what a build has that stands against its release."""
    if faults := list(faults_of(project, build)):
        listed = "; ".join(faults[:MOST_LISTED])
        yield Refusal(
            f"La dernière production n’est pas intacte ({listed}).", REPORT_FIRST, verification=True
        )
        return
    made_from = read_manifest(build)["inputs"]
    if names := sorted(changed(made_from, inputs)):
        yield Refusal(
            f"La dernière production ne vient pas des intrants d’aujourd’hui{NBSP}: "
            f"{named(names, MOST_LISTED)}.",
            REPORT_FIRST,
        )
    if gaps := _unexplained_gaps(project, cycle, build):
        count = count_of(len(gaps), "énoncé s’écarte", "énoncés s’écartent")
        listed = "".join(f"\n      {gap}" for gap in gaps)
        yield Refusal(
            f"{count} sans explication du nombre calculé{NBSP}:{listed}",
            EXPLAIN,
            verification=True,
        )
    ledger = json.loads((build / LEDGER).read_text(encoding="utf-8"))
    if names := [item["id"] for item in ledger["indicators"] if SYNTHETIC in item["flags"]]:
        yield Refusal(
            f"Des nombres viennent de {SYNTHETIC_WORDS}{NBSP}: {named(names, MOST_LISTED)}.",
            f"nommez un vrai registre dans {project.relative(project.cycle_file(cycle.id))}.",
        )


def _unconfirmed(project: Project, cycle: str) -> Iterator[Refusal]:
    """Yield the refusal of a cycle that has rows to be confirmed: it names them all."""
    if waiting := unconfirmed_rows(open_package(project.data), cycle):
        count = count_of(len(waiting), "ligne reprise", "lignes reprises")
        listed = "".join(f"\n      {row}" for row in waiting)
        yield Refusal(f"{count} d’un autre cycle à confirmer{NBSP}:{listed}", CONFIRM)


def _unexplained_gaps(project: Project, cycle: Cycle, build: Path) -> list[str]:
    """Return the claims that differ from what is computed, and that nobody accepted.

    A build whose chapters check no claim has no file of them: they are computed here.
    """
    path = build / CLAIMS
    if path.is_file():
        claims = json.loads(path.read_text(encoding="utf-8"))["claims"]
        gaps = [
            (claim["id"], claim["label"], claim["printed"], claim["shown"], claim["reason"])
            for claim in claims
            if claim["status"] == "ecart"
        ]
    else:
        gaps = [
            (each.claim.id, each.claim.label, each.claim.printed, each.shown, each.reason)
            for each in unexplained(checked_claims(project, cycle.id))
        ]
    return [
        f"{id} ({label}){NBSP}: imprimé {printed}, calculé {shown}. {why}"
        for id, label, printed, shown, why in gaps
    ]


def _against_former(project: Project, folder: Path) -> Iterator[Refusal]:
    """Yield what ails the former version: what moved since then is told from its files."""
    if faults := list(faults_of(project, folder)):
        yield Refusal(
            f"{folder.name} n’est pas intacte ({'; '.join(faults[:MOST_LISTED])}).",
            f"reprenez {folder.name} d’une copie, puis make verify.",
            verification=True,
        )


def _earlier(folder: Path) -> Version:
    """Return what a release says of an earlier version."""
    record = Record.from_json(read_manifest(folder)["release"])
    return Version(
        record.version, record.date, record.kind, record.reason, sha256_of(folder / MANIFEST)
    )
