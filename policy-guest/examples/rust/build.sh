#!/bin/sh
# Builds team-periods.wasm. Needs cargo (Rust 1.95 or later) with the target wasm32-unknown-unknown, which
# `rustup target add wasm32-unknown-unknown` adds, and lapse.
set -eu
cd "$(dirname "$0")"
"${CARGO:-cargo}" build --quiet --release --target wasm32-unknown-unknown
module="${CARGO_TARGET_DIR:-target}/wasm32-unknown-unknown/release/policy.wasm"
"${LAPSE:-lapse}" policy component "$module" --output team-periods.wasm
