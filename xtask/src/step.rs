//! A step of a longer command: announced by name, timed, and the end of it all where it fails.

use std::process::Command;
use std::time::Instant;

use crate::failure::{Failure, Result};

/// Runs a step and says its name before and its time after.
pub(crate) fn step<T>(name: &str, run: impl FnOnce() -> Result<T>) -> Result<T> {
    println!("── {name}");
    let started = Instant::now();
    let outcome = run();
    let verdict = if outcome.is_ok() { "done" } else { "FAILED" };
    println!("── {name}: {verdict} in {:.1} s", started.elapsed().as_secs_f64());
    outcome
}

/// Runs a program to its end; what it prints goes where ours goes.
pub(crate) fn run(name: &str, command: &mut Command) -> Result<()> {
    let status = command.status().map_err(|error| {
        let program = command.get_program().display();
        Failure::new(format!("{program} cannot be started: {error}"))
    })?;
    if status.success() { Ok(()) } else { Err(Failure::of_step(name, status.code())) }
}

/// What a program prints; `None` where it cannot be started or fails.
pub(crate) fn output(program: impl AsRef<std::ffi::OsStr>, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok().filter(|output| output.status.success())?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
