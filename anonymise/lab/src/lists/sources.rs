//! Readers of the lists, each as it is distributed.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs;
use std::io::Read;
use std::path::Path;

use flate2::read::GzDecoder;
use serde_json::Value;

use super::Entry;

/// What a list says of its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Use {
    /// Given names.
    Given,
    /// Family names.
    Family,
    /// Words of English.
    English,
    /// Words of Danish.
    Danish,
    /// Places.
    Place,
}

/// People in Denmark, in millions: what the counts of Danish names are out of.
const DENMARK_MILLIONS: f64 = 5.8;

/// What a name counts for per million when its list has no counts.
const UNCOUNTED_PER_MILLION: f64 = 20.0;

/// All births in the list, in millions.
const BIRTHS_MILLIONS: f64 = 372.0;

/// Rarer names are left out: many are misspellings, and words.
const BIRTHS_MIN: f64 = 100.0;

/// Words and what was read of them so far.
#[derive(Debug, Default)]
pub(crate) struct Words(BTreeMap<String, Entry>);

type Outcome = Result<(), Box<dyn Error>>;

impl Words {
    /// What was read so far.
    pub(crate) fn spellings(&self) -> BTreeSet<String> {
        self.0.keys().cloned().collect()
    }

    /// All words.
    pub(crate) fn entries(self) -> BTreeMap<String, Entry> {
        self.0
    }

    /// `count,name,ethnicity,gender,first_name`.
    pub(crate) fn danish(&mut self, path: &Path) -> Outcome {
        for row in rows(path)? {
            let [count, name, _, _, given] = columns(&row)?;
            let count = count.parse().unwrap_or(0.0) / DENMARK_MILLIONS;
            let kind = if given == "True" { Use::Given } else { Use::Family };
            self.add(name, kind, count.max(UNCOUNTED_PER_MILLION));
        }
        Ok(())
    }

    /// Lists of popular names: the higher in its country's list, the more. The last columns but the counts are the name as
    /// written and in Latin letters.
    pub(crate) fn by_country(&mut self, path: &Path, kind: Use) -> Outcome {
        for row in rows(path)? {
            let columns: Vec<&str> = row.split(',').collect();
            let (local, latin) = match kind {
                Use::Given => (columns.get(10), columns.get(11)),
                _ => (columns.get(4), columns.get(5)),
            };
            for name in [local, latin].into_iter().flatten() {
                self.add(name, kind, 10.0 * UNCOUNTED_PER_MILLION);
            }
        }
        Ok(())
    }

    /// `name,rank,count,prop100k,…`.
    pub(crate) fn census_family(&mut self, path: &Path) -> Outcome {
        for row in rows(path)? {
            let mut columns = row.split(',');
            let (Some(name), Some(share)) = (columns.next(), columns.nth(2)) else { continue };
            self.add(name, Use::Family, share.parse().unwrap_or(0.0) * 10.0);
        }
        Ok(())
    }

    /// `name,frequency,cumulative_frequency,rank`, frequencies in per cent of one sex.
    pub(crate) fn census_given(&mut self, path: &Path) -> Outcome {
        for row in rows(path)? {
            let mut columns = row.split(',');
            let (Some(name), Some(share)) = (columns.next(), columns.next()) else { continue };
            self.add(name, Use::Given, share.parse().unwrap_or(0.0) * 10_000.0 / 2.0);
        }
        Ok(())
    }

    /// `name,births`: all births with that name in the United States since 1880.
    pub(crate) fn births(&mut self, path: &Path) -> Outcome {
        for row in rows(path)? {
            let [name, births] = columns(&row)?;
            let births: f64 = births.parse()?;
            if births >= BIRTHS_MIN {
                self.add(name, Use::Given, births / BIRTHS_MILLIONS);
            }
        }
        Ok(())
    }

    /// A locale of Faker: the quoted strings of the assignments to `first_…` and `last_…`.
    pub(crate) fn faker(&mut self, path: &Path) -> Outcome {
        let mut kind = None;
        for line in fs::read_to_string(path)?.lines() {
            if let Some(name) = line.strip_prefix("    ").filter(|rest| rest.starts_with(char::is_alphabetic)) {
                kind = match name {
                    _ if name.starts_with("first_") => Some(Use::Given),
                    _ if name.starts_with("last_") => Some(Use::Family),
                    _ => None,
                };
            }
            if let Some(kind) = kind {
                for name in line.split('"').skip(1).step_by(2) {
                    self.add(name, kind, UNCOUNTED_PER_MILLION);
                }
            }
        }
        Ok(())
    }

    /// A cBpack: words in groups, the n-th group's frequency being 10 to the power of −n/100.
    pub(crate) fn frequencies(&mut self, path: &Path, kind: Use, per_million_min: f64) -> Outcome {
        let mut bytes = Vec::new();
        GzDecoder::new(fs::File::open(path)?).read_to_end(&mut bytes)?;
        let groups = Pack(&bytes).groups().ok_or("not a cBpack")?;
        for (group, words) in groups.into_iter().enumerate() {
            let per_million = 10_f64.powf(6.0 - group as f64 / 100.0);
            if per_million < per_million_min {
                break;
            }
            for word in words {
                if word.chars().all(|letter| letter.is_alphabetic() || letter == '\'') {
                    self.add_word(word.to_lowercase(), kind, per_million);
                }
            }
        }
        Ok(())
    }

    /// Towns above fifteen thousand inhabitants, countries, states of the US.
    pub(crate) fn places(&mut self, directory: &Path) -> Outcome {
        for file in ["cities15000.json", "countries.json", "us_states.json"] {
            let places: Value = serde_json::from_str(&fs::read_to_string(directory.join(file))?)?;
            for place in places.as_object().ok_or("places by their number")?.values() {
                let name = place.get("name").and_then(Value::as_str).ok_or("a place has a name")?;
                let people = place.get("population").and_then(Value::as_f64).unwrap_or(2e6);
                // A name of several words is no place word by word: `San`, `New`, `Den`.
                if !name.contains([' ', '-']) {
                    self.add(name, Use::Place, people.max(1.0));
                }
            }
        }
        Ok(())
    }

    /// The parts of a name. Names that the tagger's letters cannot write are left out.
    fn add(&mut self, name: &str, kind: Use, value: f64) {
        for part in name.split([' ', '-', '.', '(', ')', '/']).map(str::trim) {
            let latin = part.chars().all(|letter| letter.is_alphabetic() || matches!(letter, '\'' | '’'));
            let latin = latin && part.chars().all(|letter| u32::from(letter) < 0x250 || matches!(letter, '’' | 'ẞ'));
            if latin && part.chars().count() > 1 {
                self.add_word(part.to_lowercase(), kind, value);
            }
        }
    }

    fn add_word(&mut self, word: String, kind: Use, value: f64) {
        let entry = self.0.entry(word).or_default();
        let slot = match kind {
            Use::Given => &mut entry.given,
            Use::Family => &mut entry.family,
            Use::English => &mut entry.english,
            Use::Danish => &mut entry.danish,
            Use::Place => &mut entry.place,
        };
        *slot = slot.max(value);
    }
}

/// The rows of a CSV file after its head. None of these files has a comma inside a column that is read.
fn rows(path: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    let content = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(content.lines().skip(1).map(str::to_owned).collect())
}

fn columns<const N: usize>(row: &str) -> Result<[&str; N], Box<dyn Error>> {
    row.split(',').collect::<Vec<_>>().try_into().map_err(|_| format!("a row has {N} columns").into())
}

/// The part of MessagePack that a cBpack uses: an array of one map and of arrays of strings.
struct Pack<'a>(&'a [u8]);

impl<'a> Pack<'a> {
    fn groups(mut self) -> Option<Vec<Vec<&'a str>>> {
        let groups = self.array()?;
        self.skip_map()?;
        (1..groups).map(|_| self.strings()).collect()
    }

    fn strings(&mut self) -> Option<Vec<&'a str>> {
        let count = self.array()?;
        (0..count).map(|_| self.string()).collect()
    }

    fn skip_map(&mut self) -> Option<()> {
        let pairs = match self.byte()? {
            byte @ 0x80..=0x8f => usize::from(byte & 0xf),
            _ => return None,
        };
        for _ in 0..pairs {
            self.string()?;
            // The version is a small number, the format a string.
            if self.0.first()? & 0x80 == 0 { self.byte().map(drop)? } else { self.string().map(drop)? }
        }
        Some(())
    }

    fn array(&mut self) -> Option<usize> {
        match self.byte()? {
            byte @ 0x90..=0x9f => Some(usize::from(byte & 0xf)),
            0xdc => self.number(2),
            0xdd => self.number(4),
            _ => None,
        }
    }

    fn string(&mut self) -> Option<&'a str> {
        let length = match self.byte()? {
            byte @ 0xa0..=0xbf => usize::from(byte & 0x1f),
            0xd9 => self.number(1)?,
            0xda => self.number(2)?,
            _ => return None,
        };
        let (string, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        std::str::from_utf8(string).ok()
    }

    fn number(&mut self, bytes: usize) -> Option<usize> {
        (0..bytes).try_fold(0, |number, _| Some(number << 8 | usize::from(self.byte()?)))
    }

    fn byte(&mut self) -> Option<u8> {
        let (&first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(first)
    }
}
