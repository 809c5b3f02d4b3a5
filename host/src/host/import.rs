//! Records coming in from a file of one JSON object a line. Good lines go in, bad lines are named with number and reason, and
//! nothing goes in by half: a file of audio is noted before it is written and adopted in the transaction that stores its record.

mod line;

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Component, Path, PathBuf};

use serde::Serialize;

use self::line::Line;
use super::Host;
use crate::blobs;
use crate::conversation::{NewConversation, NewSnippet};
use crate::error::Error;
use crate::ledger::Event;
use crate::record::{Artefacts, Day, Subject};
use crate::storage::intake::IdStatus;
use crate::storage::reading::Cut;
use crate::storage::unit::Personal;
use crate::storage::{StorageError, Tenant, Transaction};
use crate::trackers::Counter;

/// The format, as a JSON Schema.
pub const SCHEMA: &str = include_str!("import/schema.json");

/// How many lines share a transaction.
const LINES_TOGETHER: usize = 256;
/// The longest line: a conversation of a whole day.
const LINE_BYTES_MAX: u64 = 16 << 20;
/// How many bad lines are named; the rest are counted.
const BAD_LINES_NAMED: usize = 1000;

/// A line that did not go in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BadLine {
    /// Its number, from 1.
    pub line: u64,
    /// Why; never what it says.
    pub reason: String,
}

/// What an import has done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Imported {
    /// Conversations that went in.
    pub conversations: u64,
    /// Snippets that went in.
    pub snippets: u64,
    /// Lines whose id is stored already; they change nothing.
    pub stored_before: u64,
    /// Lines whose id was deleted; importing it again would undo the deletion.
    pub deleted_before: u64,
    /// Audio files, of records that are gone, that could not be deleted; the next run tries again.
    pub audio_left: u64,
    /// Lines that did not go in.
    pub bad: u64,
    /// The first of them.
    pub bad_lines: Vec<BadLine>,
}

impl Imported {
    fn refuse(&mut self, line: u64, reason: impl Into<String>) {
        self.bad += 1;
        if self.bad_lines.len() < BAD_LINES_NAMED {
            self.bad_lines.push(BadLine { line, reason: reason.into() });
        }
    }
}

/// A record that is on its way in.
enum New {
    Conversation(Box<NewConversation>),
    Snippet(Box<NewSnippet>),
}

impl New {
    fn subject(&self) -> Subject {
        match self {
            New::Conversation(_) => Subject::Conversation,
            New::Snippet(_) => Subject::Snippet,
        }
    }

    fn id(&self) -> &str {
        match self {
            New::Conversation(new) => &new.id,
            New::Snippet(new) => &new.id,
        }
    }

    fn on(&self) -> Day {
        match self {
            New::Conversation(new) => new.recorded_on,
            New::Snippet(new) => new.created_on,
        }
    }

    fn set_audio(&mut self, name: String) {
        match self {
            New::Conversation(new) => new.audio = Some(name),
            New::Snippet(new) => new.audio = Some(name),
        }
    }
}

/// A line that was read: its number, its record, the file it names, and the name under which that will be stored.
struct Incoming {
    line: u64,
    new: New,
    source: Option<PathBuf>,
    blob: Option<String>,
}

impl Host {
    /// Imports a file. Running it again changes nothing.
    pub fn import(&self, tenant: &Tenant, path: &Path, audio: Option<&Path>) -> Result<Imported, Error> {
        let failed = |source| Error::File { what: "reading", path: path.display().to_string(), source };
        self.recover()?;
        let file = File::open(path).map_err(failed)?;
        let bytes = file.metadata().map_err(failed)?.len();
        let trackers = self.trackers(tenant)?;
        let counter = Counter::new(trackers.iter().map(|tracker| (tracker.key, tracker.phrases.as_slice())));
        let mut reader = BufReader::new(file);
        let mut imported = Imported::default();
        let mut group = Vec::new();
        let mut number = 0;
        self.progress().start("importing", Some(bytes));
        while let Some((read, line)) = next_line(&mut reader).map_err(failed)? {
            number += 1;
            self.progress().advance(read);
            match line.and_then(|line| incoming(tenant, number, &line, audio)) {
                Ok(Some(incoming)) => group.push(incoming),
                Ok(None) => {}
                Err(reason) => imported.refuse(number, reason),
            }
            if group.len() == LINES_TOGETHER {
                self.import_group(tenant, &counter, &mut group, &mut imported)?;
            }
        }
        self.import_group(tenant, &counter, &mut group, &mut imported)?;
        self.progress().finish();
        imported.audio_left = self.recover()?.audio_left;
        self.settle()?;
        Ok(imported)
    }

    fn import_group(
        &self,
        tenant: &Tenant,
        counter: &Counter,
        group: &mut Vec<Incoming>,
        imported: &mut Imported,
    ) -> Result<(), Error> {
        let expected = self.expect_files(tenant, std::mem::take(group), imported)?;
        let mut ready = Vec::new();
        for incoming in expected {
            if let (Some(source), Some(blob)) = (&incoming.source, &incoming.blob) {
                match self.store.blobs.put(blob, source) {
                    Ok(()) => {}
                    Err(blobs::BlobError::Source(_)) => {
                        imported.refuse(incoming.line, "its audio file cannot be read");
                        continue;
                    }
                    Err(other) => return Err(other.into()),
                }
            }
            ready.push(incoming);
        }
        if !ready.is_empty() {
            self.record(|transaction, ledger| {
                let (mut conversations, mut snippets) = (0, 0);
                for Incoming { line, new, .. } in ready {
                    let (counted, added) = match new {
                        New::Conversation(new) => {
                            (&mut conversations, add_conversation(transaction, tenant, counter, &new)?)
                        }
                        New::Snippet(new) => (&mut snippets, self.add_snippet(transaction, tenant, *new)?),
                    };
                    match added {
                        Ok(()) => *counted += 1,
                        Err(reason) => imported.refuse(line, reason),
                    }
                }
                imported.conversations += conversations;
                imported.snippets += snippets;
                let event = Event::Imported { tenant: tenant.id.clone(), conversations, snippets };
                ledger.append(transaction, None, event).map(drop)
            })?;
        }
        Ok(self.store.storage.settle_if_large()?)
    }

    /// Stores a snippet, or says why not. As long as the customer of its conversation is stored, its title and text are as they
    /// came, for they are anonymised together with the transcript. Later, or without a conversation, nothing would do that, so it
    /// is done now. A snippet that comes before its conversation waits for it.
    fn add_snippet(
        &self,
        transaction: &mut dyn Transaction,
        tenant: &Tenant,
        mut new: NewSnippet,
    ) -> Result<Result<(), String>, StorageError> {
        // The id of a conversation that was deleted comes back by no door, so a snippet does not bring it.
        let mut personal = Some(Personal::default());
        if let Some(id) = new.conversation.take() {
            let status = transaction.id_status(tenant.key, Subject::Conversation, &id)?;
            if let Some(of) = transaction.locate(tenant.key, Subject::Conversation, &id)? {
                let known = transaction.personal(of.key)?;
                if let Some(part) = line::exposed_by_snippet(&new.id, new.created_by.as_deref(), &known.customer) {
                    return Ok(Err(format!("its id or created_by holds the {part} of its conversation's customer")));
                }
                // What has never changed has never lost its customer.
                let is_whole = of.state.contains(Artefacts::CUSTOMER) || of.version == 1;
                personal = (!is_whole).then_some(known);
            } else if status != IdStatus::Deleted {
                personal = None;
            }
            new.conversation = (status != IdStatus::Deleted).then_some(id);
        }
        if let Some(personal) = personal {
            let words = (new.title.take(), new.text.take());
            let Ok(words) = crate::execute::anonymised_snippet(self.anonymiser_of(tenant)?.get(), &personal, words)
            else {
                return Ok(Err(
                    "its words would hold personal data even when anonymised, as they now must be".to_owned()
                ));
            };
            (new.title, new.text) = words;
            new.anonymised = true;
        }
        transaction.add_snippet(tenant.key, &new)?;
        Ok(Ok(()))
    }

    /// Leaves out what is stored or deleted, and notes the files that the rest will bring.
    fn expect_files(
        &self,
        tenant: &Tenant,
        group: Vec<Incoming>,
        imported: &mut Imported,
    ) -> Result<Vec<Incoming>, StorageError> {
        let mut seen = std::collections::HashSet::new();
        let mut expected = Vec::new();
        let mut transaction = self.store.storage.begin()?;
        for mut incoming in group {
            let (subject, id) = (incoming.new.subject(), incoming.new.id().to_owned());
            match transaction.id_status(tenant.key, subject, &id)? {
                IdStatus::Free if seen.insert((subject, id)) => {}
                IdStatus::Free | IdStatus::Stored => {
                    imported.stored_before += 1;
                    continue;
                }
                IdStatus::Deleted => {
                    imported.deleted_before += 1;
                    continue;
                }
            }
            if let Some(source) = &incoming.source {
                let blob = blobs::new_name(incoming.new.on(), (self.surroundings.random)(), source);
                transaction.expect_blob(&blob)?;
                incoming.new.set_audio(blob.clone());
                incoming.blob = Some(blob);
            }
            expected.push(incoming);
        }
        transaction.commit()?;
        Ok(expected)
    }
}

/// Stores a conversation, or says why not: a snippet that came before it may hold what only its customer should.
fn add_conversation(
    transaction: &mut dyn Transaction,
    tenant: &Tenant,
    counter: &Counter,
    new: &NewConversation,
) -> Result<Result<(), String>, StorageError> {
    for Cut { id, created_by } in transaction.snippets_of(tenant.key, &new.id)? {
        if let Some(part) = line::exposed_by_snippet(&id, created_by.as_deref(), &new.customer) {
            return Ok(Err(format!(
                "a snippet that names it holds the customer's {part} in its id or created_by; delete that, then import again"
            )));
        }
    }
    let turns = new.transcript.iter().flatten().map(|turn| turn.text.as_str());
    transaction.add_conversation(tenant.key, new, &counter.count(turns))?;
    Ok(Ok(()))
}

/// The next line and how many bytes it took; a line that is too long is skipped and is an error of its own.
fn next_line(reader: &mut impl BufRead) -> std::io::Result<Option<(u64, Result<String, String>)>> {
    let mut bytes = Vec::new();
    let mut read = reader.by_ref().take(LINE_BYTES_MAX).read_until(b'\n', &mut bytes)? as u64;
    if read == 0 {
        return Ok(None);
    }
    if read == LINE_BYTES_MAX && bytes.last() != Some(&b'\n') {
        read += reader.skip_until(b'\n')? as u64;
        return Ok(Some((read, Err(format!("the line is longer than {LINE_BYTES_MAX} bytes")))));
    }
    Ok(Some((read, String::from_utf8(bytes).map_err(|_| "the line is not UTF-8".to_owned()))))
}

/// A line as a record; `None` for an empty one.
fn incoming(tenant: &Tenant, number: u64, line: &str, audio: Option<&Path>) -> Result<Option<Incoming>, String> {
    if line.trim().is_empty() {
        return Ok(None);
    }
    let (new, file) = match Line::parse(line)? {
        Line::Conversation(line) => {
            let (new, file) = line.checked(tenant.time_zone)?;
            (New::Conversation(Box::new(new)), file)
        }
        Line::Snippet(line) => {
            let (new, file) = line.checked(tenant.time_zone)?;
            (New::Snippet(Box::new(new)), file)
        }
    };
    let source = file.map(|file| source_of(&file, audio)).transpose()?;
    Ok(Some(Incoming { line: number, new, source, blob: None }))
}

/// A file name may lead nowhere but into the folder that was given.
fn source_of(file: &str, audio: Option<&Path>) -> Result<PathBuf, String> {
    let folder = audio.ok_or("it names an audio file; say where the files are with --audio DIR")?;
    let is_inside = Path::new(file).components().all(|component| matches!(component, Component::Normal(_)));
    if file.is_empty() || !is_inside {
        return Err("its audio file lies outside the folder given with --audio".to_owned());
    }
    let path = folder.join(file);
    if path.is_file() { Ok(path) } else { Err("its audio file is not in the folder given with --audio".to_owned()) }
}
