//! `cargo xtask bench`: the figures that Lapse must reach, measured with a release build in one run.

use crate::failure::{Failure, Result};
use crate::guests;
use crate::repository::{cargo_command, target};
use crate::step;

/// `cargo xtask bench [FIGURE…]`.
pub(crate) fn run(figures: &[String]) -> Result<()> {
    guests::run()?;
    let build = ["build", "--release", "--workspace", "--bin", "lapse-bench"];
    step::run("building the benchmarks", &mut cargo_command(&build))?;
    let target = target()?;
    let program = target.join("release").join(format!("lapse-bench{}", std::env::consts::EXE_SUFFIX));
    // Its stores, several gigabytes, lie in the target folder: not in git, and not in a temporary folder that may be memory.
    let folder = target.join("bench");
    std::fs::create_dir_all(&folder).map_err(|error| Failure::new(format!("{}: {error}", folder.display())))?;
    let mut command = std::process::Command::new(program);
    command.current_dir(&folder).arg(target.join("guests").join("standard.wasm")).args(figures);
    step::run("measuring", &mut command)
}
