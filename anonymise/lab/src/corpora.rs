//! The corpora as sets of texts, and as turns to learn from.

use std::error::Error;
use std::fs;
use std::path::Path;

use lapse_anonymise::Language;
use lapse_anonymise::training::{self, BEGIN, INSIDE, OUTSIDE};
use serde_json::Value;

use crate::chain::Turn;
use crate::generate::{self, Split};
use crate::gold::{self, Mark, Text};
use crate::people::People;
use crate::random::Random;
use crate::vary;
use crate::written;

/// A set of texts and what it is for.
pub(crate) struct Corpus {
    /// The file's name without its ending.
    pub(crate) name: String,
    /// The texts.
    pub(crate) texts: Vec<Text>,
    /// Whether to learn from it.
    pub(crate) train: bool,
}

/// Every set, and whether its licence and purpose let the tagger learn from it.
const SETS: [(&str, bool); 7] = [
    ("en_earnings21_dev", true),
    ("en_earnings21_dev_asr", true),
    ("en_presidio_generated_large", true),
    ("da_danplus_news_train", true),
    ("da_danplus_news_dev", false),
    ("da_danplus_twitter_dev", false),
    ("da_danplus_arto_dev", false),
];

/// Generated calls of each language that the tagger learns from.
pub(crate) const CALLS: usize = 1000;

/// Everything there is to learn from and to measure on.
pub(crate) fn all(directory: &Path, people: &People, calls: usize) -> Result<Vec<Corpus>, Box<dyn Error>> {
    let mut corpora = read(directory)?;
    corpora.extend(generated(people, calls));
    corpora.push(dialogues(directory, people)?);
    Ok(corpora)
}

/// Reads all sets of a directory.
fn read(directory: &Path) -> Result<Vec<Corpus>, Box<dyn Error>> {
    let read = |(name, train): (&'static str, bool)| {
        Ok(Corpus {
            name: name.to_owned(),
            texts: gold::read(&directory.join("pii").join(name).with_extension("jsonl"))?,
            train,
        })
    };
    SETS.into_iter().map(read).collect()
}

/// What people say to services (Schema-Guided Dialogue): turns without anything that could be somebody's name, to learn
/// what is none.
fn dialogues(directory: &Path, people: &People) -> Result<Corpus, Box<dyn Error>> {
    let path = directory.join("conversations/service_dialogues.ndjson");
    let content = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut texts = Vec::new();
    for line in content.lines() {
        let dialogue: Value = serde_json::from_str(line)?;
        let id = dialogue.get("id").and_then(Value::as_str).unwrap_or_default();
        let turns = dialogue.get("transcript").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        for turn in turns.iter().filter_map(|turn| turn.get("text").and_then(Value::as_str)) {
            let mut words = turn.split(|letter: char| !letter.is_alphabetic());
            if !words.any(|word| word.starts_with(char::is_uppercase) && people.is_telling(&word.to_lowercase())) {
                texts.push(Text {
                    id: format!("{id}-{}", texts.len()),
                    language: "en".to_owned(),
                    source: "dialogues".to_owned(),
                    text: turn.to_owned(),
                    marks: Vec::new(),
                });
            }
        }
    }
    Ok(Corpus { name: "en_dialogues".to_owned(), texts, train: true })
}

/// Generated calls: to learn from, and made of other phrases to measure on.
fn generated(people: &People, count: usize) -> Vec<Corpus> {
    let set = |name: &str, language, split, count| {
        let texts = generate::calls(language, split, count, people);
        Corpus { name: name.to_owned(), texts, train: split == Split::Train }
    };
    let written =
        |name: &str, language| Corpus { name: name.to_owned(), texts: written::calls(language), train: false };
    vec![
        set("da_calls_train", "da", Split::Train, count),
        set("en_calls_train", "en", Split::Train, count),
        set("da_calls_test", "da", Split::Test, 300),
        set("en_calls_test", "en", Split::Test, 300),
        written("da_written_by_hand", "da"),
        written("en_written_by_hand", "en"),
    ]
}

/// What must be on one side of a split: a call, or all texts made from one template.
pub(crate) fn group(text: &Text) -> String {
    if text.source.starts_with("earnings21/") {
        return text.source.trim_end_matches("/asr").to_owned();
    }
    if !text.id.starts_with("presidio") {
        return text.id.clone();
    }
    let mut marks = text.marks.clone();
    marks.sort_by_key(|mark| mark.range.start);
    let (mut template, mut at) = (String::new(), 0);
    for mark in marks.iter().filter(|mark| !mark.range.is_empty()) {
        template.push_str(text.text.get(at..mark.range.start).unwrap_or(""));
        template.push('*');
        at = mark.range.end.max(at);
    }
    template.push_str(&text.text[at..]);
    template.to_lowercase().split(|letter: char| !letter.is_alphabetic()).filter(|word| word.len() > 1).collect()
}

/// The language of a text.
pub(crate) fn language(text: &Text) -> Language {
    if text.language == "da" { Language::Danish } else { Language::English }
}

/// The text and its variants, as turns to learn from.
pub(crate) fn turns(text: &Text, words: &[u8], people: &People) -> Vec<Turn> {
    let mut random = Random::of(&text.id);
    let mut variants = vec![without_words(text, people)];
    let people_in_it = text.marks.iter().any(|mark| mark.kind == "person");
    let generated = text.source == generate::SOURCE;
    if people_in_it && !generated {
        variants.push(vary::rename(&variants[0], people, &mut random));
    }
    // Earnings-21 has its own uncased version, made by its publishers' rules for recognised speech.
    if !text.source.starts_with("earnings21") && !generated {
        let plain: Vec<Text> = variants.iter().map(vary::uncased).collect();
        variants.extend(plain);
    }
    variants.iter().flat_map(|variant| labelled(variant, words)).collect()
}

/// Without marks of people that cover nothing but words which are nobody's name: the corpora's own mistakes.
fn without_words(text: &Text, people: &People) -> Text {
    let mut text = text.clone();
    let of = text.text.clone();
    text.marks.retain(|mark| {
        let mut parts = of[mark.range.clone()].split(|letter: char| !letter.is_alphabetic() && letter != '\'');
        mark.kind != "person" || !parts.all(|part| part.is_empty() || people.is_word(&part.to_lowercase()))
    });
    text
}

fn labelled(text: &Text, words: &[u8]) -> Vec<Turn> {
    let turn = |examples: Vec<training::Example>| {
        let mut labels = Vec::with_capacity(examples.len());
        let mut before = None;
        for example in &examples {
            let mark = strongest(
                text.marks
                    .iter()
                    .filter(|mark| mark.range.start < example.range.end && example.range.start < mark.range.end),
            );
            let continues = before.is_some_and(|before: &Mark| Some(before) == mark);
            labels.push(match mark.map(|mark| mark.kind.as_str()) {
                _ if example.features.is_empty() => OUTSIDE,
                Some("person") if training::is_title(&text.text[example.range.clone()]) => OUTSIDE,
                Some("person") if continues && labels.last() != Some(&OUTSIDE) => INSIDE,
                Some("person") => BEGIN,
                Some("org") => INSIDE + 1,
                Some("location") => INSIDE + 2,
                _ => OUTSIDE,
            });
            before = mark;
        }
        Turn { examples, labels, weight: 1.0 }
    };
    training::examples(&text.text, language(text), words).into_iter().map(turn).collect()
}

/// Of several marks on one word, a person's.
fn strongest<'a>(marks: impl Iterator<Item = &'a Mark>) -> Option<&'a Mark> {
    marks.min_by_key(|mark| mark.kind != "person")
}
