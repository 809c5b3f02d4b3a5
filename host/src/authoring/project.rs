//! A new policy project: the example of its language under another name, so that what people start from is what the tests
//! build. Only says which files there are; writing them is somebody else's.

mod sdk;

use std::fmt;
use std::str::FromStr;

use super::component::CONTRACT;

/// Longer names would not fit beside the others in reports.
const NAME_BYTES_MAX: usize = 64;

/// A language in which policies are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Rust, without the standard library.
    Rust,
    /// JavaScript, by QuickJS.
    JavaScript,
    /// Python, by CPython.
    Python,
    /// C, without a library.
    C,
}

/// A policy's name: lower-case words joined by hyphens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name(String);

/// Text that is no name for a policy.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "a policy's name is lower-case words joined by hyphens, {NAME_BYTES_MAX} letters and digits at the most, beginning with a letter"
)]
pub struct NameError;

impl FromStr for Name {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Name, NameError> {
        let is_word = |word: &str| {
            !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        };
        let begins = text.starts_with(|first: char| first.is_ascii_lowercase());
        let is_name = begins && text.len() <= NAME_BYTES_MAX && text.split('-').all(is_word);
        // The SDK's own crate lies beside a Rust project's.
        if is_name && text != sdk::CRATE { Ok(Name(text.to_owned())) } else { Err(NameError) }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A file of a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectFile {
    /// Its path inside the project, with `/`.
    pub path: &'static str,
    /// What is in it.
    pub text: String,
    /// Whether it is a program.
    pub is_executable: bool,
}

/// The example of a language: its policy's name, and its files.
struct Example {
    name: &'static str,
    files: &'static [(&'static str, &'static str)],
}

/// The files of an example, from its folder.
macro_rules! example {
    ($folder:literal, $name:literal, [$($path:literal),* $(,)?]) => {
        Example {
            name: $name,
            files: &[$(($path, include_str!(concat!("../../../policy-guest/examples/", $folder, "/", $path)))),*],
        }
    };
}

const RUST: Example = example!(
    "rust",
    "team-periods",
    [
        ".cargo/config.toml",
        ".gitignore",
        "Cargo.lock",
        "Cargo.toml",
        "README.md",
        "build.sh",
        "fixtures/conversations.toml",
        "fixtures/snippets.toml",
        "src/lib.rs",
        "src/settings.rs",
        "src/settings.schema.json",
        "src/tests.rs",
    ]
);
const JAVASCRIPT: Example = example!(
    "javascript",
    "respect-consent",
    [
        ".gitignore",
        "README.md",
        "build.sh",
        "fixtures/conversations.toml",
        "fixtures/snippets.toml",
        "lapse-policy.js",
        "package.json",
        "policy.js",
        "policy.test.js",
    ]
);
const PYTHON: Example = example!(
    "python",
    "keep-for-coaching",
    [
        ".gitignore",
        "README.md",
        "app.py",
        "build.sh",
        "fixtures/conversations.toml",
        "fixtures/snippets.toml",
        "lapse_policy.py",
        "requirements.txt",
        "test_app.py",
    ]
);
const C: Example = example!(
    "c",
    "school-holidays",
    [
        ".gitignore",
        "README.md",
        "build.sh",
        "fixtures/conversations.toml",
        "fixtures/snippets.toml",
        "lapse-policy.c",
        "lapse-policy.h",
        "policy.c",
        "test.c",
    ]
);

/// The files of a new project.
pub fn project(language: Language, name: &Name) -> Vec<ProjectFile> {
    let example = match language {
        Language::Rust => RUST,
        Language::JavaScript => JAVASCRIPT,
        Language::Python => PYTHON,
        Language::C => C,
    };
    let renamed = |(path, text): &(&'static str, &str)| ProjectFile {
        path,
        text: text.replace(example.name, &name.0),
        is_executable: path.ends_with(".sh"),
    };
    let mut files: Vec<ProjectFile> = example.files.iter().map(renamed).collect();
    match language {
        Language::Rust => sdk::vendor(&mut files),
        Language::JavaScript | Language::Python => {
            files.push(ProjectFile { path: "policy.wit", text: CONTRACT.to_owned(), is_executable: false });
        }
        Language::C => {}
    }
    files
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    #[test]
    fn names_are_lower_case_words_joined_by_hyphens() {
        let longest = "a".repeat(NAME_BYTES_MAX);
        for name in ["a", "team-periods", "keep-2-years", &longest] {
            assert_eq!(name.parse::<Name>().map(|name| name.to_string()), Ok(name.to_owned()));
        }
        let too_long = "a".repeat(NAME_BYTES_MAX + 1);
        for name in ["", "-", "a-", "-a", "a--b", "A", "a b", "a_b", "2a", "æ", "../a", "a/b", sdk::CRATE, &too_long] {
            assert_eq!(name.parse::<Name>(), Err(NameError), "{name}");
        }
    }

    #[test]
    fn a_project_is_its_example_and_nothing_is_forgotten() {
        let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../policy-guest/examples");
        let name = "other-name".parse().expect("a name");
        for (folder, language) in [
            ("rust", Language::Rust),
            ("javascript", Language::JavaScript),
            ("python", Language::Python),
            ("c", Language::C),
        ] {
            let listed = tracked(&examples.join(folder));
            let files = project(language, &name);
            let written: BTreeSet<String> =
                files.iter().map(|file| file.path.to_owned()).filter(|path| !path.starts_with(sdk::CRATE)).collect();
            assert_eq!(written, listed, "{folder}");
            for file in &files {
                for example in [RUST, JAVASCRIPT, PYTHON, C] {
                    assert!(!file.text.contains(example.name), "{folder}/{} names {}", file.path, example.name);
                }
            }
            assert!(files.iter().any(|file| file.text.contains("other-name")), "{folder}");
        }
    }

    /// What belongs to an example: whatever its `.gitignore` does not name.
    fn tracked(folder: &Path) -> BTreeSet<String> {
        let ignored = std::fs::read_to_string(folder.join(".gitignore")).expect("a list of what is built");
        let ignored: Vec<&str> = ignored.lines().map(|line| line.trim_matches('/')).collect();
        let is_ignored =
            |name: &str| ignored.contains(&name) || (name.ends_with(".wasm") && ignored.contains(&"*.wasm"));
        let mut found = BTreeSet::new();
        let mut folders = vec![folder.to_owned()];
        while let Some(next) = folders.pop() {
            for entry in std::fs::read_dir(next).expect("a folder").flatten() {
                if is_ignored(&entry.file_name().to_string_lossy()) {
                    continue;
                }
                let path = entry.path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    found.insert(path.strip_prefix(folder).expect("inside").to_string_lossy().into_owned());
                }
            }
        }
        found
    }
}
