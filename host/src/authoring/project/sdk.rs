//! The Rust SDK as part of a project: it is on no registry, so a project carries it, and builds with cargo alone.

use super::ProjectFile;

/// The SDK's crate, and the folder it is put in.
pub(super) const CRATE: &str = "lapse-policy-sdk";
/// Where the example finds it.
const IN_REPOSITORY: &str = "path = \"../../sdk\"";

/// The SDK's manifest where there is no workspace to inherit from; the versions are the workspace's.
const MANIFEST: &str = r#"[package]
name = "lapse-policy-sdk"
description = "Write a Lapse retention policy in Rust."
version = "0.1.0"
edition = "2024"
rust-version = "1.95"
license = "Apache-2.0"
publish = false

[features]
# For policies that need the standard library on wasm32: leaves the allocator and the panic handler to it.
std = []

[dependencies]
serde = { version = "1", default-features = false, features = ["derive", "alloc"] }
serde_json = { version = "1", default-features = false, features = ["alloc"] }
wit-bindgen = { version = "0.61", default-features = false, features = ["realloc", "bitflags"] }

[target.'cfg(target_arch = "wasm32")'.dependencies]
dlmalloc = { version = "0.2", default-features = false, features = ["global"] }
"#;

/// The SDK's sources.
macro_rules! sources {
    ($($file:literal),* $(,)?) => {
        &[$((concat!("lapse-policy-sdk/src/", $file), include_str!(concat!("../../../../policy-guest/sdk/src/", $file)))),*]
    };
}

const SOURCES: &[(&str, &str)] = sources![
    "artefacts.rs",
    "bindings.rs",
    "columns.rs",
    "component.rs",
    "day.rs",
    "lib.rs",
    "policy.rs",
    "row.rs",
    "runtime.rs",
    "testing.rs",
    "verdict.rs",
];

/// Adds the SDK to a project, and points the project to it.
pub(super) fn vendor(files: &mut Vec<ProjectFile>) {
    for file in files.iter_mut().filter(|file| file.path == "Cargo.toml") {
        file.text = file.text.replace(IN_REPOSITORY, "path = \"lapse-policy-sdk\"");
    }
    let file = |path, text: &str| ProjectFile { path, text: text.to_owned(), is_executable: false };
    files.push(file("lapse-policy-sdk/Cargo.toml", MANIFEST));
    files.extend(SOURCES.iter().map(|(path, text)| file(path, text)));
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_source_is_there() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../policy-guest/sdk/src");
        let entries = std::fs::read_dir(folder).expect("the SDK").flatten();
        let there: BTreeSet<String> =
            entries.map(|entry| format!("lapse-policy-sdk/src/{}", entry.file_name().to_string_lossy())).collect();
        assert_eq!(SOURCES.iter().map(|(path, _)| (*path).to_owned()).collect::<BTreeSet<_>>(), there);
    }

    #[test]
    fn the_manifest_is_that_of_the_workspace() {
        let workspace = include_str!("../../../../Cargo.toml");
        let sdk = include_str!("../../../../policy-guest/sdk/Cargo.toml");
        for line in MANIFEST.lines().filter(|line| line.contains(" = {")) {
            let (name, _) = line.split_once(' ').expect("a name");
            assert!(workspace.lines().any(|known| known == line), "the workspace has another {name}");
            assert!(sdk.contains(&format!("{name}.workspace = true")), "the SDK needs no {name}");
        }
        assert_eq!(sdk.matches(".workspace = true\n").count() - 5, MANIFEST.matches(" = {").count());
        for key in ["version", "edition", "rust-version", "license"] {
            let line = |text: &str| text.lines().find(|line| line.starts_with(&format!("{key} = "))).map(str::to_owned);
            assert_eq!(line(MANIFEST), line(workspace), "{key}");
        }
    }
}
