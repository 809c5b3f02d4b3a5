//! Where things are: the repository, the binary under test, the guests that `cargo xtask guests` built.

use std::path::{Path, PathBuf};

/// The root of the repository.
pub(crate) fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ is inside the repository")
}

/// The folder that cargo builds into: this program is `debug/deps/it-…` in it.
pub(crate) fn target() -> PathBuf {
    let program = std::env::current_exe().expect("a program has a path");
    program.ancestors().nth(3).expect("a test is in a target folder").to_owned()
}

/// The `lapse` under test: `LAPSE_BIN`, else the one that was built beside the tests.
pub(crate) fn lapse_binary() -> PathBuf {
    let built = || target().join("debug").join(format!("lapse{}", std::env::consts::EXE_SUFFIX));
    let binary = std::env::var_os("LAPSE_BIN").map_or_else(built, PathBuf::from);
    assert!(binary.exists(), "{} is not there: cargo build --package lapse", binary.display());
    binary
}

/// The component of a policy that comes with Lapse.
pub(crate) fn guest(name: &str) -> Vec<u8> {
    let file = target().join("guests").join(name).with_extension("wasm");
    std::fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}: cargo xtask guests", file.display()))
}

/// The component of an example policy.
pub(crate) fn example(name: &str) -> Vec<u8> {
    let file = target().join("examples").join(name).join(name).with_extension("wasm");
    std::fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}: cargo xtask guests --examples", file.display()))
}
