#!/bin/sh
# Say what the machine lacks, by any Python that is there: no environment is made, nothing is installed.
set -eu
cd -- "$(dirname -- "$0")/.."
. requirements/find-python.sh

if name=$(find_python); then
    exec env PYTHONPATH="$PWD" PYTHONDONTWRITEBYTECODE=1 "$name" -m coopreport doctor
fi
if command -v apt-get >/dev/null; then add='sudo apt-get install python3 python3-venv'
elif command -v brew >/dev/null; then add='brew install python@3.12'
else add='installez-le depuis https://www.python.org/downloads/'; fi
printf '✗ Python 3.11, 3.12 ou 3.13 est introuvable (toutes les commandes)\n    → %s\n' "$add"
exit 2
