//! `cargo xtask eval`: what the anonymiser leaks and what it masks too much, measured with a release build.

use crate::failure::Result;
use crate::repository::{cargo_command, root, target};
use crate::step;

/// `cargo xtask eval [--data DIR] [--format json]`.
///
/// The repository's own calls are always measured; the corpora are, where their directory has them.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let build = ["build", "--release", "--quiet", "-p", "lapse-anonymise-lab"];
    step::run("building the laboratory", &mut cargo_command(&build))?;
    let program = target()?.join("release").join(format!("lapse-anonymise-lab{}", std::env::consts::EXE_SUFFIX));
    let mut command = std::process::Command::new(program);
    step::run("measuring", command.current_dir(root()).arg("eval").args(arguments))
}
