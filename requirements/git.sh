#!/bin/sh
# Tell the clone's git how to keep notebooks (.gitattributes): stripped when committed, readable in diffs.
# It writes to the clone's own configuration and only once; elsewhere than at the top of a clone (no git,
# a linked working tree, a submodule), it does nothing and says nothing.
cd -- "$(dirname -- "$0")/.." || exit 0
[ -d .git ] && [ -f .git/config ] || exit 0
grep -q '^	notebooks = 1$' .git/config && exit 0
command -v git >/dev/null || exit 0

# A commit may lack the script, or the clone its environment: git is then answered by a filter that can
# do nothing (its name, its version, no capability), and goes on.
filter=requirements/notebook-filter.sh
nothing="printf '0016git-filter-server\\n000eversion=2\\n00000000'; cat >/dev/null"
{
    git config --local diff.jupyternotebook.command 'sh requirements/notebook-diff.sh' &&
        git config --local filter.coopreport-notebook.process \
            "{ [ -f $filter ] && sh $filter; } || { $nothing; }" &&
        git config --local coopreport.notebooks 1
} 2>/dev/null || true
