//! The words that name a policy which is not in force: a file or an installed module, and the settings to try it with.

use std::path::Path;

use clap::Args;
use serde_json::Value;

use crate::cli::commands::{read_module, setting};
use crate::error::Error;
use crate::host::{ModuleSource, ProposedSettings};

/// The word for the policy in force.
const ACTIVE: &str = "active";

/// Settings to try, instead of those in force.
#[derive(Args)]
pub(in crate::cli) struct TrySettings {
    /// Settings to try it with: one JSON object in place of the tenant's, or changes to the tenant's
    #[arg(long, value_name = "JSON|KEY=VALUE", num_args = 1..)]
    settings: Vec<String>,
}

impl TrySettings {
    pub(in crate::cli) fn proposed(&self) -> Result<ProposedSettings, Error> {
        match self.settings.as_slice() {
            [object] if object.trim_start().starts_with('{') => match serde_json::from_str(object) {
                Ok(Value::Object(settings)) => Ok(ProposedSettings::Replaced(settings)),
                _ => Err(Error::Input("the settings are no JSON object; write '{\"KEY\": VALUE}'".to_owned())),
            },
            changes => {
                changes.iter().map(|change| setting(change)).collect::<Result<_, _>>().map(ProposedSettings::Changed)
            }
        }
    }
}

/// A file where there is one of that name; else the policy in force, or an installed module.
pub(in crate::cli) fn source(module: &str) -> Result<ModuleSource, Error> {
    let path = Path::new(module);
    if path.is_file() {
        return Ok(ModuleSource::Bytes(read_module(path)?));
    }
    Ok(if module == ACTIVE { ModuleSource::Active } else { ModuleSource::Installed(module.to_owned()) })
}
