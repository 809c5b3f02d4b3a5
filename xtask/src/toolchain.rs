//! Finds a compiler for WebAssembly: what is there before what must be fetched, and never a changed toolchain unasked.
//!
//! 1. the active toolchain, if it has the target;
//! 2. a distribution's rustc with its wasm library;
//! 3. either of them with the library's sources, which are then built once, and a linker;
//! 4. rustup, where it may download;
//! 5. a Debian or Ubuntu package, where we may install one;
//! 6. otherwise a list of commands for a person.

mod apt;
mod compiler;
mod language;

use std::path::PathBuf;
use std::process::Command;

use crate::failure::{Failure, Result};
use crate::repository;
use crate::step::output;
use compiler::Compiler;

pub(crate) use language::{clang, node, python};

/// What the guests are compiled for.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// A compiler for [`TARGET`], and how to call it.
pub(crate) struct Toolchain {
    compiler: Compiler,
    builds_library: bool,
    linker: Option<PathBuf>,
    /// One line for a person.
    pub(crate) description: String,
}

impl Toolchain {
    /// A cargo command with this compiler.
    pub(crate) fn cargo(&self) -> Command {
        let mut command = Command::new(&self.compiler.cargo);
        self.equip(&mut command);
        command
    }

    /// Makes cargo use this compiler, wherever in a command it is called as `$CARGO`.
    pub(crate) fn equip(&self, command: &mut Command) {
        command.env("CARGO", &self.compiler.cargo).env("RUSTC", &self.compiler.rustc);
        // Whatever is set for the host's processor is wrong here.
        command.env_remove("RUSTFLAGS").env("CARGO_ENCODED_RUSTFLAGS", flags().join("\u{1f}"));
        if self.builds_library {
            command.env("RUSTC_BOOTSTRAP", "1").env("CARGO_UNSTABLE_BUILD_STD", "core,alloc");
        }
        if !self.compiler.is_active {
            // Set by the cargo that runs this, and full of its own compiler's libraries.
            command.env_remove("LD_LIBRARY_PATH").env_remove("RUSTUP_TOOLCHAIN");
        }
        if let Some(linker) = &self.linker {
            command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
        }
    }
}

/// What the compiler is told.
fn flags() -> Vec<String> {
    // Vectors of whole numbers: the same answers everywhere, for four records at a time.
    let vectors = ["-C".to_owned(), "target-feature=+simd128".to_owned()];
    // Panics name source files: the same ones on every machine, so that the same compiler makes the same module.
    let cargo_home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let cargo_home = cargo_home.or_else(|| std::env::home_dir().map(|home| home.join(".cargo")));
    let crates = cargo_home.map(|home| format!("--remap-path-prefix={}=crates", home.join("registry/src").display()));
    let repository = format!("--remap-path-prefix={}=lapse", repository::root().display());
    vectors.into_iter().chain(crates).chain([repository]).collect()
}

/// Finds a compiler, in the order above.
pub(crate) fn find() -> Result<Toolchain> {
    if let Some(toolchain) = installed() {
        return Ok(toolchain);
    }
    if rustup_may_download() {
        println!("toolchain: none has {TARGET}; asking rustup for it");
        if output("rustup", &["target", "add", TARGET]).is_some() {
            return installed().ok_or_else(missing);
        }
        println!("toolchain: rustup could not get it");
    }
    if apt::may_install() {
        apt::install_rust()?;
        return installed().ok_or_else(missing);
    }
    Err(missing())
}

/// What is already there.
fn installed() -> Option<Toolchain> {
    let compilers = compiler::all();
    let with_library = || compilers.iter().find_map(ready);
    let with_sources = || compilers.iter().find_map(from_sources);
    with_library().or_else(with_sources)
}

/// A compiler that has the library.
fn ready(compiler: &Compiler) -> Option<Toolchain> {
    if !compiler.has_library() {
        return None;
    }
    let linker = if compiler.brings_linker() { None } else { Some(compiler::linker()?) };
    let description = format!("{} with {TARGET}", compiler.name());
    Some(Toolchain { compiler: compiler.clone(), builds_library: false, linker, description })
}

/// A compiler that has the library's sources: `core` and `alloc` are built once and stay in the target folder.
fn from_sources(compiler: &Compiler) -> Option<Toolchain> {
    if !compiler.has_sources() {
        return None;
    }
    let linker = compiler::linker()?;
    let description =
        format!("{}, whose library is built from its sources, linked by {}", compiler.name(), linker.display());
    Some(Toolchain { compiler: compiler.clone(), builds_library: true, linker: Some(linker), description })
}

/// `RUSTUP_AUTO_INSTALL=0` is how rustup is told to leave a machine alone.
fn rustup_may_download() -> bool {
    std::env::var("RUSTUP_AUTO_INSTALL").as_deref() != Ok("0") && output("rustup", &["--version"]).is_some()
}

fn missing() -> Failure {
    Failure::new(format!(
        "no compiler for {TARGET} was found. One of these gets one:\n\
         with rustup:        rustup target add {TARGET}\n\
         Debian, as root:    apt-get install rustc-web cargo-web rust-web-src lld-19\n\
         Ubuntu, as root:    apt-get install rustc-VERSION cargo-VERSION rust-VERSION-src lld   (VERSION: {}, or later)\n\
         Fedora, as root:    dnf install rust rust-std-static-{TARGET} lld\n\
         Arch, as root:      pacman -S rust rust-wasm lld\n\
         Alpine, as root:    apk add rust cargo rust-src lld\n\
         macOS, Homebrew:    brew install rustup && rustup target add {TARGET}",
        env!("CARGO_PKG_RUST_VERSION"),
    ))
}
