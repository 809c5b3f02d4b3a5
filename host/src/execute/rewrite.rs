//! What takes the place of personal words. Pure: words in, words out; a group's records are spread over the processor's cores.

use lapse_anonymise::{AnonymiseError, Anonymiser, Known, Language, Turn as Words};

use super::Work;
use crate::conversation::Turn;
use crate::plan::Item;
use crate::record::Actions;
use crate::storage::unit::{Personal, Rewritten, SnippetWords};

/// Speakers that are roles. Anything else may be somebody's name.
const ROLES: [&str; 8] = ["customer", "employee", "agent", "caller", "callee", "bot", "system", "unknown"];

/// The rewritten words of every record of a group, in order.
pub(super) fn rewrite_all(anonymiser: &Anonymiser, works: &[Work]) -> Vec<Result<Rewritten, AnonymiseError>> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let share = works.len().div_ceil(cores).max(1);
    std::thread::scope(|scope| {
        let parts: Vec<_> = works
            .chunks(share)
            .map(|works| {
                scope.spawn(move || works.iter().map(|work| rewrite_one(anonymiser, work)).collect::<Vec<_>>())
            })
            .collect();
        let joined = parts.into_iter().map(|part| part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        joined.flatten().collect()
    })
}

fn rewrite_one(anonymiser: &Anonymiser, work: &Work) -> Result<Rewritten, AnonymiseError> {
    match &work.personal {
        Some(personal) => rewrite(anonymiser, &work.item, personal),
        None => Ok(Rewritten::default()),
    }
}

/// What is known about a conversation goes from all of its words that stay: from the transcript if that is anonymised, and from
/// labels, metadata and the words of its snippets as soon as the customer is purged.
fn rewrite(anonymiser: &Anonymiser, item: &Item, personal: &Personal) -> Result<Rewritten, AnonymiseError> {
    let known = known(personal);
    let language = language(personal.language.as_deref());
    let mut rewritten = Rewritten::default();
    if item.actions.contains(Actions::ANONYMISE_TRANSCRIPT) {
        let turns = personal.transcript.as_deref().unwrap_or_default();
        rewritten.transcript = Some(anonymised_turns(anonymiser, turns, language, &known)?);
    }
    let text = |text: &str| Ok(anonymiser.anonymise_text(text, language, &known)?.into_text());
    if item.actions.intersects(Actions::PURGE_CUSTOMER.with(Actions::ANONYMISE_TRANSCRIPT)) {
        for (name, value) in &personal.metadata {
            let anonymous = text(value)?;
            if anonymous != *value {
                rewritten.metadata.insert(name.clone(), anonymous);
            }
        }
        for tag in &personal.tags {
            if text(tag)? != *tag {
                rewritten.tags_removed.push(tag.clone());
            }
        }
    }
    if item
        .actions
        .intersects(Actions::PURGE_CUSTOMER.with(Actions::ANONYMISE_TRANSCRIPT).with(Actions::PURGE_STATISTICS))
    {
        for snippet in &personal.snippets {
            let title = snippet.title.as_deref().map(text).transpose()?;
            let words = snippet.text.as_deref().map(text).transpose()?;
            let anonymous = SnippetWords { key: snippet.key, title, text: words };
            if anonymous != *snippet {
                rewritten.snippets.push(anonymous);
            }
        }
    }
    Ok(rewritten)
}

fn anonymised_turns(
    anonymiser: &Anonymiser,
    turns: &[Turn],
    language: Option<Language>,
    known: &Known,
) -> Result<Vec<Turn>, AnonymiseError> {
    let words: Vec<Words<'_>> = turns.iter().map(|turn| Words { speaker: &turn.speaker, text: &turn.text }).collect();
    let anonymous = anonymiser.anonymise(&words, language, known)?;
    let mut others: Vec<&str> = Vec::new();
    let turns = turns.iter().zip(anonymous.turns).map(|(turn, text)| {
        let speaker = role(&turn.speaker, &mut others);
        Turn { speaker, start_ms: None, end_ms: None, text }
    });
    Ok(turns.collect())
}

/// A role as it is; anything else, which may be a name, by a number.
fn role<'a>(speaker: &'a str, others: &mut Vec<&'a str>) -> String {
    if ROLES.contains(&speaker) {
        return speaker.to_owned();
    }
    let number = others.iter().position(|other| *other == speaker).unwrap_or_else(|| {
        others.push(speaker);
        others.len() - 1
    });
    format!("speaker {}", number + 1)
}

/// What is known about a conversation before its words are read.
pub(super) fn known(personal: &Personal) -> Known {
    let speakers = personal.transcript.iter().flatten().map(|turn| &turn.speaker);
    let named = speakers.filter(|speaker| !ROLES.contains(&speaker.as_str()) && speaker.contains(char::is_alphabetic));
    let mut names: Vec<String> = personal.customer.name.iter().chain(named).cloned().collect();
    names.sort();
    names.dedup();
    // A value of the tenant's own with digits in it is a case, an order, a meter: a reference to one person.
    let codes = personal.metadata.values().filter(|value| value.chars().filter(char::is_ascii_digit).count() >= 4);
    Known {
        names,
        phones: personal.customer.number.iter().cloned().collect(),
        references: personal.customer.reference.iter().chain(codes).cloned().collect(),
        employees: personal.employee.iter().cloned().collect(),
        others: Vec::new(),
    }
}

fn language(code: Option<&str>) -> Option<Language> {
    match code?.split(['-', '_']).next()? {
        "da" => Some(Language::Danish),
        "en" => Some(Language::English),
        _ => None,
    }
}
