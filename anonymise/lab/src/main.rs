//! The anonymiser's laboratory: builds its lists, trains its tagger, generates calls, measures what leaks.
//!
//! Never part of what operators install, and never given anything but public corpora and generated calls.

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

mod chain;
mod corpora;
mod crossval;
mod eval;
mod findings;
mod generate;
mod gold;
mod lists;
mod people;
mod random;
mod train;
mod vary;
mod written;

#[derive(Debug, Parser)]
#[command(about)]
enum Command {
    /// Builds the table of words and trains the tagger.
    Train {
        #[command(flatten)]
        sources: lists::Sources,
        /// Directory of the corpora.
        #[arg(long)]
        corpora: PathBuf,
        /// Where to write `words.bin` and `tagger.bin`: `anonymise/data`.
        #[arg(long)]
        out: PathBuf,
        #[command(flatten)]
        settings: chain::Settings,
    },
    /// Prints generated calls, every other one as speech recognition writes.
    Generate {
        #[command(flatten)]
        sources: lists::Sources,
        /// `da` or `en`.
        #[arg(long)]
        language: String,
        /// Made of the phrases kept for testing.
        #[arg(long)]
        test: bool,
        /// How many.
        #[arg(long, default_value_t = 100)]
        count: usize,
    },
    /// Prints what the library finds in a file of texts.
    Findings {
        /// Texts, one JSON object a line.
        gold: PathBuf,
    },
    /// Measures the whole library: what leaks, what is masked too much, how fast.
    Eval(eval::Plan),
    /// Measures the tagger alone on texts it has not learned from.
    Crossval {
        #[command(flatten)]
        sources: lists::Sources,
        #[command(flatten)]
        plan: crossval::Plan,
        #[command(flatten)]
        settings: chain::Settings,
    },
}

fn main() -> ExitCode {
    match run(Command::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<(), Box<dyn Error>> {
    match command {
        Command::Train { sources, corpora, out, settings } => {
            train::run(&lists::read(&sources)?, &corpora, settings, &out)
        }
        Command::Generate { sources, language, test, count } => {
            let lists = lists::read(&sources)?;
            let people = people::People::new(&lists.entries, &lists.danish);
            let split = if test { generate::Split::Test } else { generate::Split::Train };
            let language = if language == "da" { "da" } else { "en" };
            for call in generate::calls(language, split, count, &people) {
                println!("{}", gold::line(&call));
            }
            Ok(())
        }
        Command::Findings { gold } => findings::run(&gold),
        Command::Eval(plan) => eval::run(&plan),
        Command::Crossval { sources, plan, settings } => {
            let lists = lists::read(&sources)?;
            let (words, _) = lists::pack(&lists);
            let people = people::People::new(&lists.entries, &lists.danish);
            crossval::run(&plan, &words, &people, settings)
        }
    }
}
