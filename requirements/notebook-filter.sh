#!/bin/sh
# Strip notebooks for git, which starts this from the top of a working tree (see git.sh).
# The environment is that of the working tree, of the clone that a linked one belongs to, or conda's.
main=$(dirname -- "$(git rev-parse --git-common-dir)")
conda=
[ "${CONDA_DEFAULT_ENV:-base}" = base ] || conda=$CONDA_PREFIX
for home in .venv "$main/.venv" ${conda:+"$conda"}; do
    if [ -x "$home/bin/python" ]; then
        unset PYTHONHOME PYTHONDONTWRITEBYTECODE
        PYTHONPATH=. exec "$home/bin/python" -m coopreport.hygiene.git_filter
    fi
done
echo "Attention : l’environnement du projet est absent; git prend les notebooks avec leurs sorties." >&2
echo "  Remède : make check le refait; relancez ensuite git add." >&2
exit 1
