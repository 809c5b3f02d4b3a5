//! The repository's own commands, `cargo xtask …`. Not part of what operators install.

mod failure;
mod guests;
mod repository;
mod step;
mod test;
mod toolchain;

use std::process::ExitCode;

use failure::{Failure, Result};

/// A command: its name, what it does in one line, and the function that does it.
type Command = (&'static str, &'static str, fn() -> Result<()>);

const COMMANDS: &[Command] = &[
    ("guests", "build the policies that come with Lapse, as WebAssembly components", guests::run),
    ("test", "the gate: guests, format, lints as errors, documentation, every test", test::run),
];

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let named = arguments.next();
    let outcome = match named.as_deref() {
        None | Some("help" | "--help" | "-h") => help(),
        Some(name) => match COMMANDS.iter().find(|(known, ..)| *known == name) {
            Some((.., run)) => refuse_arguments(name, arguments.next()).and_then(|()| run()),
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

fn refuse_arguments(name: &str, argument: Option<String>) -> Result<()> {
    match argument {
        None => Ok(()),
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
