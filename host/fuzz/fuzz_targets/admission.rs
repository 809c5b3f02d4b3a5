//! Any bytes as a policy module: admitted or refused with a bounded sentence, never a panic of the host.
//!
//! `LAPSE_BIN` names a `lapse` to compile with, in its child process. A good corpus is what `cargo xtask guests` builds.

#![no_main]

use std::error::Error;
use std::sync::LazyLock;

use lapse::policy::{AdmissionLimits, Compiler, Engine, admit};
use libfuzzer_sys::fuzz_target;

static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::new().expect("the production profile"));

/// What a refusal may take to say, its causes included.
const SENTENCE_CHARS_MAX: usize = 20_000;

fuzz_target!(|module: &[u8]| {
    let compiler = Compiler::new(std::env::var_os("LAPSE_BIN").expect("LAPSE_BIN names a lapse"));
    let Err(refused) = admit(&ENGINE, &compiler, module, &AdmissionLimits::default()) else { return };
    let mut said = refused.to_string();
    let mut cause = refused.source();
    while let Some(error) = cause {
        said.push_str(&error.to_string());
        cause = error.source();
    }
    assert!(said.chars().count() <= SENTENCE_CHARS_MAX);
    assert!(!said.chars().any(|letter| letter.is_control() && letter != '\n'), "nothing that a terminal obeys");
});
