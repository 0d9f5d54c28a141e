#!/bin/sh
# Runs the tests on every supported Python found on this machine, each in an environment of its own.
set -eu
cd "$(dirname "$0")/.."
failed=
for minor in 11 12 13; do
    python=
    for candidate in "python3.$minor" "$HOME/.pyenv/versions/3.$minor".*/bin/python; do
        if command -v "$candidate" >/dev/null 2>&1 && "$candidate" -c '' >/dev/null 2>&1; then python=$candidate; break; fi
    done
    if [ -z "$python" ]; then echo "SKIPPED Python 3.$minor: not found on this machine"; continue; fi
    echo "== Python 3.$minor"
    make test PYTHON="$python" VENV=".venv-3.$minor" || failed="$failed 3.$minor"
done
if [ -n "$failed" ]; then echo "failed on Python$failed"; exit 1; fi
