//! What an author writes: a policy, as a type without values, since a policy has no state.

use alloc::string::String;

use serde::de::DeserializeOwned;

use crate::{Day, Row, Rules, Verdict};

/// What a verdict depends on besides the record. There is no other clock, and nothing else to ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Context<S> {
    /// The day for which the policy decides, in the tenant's time zone.
    pub today: Day,
    /// The tenant's settings.
    pub settings: S,
}

/// A retention policy: a pure function from settings, day and record to a verdict.
///
/// A verdict must not depend on anything else: not on other rows, nor on how often or in what order it is asked for.
pub trait Policy: 'static {
    /// Lower-case words joined by hyphens.
    const NAME: &'static str;
    /// The policy's own version; usually `env!("CARGO_PKG_VERSION")`.
    const VERSION: &'static str;
    /// JSON Schema (draft 2020-12) of the settings.
    const SETTINGS_SCHEMA: &'static str;

    /// The settings. Give them `#[serde(deny_unknown_fields)]`: a misspelt setting is refused, not ignored.
    type Settings: DeserializeOwned;
    /// The rules, from [`rules!`](crate::rules).
    type Rule: Rules;
    /// What is read of a conversation, from [`row!`](crate::row).
    type Conversation<'a>: Row<'a>;
    /// What is read of a snippet; `()` for a policy that leaves snippets alone.
    type Snippet<'a>: Row<'a>;

    /// Refuses settings that neither the schema nor the type can refuse, with a sentence for the person who set them.
    fn check(_settings: &Self::Settings) -> Result<(), String> {
        Ok(())
    }

    /// Decides about one conversation.
    fn conversation(row: Self::Conversation<'_>, ctx: &Context<Self::Settings>) -> Verdict<Self::Rule>;

    /// Decides about one snippet.
    fn snippet(row: Self::Snippet<'_>, ctx: &Context<Self::Settings>) -> Verdict<Self::Rule>;
}
