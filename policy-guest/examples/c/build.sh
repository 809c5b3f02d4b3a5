#!/bin/sh
# Builds school-holidays.wasm. Needs clang and lld, 14 or later, and lapse.
set -eu
cd "$(dirname "$0")"
mkdir -p build
"${CLANG:-clang}" --target=wasm32 -std=c11 -O2 -Wall -Wextra -ffreestanding -fno-builtin -nostdlib \
    -Wl,--no-entry -Wl,--strip-all -o build/school-holidays.core.wasm policy.c lapse-policy.c
"${LAPSE:-lapse}" policy component build/school-holidays.core.wasm --output school-holidays.wasm
