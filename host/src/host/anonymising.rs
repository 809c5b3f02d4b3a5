//! A tenant's own rules of anonymising: patterns to mask, and words never to mask.

use lapse_anonymise::{Anonymiser, Kind, Pattern, Rules};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Host;
use crate::error::Error;
use crate::ledger::Event;
use crate::storage::{StorageError, Tenant};

/// Longer rules are refused before they are read: every limit of the anonymiser reached at once.
const RULES_BYTES_MAX: usize = 1 << 20;

/// Rules as a file writes them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct AnonymiserRules {
    /// What to mask besides.
    #[serde(default)]
    pub patterns: Vec<PatternRule>,
    /// Words and phrases never to mask, in any case. Known values are masked all the same.
    #[serde(default)]
    pub keep: Vec<String>,
}

/// A tenant's pattern as a file writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct PatternRule {
    /// Its name in findings: lower-case letters, digits and hyphens.
    pub name: String,
    /// What it finds: a type of `docs/anonymising.md`, such as `customer-number`.
    #[serde(rename = "type")]
    pub kind: String,
    /// A regular expression without look-around and back-references.
    pub expression: String,
}

impl AnonymiserRules {
    /// Reads and checks rules; what is wrong is said without the rules' words.
    pub fn parse(text: &str) -> Result<AnonymiserRules, Error> {
        if text.len() > RULES_BYTES_MAX {
            return Err(Error::Input(format!("the rules have more than {RULES_BYTES_MAX} bytes")));
        }
        let rules: AnonymiserRules = serde_json::from_str(text).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            Error::Input(format!(
                "these are no rules, from line {line}, column {column} on; they are \
                 {{\"patterns\": [{{\"name\", \"type\", \"expression\"}}], \"keep\": [\"words\"]}}"
            ))
        })?;
        rules.anonymiser()?;
        Ok(rules)
    }

    /// An anonymiser with these rules.
    pub fn anonymiser(&self) -> Result<Anonymiser, Error> {
        let pattern = |rule: &PatternRule| {
            let kind = Kind::from_name(&rule.kind).ok_or_else(|| {
                let known = Kind::ALL.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(", ");
                Error::Input(format!("pattern {:?}: there is no type {:?}; there are {known}", rule.name, rule.kind))
            })?;
            Ok::<_, Error>(Pattern { name: rule.name.clone(), kind, expression: rule.expression.clone() })
        };
        let patterns = self.patterns.iter().map(pattern).collect::<Result<_, _>>()?;
        let rules = Rules { patterns, keep: self.keep.clone() };
        Anonymiser::with_rules(rules).map_err(|error| Error::Input(format!("the rules are refused: {error}")))
    }
}

const UNREADABLE: StorageError = StorageError::Unreadable { what: "a tenant's rules of anonymising" };

/// The anonymiser of one tenant: its own, or the one that all share.
pub(super) struct OfTenant<'a> {
    shared: &'a Anonymiser,
    own: Option<Anonymiser>,
}

impl OfTenant<'_> {
    pub(super) fn get(&self) -> &Anonymiser {
        self.own.as_ref().unwrap_or(self.shared)
    }
}

impl Host {
    /// A tenant's rules.
    pub fn anonymiser_rules(&self, tenant: &Tenant) -> Result<AnonymiserRules, StorageError> {
        serde_json::from_str(&tenant.anonymiser_rules).map_err(|_| UNREADABLE)
    }

    /// Replaces a tenant's rules. What is anonymised already stays as it is.
    pub fn set_anonymiser_rules(&self, tenant: &Tenant, rules: &AnonymiserRules) -> Result<(), Error> {
        rules.anonymiser()?;
        let text = serde_json::to_string(rules).expect("rules are strings");
        let event = Event::AnonymiserChanged {
            tenant: tenant.id.clone(),
            rules: hex::encode(Sha256::digest(&text)),
            patterns: rules.patterns.len() as u64,
            keep: rules.keep.len() as u64,
        };
        Ok(self.record(|transaction, ledger| {
            transaction.put_anonymiser_rules(tenant.key, &text)?;
            ledger.append(transaction, None, event).map(drop)
        })?)
    }

    pub(super) fn anonymiser_of(&self, tenant: &Tenant) -> Result<OfTenant<'_>, StorageError> {
        let rules = self.anonymiser_rules(tenant)?;
        // They were checked when they were set.
        let own = (rules != AnonymiserRules::default()).then(|| rules.anonymiser().map_err(|_| UNREADABLE));
        Ok(OfTenant { shared: self.anonymiser(), own: own.transpose()? })
    }
}
