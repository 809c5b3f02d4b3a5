//! The gate: what must pass before anything lands, here and in continuous integration alike.

use crate::failure::Result;
use crate::guests;
use crate::repository::{cargo_command, target};
use crate::step::{self, step};

/// The steps after the guests; the first that fails ends it with its exit code.
const STEPS: &[(&str, &[&str])] = &[
    ("format", &["fmt", "--all", "--check"]),
    ("lints", &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]),
    ("documentation", &["doc", "--workspace", "--no-deps"]),
    // The tests of tests/it run the binary, which `cargo test` does not build for another package.
    ("binary", &["build", "--workspace", "--bin", "lapse"]),
    ("tests", &["test", "--workspace"]),
];

/// `cargo xtask test`.
pub(crate) fn run() -> Result<()> {
    step("guests", guests::run)?;
    let binary = target()?.join("debug").join(format!("lapse{}", std::env::consts::EXE_SUFFIX));
    for (name, arguments) in STEPS {
        let mut command = cargo_command(arguments);
        command.env("LAPSE_BIN", &binary).env("RUSTDOCFLAGS", "-D warnings");
        step(name, || step::run(name, &mut command))?;
    }
    Ok(())
}
