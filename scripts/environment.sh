# shellcheck shell=bash
# Sourced by the other scripts: finds a Python and makes a virtual environment.

# Some images set it; every process of the pipeline would then compile again what it imports.
unset PYTHONDONTWRITEBYTECODE

# Prints the first Python on PATH that is new enough.
find_python() {
    local candidate
    for candidate in "${PYTHON:-}" python3 python3.14 python3.13 python3.12 python3.11 python; do
        if [ -n "$candidate" ] && command -v "$candidate" >/dev/null 2>&1 &&
            "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    echo "testkeep needs Python 3.11 or later; found none on PATH (PYTHON=/path/to/python names one)" >&2
    exit 2
}

# is_made_by FOLDER PYTHON: whether there is a virtual environment, of the same version as this Python.
is_made_by() {
    local version='import sys; print(sys.version_info[:2])'
    [ "$("$1/bin/python" -c "$version" 2>/dev/null)" = "$("$2" -c "$version")" ]
}

# make_environment FOLDER REQUIREMENT...: makes or updates a virtual environment with these requirements, in the versions
# of constraints.txt; one of another version of Python is made anew. The variables, which newer releases of pip split in
# two, are pip's alone: a test that installs something does so as a stranger would.
make_environment() {
    local folder=$1 python
    shift
    python=$(find_python)
    if ! is_made_by "$folder" "$python"; then
        "$python" -m venv --clear "$folder" || {
            echo "could not make a virtual environment; on Debian and Ubuntu install python3-venv" >&2
            exit 2
        }
    fi
    PIP_CONSTRAINT=constraints.txt PIP_BUILD_CONSTRAINT=constraints.txt \
        "$folder/bin/python" -m pip install -qq --disable-pip-version-check "$@"
}
