"""`python -m coopreport.doctor.missing`: the apt packages of what the tests lack, on one line.

`requirements/programs.sh` installs them.
"""

from __future__ import annotations

from coopreport.doctor import packages
from coopreport.doctor.checks import look
from coopreport.project import Project, find_project

PROGRAMS = {
    "Chromium": packages.CHROMIUM,
    "R et survival": packages.R,
    "pdftotext": packages.POPPLER,
    "Pango": packages.PANGO,
}


def missing_packages(project: Project) -> str:
    """Return the apt packages that the tests lack, "" for none."""
    lacking = [each.name for each in look(project) if not each.good]
    return " ".join(program.apt for name, program in PROGRAMS.items() if name in lacking)


if __name__ == "__main__":
    print(missing_packages(find_project()))
