//! The `lapse` that was built, on one store, as a person would use it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::failure::{Failure, Result};

/// What a command answered.
pub(super) struct Answer {
    pub(super) exit_code: i32,
    pub(super) json: Value,
}

/// The binary and the store.
pub(super) struct Lapse {
    binary: PathBuf,
    store: PathBuf,
}

impl Lapse {
    pub(super) fn new(binary: PathBuf, store: &Path) -> Lapse {
        Lapse { binary, store: store.to_owned() }
    }

    /// Runs a command that must succeed; its answer as JSON.
    pub(super) fn json(&self, arguments: &[&str]) -> Result<Value> {
        let answer = self.attempt(arguments, Stdio::inherit())?;
        if answer.exit_code == 0 {
            Ok(answer.json)
        } else {
            Err(Failure::of_step(&name(arguments), Some(answer.exit_code)))
        }
    }

    /// Runs a command that may be refused; what it says then is not shown.
    pub(super) fn try_json(&self, arguments: &[&str]) -> Result<Answer> {
        self.attempt(arguments, Stdio::null())
    }

    fn attempt(&self, arguments: &[&str], errors: Stdio) -> Result<Answer> {
        let mut command = Command::new(&self.binary);
        command.arg("--store").arg(&self.store).args(["--format", "json"]).args(arguments).stderr(errors);
        let output = command.output().map_err(|error| Failure::new(format!("{}: {error}", self.binary.display())))?;
        let exit_code = output.status.code().unwrap_or(1);
        let json = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
        Ok(Answer { exit_code, json })
    }
}

fn name(arguments: &[&str]) -> String {
    format!("lapse {}", arguments.first().copied().unwrap_or_default())
}

/// A number that an answer must have.
pub(super) fn number(json: &Value, path: &str) -> Result<u64> {
    let missing = || Failure::new(format!("lapse did not answer with a number at {path}: {json}"));
    json.pointer(path).and_then(Value::as_u64).ok_or_else(missing)
}

/// A number that is left out where it is 0.
pub(super) fn count(json: &Value, path: &str) -> u64 {
    json.pointer(path).and_then(Value::as_u64).unwrap_or(0)
}
