//! A policy that is looked at without being in force: a module, and the settings that it would be given. Nothing is kept.

use serde_json::{Map, Value};

use super::Host;
use super::administration::{changed, settings_of};
use crate::error::Error;
use crate::policy::{ModuleDigest, Policy};
use crate::storage::Tenant;

/// Which module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ModuleSource {
    /// The one that decides for the tenant.
    Active,
    /// An installed one, by name or digest.
    Installed(String),
    /// These bytes, which need not be installed.
    Bytes(Vec<u8>),
}

/// Which settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProposedSettings {
    /// These, whatever the tenant has.
    Replaced(Map<String, Value>),
    /// The tenant's, with some values replaced, or taken out where there is none.
    Changed(Vec<(String, Option<Value>)>),
}

impl Default for ProposedSettings {
    fn default() -> ProposedSettings {
        ProposedSettings::Changed(Vec::new())
    }
}

/// A policy, and settings that suit it.
pub struct Candidate {
    /// The policy.
    pub policy: Policy,
    /// The settings: a JSON object.
    pub settings: String,
}

impl Host {
    /// Makes a policy ready to be asked, and holds the settings against it.
    pub fn candidate(
        &self,
        tenant: &Tenant,
        module: &ModuleSource,
        settings: &ProposedSettings,
    ) -> Result<Candidate, Error> {
        let policy = match module {
            ModuleSource::Active => self.policy_of(tenant)?,
            ModuleSource::Installed(wanted) => self.load(tenant, &self.module(wanted)?.digest)?,
            ModuleSource::Bytes(bytes) => self.admit_or_load(tenant, bytes)?,
        };
        let schema = &policy.manifest().settings_schema;
        let settings = match settings {
            ProposedSettings::Replaced(settings) => settings.clone(),
            ProposedSettings::Changed(changes) => changed(&settings_of(tenant)?, changes, schema),
        };
        let settings = Value::Object(settings).to_string();
        policy.check_settings(&settings).map_err(Error::Settings)?;
        Ok(Candidate { policy, settings })
    }

    /// A module that is installed was admitted before: compiling it once more would take long and say nothing new.
    fn admit_or_load(&self, tenant: &Tenant, bytes: &[u8]) -> Result<Policy, Error> {
        let digest = ModuleDigest::of(bytes);
        match self.store.storage.module(&digest)? {
            Some(_) => self.load(tenant, &digest),
            None => Ok(self.admit(bytes)?.policy),
        }
    }
}
