//! The example policies, each built the way a stranger would: as the project that `lapse policy new` makes of it, by its own
//! `build.sh`, and then shown to `lapse policy check`. What they download stays in the target folder, and what has not changed
//! is not built again.

mod folder;
mod tutorial;

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::failure::{Failure, Result};
use crate::repository::{cargo, lapse, root, target};
use crate::step::run;
use crate::toolchain;

/// The most that `lapse` allows: a Python policy takes longer to compile than the default.
const PATIENCE: [&str; 2] = ["--compile-seconds", "120"];

/// An example.
struct Example {
    /// The policy's name.
    name: &'static str,
    /// As `lapse policy new` knows it.
    language: &'static str,
    /// Its section of the tutorial.
    section: &'static str,
    /// Finds what builds it, and tells the build where it is.
    equip: fn(&mut Command) -> Result<()>,
    /// How its own tests are run.
    test: fn() -> Result<Command>,
}

const EXAMPLES: &[Example] = &[
    Example {
        name: "team-periods",
        language: "rust",
        section: "In Rust",
        equip: |build| {
            toolchain::find()?.equip(build);
            Ok(())
        },
        // Natively, so by whichever cargo runs this.
        test: || {
            Ok(command(
                "sh",
                &[
                    "-c",
                    r#"cargo="$0"; "$cargo" clippy --quiet --all-targets -- -D warnings && "$cargo" test --quiet"#,
                    &cargo().to_string_lossy(),
                ],
            ))
        },
    },
    Example {
        name: "respect-consent",
        language: "javascript",
        section: "In JavaScript",
        equip: |_| toolchain::node().map(drop),
        test: || Ok(command("npm", &["test", "--silent"])),
    },
    Example {
        name: "keep-for-coaching",
        language: "python",
        section: "In Python",
        equip: |build| {
            build.env("PYTHON", toolchain::python()?);
            Ok(())
        },
        test: || Ok(command(toolchain::python()?, &["-B", "-m", "unittest", "--quiet"])),
    },
    Example {
        name: "school-holidays",
        language: "c",
        section: "In C",
        equip: |build| {
            build.env("CLANG", toolchain::clang()?);
            Ok(())
        },
        test: || {
            Ok(command("sh", &["-c", "cc -Wall -Wextra -Werror -o build/test test.c lapse-policy.c && build/test"]))
        },
    },
];

/// Names, for the tests, the examples that this machine has no tools for.
pub(crate) const MISSING: &str = "LAPSE_EXAMPLES_MISSING";

/// The examples that this machine has the tools for, or gets them for. Which it has not is said aloud, and is a failure where
/// `LAPSE_EXAMPLES` is `all`, as in continuous integration: a machine with cargo alone still tests everything else.
fn at_hand() -> Result<Vec<&'static Example>> {
    let mut at_hand = Vec::new();
    for example in EXAMPLES {
        match (example.equip)(&mut Command::new("true")) {
            Ok(()) => at_hand.push(example),
            Err(failure) if std::env::var_os("LAPSE_EXAMPLES").is_some_and(|which| which == "all") => {
                return Err(failure);
            }
            Err(failure) => eprintln!("NOT TESTED HERE: {}, in {}: {failure}", example.name, example.language),
        }
    }
    Ok(at_hand)
}

/// The names of the others, separated by commas.
pub(crate) fn missing() -> Result<String> {
    let at_hand = at_hand()?;
    let is_missing = |example: &&Example| !at_hand.iter().any(|other| other.name == example.name);
    Ok(EXAMPLES.iter().filter(is_missing).map(|example| example.name).collect::<Vec<_>>().join(","))
}

/// Builds every example that is not built as it is now.
pub(crate) fn build() -> Result<()> {
    for example in at_hand()? {
        let started = Instant::now();
        let module = example.module()?;
        if !example.refresh()? && module.exists() {
            println!("{}: as it was, {}", example.name, module.display());
            continue;
        }
        let mut build = example.within(Command::new("./build.sh"))?;
        (example.equip)(&mut build)?;
        run(example.name, &mut build)?;
        let mut check = example.within(Command::new(lapse()?))?;
        run(
            example.name,
            check.args(["policy", "check", "--compile-seconds", "120"]).arg(&module).stdout(Stdio::null()),
        )?;
        let bytes = std::fs::metadata(&module).map_err(|error| folder::failed(&module, &error))?.len();
        let seconds = started.elapsed().as_secs_f64();
        println!("{}: {bytes} bytes in {seconds:.1} s, {}", example.name, module.display());
    }
    Ok(())
}

/// Runs the tests that each example brings, in its own language, and its fixtures through the component.
pub(crate) fn test() -> Result<()> {
    for example in at_hand()? {
        println!("{}: its own tests", example.name);
        run(example.name, &mut example.within((example.test)()?)?)?;
        let mut fixtures = example.within(Command::new(lapse()?))?;
        fixtures.args(["policy", "test"]).args(PATIENCE).arg(example.module()?).args(["--fixtures", "fixtures"]);
        run(example.name, &mut fixtures)?;
    }
    Ok(())
}

/// Follows the tutorial in every language. One that it has led to the end with these very words and projects is not followed
/// again: a Python policy takes minutes.
pub(crate) fn follow_tutorial() -> Result<()> {
    let page = root().join("docs/policy-authoring.md");
    let page = std::fs::read_to_string(&page).map_err(|error| folder::failed(&page, &error))?;
    for example in at_hand()? {
        let place = folder_of_examples()?.join("tutorial").join(example.language);
        let followed = place.with_extension("followed");
        let words = page.clone() + &folder::text(&example.folder()?)?;
        if std::fs::read_to_string(&followed).is_ok_and(|before| before == words) {
            println!("{}: followed before, as it is", example.section);
            continue;
        }
        folder::remove(&followed)?;
        folder::empty(&place)?;
        tutorial::follow(&page, example.section, &place, |line, place| {
            let mut shell = example.within(command("sh", &["-euc", line]))?;
            shell.current_dir(place).env("PATH", path_with_lapse()?);
            // What compiles for wasm is not what compiles the tests.
            if line == "./build.sh" {
                (example.equip)(&mut shell)?;
            }
            Ok(shell)
        })?;
        std::fs::write(&followed, words).map_err(|error| folder::failed(&followed, &error))?;
    }
    Ok(())
}

/// The path, with this repository's `lapse` first.
fn path_with_lapse() -> Result<std::ffi::OsString> {
    let lapse = lapse()?;
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = lapse.parent().map(PathBuf::from).into_iter().chain(std::env::split_paths(&path));
    std::env::join_paths(folders).map_err(|error| Failure::new(format!("the path cannot be extended: {error}")))
}

impl Example {
    /// The project's folder.
    fn folder(&self) -> Result<PathBuf> {
        Ok(folder_of_examples()?.join(self.name))
    }

    /// The component.
    fn module(&self) -> Result<PathBuf> {
        Ok(self.folder()?.join(self.name).with_extension("wasm"))
    }

    /// Makes the project as it is now; whether that changed anything.
    fn refresh(&self) -> Result<bool> {
        let fresh = folder_of_examples()?.join("fresh");
        folder::empty(&fresh)?;
        let mut new = Command::new(lapse()?);
        new.current_dir(&fresh).args(["policy", "new", self.name, "--language", self.language]);
        run(self.name, new.stdout(Stdio::null()))?;
        let changed = folder::update(&self.folder()?, &fresh.join(self.name))?;
        if changed {
            // Whatever fails from here on, the next time must not take the old one for the new one.
            folder::remove(&self.module()?)?;
        }
        Ok(changed)
    }

    /// A command in the project's folder, with the `lapse` and the build folder of this repository.
    fn within(&self, mut command: Command) -> Result<Command> {
        command.current_dir(self.folder()?).env("LAPSE", lapse()?);
        command.env("CARGO_TARGET_DIR", folder_of_examples()?.join("target"));
        Ok(command)
    }
}

fn folder_of_examples() -> Result<PathBuf> {
    Ok(target()?.join("examples"))
}

fn command(program: impl AsRef<std::ffi::OsStr>, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments);
    command
}
