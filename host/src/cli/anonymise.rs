//! `lapse anonymise`: text or lines of JSON from standard input, anonymised to standard output. No store, no tenant; nothing is kept.

use std::fs;
use std::io::{self, BufRead, BufWriter, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use lapse_anonymise::jsonl::Conversation;
use lapse_anonymise::{Anonymiser, Known, Language, TEXT_BYTES_MAX};
use serde_json::{Value, json};

use super::{Format, Reply};
use crate::error::{Error, Exit};
use crate::host::{AnonymiserRules, Progress};

#[derive(Args)]
#[command(after_help = "\
With --jsonl each line is a conversation: {\"id\", \"text\" or \"turns\": [{\"speaker\", \"text\"}], \"lang\"?, \"known\"?:
{\"name\", \"phone\", \"customer-number\", \"employee\": each a string or a list}}; each line out, in the same order, is
{\"id\", \"text\", \"findings\": [{\"start\", \"end\", \"type\", \"rule\"}]} or {\"id\", \"error\"}. Offsets are characters of
the text that came in, turns joined by line feeds. Without it, all of standard input is one conversation, a turn a line.

Exit codes: 0 all is anonymised, 3 a line is no conversation, 6 a conversation was withheld, since personal data would be left.

Examples:
  lapse anonymise < call.txt
  lapse anonymise --jsonl --language da < calls.jsonl > anonymised.jsonl")]
pub(super) struct AnonymiseArguments {
    /// Lines of JSON in, lines of JSON out
    #[arg(long)]
    pub(super) jsonl: bool,
    /// A tenant's own rules besides, JSON; see `lapse anonymiser set --help`
    #[arg(long, value_name = "FILE")]
    pub(super) rules: Option<PathBuf>,
    /// What is spoken; outweighs what a line says
    #[arg(long, value_enum, default_value_t = Spoken::Auto)]
    pub(super) language: Spoken,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Spoken {
    /// Danish
    Da,
    /// English
    En,
    /// What the line says, or else what the words say
    Auto,
}

impl Spoken {
    pub(super) fn language(self) -> Option<Language> {
        match self {
            Spoken::Da => Some(Language::Danish),
            Spoken::En => Some(Language::English),
            Spoken::Auto => None,
        }
    }
}

/// A line of JSON may be so long: the longest conversation, and as much again for names, quotes and escapes.
const LINE_BYTES_MAX: u64 = 2 * TEXT_BYTES_MAX as u64;
/// So many lines are read before they are spread over the processor's cores.
const GROUP_LINES_MAX: usize = 256;
/// Fewer where they are long.
const GROUP_BYTES_MAX: usize = 8 << 20;

fn failed(what: &'static str) -> impl Fn(io::Error) -> Error {
    move |source| Error::File { what, path: "standard input or output".to_owned(), source }
}

pub(super) fn run(arguments: &AnonymiseArguments, format: Format, progress: &dyn Progress) -> Result<Reply, Error> {
    let anonymiser = match &arguments.rules {
        Some(file) => read_rules(file)?.anonymiser()?,
        None => Anonymiser::new(),
    };
    let language = arguments.language.language();
    if arguments.jsonl {
        progress.start("anonymising", None);
        let told = lines(&anonymiser, language, progress);
        progress.finish();
        return told;
    }
    let mut text = Vec::new();
    let read = io::stdin().lock().take(TEXT_BYTES_MAX as u64 + 1).read_to_end(&mut text);
    read.map_err(failed("reading"))?;
    let text = String::from_utf8(text).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Error::Input(format!("standard input is not UTF-8 from byte {at} on; nothing was written"))
    })?;
    let turns = text.trim_end_matches('\n').split('\n').map(|line| (String::new(), line.to_owned())).collect();
    let conversation = Conversation { id: Value::Null, turns, language: None, known: Known::default() };
    let result = conversation.anonymise(&anonymiser, language).map_err(|error| Error::Input(error.to_string()))?;
    Ok(match format {
        Format::Text => Reply::done(result.into_text(), Value::Null),
        Format::Json => {
            let line = conversation.line(Ok(result));
            Reply::done("", serde_json::from_str(&line).expect("a line is JSON"))
        }
    })
}

/// Rules from a file.
pub(super) fn read_rules(file: &Path) -> Result<AnonymiserRules, Error> {
    let failed = |source| Error::File { what: "reading", path: file.display().to_string(), source };
    AnonymiserRules::parse(&fs::read_to_string(file).map_err(failed)?)
}

/// What one line came to.
struct Answer {
    line: String,
    exit: Exit,
}

fn lines(anonymiser: &Anonymiser, language: Option<Language>, progress: &dyn Progress) -> Result<Reply, Error> {
    let mut input = io::stdin().lock();
    let mut output = BufWriter::new(io::stdout().lock());
    let (mut number, mut exit, mut refused) = (0, Exit::Done, 0);
    loop {
        let group = read_group(&mut input).map_err(failed("reading"))?;
        if group.is_empty() {
            break;
        }
        for answer in answer_all(anonymiser, language, &group) {
            number += 1;
            if answer.exit != Exit::Done {
                refused += 1;
                exit = exit.worse(answer.exit);
                eprintln!("line {number} was refused; its line in the output says why");
            }
            writeln!(output, "{}", answer.line).map_err(failed("writing"))?;
        }
        progress.advance(group.len() as u64);
    }
    output.flush().map_err(failed("writing"))?;
    if refused > 0 {
        eprintln!("{refused} of {number} lines were refused");
    }
    Ok(Reply { text: String::new(), json: Value::Null, exit })
}

/// The next lines, empty ones left out; none at the end. Of one that is too long nothing but its length is kept.
fn read_group(input: &mut impl BufRead) -> io::Result<Vec<Vec<u8>>> {
    let (mut group, mut bytes) = (Vec::new(), 0);
    while group.len() < GROUP_LINES_MAX && bytes < GROUP_BYTES_MAX {
        let mut line = Vec::new();
        if input.by_ref().take(LINE_BYTES_MAX).read_until(b'\n', &mut line)? == 0 {
            break;
        }
        if line.len() as u64 == LINE_BYTES_MAX && !line.ends_with(b"\n") {
            input.skip_until(b'\n')?;
        }
        bytes += line.len();
        let line = line.trim_ascii_end();
        if !line.is_empty() {
            group.push(line.to_vec());
        }
    }
    Ok(group)
}

fn answer_all(anonymiser: &Anonymiser, language: Option<Language>, lines: &[Vec<u8>]) -> Vec<Answer> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let parts: Vec<_> = lines
            .chunks(lines.len().div_ceil(cores))
            .map(|lines| {
                let answer = move |line: &Vec<u8>| answer(anonymiser, language, line);
                scope.spawn(move || lines.iter().map(answer).collect::<Vec<_>>())
            })
            .collect();
        parts.into_iter().flat_map(|part| part.join().expect("a panic is caught where it happens")).collect()
    })
}

fn answer(anonymiser: &Anonymiser, language: Option<Language>, line: &[u8]) -> Answer {
    let bad = |error: String| Answer { line: json!({ "id": null, "error": error }).to_string(), exit: Exit::Input };
    if line.len() as u64 >= LINE_BYTES_MAX {
        return bad(format!("the line is longer than {LINE_BYTES_MAX} bytes"));
    }
    let Ok(line) = std::str::from_utf8(line) else { return bad("the line is not UTF-8".to_owned()) };
    let conversation = match Conversation::read(line) {
        Ok(conversation) => conversation,
        Err(error) => return bad(error.to_string()),
    };
    let result = catch_unwind(AssertUnwindSafe(|| conversation.anonymise(anonymiser, language)));
    let Ok(result) = result else {
        let line = json!({ "id": conversation.id, "error": "the anonymiser failed; nothing of it is given out" });
        return Answer { line: line.to_string(), exit: Exit::Partial };
    };
    let exit = if result.is_ok() { Exit::Done } else { Exit::Partial };
    Answer { line: conversation.line(result), exit }
}
