//! Measures the whole library on sets of marked texts: what leaks, what is masked too much, how fast.
//!
//! The repository's own calls are always measured, and only they are ever quoted: everything in them is invented.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::{Args, ValueEnum};
use lapse_anonymise::jsonl::Conversation;
use lapse_anonymise::{Anonymiser, Known};

use crate::corpora;
use crate::gold::{self, Text};

mod report;
mod score;

use score::{Leak, Score};

/// What is measured, and how it is told.
#[derive(Debug, Args)]
pub(crate) struct Plan {
    /// Directory of the repository's own calls.
    #[arg(long, default_value = "anonymise/tests/calls")]
    calls: PathBuf,
    /// Directory of the corpora; sets that are not there are left out.
    #[arg(long, default_value = "../shared/data/pii")]
    data: PathBuf,
    /// How to print.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// How to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Tables.
    Text,
    /// One JSON object.
    Json,
}

/// A set of texts in one language and one style.
struct Set {
    /// The file's name without its ending.
    name: &'static str,
    /// `written`, `said`, or `asr`: said, and written down by a machine without capitals or marks.
    style: &'static str,
    /// The types that its marks can be held against: corpora mark companies' addresses too, which are not personal.
    types: &'static [&'static str],
}

const ALL: &[&str] = &[
    "person",
    "phone",
    "email",
    "national-id",
    "account",
    "iban",
    "card",
    "cvr",
    "customer-number",
    "address",
    "ip",
    "url",
];

const OWN: [Set; 4] = [
    Set { name: "danish_said", style: "said", types: ALL },
    Set { name: "danish_written", style: "written", types: ALL },
    Set { name: "english_said", style: "said", types: ALL },
    Set { name: "english_written", style: "written", types: ALL },
];

const CORPORA: [Set; 6] = [
    Set {
        name: "en_presidio_generated_large",
        style: "written",
        types: &["person", "phone", "email", "national-id", "iban", "card", "ip"],
    },
    Set { name: "en_earnings21_dev", style: "said", types: &["person"] },
    Set { name: "en_earnings21_dev_asr", style: "asr", types: &["person"] },
    Set { name: "da_danplus_news_dev", style: "written", types: &["person"] },
    Set { name: "da_danplus_twitter_dev", style: "written", types: &["person"] },
    Set { name: "da_danplus_arto_dev", style: "written", types: &["person"] },
];

/// A set that was measured.
struct Measured {
    name: &'static str,
    language: String,
    style: &'static str,
    score: Score,
    /// How much text, in bytes.
    bytes: usize,
    /// How long it took with the tagger, and without it.
    seconds: [f64; 2],
}

/// Measures and prints.
pub(crate) fn run(plan: &Plan) -> Result<(), Box<dyn Error>> {
    let (mut measured, mut leaks) = (Vec::new(), Vec::new());
    for set in &OWN {
        let (result, found) = measure(set, &path(&plan.calls, set))?;
        measured.push(result);
        leaks.extend(found);
    }
    for set in CORPORA.iter().filter(|set| path(&plan.data, set).exists()) {
        measured.push(measure(set, &path(&plan.data, set))?.0);
    }
    match plan.format {
        Format::Text => report::text(&measured, &leaks),
        Format::Json => println!("{}", report::json(&measured, &leaks)),
    }
    Ok(())
}

fn path(directory: &Path, set: &Set) -> PathBuf {
    directory.join(set.name).with_extension("jsonl")
}

fn measure(set: &Set, path: &Path) -> Result<(Measured, Vec<Leak>), Box<dyn Error>> {
    let texts = gold::read(path)?;
    let (mut score, mut leaks) = (Score::default(), Vec::new());
    let (with, without) = (Anonymiser::new(), Anonymiser::new().without_names());
    let mut seconds = [0.0; 2];
    for text in &texts {
        let (masked, time) = mask(&with, text)?;
        leaks.extend(score.add(text, &masked, set.types));
        seconds[0] += time;
        seconds[1] += mask(&without, text)?.1;
    }
    let language = texts.first().map(|text| text.language.clone()).unwrap_or_default();
    let bytes = texts.iter().map(|text| text.text.len()).sum();
    Ok((Measured { name: set.name, language, style: set.style, score, bytes, seconds }, leaks))
}

/// Which characters of a text are masked, and how many seconds it took to find them.
fn mask(anonymiser: &Anonymiser, text: &Text) -> Result<(Vec<bool>, f64), Box<dyn Error>> {
    let conversation = Conversation {
        id: text.id.as_str().into(),
        turns: text.text.split('\n').map(|turn| (String::new(), turn.to_owned())).collect(),
        language: Some(corpora::language(text)),
        known: Known::default(),
    };
    let started = Instant::now();
    let result = conversation.anonymise(anonymiser, None)?;
    let time = started.elapsed().as_secs_f64();
    let mut masked = vec![false; text.text.chars().count()];
    for (place, _) in conversation.places(&result) {
        masked[place.start..place.end].fill(true);
    }
    Ok((masked, time))
}
