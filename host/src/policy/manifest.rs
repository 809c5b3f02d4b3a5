//! What a policy says about itself, read once into a form that cannot be wrong.

use std::collections::HashSet;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::limits::{COLUMNS_MAX, DESCRIPTION_CHARS_MAX, NAME_BYTES_MAX, RULES_MAX, VIOLATIONS_LISTED_MAX};
use super::module::ModuleDigest;
use super::settings::{SchemaError, SettingsSchema};
use super::text::{GuestText, is_harmful};
use crate::columns::ColumnName;
use crate::record::Subject;

/// What a policy is and what it reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "ManifestText", into = "ManifestText")]
pub struct Manifest {
    /// Lower-case words joined by hyphens.
    pub name: String,
    /// The policy's own version (semver.org).
    pub version: String,
    /// What a verdict's rule index counts through.
    pub rules: Vec<Rule>,
    /// JSON Schema (draft 2020-12) of the settings.
    pub settings_schema: Value,
    /// The columns of conversations, in the order in which it receives them.
    pub reads_conversations: Vec<ColumnName>,
    /// The columns of snippets, likewise.
    pub reads_snippets: Vec<ColumnName>,
}

/// A rule of a policy, named in plans, in the ledger and in reports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// Lower-case words joined by hyphens, unique within the policy.
    pub name: String,
    /// One sentence for auditors.
    pub description: String,
}

impl Manifest {
    /// Name, version and the beginning of the digest: how messages and reports call a policy.
    pub fn label(&self, digest: &ModuleDigest) -> String {
        let digest = digest.to_string();
        format!("{} {} ({})", self.name, self.version, &digest[..12])
    }

    /// The columns it reads of such records, in the order in which it receives them.
    pub fn reads(&self, subject: Subject) -> &[ColumnName] {
        match subject {
            Subject::Conversation => &self.reads_conversations,
            Subject::Snippet => &self.reads_snippets,
        }
    }
}

/// A manifest as the guest or a file wrote it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct ManifestText {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) reads_conversations: Vec<String>,
    pub(super) reads_snippets: Vec<String>,
    pub(super) rules: Vec<Rule>,
    pub(super) settings_schema: String,
}

/// A manifest that cannot be accepted: everything that is wrong with it.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{}", Sentences(.faults))]
pub struct ManifestError {
    /// At least one, and no more than are worth reading.
    pub faults: Vec<ManifestFault>,
}

struct Sentences<'a>(&'a [ManifestFault]);

impl fmt::Display for Sentences<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.0.iter().enumerate() {
            write!(formatter, "{}{fault}", if index > 0 { "; " } else { "" })?;
        }
        Ok(())
    }
}

/// One thing that is wrong with a manifest.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum ManifestFault {
    /// The policy's name.
    #[error("the name {0} is not lower-case words joined by hyphens")]
    Name(GuestText),
    /// The policy's version.
    #[error("the version {0} is not a semantic version, like 1.2.3")]
    Version(GuestText),
    /// No rule, or too many.
    #[error("it has {0} rules; a policy has between 1 and {RULES_MAX}")]
    RuleCount(usize),
    /// A rule's name.
    #[error("rule {index}: the name {name} is not lower-case words joined by hyphens")]
    RuleName {
        /// Which rule, from 0.
        index: usize,
        /// What it is called.
        name: GuestText,
    },
    /// Two rules of one name.
    #[error("rule {index}: there is a rule {name} already")]
    RuleTwice {
        /// The second of them, from 0.
        index: usize,
        /// What both are called.
        name: GuestText,
    },
    /// A rule's description.
    #[error(
        "rule {index}: the description is empty, longer than {DESCRIPTION_CHARS_MAX} characters, or not plain text"
    )]
    RuleDescription {
        /// Which rule, from 0.
        index: usize,
    },
    /// Too many columns.
    #[error("it reads {found} columns of a {subject}; {COLUMNS_MAX} are allowed")]
    ColumnCount {
        /// Of what.
        subject: Subject,
        /// How many.
        found: usize,
    },
    /// A column that there is not.
    #[error("a {subject} has no column {name}; there are {}", known_columns(*.subject))]
    UnknownColumn {
        /// Of what.
        subject: Subject,
        /// What it asks for.
        name: GuestText,
    },
    /// A column named twice.
    #[error("it names the column {name} of a {subject} twice")]
    ColumnTwice {
        /// Of what.
        subject: Subject,
        /// The column.
        name: GuestText,
    },
    /// The settings schema.
    #[error("its settings schema: {0}")]
    Schema(SchemaError),
}

fn known_columns(subject: Subject) -> String {
    let mut names: Vec<&str> = ColumnName::names(subject).collect();
    if subject == Subject::Conversation {
        names.extend(["tag:NAME", "metadata:KEY"]);
    }
    names.join(", ")
}

impl TryFrom<ManifestText> for Manifest {
    type Error = ManifestError;

    fn try_from(text: ManifestText) -> Result<Manifest, ManifestError> {
        let mut faults = Vec::new();
        if !is_word(&text.name) {
            faults.push(ManifestFault::Name(GuestText::new(&text.name)));
        }
        if text.version.len() > NAME_BYTES_MAX || semver::Version::parse(&text.version).is_err() {
            faults.push(ManifestFault::Version(GuestText::new(&text.version)));
        }
        check_rules(&text.rules, &mut faults);
        let reads_conversations = columns(Subject::Conversation, &text.reads_conversations, &mut faults);
        let reads_snippets = columns(Subject::Snippet, &text.reads_snippets, &mut faults);
        let schema = SettingsSchema::parse(&text.settings_schema);
        match schema {
            Ok(settings_schema) if faults.is_empty() => {
                let ManifestText { name, version, rules, .. } = text;
                Ok(Manifest { name, version, rules, settings_schema, reads_conversations, reads_snippets })
            }
            schema => {
                faults.extend(schema.err().map(ManifestFault::Schema));
                faults.truncate(VIOLATIONS_LISTED_MAX);
                Err(ManifestError { faults })
            }
        }
    }
}

impl From<Manifest> for ManifestText {
    fn from(manifest: Manifest) -> ManifestText {
        let names = |columns: &[ColumnName]| columns.iter().map(ToString::to_string).collect();
        ManifestText {
            reads_conversations: names(&manifest.reads_conversations),
            reads_snippets: names(&manifest.reads_snippets),
            name: manifest.name,
            version: manifest.version,
            rules: manifest.rules,
            settings_schema: manifest.settings_schema.to_string(),
        }
    }
}

/// Lower-case words joined by hyphens.
fn is_word(name: &str) -> bool {
    let is_plain =
        |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    name.len() <= NAME_BYTES_MAX && name.split('-').all(is_plain)
}

fn check_rules(rules: &[Rule], faults: &mut Vec<ManifestFault>) {
    if rules.is_empty() || rules.len() > RULES_MAX {
        faults.push(ManifestFault::RuleCount(rules.len()));
    }
    let mut seen = HashSet::new();
    for (index, rule) in rules.iter().enumerate() {
        let name = || GuestText::new(&rule.name);
        if !is_word(&rule.name) {
            faults.push(ManifestFault::RuleName { index, name: name() });
        } else if !seen.insert(&rule.name) {
            faults.push(ManifestFault::RuleTwice { index, name: name() });
        }
        let length = rule.description.chars().take(DESCRIPTION_CHARS_MAX + 1).count();
        let is_sentence = !rule.description.trim().is_empty() && length <= DESCRIPTION_CHARS_MAX;
        if !is_sentence || rule.description.contains(is_harmful) {
            faults.push(ManifestFault::RuleDescription { index });
        }
        if faults.len() >= VIOLATIONS_LISTED_MAX {
            return;
        }
    }
}

fn columns(subject: Subject, names: &[String], faults: &mut Vec<ManifestFault>) -> Vec<ColumnName> {
    if names.len() > COLUMNS_MAX {
        faults.push(ManifestFault::ColumnCount { subject, found: names.len() });
        return Vec::new();
    }
    let mut columns = Vec::with_capacity(names.len());
    for text in names {
        let name = || GuestText::new(text);
        let is_plain = text.len() <= NAME_BYTES_MAX && !text.contains(is_harmful);
        match ColumnName::parse(subject, text).filter(|_| is_plain) {
            Some(column) if columns.contains(&column) => {
                faults.push(ManifestFault::ColumnTwice { subject, name: name() })
            }
            Some(column) => columns.push(column),
            None => faults.push(ManifestFault::UnknownColumn { subject, name: name() }),
        }
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text() -> ManifestText {
        ManifestText {
            name: "example".to_owned(),
            version: "1.0.0".to_owned(),
            reads_conversations: vec!["recorded-on".to_owned(), "tag:Wichtig & neu".to_owned()],
            reads_snippets: vec!["created-on".to_owned()],
            rules: vec![Rule { name: "keep".to_owned(), description: "Keeps everything.".to_owned() }],
            settings_schema: r#"{"type":"object"}"#.to_owned(),
        }
    }

    fn fault(change: impl FnOnce(&mut ManifestText)) -> String {
        let mut text = text();
        change(&mut text);
        Manifest::try_from(text).expect_err("a fault").to_string()
    }

    #[test]
    fn a_manifest_survives_storage() {
        let manifest = Manifest::try_from(text()).expect("a manifest");
        let stored = serde_json::to_string(&manifest).expect("JSON");
        assert_eq!(serde_json::from_str::<Manifest>(&stored).expect("the same"), manifest);
        assert!(serde_json::from_str::<Manifest>(&stored.replace("recorded-on", "phone")).is_err());
    }

    #[test]
    fn each_fault_is_named() {
        assert_eq!(
            fault(|text| text.name = "My Policy".into()),
            "the name My Policy is not lower-case words joined by hyphens"
        );
        assert_eq!(fault(|text| text.version = "1".into()), "the version 1 is not a semantic version, like 1.2.3");
        assert_eq!(fault(|text| text.rules.clear()), "it has 0 rules; a policy has between 1 and 65536");
        assert_eq!(fault(|text| text.rules.push(text.rules[0].clone())), "rule 1: there is a rule keep already");
        assert!(
            fault(|text| text.rules[0].description = "a\u{1b}[31m".into()).starts_with("rule 0: the description is")
        );
        assert_eq!(
            fault(|text| text.reads_snippets.push("team".into())),
            "a snippet has no column team; there are created-on, state, held, created-by, conversation-exists, duration-seconds"
        );
        assert_eq!(
            fault(|text| text.reads_snippets.push("created-on".into())),
            "it names the column created-on of a snippet twice"
        );
        assert!(fault(|text| text.settings_schema = "[".into()).starts_with("its settings schema: it is not JSON"));
    }

    #[test]
    fn all_faults_are_listed() {
        let all = fault(|text| {
            text.name.clear();
            text.version.clear();
            text.reads_conversations.push("customer-number".into());
        });
        assert_eq!(all.matches("; ").count(), 3, "{all}");
    }
}
