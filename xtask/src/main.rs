//! The repository's own commands, `cargo xtask …`. Not part of what operators install.

mod bench;
mod demo;
mod eval;
mod examples;
mod failure;
mod guests;
mod repository;
mod step;
mod test;
mod toolchain;

use std::process::ExitCode;

use failure::{Failure, Result};

/// A command: its name, what it does in one line, and the function that does it.
type Command = (&'static str, &'static str, fn(&[String]) -> Result<()>);

const COMMANDS: &[Command] = &[
    ("demo", "the main job on 2,000 invented calls, checked byte for byte; --store DIR keeps the store", demo::run),
    ("bench", "the figures to reach, measured with a release build; names of figures measure only those", bench::run),
    ("eval", "what the anonymiser leaks and masks too much; --data DIR: the corpora, --format json", eval::run),
    (
        "guests",
        "build the policies that come with Lapse; --examples: also those of policy-guest/examples",
        guests::command,
    ),
    ("tutorial", "the examples' own tests, and docs/policy-authoring.md followed line by line", |rest| {
        alone("tutorial", rest, guests::tutorial)
    }),
    ("test", "the gate: guests, format, lints as errors, documentation, every test", |rest| {
        alone("test", rest, test::run)
    }),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match arguments.first().map(String::as_str) {
        None | Some("help" | "--help" | "-h") => help(),
        Some(name) => match COMMANDS.iter().find(|(known, ..)| *known == name) {
            Some((.., run)) => run(&arguments[1..]),
            None => Err(Failure::usage(format!("there is no command {name:?}; cargo xtask help lists them"))),
        },
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("xtask: {failure}");
            ExitCode::from(failure.exit_code)
        }
    }
}

/// Runs a command that takes no arguments.
fn alone(name: &str, arguments: &[String], run: fn() -> Result<()>) -> Result<()> {
    match arguments.first() {
        None => run(),
        Some(argument) => Err(Failure::usage(format!("{name} takes no arguments, and {argument:?} is one"))),
    }
}

fn help() -> Result<()> {
    println!("cargo xtask COMMAND\n");
    for (name, about, _) in COMMANDS {
        println!("  {name:<8} {about}");
    }
    println!("  {:<8} this", "help");
    Ok(())
}
