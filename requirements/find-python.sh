# Sourced by the scripts beside it: which Python of the machine the project can run on.

supported() { "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; }

# Print the first that is supported, PYTHON before the others; fail when there is none.
find_python() {
    for name in ${PYTHON:+"$PYTHON"} python3 python3.13 python3.12 python3.11 python; do
        if supported "$name"; then printf '%s\n' "$name"; return; fi
    done
    return 1
}
