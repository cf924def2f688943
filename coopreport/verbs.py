"""What each verb of the command does: it calls the room that does it, and returns the exit code.

What a verb needs is imported when it runs, so that `--help` and `--version` answer at once.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from coopreport.pipeline.options import Options

if TYPE_CHECKING:
    from coopreport.project import Project


def say(text: str) -> None:
    """Print a line of progress, at once, beside the result."""
    print(text, file=sys.stderr, flush=True)


def report(call: argparse.Namespace) -> int:
    from coopreport.cycles import check_cycle_name
    from coopreport.project import find_project

    check_cycle_name(call.cycle)
    project = find_project()

    from coopreport.pipeline.build import make_report
    from coopreport.pipeline.limits import Limits

    limits = Limits(call.cell_limit, call.build_limit)
    options = Options(call.static, call.language, call.scenario)
    built = make_report(project, call.cycle, limits, say, call.engine, options, call.pdf)
    _renew(project, call.cycle, changed=built.made)
    if not built.made:
        say("Rien n’a changé depuis cette production.")
    print(f"Rapport : {project.relative(built.page)}\n{built.page.as_uri()}")
    return 0


def import_(call: argparse.Namespace) -> int:
    from coopreport.imports.take_back import take_back
    from coopreport.imports.terminal import ask_on_terminal
    from coopreport.project import find_project

    return take_back(find_project(), call.file, call.table, call.write, say, ask_on_terminal())


def remarks(call: argparse.Namespace) -> int:
    from coopreport.project import find_project
    from coopreport.remarks.terminal import Request, remarks

    project = find_project()
    asked = Request(call.file, call.id, call.answer, call.close, call.author, call.all)
    done = remarks(project, call.cycle, asked, say)
    _renew(project, call.cycle, changed=False)
    return done


def serve(call: argparse.Namespace) -> int:
    from coopreport.project import find_project
    from coopreport.shelf.serve import serve

    return serve(find_project(), say, call.port)


def _renew(project: Project, cycle: str, *, changed: bool = True) -> None:
    """Make again what stands beside the builds and versions: the review edition, the shelf."""
    from coopreport.shelf.renew import renew

    renew(project, cycle, say, changed)


def regions(call: argparse.Namespace) -> int:
    from coopreport.cycles import check_cycle_name
    from coopreport.project import find_project
    from coopreport.regions.sheet import check_codes

    check_cycle_name(call.cycle)
    codes = check_codes(call.region)
    project = find_project()

    from coopreport.pipeline.limits import Limits
    from coopreport.regions.make import make_regions

    limits = Limits(call.cell_limit, call.build_limit)
    made = make_regions(project, call.cycle, codes, limits, say, call.engine, call.jobs)
    _renew(project, call.cycle, changed=made.made)
    if not made.made:
        say("Rien n’a changé depuis cette production.")
    print(f"Fiches régionales : {project.relative(made.page)}\n{made.page.as_uri()}")
    return 0


def reports(call: argparse.Namespace) -> int:
    from coopreport.pipeline.reports import make_reports
    from coopreport.project import find_project

    arguments = [
        f"--cell-limit={call.cell_limit:.0f}",
        f"--build-limit={call.build_limit:.0f}",
        f"--engine={call.engine}",
        "--pdf=oui" if call.pdf else "--pdf=non",
        *Options(static=call.static, language=call.language).arguments(),
    ]
    return make_reports(find_project(), call.jobs or os.cpu_count() or 1, arguments, say)


def cycle(call: argparse.Namespace) -> int:
    from coopreport.project import find_project
    from coopreport.scaffold.cycle import make_cycle

    return make_cycle(find_project(), call.cycle, call.from_, say)


def chapter(call: argparse.Namespace) -> int:
    from coopreport.project import find_project
    from coopreport.scaffold.chapter import make_chapter

    return make_chapter(find_project(), call.cycle, call.name, call.title, say)


def watch(call: argparse.Namespace) -> int:
    from coopreport.cycles import check_cycle_name
    from coopreport.pipeline.limits import Limits
    from coopreport.project import find_project

    check_cycle_name(call.cycle)
    project = find_project()

    from coopreport.pipeline.watch import watch

    return watch(project, call.cycle, Limits(), say, call.port)


def doctor(call: argparse.Namespace) -> int:
    from coopreport.doctor.table import print_doctor
    from coopreport.project import find_project

    return print_doctor(find_project())


def lab(call: argparse.Namespace) -> int:
    from coopreport.lab.server import open_lab
    from coopreport.project import find_project

    return open_lab(find_project(), call.cycle, say, call.port, call.root)


def translation(call: argparse.Namespace) -> int:
    from coopreport.project import find_project
    from coopreport.translation.listing import print_translation

    return print_translation(find_project(), call.cycle, call.confirm)


def why(call: argparse.Namespace) -> int:
    from coopreport.pipeline.why import print_why
    from coopreport.project import find_project

    return print_why(find_project(), call.cycle)


def diff(call: argparse.Namespace) -> int:
    from coopreport.compare.terminal import print_comparison
    from coopreport.project import find_project

    project = find_project()
    done = print_comparison(project, call.cycle, call.from_, call.to, print)
    _renew(project, call.cycle)
    return done


def check(call: argparse.Namespace) -> int:
    from coopreport.check import print_check
    from coopreport.project import find_project

    return print_check(find_project(), call.cycle)


def lint(call: argparse.Namespace) -> int:
    from coopreport.lint.notebooks import print_lint
    from coopreport.project import find_project

    return print_lint(find_project(), call.cycle)


def claims(call: argparse.Namespace) -> int:
    from coopreport.check_claims import print_claims
    from coopreport.project import find_project

    return print_claims(find_project(), call.cycle)


def register(call: argparse.Namespace) -> int:
    from coopreport.project import find_project
    from coopreport.registers.take_in import take_in

    return take_in(find_project(), call.url, call.file, call.sha256, say)


def release(call: argparse.Namespace) -> int:
    from coopreport.project import find_project
    from coopreport.release.publish import release

    key = Path(call.key).expanduser().absolute() if call.key else None
    project = find_project()
    done = release(project, call.cycle, call.kind, call.reason, call.date, key, say, call.pdf)
    _renew(project, call.cycle)
    return done


def verify(call: argparse.Namespace) -> int:
    from coopreport.project import find_project
    from coopreport.release.verify import verify

    return verify(find_project(), call.cycle, call.version, say)


def bundle(call: argparse.Namespace) -> int:
    from coopreport.project import find_project
    from coopreport.release.bundle import bundle

    project = find_project()
    done = bundle(project, call.cycle, call.version, say)
    _renew(project, call.cycle)
    return done


def reproduce(call: argparse.Namespace) -> int:
    from coopreport.project import find_project
    from coopreport.release.reproduce import reproduce

    return reproduce(find_project(), call.cycle, call.version, say)


def clean(call: argparse.Namespace) -> int:
    from coopreport.pipeline.clean import clean
    from coopreport.project import find_project

    project = find_project()
    done = clean(project)
    if any(project.build.glob("20*")):
        _renew(project, call.cycle)
    return done
