//! Periods by team and by purpose. Each team may keep calls for a period of its own; a call recorded for a purpose, such as
//! evidence of an agreement, is kept for the purpose's period where that is longer. Then the personal part goes, and after
//! the statistics days the rest.

#![cfg_attr(target_arch = "wasm32", no_std)]

extern crate alloc;

mod settings;
#[cfg(test)]
mod tests;

use lapse_policy_sdk::{
    Actions, Artefacts, Context, Day, Period, Policy, Verdict, earliest, export_policy, is_due, row, rules,
};

pub use settings::Settings;

rules! {
    /// Why this policy answers as it does.
    pub enum Rule {
        Keep = "keep": "Nothing is due.",
        Held = "held": "A legal hold keeps it, whatever is due.",
        Undated = "undated": "Its day is not known, so that no period can end.",
        Team = "team": "The team's period, or the default one, is over: audio and customer are purged, the transcript is anonymised.",
        Purpose = "purpose": "The purpose's period, longer than the team's, is over: audio and customer are purged, the transcript is anonymised.",
        StatisticsDays = "statistics-days": "The statistics days are over: the conversation is purged as a whole.",
        SnippetDays = "snippet-days": "The snippet days are over: the snippet is purged.",
    }
}

row! {
    /// What is read of a conversation.
    pub struct Conversation<'a> {
        pub recorded_on: Option<Day> = "recorded-on",
        pub state: Artefacts = "state",
        pub held: bool = "held",
        pub team: Option<&'a str> = "team",
        pub purpose: Option<&'a str> = "purpose",
    }
}

row! {
    /// What is read of a snippet.
    pub struct Snippet {
        pub created_on: Option<Day> = "created-on",
        pub held: bool = "held",
    }
}

/// The policy.
pub struct TeamPeriods;

impl Policy for TeamPeriods {
    const NAME: &'static str = env!("CARGO_PKG_NAME");
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const SETTINGS_SCHEMA: &'static str = include_str!("settings.schema.json");

    type Settings = Settings;
    type Rule = Rule;
    type Conversation<'a> = Conversation<'a>;
    type Snippet<'a> = Snippet;

    fn conversation(call: Conversation<'_>, ctx: &Context<Settings>) -> Verdict<Rule> {
        if call.held {
            return Verdict::keep(Rule::Held, None);
        }
        let Some(recorded_on) = call.recorded_on else { return Verdict::keep(Rule::Undated, None) };
        let due_after = |period| recorded_on.due_after(period);

        let complete_on = ctx.settings.statistics_days.and_then(due_after);
        if is_due(complete_on, ctx.today) {
            return Verdict::act(call.state.complete_deletion(), Rule::StatisticsDays, None);
        }
        let partial = call.state.partial_deletion(true);
        if partial.is_empty() {
            return Verdict::keep(Rule::Keep, complete_on);
        }
        let (period, rule) = period(&call, &ctx.settings);
        let partial_on = period.and_then(due_after);
        if is_due(partial_on, ctx.today) {
            Verdict::act(partial, rule, complete_on)
        } else {
            Verdict::keep(Rule::Keep, earliest(partial_on, complete_on))
        }
    }

    fn snippet(snippet: Snippet, ctx: &Context<Settings>) -> Verdict<Rule> {
        if snippet.held {
            return Verdict::keep(Rule::Held, None);
        }
        let Some(created_on) = snippet.created_on else { return Verdict::keep(Rule::Undated, None) };
        let due_on = ctx.settings.snippet_days.and_then(|period| created_on.due_after(period));
        if is_due(due_on, ctx.today) {
            Verdict::act(Actions::PURGE_SNIPPET, Rule::SnippetDays, None)
        } else {
            Verdict::keep(Rule::Keep, due_on)
        }
    }
}

/// The longer of the team's period and the purpose's, and whose it is. Without a period for the team or by default a call is
/// kept for ever, whatever it was recorded for.
fn period(call: &Conversation<'_>, settings: &Settings) -> (Option<Period>, Rule) {
    let of_team = call.team.and_then(|team| settings.teams.get(team)).copied().or(settings.default_days);
    let of_purpose = call.purpose.and_then(|purpose| settings.purposes.get(purpose)).copied();
    match (of_team, of_purpose) {
        (Some(team), Some(purpose)) if purpose > team => (Some(purpose), Rule::Purpose),
        (team, _) => (team, Rule::Team),
    }
}

export_policy!(TeamPeriods);
