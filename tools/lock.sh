#!/bin/sh
# Resolves pyproject.toml into requirements.lock: names, versions and hashes, no addresses.
set -eu
cd "$(dirname "$0")/.."
uv=$(command -v uv || echo .boot/bin/uv)
[ -x "$uv" ] || { python3 -m venv .boot && .boot/bin/python -m pip install --quiet uv && uv=.boot/bin/uv; }
"$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url \
    --group dev pyproject.toml -o requirements.lock
