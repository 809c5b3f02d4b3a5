//! What takes the place of personal words. Pure: words in, words out; a group's records are spread over the processor's cores.

mod values;

use std::panic::AssertUnwindSafe;

use lapse_anonymise::{AnonymiseError, Anonymiser, Known, Language, Turn as Words};

use self::values::is_reference;
use super::Work;
use crate::conversation::Turn;
use crate::plan::Item;
use crate::record::Actions;
use crate::storage::unit::{Personal, Rewritten, SnippetWords};

/// Speakers that are roles, in any case and perhaps numbered: `Agent`, `speaker_2`. Anything else may be somebody's name.
const ROLES: &str = "\
    adviser advisor agent agenten assistant assistent bot callee caller channel client customer employee ivr \
    kanal konsulent konsulenten kunde kunden kundeservice medarbejder medarbejderen modtager modtageren \
    operator operatør operatøren opkalder opkalderen representative robot rådgiver rådgiveren seller speaker \
    support system sælger sælgeren taler ukendt unknown";

/// How many digits may number a role; more could be a telephone's.
const ROLE_DIGITS_MAX: usize = 2;

/// Personal data is left after anonymising, or the anonymiser failed: the words cannot be written.
#[derive(Debug, PartialEq, Eq)]
pub struct NotAnonymised;

impl From<AnonymiseError> for NotAnonymised {
    fn from(_: AnonymiseError) -> NotAnonymised {
        NotAnonymised
    }
}

/// The rewritten words of every record of a group, in order.
pub(super) fn rewrite_all(anonymiser: &Anonymiser, works: &[Work]) -> Vec<Result<Rewritten, NotAnonymised>> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let share = works.len().div_ceil(cores).max(1);
    std::thread::scope(|scope| {
        let parts: Vec<_> = works
            .chunks(share)
            .map(|works| {
                scope.spawn(move || {
                    works.iter().map(|work| caught(|| rewrite_one(anonymiser, work))).collect::<Vec<_>>()
                })
            })
            .collect();
        let joined = parts.into_iter().map(|part| part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        joined.flatten().collect()
    })
}

/// A fault of the anonymiser keeps the record that it fails on, and no other.
fn caught<T>(write: impl FnOnce() -> Result<T, NotAnonymised>) -> Result<T, NotAnonymised> {
    std::panic::catch_unwind(AssertUnwindSafe(write)).unwrap_or(Err(NotAnonymised))
}

fn rewrite_one(anonymiser: &Anonymiser, work: &Work) -> Result<Rewritten, NotAnonymised> {
    match &work.personal {
        Some(personal) => rewrite(anonymiser, &work.item, personal),
        None => Ok(Rewritten::default()),
    }
}

/// What is known about a conversation goes from all of its words that stay: from the transcript if that is anonymised, and from
/// labels, metadata and the words of its snippets as soon as the customer is purged. Of a conversation that goes as a whole only
/// the snippets stay: nothing in words that are deleted can keep it.
fn rewrite(anonymiser: &Anonymiser, item: &Item, personal: &Personal) -> Result<Rewritten, NotAnonymised> {
    let known = known(personal);
    let language = language(personal.language.as_deref());
    let mut rewritten = Rewritten::default();
    let goes_as_a_whole = item.actions.contains(Actions::PURGE_STATISTICS);
    let loses_customer = item.actions.intersects(Actions::PURGE_CUSTOMER.with(Actions::ANONYMISE_TRANSCRIPT));
    if loses_customer || goes_as_a_whole {
        rewritten.snippets = anonymised_snippets(anonymiser, personal)?;
    }
    if goes_as_a_whole {
        return Ok(rewritten);
    }
    if item.actions.contains(Actions::ANONYMISE_TRANSCRIPT) {
        let turns = personal.transcript.as_deref().unwrap_or_default();
        rewritten.transcript = Some(anonymised_turns(anonymiser, turns, language, &known)?);
    }
    if loses_customer {
        let text = |value: &str| values::anonymised(anonymiser, value, language, &known);
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
    Ok(rewritten)
}

/// The snippets of a conversation that change when it loses its customer.
fn anonymised_snippets(anonymiser: &Anonymiser, personal: &Personal) -> Result<Vec<SnippetWords>, NotAnonymised> {
    let mut changed = Vec::new();
    for snippet in &personal.snippets {
        let (title, text) = anonymised_words(anonymiser, personal, (snippet.title.clone(), snippet.text.clone()))?;
        let anonymous = SnippetWords { key: snippet.key, anonymised: text.is_some(), title, text };
        if anonymous != *snippet {
            changed.push(anonymous);
        }
    }
    Ok(changed)
}

/// A title and a text without anything personal, known or found.
pub(super) fn anonymised_words(
    anonymiser: &Anonymiser,
    personal: &Personal,
    (title, text): (Option<String>, Option<String>),
) -> Result<(Option<String>, Option<String>), NotAnonymised> {
    caught(|| {
        let (known, language) = (known(personal), language(personal.language.as_deref()));
        let anonymous =
            |text: String| Ok::<_, NotAnonymised>(anonymiser.anonymise_text(&text, language, &known)?.into_text());
        Ok((title.map(anonymous).transpose()?, text.map(anonymous).transpose()?))
    })
}

fn anonymised_turns(
    anonymiser: &Anonymiser,
    turns: &[Turn],
    language: Option<Language>,
    known: &Known,
) -> Result<Vec<Turn>, NotAnonymised> {
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
    if is_role(speaker) {
        return speaker.to_owned();
    }
    let number = others.iter().position(|other| *other == speaker).unwrap_or_else(|| {
        others.push(speaker);
        others.len() - 1
    });
    format!("speaker {}", number + 1)
}

fn is_role(speaker: &str) -> bool {
    let lower = speaker.trim().to_lowercase();
    let unnumbered = lower.trim_end_matches(|letter: char| letter.is_ascii_digit());
    let word = unnumbered.trim_end_matches([' ', '_', '-', '#']);
    lower.len() - unnumbered.len() <= ROLE_DIGITS_MAX && !word.is_empty() && ROLES.split(' ').any(|role| role == word)
}

/// What is known about a conversation before its words are read.
pub(super) fn known(personal: &Personal) -> Known {
    let speakers = personal.transcript.iter().flatten().map(|turn| &turn.speaker);
    let named = speakers.filter(|speaker| !is_role(speaker) && speaker.contains(char::is_alphabetic));
    let mut names: Vec<String> = personal.customer.name.iter().chain(named).cloned().collect();
    names.sort();
    names.dedup();
    let codes = personal.metadata.values().filter(|value| is_reference(value));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Subject;

    fn turn(speaker: &str, text: &str) -> Turn {
        Turn { speaker: speaker.to_owned(), start_ms: None, end_ms: None, text: text.to_owned() }
    }

    fn item(actions: Actions) -> Item {
        let (subject, id, rule) = (Subject::Conversation, "c".to_owned(), "r".to_owned());
        Item { subject, id, version: 1, actions, rule, audio: false }
    }

    #[test]
    fn a_role_is_nobodys_name() {
        for role in ["customer", "Customer", "AGENT", "Kunde", "Operatør", "speaker_2", "Medarbejder 12", " taler-1 "]
        {
            assert!(is_role(role), "{role}");
            let personal = Personal { transcript: Some(vec![turn(role, "hej")]), ..Personal::default() };
            assert_eq!(known(&personal).names, [""; 0], "{role}");
        }
        for name in ["Hassan", "kunde Hassan", "agent 50035333", ""] {
            assert!(!is_role(name), "{name}");
        }
    }

    #[test]
    fn nothing_in_words_that_are_deleted_keeps_a_conversation() {
        let overlong = "a".repeat(lapse_anonymise::TEXT_BYTES_MAX + 1);
        let personal = Personal {
            transcript: Some(vec![turn("customer", &overlong)]),
            metadata: [("note".to_owned(), overlong.clone())].into(),
            tags: vec![overlong],
            ..Personal::default()
        };
        let partial = Actions::PURGE_CUSTOMER.with(Actions::ANONYMISE_TRANSCRIPT);
        let complete = Actions::PURGE_CUSTOMER.with(Actions::PURGE_TRANSCRIPT).with(Actions::PURGE_STATISTICS);
        let anonymiser = Anonymiser::new();
        assert!(rewrite(&anonymiser, &item(partial), &personal).is_err());
        assert!(rewrite(&anonymiser, &item(complete), &personal).is_ok());
    }

    #[test]
    fn every_snippet_of_a_customer_who_goes_is_anonymised_once() {
        let words = |key, title: &str, text: Option<&str>| SnippetWords {
            key,
            title: Some(title.to_owned()),
            text: text.map(str::to_owned),
            anonymised: false,
        };
        let customer = crate::conversation::Customer { name: Some("Hassan Falk".to_owned()), ..Default::default() };
        let snippets = vec![
            words(1, "Hassan says thank you", Some("Thank you, Hassan.")),
            words(2, "A good opening", Some("Good morning.")),
            words(3, "A good opening", None),
        ];
        let mut personal = Personal { customer, snippets, ..Personal::default() };
        let anonymiser = Anonymiser::new();
        let first = rewrite(&anonymiser, &item(Actions::PURGE_CUSTOMER), &personal).expect("rewritten").snippets;
        assert_eq!(
            first.iter().map(|snippet| (snippet.key, snippet.anonymised)).collect::<Vec<_>>(),
            [(1, true), (2, true)]
        );
        assert!(!format!("{first:?}").contains("Hassan"), "{first:?}");
        personal.snippets = first;
        let again = rewrite(&anonymiser, &item(Actions::PURGE_STATISTICS), &personal).expect("rewritten").snippets;
        assert_eq!(again, []);
    }

    #[test]
    fn a_fault_of_the_anonymiser_keeps_one_record() {
        let hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(|_| {}));
        let written = caught(|| -> Result<(), NotAnonymised> { panic!("what somebody said") });
        std::panic::set_hook(hook);
        assert_eq!(written, Err(NotAnonymised));
    }
}
