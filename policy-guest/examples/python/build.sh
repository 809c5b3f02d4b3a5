#!/bin/sh
# Builds keep-for-coaching.wasm. Needs Python 3.10 or later with pip and venv; what else it needs is pinned in requirements.txt
# and fetched the first time. Takes a minute: the Python interpreter goes into the module.
set -eu
cd "$(dirname "$0")"
if [ ! .venv/bin/componentize-py -nt requirements.txt ]; then
    "${PYTHON:-python3}" -m venv .venv
    .venv/bin/pip install --quiet --requirement requirements.txt
fi
.venv/bin/componentize-py --quiet --wit-path policy.wit --world retention-policy \
    componentize --stub-wasi app --output keep-for-coaching.wasm
