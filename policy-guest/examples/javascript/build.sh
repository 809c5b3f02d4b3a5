#!/bin/sh
# Builds respect-consent.wasm. Needs Node.js 18 or later with npm; what else it needs is pinned in package.json and fetched the
# first time.
set -eu
cd "$(dirname "$0")"
[ node_modules/.package-lock.json -nt package.json ] || npm install --silent --no-package-lock --no-audit --no-fund
npm run --silent build
