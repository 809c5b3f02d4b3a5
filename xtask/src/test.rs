//! The gate: what must pass before anything lands, here and in continuous integration alike.

use crate::failure::Result;
use crate::repository::{cargo_command, lapse};
use crate::step::{self, step};
use crate::{examples, guests};

/// The steps between the guests and the examples; the first that fails ends it with its exit code.
const STEPS: &[(&str, &[&str])] = &[
    ("format", &["fmt", "--all", "--check"]),
    ("lints", &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]),
    ("documentation", &["doc", "--workspace", "--no-deps"]),
    // The tests of tests/it run the binary, which `cargo test` does not build for another package.
    ("binary", &["build", "--workspace", "--bin", "lapse"]),
];

/// `cargo xtask test`.
pub(crate) fn run() -> Result<()> {
    step("guests", guests::run)?;
    for (name, arguments) in STEPS {
        run_cargo(name, arguments)?;
    }
    step("examples", || examples::build().and_then(|()| examples::test()))?;
    step("tutorial", examples::follow_tutorial)?;
    run_cargo("tests", &["test", "--workspace"])
}

fn run_cargo(name: &str, arguments: &[&str]) -> Result<()> {
    let mut command = cargo_command(arguments);
    command.env("LAPSE_BIN", lapse()?).env("RUSTDOCFLAGS", "-D warnings");
    if arguments.first() == Some(&"test") {
        command.env(examples::MISSING, examples::missing()?);
    }
    step(name, || step::run(name, &mut command))
}
