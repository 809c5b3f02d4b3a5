//! The sealed plan: a file of one JSON object a line — a header, an item a record, a seal — and nothing personal in it.
//!
//! The seal holds SHA-256 over every line before it and its keyed form (HMAC, RFC 2104) by the host's key: an edited plan, or one
//! from another host, is refused before anything happens. Written and read as a stream, so a plan may be larger than memory.

use std::io::{BufRead, BufReader, Read, Seek, SeekFrom, Write};

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Planned;
use crate::record::{Actions, Subject};

/// The format of the file; another is refused.
pub const FORMAT: &str = "lapse-plan/1";

/// The longest line of a plan: an id has at most 128 characters.
const LINE_BYTES_MAX: u64 = 64 << 10;

/// The first line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct PlanHeader {
    /// [`FORMAT`].
    pub format: String,
    /// Random: two plans are never the same.
    pub plan: String,
    /// The tenant.
    pub tenant: String,
    /// The day for which it was decided.
    pub date: String,
    /// When it was made, UTC (RFC 3339).
    pub made_at: String,
    /// Who decided.
    pub origin: Origin,
    /// The digest of the module that was active.
    pub module: Option<String>,
    /// SHA-256 of the settings.
    pub settings: String,
    /// The digest of the engine profile.
    pub engine_profile: String,
    /// Whether every record was read.
    pub sweep: bool,
}

/// Who decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "by")]
pub enum Origin {
    /// The policy module.
    Policy,
    /// A person.
    Hand {
        /// The user.
        actor: String,
        /// Why.
        reason: String,
    },
}

/// One record and what is to be done with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Item {
    /// Conversation or snippet.
    pub subject: Subject,
    /// The record's id.
    pub id: String,
    /// The version that was decided on.
    pub version: i64,
    /// What is to be done.
    pub actions: Actions,
    /// The rule that asked for it.
    pub rule: String,
    /// Whether an audio file goes with it.
    #[serde(default)]
    pub audio: bool,
}

/// The last line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Seal {
    items: u64,
    sha256: String,
    seal: String,
}

/// What can be wrong with a plan file.
#[derive(Debug, thiserror::Error)]
pub enum PlanFileError {
    /// It cannot be read.
    #[error("the plan cannot be read")]
    Read(#[source] std::io::Error),
    /// It is something else.
    #[error("this is not a sealed plan of format {FORMAT}; make one with `lapse plan --out FILE`")]
    NotAPlan,
    /// It was changed.
    #[error(
        "the plan's seal does not fit: it was edited, cut short, or made with another store's key; nothing was done"
    )]
    BrokenSeal,
}

/// Writes a plan.
pub struct SealedWriter<W: Write> {
    writer: W,
    digest: Sha256,
    items: u64,
}

impl<W: Write> SealedWriter<W> {
    /// Begins a plan.
    pub fn new(writer: W, header: &PlanHeader) -> std::io::Result<SealedWriter<W>> {
        let mut sealed = SealedWriter { writer, digest: Sha256::new(), items: 0 };
        sealed.line(header)?;
        Ok(sealed)
    }

    /// Adds an item.
    pub fn item(&mut self, item: &Item) -> std::io::Result<()> {
        self.items += 1;
        self.line(item)
    }

    fn line(&mut self, value: &impl Serialize) -> std::io::Result<()> {
        let mut line = serde_json::to_vec(value)?;
        line.push(b'\n');
        self.digest.update(&line);
        self.writer.write_all(&line)
    }

    /// Seals the plan; its digest and what it was written to.
    pub fn seal(mut self, key: &[u8; 32]) -> std::io::Result<(String, W)> {
        let digest = self.digest.finalize();
        let tag = keyed(key, &digest, self.items).finalize().into_bytes();
        let seal = Seal { items: self.items, sha256: hex::encode(digest), seal: hex::encode(tag) };
        serde_json::to_writer(&mut self.writer, &seal)?;
        self.writer.write_all(b"\n")?;
        self.writer.flush()?;
        Ok((seal.sha256, self.writer))
    }
}

fn keyed(key: &[u8; 32], digest: &[u8], items: u64) -> Hmac<Sha256> {
    let mac = Hmac::<Sha256>::new_from_slice(key).expect("a MAC takes keys of any length");
    mac.chain_update(b"lapse plan seal 1").chain_update(digest).chain_update(items.to_be_bytes())
}

/// A plan whose seal has been checked.
#[derive(Debug)]
pub struct SealedPlan<R> {
    /// Its first line.
    pub header: PlanHeader,
    /// Its digest, by which the ledger knows it.
    pub digest: String,
    /// How many items it has.
    pub items: u64,
    /// The sums of its items.
    pub planned: Planned,
    reader: BufReader<R>,
}

impl<R: Read + Seek> SealedPlan<R> {
    /// Reads a plan once through and checks its seal.
    pub fn open(file: R, key: &[u8; 32]) -> Result<SealedPlan<R>, PlanFileError> {
        let mut reader = BufReader::new(file);
        let first = read_line(&mut reader)?.ok_or(PlanFileError::NotAPlan)?;
        let header: PlanHeader = serde_json::from_slice(&first).map_err(|_| PlanFileError::NotAPlan)?;
        if header.format != FORMAT {
            return Err(PlanFileError::NotAPlan);
        }
        let mut planned = Planned::default();
        let (digest, items) = check_seal(&mut reader, &first, key, &mut planned)?;
        reader.seek(SeekFrom::Start(first.len() as u64)).map_err(PlanFileError::Read)?;
        Ok(SealedPlan { header, digest, items, planned, reader })
    }

    /// The next items, at most `count`; none at the end.
    pub fn next_items(&mut self, count: usize) -> Result<Vec<Item>, PlanFileError> {
        let mut items = Vec::new();
        while items.len() < count {
            let line = read_line(&mut self.reader)?.ok_or(PlanFileError::BrokenSeal)?;
            match serde_json::from_slice(&line) {
                Ok(item) => items.push(item),
                // The seal is the only line that is no item; its place was checked on opening.
                Err(_) => {
                    let back = i64::try_from(line.len()).map_err(|_| PlanFileError::NotAPlan)?;
                    self.reader.seek_relative(-back).map_err(PlanFileError::Read)?;
                    break;
                }
            }
        }
        Ok(items)
    }
}

fn check_seal(
    reader: &mut impl BufRead,
    first: &[u8],
    key: &[u8; 32],
    planned: &mut Planned,
) -> Result<(String, u64), PlanFileError> {
    let mut digest = Sha256::new().chain_update(first);
    let mut items = 0;
    loop {
        let line = read_line(reader)?.ok_or(PlanFileError::BrokenSeal)?;
        if let Ok(item) = serde_json::from_slice::<Item>(&line) {
            digest.update(&line);
            items += 1;
            planned.count(&item);
            continue;
        }
        let seal: Seal = serde_json::from_slice(&line).map_err(|_| PlanFileError::BrokenSeal)?;
        let digest = digest.finalize();
        let given = hex::decode(&seal.seal).map_err(|_| PlanFileError::BrokenSeal)?;
        keyed(key, &digest, items).verify_slice(&given).map_err(|_| PlanFileError::BrokenSeal)?;
        let fits = seal.items == items && seal.sha256 == hex::encode(digest) && read_line(reader)?.is_none();
        return if fits { Ok((seal.sha256, items)) } else { Err(PlanFileError::BrokenSeal) };
    }
}

/// A whole line with its end; `None` at the end of the file.
fn read_line(reader: &mut impl BufRead) -> Result<Option<Vec<u8>>, PlanFileError> {
    let mut line = Vec::new();
    let read = reader.by_ref().take(LINE_BYTES_MAX).read_until(b'\n', &mut line).map_err(PlanFileError::Read)?;
    match (read, line.last()) {
        (0, _) => Ok(None),
        (_, Some(b'\n')) => Ok(Some(line)),
        _ => Err(PlanFileError::BrokenSeal),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    const KEY: [u8; 32] = [7; 32];

    fn header() -> PlanHeader {
        PlanHeader {
            format: FORMAT.to_owned(),
            plan: "00".to_owned(),
            tenant: "acme".to_owned(),
            date: "2026-01-01".to_owned(),
            made_at: "2026-01-01T00:00:00Z".to_owned(),
            origin: Origin::Policy,
            module: None,
            settings: "00".to_owned(),
            engine_profile: "00".to_owned(),
            sweep: false,
        }
    }

    fn sealed(count: i64) -> Vec<u8> {
        let mut writer = SealedWriter::new(Vec::new(), &header()).expect("written");
        for version in 0..count {
            let (subject, actions) = (Subject::Conversation, Actions::PURGE_AUDIO);
            let (id, rule) = (format!("c-{version}"), "audio-days".to_owned());
            let item = Item { subject, id, version, actions, rule, audio: true };
            writer.item(&item).expect("written");
        }
        writer.seal(&KEY).expect("sealed").1
    }

    #[test]
    fn a_plan_is_read_as_it_was_written() {
        for count in [0, 1, 7, 700] {
            let mut plan = SealedPlan::open(Cursor::new(sealed(count)), &KEY).expect("a plan");
            assert_eq!(plan.items, count as u64);
            let mut versions = Vec::new();
            loop {
                let items = plan.next_items(3).expect("items");
                if items.is_empty() {
                    break;
                }
                versions.extend(items.iter().map(|item| item.version));
            }
            assert_eq!(versions, (0..count).collect::<Vec<_>>());
            assert_eq!(plan.next_items(3).expect("none"), []);
        }
    }

    #[test]
    fn any_changed_byte_and_any_missing_end_is_refused() {
        let plan = sealed(3);
        for at in 0..plan.len() {
            let mut edited = plan.clone();
            edited[at] ^= 1;
            assert!(SealedPlan::open(Cursor::new(edited), &KEY).is_err(), "byte {at} was changed");
            assert!(SealedPlan::open(Cursor::new(&plan[..at]), &KEY).is_err(), "cut at {at}");
        }
        assert!(SealedPlan::open(Cursor::new(plan), &[8; 32]).is_err(), "another key");
    }

    #[test]
    fn a_line_taken_out_is_refused() {
        let plan = String::from_utf8(sealed(3)).expect("text");
        let without: String =
            plan.lines().enumerate().filter(|(at, _)| *at != 2).map(|(_, line)| format!("{line}\n")).collect();
        assert!(SealedPlan::open(Cursor::new(without), &KEY).is_err());
    }
}
