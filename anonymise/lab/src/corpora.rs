//! The corpora as sets of texts, and as turns to learn from.

use std::error::Error;
use std::path::Path;

use lapse_anonymise::Language;
use lapse_anonymise::training::{self, BEGIN, INSIDE, OUTSIDE};

use crate::chain::Turn;
use crate::gold::{self, Mark, Text};
use crate::people::People;
use crate::random::Random;
use crate::vary;

/// A set of texts and what it is for.
pub(crate) struct Corpus {
    /// The file's name without its ending.
    pub(crate) name: &'static str,
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

/// Reads all sets of a directory.
pub(crate) fn read(directory: &Path) -> Result<Vec<Corpus>, Box<dyn Error>> {
    let read = |(name, train): (&'static str, bool)| {
        Ok(Corpus { name, texts: gold::read(&directory.join(name).with_extension("jsonl"))?, train })
    };
    SETS.into_iter().map(read).collect()
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
pub(crate) fn turns(text: &Text, words: &[u8], people: &People, renamed: usize) -> Vec<Turn> {
    let mut random = Random::of(&text.id);
    let mut variants = vec![text.clone()];
    let people_in_it = text.marks.iter().any(|mark| mark.kind == "person");
    for _ in 0..if people_in_it { renamed } else { 0 } {
        variants.push(vary::rename(text, people, &mut random));
    }
    // Earnings-21 has its own uncased version, made by its publishers' rules for recognised speech.
    if !text.source.starts_with("earnings21") {
        let plain: Vec<Text> = variants.iter().map(vary::uncased).collect();
        variants.extend(plain);
    }
    variants.iter().flat_map(|variant| labelled(variant, words)).collect()
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
