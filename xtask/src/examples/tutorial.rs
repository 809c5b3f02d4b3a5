//! Follows `docs/policy-authoring.md` as a stranger would: runs its commands and makes its changes, in the order in which they
//! stand there, in an empty folder for each language.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::folder::failed;
use crate::failure::{Failure, Result};
use crate::step::run;

/// What the page asks for.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    /// To step into a folder.
    Enter(String),
    /// A line for a shell.
    Run(String),
    /// A change to a file: where this stands, that is to stand.
    Change { file: String, old: String, new: String },
}

/// Follows one section of the page, from an empty folder on. `shell` is what runs a line in a folder.
pub(super) fn follow(
    page: &str,
    section: &str,
    folder: &Path,
    shell: impl Fn(&str, &Path) -> Result<Command>,
) -> Result<()> {
    let steps = steps(page, section);
    if steps.is_empty() {
        return Err(Failure::new(format!("the page has no steps under {section:?}")));
    }
    let mut place = folder.to_owned();
    for step in steps {
        match step {
            Step::Enter(folder) => place.push(folder),
            Step::Run(line) => run(&format!("{section}: {line}"), &mut shell(&line, &place)?)?,
            Step::Change { file, old, new } => {
                let path = place.join(&file);
                let text = fs::read_to_string(&path).map_err(|error| failed(&path, &error))?;
                if text.matches(&old).count() != 1 {
                    return Err(Failure::new(format!("{section}: {file} does not have, once,\n{old}")));
                }
                fs::write(&path, text.replace(&old, &new)).map_err(|error| failed(&path, &error))?;
            }
        }
    }
    Ok(())
}

/// The fenced blocks of a section that are to be followed.
fn steps(page: &str, section: &str) -> Vec<Step> {
    let mut lines = page.lines().skip_while(|line| line.strip_prefix("## ") != Some(section)).skip(1).peekable();
    let mut steps = Vec::new();
    while let Some(line) = lines.next_if(|line| !line.starts_with("## ")) {
        let Some(kind) = line.strip_prefix("```").filter(|kind| !kind.is_empty()) else { continue };
        let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        match kind {
            "sh" => steps.extend(block.into_iter().map(command)),
            "diff" => steps.push(change(&block)),
            _ => {}
        }
    }
    steps
}

fn command(line: &str) -> Step {
    match line.strip_prefix("cd ") {
        Some(folder) => Step::Enter(folder.to_owned()),
        None => Step::Run(line.to_owned()),
    }
}

/// A change, as `diff` writes it: the file, then lines that stay, go and come.
fn change(block: &[&str]) -> Step {
    let side = |gone: char| {
        let lines = block.iter().skip(1).filter(|line| !line.starts_with(gone));
        lines.map(|line| format!("{}\n", line.get(1..).unwrap_or_default())).collect::<String>()
    };
    let file = block.first().and_then(|line| line.strip_prefix("--- ")).unwrap_or_default().to_owned();
    Step::Change { file, old: side('+'), new: side('-') }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_s_blocks_are_its_steps() {
        let page = "# Page\n```sh\nnot here\n```\n## One\ntext\n```sh\na b\ncd c\n```\n```text\nc\n```\n\
                    ```diff\n--- f\n stays\n-goes\n+comes\n```\n## Two\n```sh\nd\n```\n";
        let change = Step::Change { file: "f".into(), old: "stays\ngoes\n".into(), new: "stays\ncomes\n".into() };
        assert_eq!(steps(page, "One"), [Step::Run("a b".into()), Step::Enter("c".into()), change]);
        assert_eq!(steps(page, "Two"), [Step::Run("d".into())]);
        assert_eq!(steps(page, "Three"), []);
    }
}
