//! The settings. Their schema is `settings.schema.json`.

use alloc::collections::BTreeMap;
use alloc::string::String;

use lapse_policy_sdk::Period;
use serde::Deserialize;

/// How long to keep. A period that is left out means for ever.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Settings {
    /// What is personal, of calls whose team has no period of its own.
    pub default_days: Option<Period>,
    /// What is personal, by team.
    pub teams: BTreeMap<String, Period>,
    /// What is personal, by what the call was recorded for; counts where it is longer.
    pub purposes: BTreeMap<String, Period>,
    /// The conversation as a whole.
    pub statistics_days: Option<Period>,
    /// A snippet.
    pub snippet_days: Option<Period>,
}
