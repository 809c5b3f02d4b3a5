//! Reads conversations as JSON lines from standard input, writes them anonymised, with findings, to standard output.
//! The lines are those of [`lapse_anonymise::jsonl`].
//!
//! usage: `anonymise_jsonl [--language da|en|auto] [--without-names] < IN > OUT`

use std::io::{BufRead, BufWriter, Write};

use lapse_anonymise::jsonl::Conversation;
use lapse_anonymise::{Anonymiser, Language};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let language = match arguments.iter().position(|argument| argument == "--language") {
        Some(at) => arguments.get(at + 1).and_then(|code| Language::from_code(code)),
        None => None,
    };
    let without_names = arguments.iter().any(|argument| argument == "--without-names");
    let anonymiser = if without_names { Anonymiser::new().without_names() } else { Anonymiser::new() };
    let mut failed = 0;
    let mut output = BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {
        let conversation = Conversation::read(&line?)?;
        let result = conversation.anonymise(&anonymiser, language);
        failed += usize::from(result.is_err());
        writeln!(output, "{}", conversation.line(result))?;
    }
    output.flush()?;
    if failed == 0 { Ok(()) } else { Err(format!("{failed} conversations were refused; their lines say why").into()) }
}
