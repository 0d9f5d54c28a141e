#!/bin/sh
# What a release must stand: versions that agree, wheel and source archive built from a clean clone, each installed on every
# supported Python found on this machine (MINORS=12 takes one), and the commands of README run from an empty folder.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=

git -C "$here" diff --quiet HEAD || echo "NOTE: the checkout has changes that are not committed; what is committed is checked"
git clone --quiet "$here" "$work/clone"
version=$(sed -n 's/^__version__ = "\(.*\)"$/\1/p' "$work/clone/src/talentsim/version.py")
for place in CITATION.cff CHANGELOG.md; do
    grep -q "$version" "$work/clone/$place" || { echo "$place does not say version $version"; failed="$failed $place"; }
done

for minor in ${MINORS:-11 12 13}; do
    python=
    for candidate in "python3.$minor" "$HOME/.pyenv/versions/3.$minor".*/bin/python; do
        if command -v "$candidate" >/dev/null 2>&1 && "$candidate" -c '' >/dev/null 2>&1; then python=$candidate; break; fi
    done
    if [ -z "$python" ]; then echo "SKIPPED Python 3.$minor: not found on this machine"; continue; fi
    if [ ! -d "$work/dist" ]; then
        "$python" -m venv "$work/build"
        "$work/build/bin/python" -m pip install --quiet build
        "$work/build/bin/python" -m build --outdir "$work/dist" "$work/clone" >"$work/build.log" 2>&1 || { tail -20 "$work/build.log"; exit 1; }
    fi
    for archive in "$work/dist"/*.whl "$work/dist"/*.tar.gz; do
        echo "== Python 3.$minor, $(basename "$archive")"
        rm -rf "$work/venv" "$work/empty"
        mkdir "$work/empty"
        "$python" -m venv "$work/venv"
        "$work/venv/bin/python" -m pip install --quiet --constraint "$work/clone/constraints.txt" "$archive"
        (cd "$work/empty" && "$work/venv/bin/python" "$work/clone/tests/readme_commands.py" "$work/clone/README.md") || failed="$failed 3.$minor:$(basename "$archive")"
    done
done
if [ -n "$failed" ]; then echo "failed:$failed"; exit 1; fi
echo "talentsim $version can be released"
