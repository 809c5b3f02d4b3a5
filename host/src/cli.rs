//! The command line: words in, [`crate::host`] called, words or JSON out. Decides nothing.

mod arguments;
mod commands;
mod policy;
mod progress;
mod text;
mod trial;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;
use serde_json::{Value, json};

use self::arguments::{Arguments, Format};
use crate::error::{Error, Exit};

/// What a command has to say.
struct Reply {
    /// For people.
    text: String,
    /// For machines.
    json: Value,
    /// How it went.
    exit: Exit,
}

impl Reply {
    fn done(text: impl Into<String>, json: Value) -> Reply {
        Reply { text: text.into(), json, exit: Exit::Done }
    }
}

/// Runs the command that the process was started with.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return ExitCode::from(explain(&error)),
    };
    let format = arguments.format;
    let exit = match commands::run(arguments) {
        Ok(reply) => {
            let said = say(&reply, format);
            // A reader that has gone away (`lapse ledger show | head`) is no failure of the command.
            if said.is_err_and(|error| error.kind() != io::ErrorKind::BrokenPipe) { Exit::Failed } else { reply.exit }
        }
        Err(error) => {
            complain(&error, format);
            error.exit()
        }
    };
    ExitCode::from(exit as u8)
}

/// Help, the version, or what is wrong with the words: for people, unless they were plainly meant for a machine.
fn explain(error: &clap::Error) -> u8 {
    let words: Vec<_> = std::env::args_os().collect();
    let is_json = words.iter().any(|word| word == "--format=json")
        || words.windows(2).any(|pair| pair[0] == "--format" && pair[1] == "json");
    let exit = u8::try_from(error.exit_code()).unwrap_or(Exit::Failed as u8);
    if is_json && error.use_stderr() {
        eprintln!("{}", json!({ "error": error.to_string().trim_end(), "exit-code": exit }));
    } else {
        // Where even this cannot be said, the exit code still says it.
        let _ = error.print();
    }
    exit
}

fn say(reply: &Reply, format: Format) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match format {
        Format::Text if reply.text.is_empty() => Ok(()),
        Format::Text => writeln!(out, "{}", reply.text.trim_end()),
        Format::Json if reply.json.is_null() => Ok(()),
        Format::Json => writeln!(out, "{}", reply.json),
    }
}

fn complain(error: &Error, format: Format) {
    match format {
        Format::Text => eprintln!("error: {}", sentence(error)),
        Format::Json => eprintln!("{}", failure(error)),
    }
}

/// An error and everything that caused it, in one sentence.
fn sentence(error: &Error) -> String {
    let mut sentence = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        let said = error.to_string();
        if !sentence.ends_with(&said) {
            sentence.push_str(": ");
            sentence.push_str(&said);
        }
        cause = error.source();
    }
    sentence
}

fn failure(error: &Error) -> Value {
    json!({ "error": sentence(error), "exit-code": error.exit() as u8 })
}
