#!/bin/sh
# Make sure that the programs which the tests drive are here: Chromium, R with its survival package,
# the libraries that print the PDF, and pdftotext, which reads it. What is missing is installed: by
# apt-get on Debian and Ubuntu (as root, or with sudo that asks nothing), else Chromium by Playwright.
# Otherwise: say what is missing and how to add it.
set -eu
cd -- "$(dirname -- "$0")/.."

say() { printf '%s\n' "$*" >&2; }

have_browser() {
    for name in chromium chromium-browser google-chrome google-chrome-stable; do
        command -v "$name" >/dev/null 2>&1 && return
    done
    sh requirements/python.sh test -c 'import pathlib, sys
from playwright.sync_api import sync_playwright
with sync_playwright() as p:
    sys.exit(not pathlib.Path(p.chromium.executable_path).exists())' 2>/dev/null
}

have_press() {
    command -v pdftotext >/dev/null 2>&1 && sh requirements/python.sh test -c 'import sys
from coopreport.paper.libraries import missing_libraries
sys.exit(bool(missing_libraries()))' 2>/dev/null
}

have_r() { Rscript -e 'library(survival)' >/dev/null 2>&1; }

apt() {
    command -v apt-get >/dev/null 2>&1 || return 1
    if [ "$(id -u)" = 0 ]; then as_root=; elif sudo -n true 2>/dev/null; then as_root='sudo -n'; else return 1; fi
    say "Installation de $* par apt-get …"
    { $as_root apt-get update -qq &&
        DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends "$@"; } >/dev/null
}

if ! have_browser; then
    apt chromium || sh requirements/python.sh test -m playwright install chromium || true
    if ! have_browser; then
        say "Erreur : les essais demandent un navigateur Chromium, qui n’a pas pu être installé."
        say "  Remède : sudo apt-get install chromium (ou Google Chrome), puis make test."
        exit 2
    fi
fi
if ! have_r; then
    apt r-base-core r-cran-survival || true
    if ! have_r; then
        say "Erreur : les essais comparent la survie à R, qui n’a pas pu être installé."
        say "  Remède : sudo apt-get install r-base-core r-cran-survival, puis make test."
        exit 2
    fi
fi
if ! have_press; then
    apt libpangoft2-1.0-0 libharfbuzz-subset0 poppler-utils || true
    if ! have_press; then
        say "Erreur : les essais impriment le PDF et le relisent, ce qui n’a pas pu être installé."
        say "  Remède : sudo apt-get install libpangoft2-1.0-0 libharfbuzz-subset0 poppler-utils, puis make test."
        exit 2
    fi
fi
