//! What builds policies in other languages than Rust: looked for on the path, installed where we may, asked for otherwise.

use std::path::PathBuf;

use super::apt;
use super::compiler::{on_path, version_of};
use crate::failure::{Failure, Result};
use crate::step::output;

/// A language's tools.
struct Tools {
    /// What they are called together.
    name: &'static str,
    /// Finds them: the program that the others go with.
    find: fn() -> Option<PathBuf>,
    /// Debian's packages; of alternatives, the first one that there is.
    packages: &'static [&'static [&'static str]],
    /// What a person may do, system by system.
    commands: &'static str,
}

const NODE: Tools = Tools {
    name: "Node.js 18 or later with npm",
    find: || {
        output("npm", &["--version"])?;
        let node = on_path("node").next()?;
        at_least(&output(&node, &["--version"])?, (18, 0)).then_some(node)
    },
    packages: &[&["nodejs"], &["npm"]],
    commands: "Debian, Ubuntu:   apt-get install nodejs npm\n\
               Fedora:           dnf install nodejs npm\n\
               Arch:             pacman -S nodejs npm\n\
               Alpine:           apk add nodejs npm\n\
               macOS, Homebrew:  brew install node",
};

const PYTHON: Tools = Tools {
    name: "Python 3.10 or later with pip and venv",
    find: || {
        let usable = |python: &PathBuf| {
            let version = output(python, &["--version"]).unwrap_or_default();
            at_least(&version, (3, 10)) && output(python, &["-c", "import ensurepip, venv"]).is_some()
        };
        on_path("python3").find(usable)
    },
    packages: &[&["python3"], &["python3-pip"], &["python3-venv"]],
    commands: "Debian, Ubuntu:   apt-get install python3 python3-pip python3-venv\n\
               Fedora:           dnf install python3 python3-pip\n\
               Arch:             pacman -S python python-pip\n\
               Alpine (no wheel of componentize-py is known for it)\n\
               macOS, Homebrew:  brew install python",
};

const CLANG: Tools = Tools {
    name: "clang and lld for wasm32",
    find: || {
        let named = [
            "clang", "clang-22", "clang-21", "clang-20", "clang-19", "clang-18", "clang-17", "clang-16", "clang-15",
            "clang-14",
        ];
        named.into_iter().flat_map(on_path).find(|clang| {
            let targets = output(clang, &["--print-targets"]).unwrap_or_default();
            // Where there is none, clang gives the bare name back.
            let linker = output(clang, &["--print-prog-name=wasm-ld"]).unwrap_or_default();
            targets.contains("wasm32") && (linker.contains('/') || on_path(&linker).next().is_some())
        })
    },
    packages: &[&["clang-19", "clang"], &["lld-19", "lld"]],
    commands: "Debian, Ubuntu:   apt-get install clang lld\n\
               Fedora:           dnf install clang lld\n\
               Arch:             pacman -S clang lld\n\
               Alpine:           apk add clang lld\n\
               macOS, Homebrew:  brew install llvm lld",
};

/// Node.js; npm is beside it on the path.
pub(crate) fn node() -> Result<PathBuf> {
    get(&NODE)
}

/// A Python that makes virtual environments.
pub(crate) fn python() -> Result<PathBuf> {
    get(&PYTHON)
}

/// A clang that compiles and links for wasm32.
pub(crate) fn clang() -> Result<PathBuf> {
    get(&CLANG)
}

fn get(tools: &Tools) -> Result<PathBuf> {
    if let Some(found) = (tools.find)() {
        return Ok(found);
    }
    if apt::may_install() {
        apt::install(tools.packages)?;
    }
    (tools.find)().ok_or_else(|| {
        Failure::new(format!("{} was not found. As root, one of these gets it:\n{}", tools.name, tools.commands))
    })
}

/// Whether what a program says of its version is at least this one.
fn at_least(said: &str, wanted: (u32, u32)) -> bool {
    let number = said.trim_start_matches(|letter: char| !letter.is_ascii_digit());
    version_of(number).is_some_and(|version| version >= wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_the_programs_say_them() {
        assert!(at_least("v20.20.2", (18, 0)));
        assert!(at_least("Python 3.11.7", (3, 10)));
        assert!(!at_least("Python 3.9.2", (3, 10)));
        assert!(!at_least("", (0, 0)));
    }
}
