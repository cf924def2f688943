"""Sheets on the workers of a Dask scheduler: who they are, what they get, what comes back.

The scheduler and its workers are trusted: Dask runs what it is sent. Nothing is sent before they
are known to have the same Python, libraries and code. A worker that dies costs its own sheets'
time: the scheduler gives them to another.
"""

# mypy: allow-untyped-calls
# Most methods of a client have no types.

from __future__ import annotations

import logging
import re
import time
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty, Queue
from typing import Any

import nbformat
from distributed import Client, Future
from distributed.scheduler import KilledWorker

from coopreport.chapters import Chapter
from coopreport.cycles import Cycle
from coopreport.errors import NBSP, BadCall, CannotPublish, ChapterFailed, quoted, shorten
from coopreport.pipeline.good_run import seal_output
from coopreport.pipeline.inputs import LOCK
from coopreport.pipeline.limits import Limits
from coopreport.pipeline.run import Executed
from coopreport.project import Project
from coopreport.regions import worker
from coopreport.regions.bundle import pack
from coopreport.regions.engines import Ill, Run, Well
from coopreport.regions.sheet import code_of

PATIENCE = 15.0
"""Seconds for a scheduler to answer, and for a first worker to come."""

GONE = 60.0
"""Seconds without any worker, or without the scheduler, after which nobody comes back."""

ROUNDS = 4
"""How many times the sheets that a lost worker took away are asked for again."""

LOOK_EVERY = 1.0
SPEAKING = ("dask", "distributed", "cloudpickle", "msgpack", "tornado")
"""The libraries by which caller, scheduler and workers understand each other."""

MOST_SHOWN = 6


@contextmanager
def connected(address: str, project: Project) -> Iterator[Run]:
    """Give what runs sheets on the workers of a scheduler, once they are known to agree.

    Raises:
        BadCall: a worker has another Python, other libraries or other code.
        CannotPublish: the scheduler does not answer, or has no worker.
    """
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what is lost is asked for again
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the versions are ours to compare
        try:
            client = Client(f"tcp://{address}", timeout=PATIENCE, set_as_default=False)
        except (OSError, ValueError) as error:
            raise _silent(address, error) from None
    try:
        try:
            client.wait_for_workers(1, timeout=PATIENCE)
        except (TimeoutError, OSError):
            raise CannotPublish(
                f"L’ordonnanceur Dask {quoted(address)} n’a aucun ouvrier.",
                "démarrez-en un ou plusieurs"
                f"{NBSP}: sh requirements/python.sh dask -m dask worker tcp://{address}",
            ) from None
        _require_same(client, project)
        yield _Cluster(client, project, address)
    finally:
        with suppress(Exception):
            client.close(timeout=LOOK_EVERY)


class _Cluster:
    """The workers of a scheduler that agree with the caller."""

    def __init__(self, client: Client, project: Project, address: str) -> None:
        self._client = client
        self._project = project
        self._address = address

    def __call__(self, cycle: Cycle, work: Path, limits: Limits, well: Well, ill: Ill) -> None:
        """Run the sheets of a cycle on the workers, each to its own end.

        Raises:
            CannotPublish: the scheduler is gone, or the workers go as fast as they come.
        """
        bundle, digest = pack(self._project, cycle)
        deadline = time.monotonic() + limits.build_seconds
        left = {code_of(chapter): chapter for chapter in cycle.chapters}
        send = not all(self._client.run(worker.holds, digest).values())
        for _ in range(ROUNDS):
            given = self._scatter(bundle) if send else None
            asked = {
                self._client.submit(
                    worker.run_sheet,
                    given,
                    digest,
                    cycle.id,
                    code,
                    limits,
                    max(1.0, deadline - time.monotonic()),
                    pure=False,
                ): code
                for code in left
            }
            for future, code in self._ended(asked, deadline):
                if _tell(future, left[code], well, ill, deadline):
                    del left[code]
            if not left:
                return
            if time.monotonic() >= deadline:
                for chapter in left.values():
                    ill(chapter, _too_long(limits))
                return
            send = True
        raise CannotPublish(
            f"Les ouvriers de {quoted(self._address)} s’arrêtent l’un après l’autre.",
            "voyez leurs journaux (mémoire, disque), puis relancez la même commande.",
        )

    def _scatter(self, bundle: bytes) -> Future[Any]:
        try:
            self._client.wait_for_workers(1, timeout=PATIENCE)
            given: Future[Any] = self._client.scatter(
                bundle, broadcast=True, hash=False, timeout=PATIENCE
            )
            return given
        except Exception as error:
            raise _silent(self._address, error) from None

    def _ended(
        self, asked: Mapping[Future[Any], str], deadline: float
    ) -> Iterator[tuple[Future[Any], str]]:
        """Yield each future as it ends, however it does, until the deadline."""
        ended: Queue[Future[Any]] = Queue()
        for future in asked:
            future.add_done_callback(ended.put)
        away = 0.0
        for _ in asked:
            while True:
                try:
                    future = ended.get(timeout=LOOK_EVERY)
                    break
                except Empty:
                    away = 0.0 if self._has_workers() else away + LOOK_EVERY
                if time.monotonic() >= deadline:
                    self._client.cancel(list(asked), force=True)
                    return
                if away >= GONE or self._client.status == "closed":
                    raise _silent(self._address, None)
            yield future, asked[future]

    def _has_workers(self) -> bool:
        return self._client.status == "running" and bool(self._client.scheduler_info()["workers"])


def _tell(future: Future[Any], chapter: Chapter, well: Well, ill: Ill, deadline: float) -> bool:
    """Tell what became of a sheet; return False when it has to be asked for again."""
    try:
        answer = future.result(timeout=max(LOOK_EVERY, deadline - time.monotonic()))
    except KilledWorker:
        ill(
            chapter,
            ChapterFailed(
                "les ouvriers qui l’exécutent s’arrêtent (mémoire épuisée, arrêt forcé).",
                "donnez plus de mémoire aux ouvriers, ou cherchez ce que la cellule demande.",
            ),
        )
        return True
    except Exception as error:
        if future.status in ("cancelled", "lost", "pending"):
            return False
        said = shorten(f"{type(error).__name__}{NBSP}: {error}", 200)
        remedy = "voyez le journal de l’ouvrier (disque plein, droits), puis relancez."
        ill(chapter, ChapterFailed(f"l’ouvrier n’a pas pu l’exécuter ({said}).", remedy))
        return True
    if answer.absent:
        return False
    if answer.error:
        ill(chapter, ChapterFailed(*answer.error))
        return True
    notebook = nbformat.reads(answer.notebook, as_version=4)
    ledger = seal_output(notebook)
    assert ledger is not None
    well(Executed(chapter, notebook, ledger, answer.seconds))
    return True


def _require_same(client: Client, project: Project) -> None:
    """Check that the scheduler and every worker have what this process has.

    Dask's own words are compared first: a function sent to another Python may crash it.

    Raises:
        BadCall: with what differs, where.
    """
    versions: Any = client.get_versions()
    ours = versions["client"]
    places = {"ordonnanceur": versions["scheduler"]} | {
        f"ouvrier {name}": told for name, told in versions["workers"].items()
    }
    wrong = [
        f"{place}{NBSP}: {difference}"
        for place, told in places.items()
        for difference in _differences(_speaking(ours), _speaking(told))
    ]
    if not wrong:
        mine = worker.about(_locked(project))
        answers = client.run(worker.about, _locked(project), on_error="return")
        for name, answer in answers.items():
            if not isinstance(answer, worker.About):
                wrong.append(f"ouvrier {name}{NBSP}: coopreport y est absent ou trop ancien")
                continue
            found = _differences(mine.libraries, answer.libraries)
            wrong += [f"ouvrier {name}{NBSP}: {difference}" for difference in found]
            if answer.code != mine.code:
                wrong.append(f"ouvrier {name}{NBSP}: le code de coopreport n’est pas le même")
    if wrong:
        more = f"\n  … et {len(wrong) - MOST_SHOWN} de plus" if len(wrong) > MOST_SHOWN else ""
        listed = "\n".join(f"  {line}" for line in wrong[:MOST_SHOWN])
        raise BadCall(
            f"L’ordonnanceur ou ses ouvriers n’ont pas les mêmes versions; rien n’a été exécuté.\n"
            f"{listed}{more}",
            "mettez partout la même copie du projet et de requirements/dask.lock "
            "(sh requirements/python.sh dask --version), puis redémarrez-les.",
        )


def _speaking(told: Mapping[str, Any]) -> dict[str, str]:
    """Return Python and the libraries of Dask in what `Client.get_versions` says of a process."""
    host = dict(told["host"])
    python = ".".join(str(host["python"]).split(".")[:2])
    return {"Python": python} | {name: told["packages"].get(name) or "" for name in SPEAKING}


def _differences(ours: Mapping[str, str], theirs: Mapping[str, str]) -> list[str]:
    return [
        f"{name} {theirs.get(name) or 'absent'} au lieu de {version or 'absent'}"
        for name, version in ours.items()
        if theirs.get(name) != version
    ]


def _locked(project: Project) -> list[str]:
    """Return the names of the libraries that the lock of the report pins."""
    text = (project.root / LOCK).read_text(encoding="utf-8")
    return re.findall(r"^([a-z0-9._-]+)==", text, flags=re.MULTILINE)


def _silent(address: str, error: BaseException | None) -> CannotPublish:
    said = f" ({shorten(str(error), 120)})" if error and str(error) else ""
    return CannotPublish(
        f"L’ordonnanceur Dask {quoted(address)} ne répond pas, ou n’a plus d’ouvrier{said}.",
        "démarrez-le (sh requirements/python.sh dask -m dask scheduler --host 127.0.0.1), ou "
        f"corrigez l’adresse{NBSP}: ENGINE=dask://hôte:port; sans lui{NBSP}: make regions.",
    )


def _too_long(limits: Limits) -> ChapterFailed:
    return ChapterFailed(
        f"elle dépasse la limite ({limits.build_seconds:g}{NBSP}s en tout).",
        "ajoutez des ouvriers, ou relevez la limite : make regions BUILD_LIMIT=1800.",
    )
