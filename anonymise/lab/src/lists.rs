//! Builds the table of words: who bears a name, how often, and how common the same word is otherwise.
//!
//! The sources are public lists, given by path and named with their licences in `anonymise/data/README.md`.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs;
use std::path::PathBuf;

use lapse_anonymise::training;

use crate::lists::sources::{Use, Words};

mod sources;

/// Where the lists are: a directory with `names/` (the Danish and the country lists), `census/` (given names of 1990,
/// family names of 2000), `births/` (given names with their births), `faker/` (its `providers`), `wordfreq/` and
/// `geonames/` (their `data`).
#[derive(Debug, clap::Args)]
pub(crate) struct Sources {
    /// Directory of the lists; see `anonymise/data/README.md`.
    #[arg(long)]
    sources: PathBuf,
}

/// The words of all lists.
pub(crate) struct Lists {
    /// Everything known of each word.
    pub(crate) entries: BTreeMap<String, Entry>,
    /// The names of the Danish list.
    pub(crate) danish: BTreeSet<String>,
}

/// A word as the lists together know it; frequencies are per million people or words.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Entry {
    pub(crate) given: f64,
    pub(crate) family: f64,
    pub(crate) english: f64,
    pub(crate) danish: f64,
    /// Inhabitants.
    place: f64,
}

impl Entry {
    /// What both say.
    fn with(self, other: Self) -> Self {
        Self {
            given: self.given.max(other.given),
            family: self.family.max(other.family),
            english: self.english.max(other.english),
            danish: self.danish.max(other.danish),
            place: self.place.max(other.place),
        }
    }
}

/// Words rarer than this per million are left out: most are misspellings, and they would be most of the table.
const ENGLISH_PER_MILLION_MIN: f64 = 0.12;

/// Family names rarer than this per million are left out: the tagger knows such names by their letters and neighbours.
const FAMILY_PER_MILLION_MIN: f64 = 2.0;

/// Reads all sources.
pub(crate) fn read(sources: &Sources) -> Result<Lists, Box<dyn Error>> {
    let root = &sources.sources;
    let mut words = Words::default();
    words.danish(&root.join("names/danish_names.csv"))?;
    let danish = words.spellings();
    words.by_country(&root.join("names/common_forenames_by_country.csv"), Use::Given)?;
    words.by_country(&root.join("names/common_surnames_by_country.csv"), Use::Family)?;
    words.census_family(&root.join("census/dist.all.last.2000.csv"))?;
    words.census_given(&root.join("census/dist.female.first.1990.csv"))?;
    words.census_given(&root.join("census/dist.male.first.1990.csv"))?;
    words.births(&root.join("births/given.csv"))?;
    let mut locales: Vec<_> = fs::read_dir(root.join("faker/person"))?.collect::<Result<_, _>>()?;
    locales.sort_by_key(fs::DirEntry::file_name);
    for module in locales.iter().map(|locale| locale.path().join("__init__.py")).filter(|module| module.is_file()) {
        words.faker(&module)?;
    }
    words.frequencies(&root.join("wordfreq/large_en.msgpack.gz"), Use::English, ENGLISH_PER_MILLION_MIN)?;
    words.frequencies(&root.join("wordfreq/small_da.msgpack.gz"), Use::Danish, 0.0)?;
    words.places(&root.join("geonames"))?;
    let mut entries = words.entries();
    for (word, entry) in &mut entries {
        if is_plain(word, entry) {
            (entry.given, entry.family) = (0.0, 0.0);
        }
    }
    Ok(Lists { entries, danish })
}

/// The packed table and how many words are in it.
pub(crate) fn pack(lists: &Lists) -> (Vec<u8>, usize) {
    let mut entries = with_spellings(&lists.entries);
    for entry in entries.values_mut().filter(|entry| entry.family < FAMILY_PER_MILLION_MIN) {
        entry.family = 0.0;
    }
    entries.retain(|_, entry| ranks(*entry) != [0; 5]);
    let count = entries.len();
    (training::pack_lexicon(entries.into_iter().map(|(word, entry)| (word, ranks(entry)))), count)
}

/// All words by what the tagger takes for one word. A name is also written without the letters that other keyboards lack:
/// Søren, Soeren, Soren; Aage, Åge.
fn with_spellings(entries: &BTreeMap<String, Entry>) -> BTreeMap<String, Entry> {
    let mut all: BTreeMap<String, Entry> = BTreeMap::new();
    for (word, entry) in entries {
        let slot = all.entry(training::key(word)).or_default();
        *slot = slot.with(*entry);
    }
    let pairs = [("æ", "ae"), ("ø", "oe"), ("å", "aa"), ("ø", "o"), ("å", "a"), ("aa", "å")];
    for (word, entry) in entries.iter().filter(|(_, entry)| entry.given > 0.0 || entry.family > 0.0) {
        for (from, to) in pairs.into_iter().filter(|(from, _)| word.contains(from)) {
            let names = Entry { given: entry.given / 10.0, family: entry.family / 10.0, ..Entry::default() };
            let slot = all.entry(training::key(&word.replace(from, to))).or_default();
            *slot = slot.with(names);
        }
    }
    for (word, entry) in &mut all {
        if is_plain(word, entry) {
            (entry.given, entry.family) = (0.0, 0.0);
        }
    }
    all
}

/// Words that some list has as names but that are said as words ten thousand times for each time they are a name.
/// `Will` and `May` are not among them: people are called so often enough.
fn is_plain(word: &str, entry: &Entry) -> bool {
    const TITLES: &[&str] = &["mister", "mr", "mrs", "ms", "miss", "sir", "madam", "doctor", "dr", "hr", "fru", "frk"];
    let commonest = entry.english.max(entry.danish) >= 1000.0;
    let borne = entry.given.max(entry.family) >= 600.0;
    TITLES.contains(&word) || commonest && !borne && !matches!(word, "will" | "may")
}

/// Frequencies as ranks; each is four (names) or three (words) times the one before.
fn ranks(entry: Entry) -> [u16; 5] {
    let rank = |value: f64, steps: &[f64]| steps.iter().filter(|step| value >= **step).count() as u16;
    let name = |value| rank(value, &[f64::MIN_POSITIVE, 10.0, 40.0, 150.0, 600.0, 2500.0, 10_000.0]);
    let word = |value| rank(value, &[f64::MIN_POSITIVE, 1.0, 5.0, 25.0, 100.0, 300.0, 1000.0]);
    let place = rank(entry.place, &[f64::MIN_POSITIVE, 100_000.0, 1_000_000.0]);
    [name(entry.given), name(entry.family), word(entry.english), word(entry.danish), place]
}
