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
mod gold;
mod lists;
mod people;
mod random;
mod train;
mod vary;

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
        /// Directory of the corpora.
        #[arg(long)]
        corpora: PathBuf,
        /// Parts that the calls and templates are split into.
        #[arg(long, default_value_t = 5)]
        folds: usize,
        /// Parts to measure on.
        #[arg(long, default_value_t = 1)]
        run: usize,
        /// How often each turn is seen.
        #[arg(long, default_value_t = 8)]
        epochs: usize,
        /// The first step's size.
        #[arg(long, default_value_t = 0.15)]
        step: f32,
        /// How strongly weights are drawn to zero.
        #[arg(long, default_value_t = 0.002)]
        decay: f32,
        /// What missing a name costs more than masking too much.
        #[arg(long, default_value_t = 0.0)]
        miss: f32,
        /// How often, in per cent, a group of features is left out of a word.
        #[arg(long, default_value_t = 30)]
        without: usize,
        /// Show what is missed and what is masked too much.
        #[arg(long, default_value_t = 0)]
        worst: usize,
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
        Command::Train { sources, corpora, out } => {
            train::run(&lists::read(&sources)?, &corpora, chain::Settings::default(), &out)
        }
        Command::Findings { gold } => findings::run(&gold),
        Command::Eval(plan) => eval::run(&plan),
        Command::Crossval { sources, corpora, folds, run, epochs, step, decay, miss, without, worst } => {
            let lists = lists::read(&sources)?;
            let (words, _) = lists::pack(&lists);
            let people = people::People::new(&lists.entries, &lists.danish);
            let settings = chain::Settings { epochs, step, decay, miss, without };
            crossval::run(&corpora, &words, &people, settings, (folds, run), worst)
        }
    }
}
