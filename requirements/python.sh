#!/bin/sh
# Run the project's Python, after making its environment when it is absent or out of date:
#     sh requirements/python.sh GROUP ARGUMENT…      GROUP is report, test, lab or dask
# The environment is .venv/, or the activated conda environment, and holds what requirements/GROUP.lock
# says. Its copy of the lock tells that it is up to date; a larger group serves a smaller one.
set -eu
group=$1
shift
cd -- "$(dirname -- "$0")/.."
unset PYTHONDONTWRITEBYTECODE PYTHONHOME || true
. requirements/find-python.sh

say() { printf '%s\n' "$*" >&2; }

if [ -n "${CONDA_PREFIX:-}" ] && [ "${CONDA_DEFAULT_ENV:-base}" != base ]; then
    home=$CONDA_PREFIX
    conda=yes
else
    home=$PWD/.venv
    conda=
fi
python=$home/bin/python

holds() { cmp -s "requirements/$1.lock" "$home/.coopreport-$1.lock"; }

up_to_date() {
    holds "$group" && return
    case $group in
        report) holds test || holds lab || holds dask ;;
        dask) holds test ;;
        *) return 1 ;;
    esac
}

make_venv() {
    "$python" -c 'import pip' 2>/dev/null && return
    if ! base=$(find_python); then
        say "Erreur : Python 3.11, 3.12 ou 3.13 est introuvable."
        say "  Remède : installez-le (make doctor dit comment), ou nommez-le : make report PYTHON=/chemin/vers/python3.12"
        exit 2
    fi
    say "Création de l’environnement dans .venv/ …"
    if ! "$base" -m venv --clear .venv; then
        say "Erreur : « $base -m venv » a échoué; sous Debian ou Ubuntu, il manque python3-venv."
        say "  Remède : sudo apt-get install python3-venv, puis relancez la même commande."
        exit 2
    fi
}

install() {
    lock=requirements/$group.lock
    say "Installation des bibliothèques de $lock (quelques dizaines de secondes) …"
    # Each step only after the one before: within « if ! install », sh does not stop by itself.
    if [ -n "$conda" ]; then
        "$python" -m pip install --quiet --require-hashes --requirement "$lock"
    else
        "$python" -m pip install --quiet --disable-pip-version-check --require-hashes \
            --requirement requirements/uv.lock &&
            "$home/bin/uv" pip install --quiet --python "$python" --require-hashes \
                --compile-bytecode --requirement "$lock"
    fi && cp "$lock" "$home/.coopreport-$group.lock"
}

if ! up_to_date; then
    [ -n "$conda" ] || make_venv
    if ! install; then
        say "Erreur : les bibliothèques n’ont pas pu être installées."
        say "  Remède : vérifiez le réseau ou l’espace disque, puis relancez; rien n’est à nettoyer."
        exit 5
    fi
fi

PYTHONPATH=$PWD${PYTHONPATH:+:$PYTHONPATH}
export PYTHONPATH
exec "$python" "$@"
