"""The warm engine gives a kernel's bytes, gives way to kernels, and leaves no process behind.

Each test starts a real warm process; some kill or stop it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import nbformat
import psutil
import pytest

from coopreport.errors import ChapterFailed
from coopreport.pipeline.limits import Limits
from coopreport.pipeline.run import Executed
from coopreport.pipeline.warm import Warm
from coopreport.pipeline.warm_process import threads
from coopreport.project import Project
from tests.chapters import list_chapters, write_chapter
from tests.conftest import ROOT
from tests.engines import ENGINES, run, run_with, running_in

BUILD = f"""
import sys
from pathlib import Path
sys.path.insert(0, {str(ROOT)!r})
from tests.engines import run
run(Path(sys.argv[1]), sys.argv[2])
"""


def until(condition: Callable[[], object], seconds: float = 60) -> None:
    """Wait for a condition; fail when it does not come true."""
    last = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < last, "trop long"
        time.sleep(0.05)


def warm_process(project: Path) -> psutil.Process:
    """Return the warm process of a project, which has just been started.

    `Popen` returns while Linux still replaces the program: for an instant it has no command line.
    """
    until(lambda: running_in(project, ["warm_process"]))
    (number,) = running_in(project, ["warm_process"])
    return psutil.Process(number)


def printed(executed: Executed) -> str:
    """Return what the cells of a chapter printed."""
    outputs = (output for cell in executed.notebook.cells for output in cell.get("outputs", ()))
    return "".join(output.text for output in outputs if output.output_type == "stream")


def same_with_both(project: Path) -> list[str]:
    """Run the chapters with both engines; return the notebooks once they are the same."""
    kernel, warm = (
        [(nbformat.writes(done.notebook), done.ledger) for done in run(project, engine)]
        for engine in ENGINES
    )
    assert warm == kernel
    return [text for text, _ in warm]


def test_the_real_chapters_have_the_same_bytes_with_both_engines(project: Path) -> None:
    assert len(same_with_both(project)) == 8


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("__name__", "'__main__'"),
        ("import sys\n\nsys.modules['__main__'].cycle", "'2023-2024'"),
        ("import os\n\nos.path.basename(os.getcwd())", "'notebooks'"),
        ("print('a')\nprint('b', end='')\nprint('c')", "bc"),
        ("import sys\n\nprint('e', file=sys.stderr)\nprint('o')", "stderr"),
        ("import time\n\nfor i in range(3):\n    print(i)\n    time.sleep(0.3)", "stdout"),
        ("print('avant')\ndisplay({'text/plain': 'x'}, raw=True)\nprint('après')", "après"),
        ("from IPython.display import HTML\n\nHTML('<b>é</b>')", "<b>é</b>"),
        ("h = display(1, display_id='n')\nh.update(2)", '"2"'),
        ("from IPython.display import clear_output\n\nprint('x')\nclear_output()\nprint('y')", "y"),
        ("import warnings\n\nwarnings.warn('attention', stacklevel=1)", "<cellule>:"),
        ("import logging\n\nlogging.warning('attention')", "WARNING:root"),
        ("import os\n\nos.environ['PAGER'], os.environ['TERM']", "xterm-color"),
        ("1", '"1"'),
        ("1;", '"outputs": []'),
        ("41 + 1\n_ = 5", '"outputs": []'),
        ("Out[3] if 3 in Out else In[2][:6]", "from c"),
        ("%precision 2\n3.14159", "3.14"),
        ("%env COOPREPORT_BUILD", "'1'"),
        ("%%capture kept\nprint('x')", '"outputs": []'),
        ("len?", '"outputs": []'),
        ("import aide\n\naide.TEXT", "beside"),
        ("import numpy as np\n\nnp.float64(0.1), np.arange(3)", "array"),
        ("import datetime\n\ndisplay({'application/json': {'d': datetime.date(2023, 1, 2)}, "
         "'text/plain': 'x'}, raw=True)", "2023-01-02"),
        ("hash('cycle')", "outputs"),
        ("import gc\n\ngc.isenabled(), gc.get_threshold()[0]", "(True, 50000)"),
        ("{'b', 'a', 'c', 'é'}", "outputs"),
        ("report.frame('financement.calendrier')", "text/html"),
        ("async def f():\n    return 7\n\n\nawait f()", '"7"'),
        ("", '"source": []'),
    ],
)  # fmt: skip
def test_a_cell_has_the_same_outputs_with_both_engines(
    project: Path, cell: str, shown: str
) -> None:
    (project / "notebooks" / "aide.py").write_text("TEXT = 'beside'\n", encoding="utf-8")
    write_chapter(project, cell)
    (text,) = same_with_both(project)
    assert shown in text


def test_what_a_program_writes_to_a_descriptor_is_shown(project: Path) -> None:
    write_chapter(project, "import os\n\nos.write(1, b'brut\\n');")
    (executed,) = run(project, "souche")
    assert printed(executed) == "brut\n"


def test_a_chapter_leaves_nothing_to_the_next_one(project: Path) -> None:
    changing = (
        "import coopreport\n\nassert coopreport.__version__ != 'x'\ncoopreport.__version__ = 'x'"
    )
    for name in ("01-un", "02-deux", "03-trois"):
        write_chapter(project, changing, name=name)
    list_chapters(project, "01-un", "02-deux", "03-trois")
    assert len(run(project, "souche")) == 3


def test_chapters_do_not_draw_the_same_random_numbers(project: Path) -> None:
    draw = "import random\n\nimport numpy as np\n\nprint(random.random(), np.random.random())"
    for name in ("01-un", "02-deux"):
        write_chapter(project, draw, name=name)
    list_chapters(project, "01-un", "02-deux")
    first, second = (printed(done).split() for done in run(project, "souche"))
    assert first[0] != second[0]
    assert first[1] != second[1]


def test_an_endless_output_stops_before_the_memory_is_full(project: Path) -> None:
    write_chapter(project, "while True:\n    print('x' * 1000)")
    with pytest.raises(ChapterFailed, match="ses sorties dépassent 5"):
        run(project, "souche")


def test_a_warm_process_serves_build_after_build(project: Path) -> None:
    said: list[str] = []
    write_chapter(project, "print('un')")
    with Warm(Project(project), said.append) as warm:
        run_with(Project(project), warm)
        write_chapter(project, "print('deux')")
        (executed,) = run_with(Project(project), warm)
    assert printed(executed) == "deux\n"
    assert said == []
    assert not running_in(project)


def test_a_warm_process_killed_under_a_chapter_gives_way_to_a_kernel(project: Path) -> None:
    mark = project / "notebooks" / "commencé"
    slow = f"import os\nimport time\n\nos.makedirs({str(mark)!r}, exist_ok=True)\ntime.sleep(2)"
    write_chapter(project, slow, "print('fin')")
    said: list[str] = []
    with Warm(Project(project), said.append) as warm:
        victim = warm_process(project)

        def kill() -> None:
            until(mark.exists)
            victim.kill()

        killer = threading.Thread(target=kill)
        killer.start()
        (executed,) = run_with(Project(project), warm)
        killer.join()
    assert printed(executed) == "fin\n"
    (line,) = said
    assert "la souche s’est arrêtée; de vrais noyaux exécutent les chapitres" in line
    assert not running_in(project)


def test_a_warm_process_that_hangs_gives_way_to_kernels(project: Path) -> None:
    for name in ("01-un", "02-deux"):
        write_chapter(project, "print('fin')", name=name)
    list_chapters(project, "01-un", "02-deux")
    said: list[str] = []
    with Warm(Project(project), said.append, patience=2) as warm:
        os.kill(warm_process(project).pid, signal.SIGSTOP)
        executed = run_with(Project(project), warm)
    assert [printed(done) for done in executed] == ["fin\n", "fin\n"]
    (line,) = said
    assert "ne répond pas depuis 2\u00a0s" in line
    assert not running_in(project)


def test_a_process_with_threads_does_not_fork(project: Path) -> None:
    (project / "sitecustomize.py").write_text(
        "import sys, threading, time\n"
        "if 'warm_process' in ' '.join(sys.orig_argv):\n"
        "    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n",
        encoding="utf-8",
    )
    write_chapter(project, "print('fin')")
    said: list[str] = []
    with Warm(Project(project), said.append) as warm:
        (executed,) = run_with(Project(project), warm)
    assert printed(executed) == "fin\n"
    assert len(said) == 1


def test_threads_are_counted() -> None:
    before, stop = threads(), threading.Event()
    threading.Thread(target=stop.wait).start()
    assert threads() == before + 1
    stop.set()


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("stop", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_a_builder_that_dies_leaves_no_process(
    project: Path, engine: str, stop: signal.Signals
) -> None:
    mark = project / "notebooks" / "commencé"
    write_chapter(project, f"import os\n\nos.mkdir({str(mark)!r})\nwhile True:\n    pass")
    builder = subprocess.Popen(
        [sys.executable, "-c", BUILD, str(project), engine],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.DEVNULL,
    )
    until(mark.exists)
    assert running_in(project)
    builder.send_signal(stop)
    builder.wait(timeout=30)
    until(lambda: not running_in(project), seconds=10)


def test_a_limit_too_short_to_start_is_still_a_time_out(project: Path) -> None:
    write_chapter(project, "import time\n\ntime.sleep(9)")
    with pytest.raises(ChapterFailed, match="dépasse la limite"):
        run(project, "souche", Limits(build_seconds=4))
