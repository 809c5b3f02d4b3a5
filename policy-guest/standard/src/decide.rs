//! The rules, as pure functions of record, settings and day. A hold comes first, then the later of the two purges, so
//! that a conversation due for both goes as a whole.

use lapse_policy_sdk::{Actions, Context, Verdict, earliest, is_due};

use crate::{Conversation, Rule, Settings, Snippet};

/// Decides about a conversation.
pub(crate) fn conversation(row: Conversation, ctx: &Context<Settings>) -> Verdict<Rule> {
    if row.held {
        // Releasing the hold changes the record, which makes it due at once: nothing to wait for here.
        return Verdict::keep(Rule::Held, None);
    }
    let Some(recorded_on) = row.recorded_on else { return Verdict::keep(Rule::Undated, None) };
    let due_after = |period| recorded_on.due_after(period);

    let complete_on = ctx.settings.statistics_days.and_then(due_after);
    if is_due(complete_on, ctx.today) {
        return Verdict::act(row.state.complete_deletion(), Rule::StatisticsDays, None);
    }
    // A raw transcript that outlived an earlier partial deletion, because it was not to be anonymised then, is anonymised as
    // soon as it is to be.
    let partial = row.state.partial_deletion(ctx.settings.anonymise_transcript);
    if partial.is_empty() {
        return Verdict::keep(Rule::Keep, complete_on);
    }
    let partial_on = ctx.settings.audio_days.and_then(due_after);
    if is_due(partial_on, ctx.today) {
        Verdict::act(partial, Rule::AudioDays, complete_on)
    } else {
        Verdict::keep(Rule::Keep, earliest(partial_on, complete_on))
    }
}

/// Decides about a snippet, by its own clock.
pub(crate) fn snippet(row: Snippet, ctx: &Context<Settings>) -> Verdict<Rule> {
    if row.held {
        return Verdict::keep(Rule::Held, None);
    }
    let Some(created_on) = row.created_on else { return Verdict::keep(Rule::Undated, None) };
    let due_on = ctx.settings.snippet_days.and_then(|period| created_on.due_after(period));
    if is_due(due_on, ctx.today) {
        Verdict::act(Actions::PURGE_SNIPPET, Rule::SnippetDays, None)
    } else {
        Verdict::keep(Rule::Keep, due_on)
    }
}

#[cfg(test)]
mod tests;
