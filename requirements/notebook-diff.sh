#!/bin/sh
# Show how a notebook changed, for `git diff`: by nbdime where it is installed (make lab), else as text.
# git gives: path, old file, old hash, old mode, new file, new hash, new mode. What JupyterLab saved is
# first stripped as a commit would be; where there is no environment, the file is shown as it is.
home=.venv
[ "${CONDA_DEFAULT_ENV:-base}" = base ] || home=$CONDA_PREFIX
new=$(mktemp) || exit 0
trap 'rm -f "$new"' EXIT
PYTHONPATH=.
export PYTHONPATH
"$home/bin/python" -m coopreport.hygiene.strip <"$5" >"$new" 2>/dev/null || cat <"$5" >"$new"
printf 'notebook %s\n' "$1"
# Its own command takes five times as long (coopreport.hygiene spares it a grammar), and does not end
# quietly when the reader leaves the pager.
nbdime='
import signal, sys, coopreport.hygiene
from nbdime.vcs.git.diffdriver import main
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
sys.exit(main())
'
if [ -x "$home/bin/git-nbdiffdriver" ] &&
    "$home/bin/python" -c "$nbdime" diff "$1" "$2" "$3" "$4" "$new" "$6" "$7"; then
    exit 0
fi
diff -u "$2" "$new" | sed "1s|.*|--- $1|; 2s|.*|+++ $1|"
exit 0
