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
/// family names of 2000), `faker/` (its `providers`), `wordfreq/` and `geonames/` (their `data`).
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
    english: f64,
    danish: f64,
    /// Inhabitants.
    place: f64,
}

/// Words rarer than this per million are left out: most are misspellings, and they would be most of the table.
const ENGLISH_PER_MILLION_MIN: f64 = 0.1;

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
    let mut locales: Vec<_> = fs::read_dir(root.join("faker/person"))?.collect::<Result<_, _>>()?;
    locales.sort_by_key(fs::DirEntry::file_name);
    for module in locales.iter().map(|locale| locale.path().join("__init__.py")).filter(|module| module.is_file()) {
        words.faker(&module)?;
    }
    words.frequencies(&root.join("wordfreq/large_en.msgpack.gz"), Use::English, ENGLISH_PER_MILLION_MIN)?;
    words.frequencies(&root.join("wordfreq/small_da.msgpack.gz"), Use::Danish, 0.0)?;
    words.places(&root.join("geonames"))?;
    Ok(Lists { entries: words.entries(), danish })
}

/// The packed table and how many words are in it.
pub(crate) fn pack(lists: &Lists) -> (Vec<u8>, usize) {
    let mut entries = with_spellings(lists.entries.clone());
    for entry in entries.values_mut().filter(|entry| entry.family < FAMILY_PER_MILLION_MIN) {
        entry.family = 0.0;
    }
    entries.retain(|_, entry| ranks(*entry) != [0; 5]);
    let count = entries.len();
    (training::pack_lexicon(entries.into_iter().map(|(word, entry)| (word, ranks(entry)))), count)
}

/// A name is also written without the letters that other keyboards lack: Søren, Soeren, Soren; Aage, Åge.
fn with_spellings(entries: BTreeMap<String, Entry>) -> BTreeMap<String, Entry> {
    let mut all = entries.clone();
    for (word, entry) in entries {
        if entry.given == 0.0 && entry.family == 0.0 {
            continue;
        }
        let pairs = [("æ", "ae"), ("ø", "oe"), ("å", "aa"), ("ø", "o"), ("å", "a"), ("aa", "å")];
        for (from, to) in pairs {
            if word.contains(from) {
                let spelled = Entry { english: 0.0, danish: 0.0, place: 0.0, ..entry };
                let other = all.entry(word.replace(from, to)).or_default();
                other.given = other.given.max(spelled.given / 10.0);
                other.family = other.family.max(spelled.family / 10.0);
            }
        }
    }
    all
}

/// Frequencies as ranks; each is four (names) or three (words) times the one before.
fn ranks(entry: Entry) -> [u16; 5] {
    let rank = |value: f64, steps: &[f64]| steps.iter().filter(|step| value >= **step).count() as u16;
    let name = |value| rank(value, &[f64::MIN_POSITIVE, 10.0, 40.0, 150.0, 600.0, 2500.0, 10_000.0]);
    let word = |value| rank(value, &[f64::MIN_POSITIVE, 1.0, 5.0, 25.0, 100.0, 300.0, 1000.0]);
    let place = rank(entry.place, &[f64::MIN_POSITIVE, 100_000.0, 1_000_000.0]);
    [name(entry.given), name(entry.family), word(entry.english), word(entry.danish), place]
}
