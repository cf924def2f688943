#!/bin/sh
# Renew uv's own lock and the four hash-locked environments from pyproject.toml; run by `make lock` with uv on the path.
# report.lock: what `make report` needs. test.lock and lab.lock: the same versions and what their group adds;
# dask.lock: those, and what `make regions ENGINE=dask://…` adds, for the caller and for each worker.
set -eu
cd "$(dirname "$0")/.."
compile() {
    uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-annotate --no-header --no-emit-index-url "$@"
}
compile requirements/uv.in --output-file requirements/uv.lock
compile pyproject.toml --output-file requirements/report.lock
for group in test lab; do
    compile pyproject.toml --group "$group" --constraint requirements/report.lock \
        --output-file "requirements/$group.lock"
done
compile pyproject.toml --extra dask --constraint requirements/report.lock \
    --output-file requirements/dask.lock
