#!/bin/sh
# Makes .venv/ as requirements.lock says; leaves at once when the lock has not changed since. Safe to run again.
set -eu
cd "$(dirname "$0")/.."

wanted=$(cksum <requirements.lock)
stamp=.venv/.lock-checksum
if [ -x .venv/bin/python ] && [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ]; then exit 0; fi

fail() {
    echo "$1" >&2
    exit 2
}

find_python() {
    for name in python3 python3.13 python3.12 python3.11; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
}

make_venv() {
    "$python" -c 'import ensurepip, venv' 2>/dev/null ||
        fail "Luna needs Python's venv module: on Debian and Ubuntu it is the package python3-venv (apt-get install python3-venv)."
    "$python" -m venv "$1"
}

# A uv that is there is used; else one is put into .boot/; without either, pip does the same more slowly.
find_uv() {
    if command -v uv >/dev/null 2>&1; then
        uv=uv
        return
    fi
    [ -x .boot/bin/python ] || make_venv .boot
    [ -x .boot/bin/uv ] || .boot/bin/python -m pip install --quiet --disable-pip-version-check uv || true
    if [ -x .boot/bin/uv ]; then uv=.boot/bin/uv; fi
}

python=$(find_python)
[ -n "$python" ] || fail "Luna needs Python 3.11 or newer, and none of python3, python3.11, python3.12, python3.13 is that."
echo "Setting up Luna's environment in .venv/ …" >&2
uv=
find_uv
if [ -n "$uv" ]; then
    [ -x .venv/bin/python ] || "$uv" venv --quiet --no-python-downloads --python "$python" .venv
    "$uv" pip sync --quiet --require-hashes --python .venv/bin/python requirements.lock
else
    [ -x .venv/bin/python ] || make_venv .venv
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
fi
echo "$wanted" >"$stamp"
