#!/bin/sh
# Browser tests and screenshots drive the machine's own Chromium; where it is missing and may be installed, it is.
set -eu
for name in chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null 2>&1; then exit 0; fi
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing Chromium for the browser tests …" >&2
    if apt-get install -y -qq --no-install-recommends chromium >/dev/null 2>&1; then exit 0; fi
    if apt-get update -qq >/dev/null 2>&1 && apt-get install -y -qq --no-install-recommends chromium >/dev/null 2>&1; then exit 0; fi
fi
echo "No Chromium on this machine: the browser tests will be skipped." >&2
