//! Why a command stopped, and the exit code that says so.

use std::fmt;

/// A command's own failure: the message for a person, the code for a script.
#[derive(Debug)]
pub(crate) struct Failure {
    message: String,
    pub(crate) exit_code: u8,
}

pub(crate) type Result<T> = std::result::Result<T, Failure>;

impl Failure {
    /// Something went wrong: exit code 1.
    pub(crate) fn new(message: impl Into<String>) -> Failure {
        Failure { message: message.into(), exit_code: 1 }
    }

    /// The command line was wrong: exit code 2.
    pub(crate) fn usage(message: String) -> Failure {
        Failure { message, exit_code: 2 }
    }

    /// A step failed and has said why: its own exit code.
    pub(crate) fn of_step(step: &str, exit_code: Option<i32>) -> Failure {
        let exit_code = exit_code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1);
        Failure { message: format!("{step} failed"), exit_code }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}
