//! Looks for personal values in every byte of every file of a store, and in the names of the files.
//!
//! Knows nothing of databases: bytes are bytes, whether a row uses them or not. A number is found in any spelling: its
//! digits in a row, or with spaces, hyphens, dots or brackets in between. A name or an address is found in capitals or
//! small letters.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io;
use std::path::Path;

use super::generate::Personal;

/// How many digits of a number are looked for: the last ones, the shortest of the national numbers here.
const DIGITS: u32 = 8;
/// Between two digits of one number.
const SEPARATORS: &[u8] = b" -./()";
const SEPARATORS_MAX: usize = 2;
/// So many hexadecimal digits in a row are a digest or a random name. What looks like a number in there is chance.
const HEXADECIMAL_MIN: usize = 32;

/// Values to look for.
#[derive(Default)]
pub(super) struct Needles {
    numbers: HashMap<u32, usize>,
    /// By their first four bytes.
    texts: HashMap<[u8; 4], Vec<(Vec<u8>, usize)>>,
    beginnings: HashSet<[u8; 2]>,
    count: usize,
}

/// What was found.
#[derive(Default)]
pub(super) struct Found {
    pub(super) files: u64,
    pub(super) bytes: u64,
    /// How many of the values are somewhere.
    pub(super) values: u64,
    /// In how many places altogether.
    pub(super) places: u64,
    /// The first place: a file, and how many bytes into it.
    pub(super) first: Option<String>,
}

impl Needles {
    /// Adds what is personal in a conversation.
    pub(super) fn add(&mut self, personal: &Personal) {
        let numbers = [Some(&personal.number), Some(&personal.reference), personal.other_number.as_ref()];
        for number in numbers.into_iter().flatten() {
            let ending = number.bytes().filter(u8::is_ascii_digit).fold(0, shifted);
            self.numbers.insert(ending, self.count);
            self.count += 1;
        }
        for text in [Some(&personal.name), personal.email.as_ref()].into_iter().flatten() {
            let text = folded(text.as_bytes());
            let beginning = *text.first_chunk().expect("a name is longer than four bytes");
            self.beginnings.insert([beginning[0], beginning[1]]);
            self.texts.entry(beginning).or_default().push((text, self.count));
            self.count += 1;
        }
    }

    /// How many values there are.
    pub(super) fn len(&self) -> u64 {
        self.count as u64
    }

    /// Looks through a folder.
    pub(super) fn search(&self, folder: &Path) -> io::Result<Found> {
        let mut seen = vec![false; self.count];
        let mut found = Found::default();
        let mut folders = vec![folder.to_owned()];
        // An array answers faster than a set, and this is asked at every byte.
        let mut begins = vec![false; 1 << 16];
        self.beginnings.iter().for_each(|beginning| begins[usize::from(u16::from_be_bytes(*beginning))] = true);
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder)? {
                let entry = entry?;
                let mut hit = |value: usize, at: usize| {
                    seen[value] = true;
                    found.places += 1;
                    found.first.get_or_insert_with(|| format!("{}, byte {at}", entry.path().display()));
                };
                self.look(entry.file_name().as_encoded_bytes(), &begins, &mut hit);
                if entry.file_type()?.is_dir() {
                    folders.push(entry.path());
                    continue;
                }
                let bytes = fs::read(entry.path())?;
                self.look(&bytes, &begins, &mut hit);
                found.files += 1;
                found.bytes += bytes.len() as u64;
            }
        }
        found.values = seen.iter().filter(|seen| **seen).count() as u64;
        Ok(found)
    }

    fn look(&self, bytes: &[u8], begins: &[bool], hit: &mut dyn FnMut(usize, usize)) {
        self.look_for_numbers(bytes, hit);
        let bytes = folded(bytes);
        for at in 0..bytes.len().saturating_sub(3) {
            if !begins[usize::from(bytes[at]) << 8 | usize::from(bytes[at + 1])] {
                continue;
            }
            let beginning = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]];
            let texts = self.texts.get(&beginning).into_iter().flatten();
            texts.filter(|(text, _)| bytes[at..].starts_with(text)).for_each(|(_, value)| hit(*value, at));
        }
    }

    fn look_for_numbers(&self, bytes: &[u8], hit: &mut dyn FnMut(usize, usize)) {
        let (mut ending, mut digits, mut separators) = (0, 0, 0);
        let mut at = 0;
        while at < bytes.len() {
            let byte = bytes[at];
            if byte.is_ascii_digit() {
                let run = hexadecimal_run(&bytes[at..]);
                if run >= HEXADECIMAL_MIN {
                    (digits, at) = (0, at + run);
                    continue;
                }
                (ending, digits, separators) = (shifted(ending, byte), digits + 1, 0);
                if let Some(value) = self.numbers.get(&ending).filter(|_| digits >= DIGITS) {
                    hit(*value, at);
                }
            } else if SEPARATORS.contains(&byte) && separators < SEPARATORS_MAX {
                separators += 1;
            } else {
                let run = if byte.is_ascii_hexdigit() { hexadecimal_run(&bytes[at..]) } else { 0 };
                digits = 0;
                if run >= HEXADECIMAL_MIN {
                    at += run;
                    continue;
                }
            }
            at += 1;
        }
    }
}

/// The last digits with one more.
fn shifted(ending: u32, digit: u8) -> u32 {
    ending % 10_u32.pow(DIGITS - 1) * 10 + u32::from(digit - b'0')
}

fn hexadecimal_run(bytes: &[u8]) -> usize {
    let is_hexadecimal = |byte: &&u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(*byte);
    bytes.iter().take_while(is_hexadecimal).count()
}

/// In small letters: ASCII, and the letters of Western Europe in UTF-8 (À to Þ).
fn folded(bytes: &[u8]) -> Vec<u8> {
    let mut folded = bytes.to_ascii_lowercase();
    for at in 1..folded.len() {
        if folded[at - 1] == 0xc3 && (0x80..=0x9e).contains(&folded[at]) {
            folded[at] += 0x20;
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hits(text: &str) -> usize {
        let mut needles = Needles::default();
        needles.add(&Personal {
            name: "Åse Østerby".to_owned(),
            number: "+4537123456".to_owned(),
            reference: "K-81234567".to_owned(),
            email: Some("aase.oesterby@eksempel.dk".to_owned()),
            other_number: None,
        });
        let mut begins = vec![false; 1 << 16];
        needles.beginnings.iter().for_each(|beginning| begins[usize::from(u16::from_be_bytes(*beginning))] = true);
        let mut count = 0;
        needles.look(text.as_bytes(), &begins, &mut |_, _| count += 1);
        count
    }

    #[test]
    fn a_value_is_found_in_every_spelling() {
        for text in [
            "37123456",
            "37 12 34 56",
            "+45 3712-3456",
            "(37) 12.34.56",
            "x4537123456x",
            "K-81234567",
            "8123 4567",
            "åse østerby",
            "ÅSE ØSTERBY",
            "say Åse Østerby!",
            "Aase.Oesterby@Eksempel.dk",
        ] {
            assert_eq!(hits(text), 1, "{text}");
        }
        assert_eq!(hits("37 12 34 56 or K-8123 4567, Åse Østerby"), 3);
    }

    #[test]
    fn nothing_else_is_found() {
        for text in ["37 12 34 57", "3712345", "37, 12, 34, 56", "Åse Øster", "2025-03-07T12:34:56Z"] {
            assert_eq!(hits(text), 0, "{text}");
        }
        assert_eq!(hits("2025-01-04/ab37123456cd37123456ef3712345612.wav"), 0, "a random name");
    }
}
