//! Measures what Lapse must reach. Ratios where they can be had, since they hold on any machine; every figure with its
//! target beside it, reached or not.
//!
//! Called by `cargo xtask bench` with the component of the standard policy. Reads no clock for anything but measuring.

mod calls;
mod daily;
mod execution;
mod fill;
mod impact;
mod memory;
mod report;
mod script;
mod stopwatch;
mod sweep;
mod verdicts;

use std::path::Path;
use std::process::ExitCode;

use report::{Figure, print};

/// Whatever goes wrong here ends the measuring, and is said as it is.
type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1).peekable();
    // This executable compiles policies for the stores it makes, as `lapse` does for its own.
    if arguments.next_if(|first| first == lapse::policy::COMPILE_SUBCOMMAND).is_some() {
        return lapse::policy::compile_child_main(arguments);
    }
    let arguments: Vec<String> = arguments.filter_map(|argument| argument.into_string().ok()).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words[..] {
        [memory::CHILD, store] => memory::child(Path::new(store)),
        [policy, ref figures @ ..] => measure(Path::new(policy), figures),
        [] => Err("say where the standard policy's component is; `cargo xtask bench` does".into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Measures the figures that are named, or all of them.
fn measure(policy: &Path, figures: &[&str]) -> Result<()> {
    let is_wanted = |figure: &str| figures.is_empty() || figures.contains(&figure);
    let policy = std::fs::read(policy)?;
    let folder = tempfile::Builder::new().prefix("lapse-bench-").tempdir_in(std::env::current_dir()?)?;
    let mut all: Vec<Figure> = Vec::new();
    if is_wanted("verdicts") {
        all.extend(verdicts::measure(folder.path(), &policy)?);
    }
    if is_wanted("execution") {
        all.extend(execution::measure(folder.path(), &policy)?);
    }
    if ["daily", "sweep", "impact", "memory"].into_iter().any(is_wanted) {
        let large = fill::stored(folder.path(), &policy, fill::Size::LARGE)?;
        if is_wanted("sweep") {
            all.push(sweep::measure(&large)?);
        }
        if is_wanted("impact") {
            all.push(impact::measure(&large)?);
        }
        if is_wanted("memory") {
            all.extend(memory::measure(folder.path(), &policy, &large)?);
        }
        if is_wanted("daily") {
            all.extend(daily::measure(folder.path(), &policy, &large)?);
        }
    }
    print(&all);
    Ok(())
}
