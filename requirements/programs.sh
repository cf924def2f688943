#!/bin/sh
# Make sure that the programs which the tests drive are here: Chromium, R with its survival package,
# the libraries that print the PDF, and pdftotext, which reads it. What is missing is installed: by
# apt-get on Debian and Ubuntu (as root, or with sudo that asks nothing), else Chromium by Playwright.
# Otherwise: say what is missing and how to add it.
set -eu
cd -- "$(dirname -- "$0")/.."

say() { printf '%s\n' "$*" >&2; }

missing() { sh requirements/python.sh test -m coopreport.doctor.missing; }

apt() {
    command -v apt-get >/dev/null 2>&1 || return 1
    if [ "$(id -u)" = 0 ]; then as_root=; elif sudo -n true 2>/dev/null; then as_root='sudo -n'; else return 1; fi
    say "Installation de $* par apt-get …"
    { $as_root apt-get update -qq &&
        DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends "$@"; } >/dev/null
}

packages=$(missing)
[ -n "$packages" ] || exit 0
# shellcheck disable=SC2086 # a list of packages
if ! apt $packages; then
    case $packages in *chromium*) sh requirements/python.sh test -m playwright install chromium || true ;; esac
fi
packages=$(missing)
[ -n "$packages" ] || exit 0
say "Erreur : les essais demandent des programmes qui n’ont pas pu être installés : $packages."
say "  Remède : make doctor donne la commande de chacun; puis make test."
exit 2
