//! Measures the tagger alone on texts it has not learned from: calls and templates are never on both sides of a split.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use lapse_anonymise::training::{self, BEGIN, INSIDE};

use crate::chain::{Chain, Settings, Turn};
use crate::corpora::{self, CALLS, Corpus};
use crate::findings;
use crate::generate;
use crate::gold::{self, Text};
use crate::people::People;
use crate::random::Random;

/// Likelihoods from which a word is taken for part of a name.
const THRESHOLDS: [f32; 24] = [
    0.002, 0.004, 0.006, 0.008, 0.01, 0.014, 0.018, 0.022, 0.026, 0.03, 0.04, 0.05, 0.06, 0.07, 0.08, 0.1, 0.12, 0.15,
    0.2, 0.25, 0.3, 0.4, 0.5, 0.7,
];

/// Shares of everything else that may be masked, at which recall is printed.
const OVER: [f64; 5] = [0.001, 0.0025, 0.005, 0.01, 0.02];

/// Counts at each threshold.
#[derive(Clone, Copy, Default)]
struct Score {
    spans: usize,
    masked: [usize; THRESHOLDS.len()],
    outside: usize,
    over: [usize; THRESHOLDS.len()],
}

/// What came out of one corpus.
#[derive(Default)]
struct Outcome {
    score: Score,
    gold: Vec<String>,
    found: Vec<String>,
}

/// What to measure, and how.
#[derive(Debug, clap::Args)]
pub(crate) struct Plan {
    /// Directory of the corpora.
    #[arg(long)]
    corpora: PathBuf,
    /// Parts that the calls and templates are split into.
    #[arg(long, default_value_t = 5)]
    folds: usize,
    /// Parts to measure on.
    #[arg(long, default_value_t = 1)]
    run: usize,
    /// Generated calls of each language to learn from.
    #[arg(long, default_value_t = CALLS)]
    calls: usize,
    /// More texts to measure on and never to learn from, one JSON object a line.
    #[arg(long)]
    also: Vec<PathBuf>,
    /// Where to write, for each corpus, the texts that were measured (`NAME.gold.jsonl`) and what was found in them.
    #[arg(long)]
    out: Option<PathBuf>,
}

/// Trains on all folds but one, measures on that one, for the first `run` of `folds` folds.
pub(crate) fn run(plan: &Plan, words: &[u8], people: &People, settings: Settings) -> Result<(), Box<dyn Error>> {
    let mut corpora = corpora::all(&plan.corpora, people, plan.calls)?;
    for path in &plan.also {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        corpora.push(Corpus { name, texts: gold::read(path)?, train: false });
    }
    let mut results: Vec<Outcome> = corpora.iter().map(|_| Outcome::default()).collect();
    for fold in 0..plan.run {
        let held = |text: &Text| {
            text.source != generate::SOURCE && Random::of(&corpora::group(text)).below(plan.folds) == fold
        };
        let kept = |corpus: &Corpus, text: &Text| corpus.train && !held(text);
        let turns: Vec<Turn> = corpora
            .iter()
            .flat_map(|corpus| corpus.texts.iter().filter(|text| kept(corpus, text)))
            .flat_map(|text| corpora::turns(text, words, people))
            .collect();
        let chain = Chain::train(&turns, settings, 1);
        let model = training::pack_model(&chain.scores, &chain.weights);
        eprintln!("fold {fold}: {} turns", turns.len());
        for (corpus, result) in corpora.iter().zip(&mut results) {
            let texts = corpus.texts.iter().filter(|text| if corpus.train { held(text) } else { fold == 0 });
            for text in texts {
                measure(text, &model, words, &mut result.score);
                result.gold.push(gold::line(text));
                let names = training::names(&text.text, corpora::language(text), words, &model);
                result.found.push(findings::line(text, &names));
            }
        }
    }
    print(&corpora, &results);
    plan.out.as_ref().map_or(Ok(()), |out| write(out, &corpora, &results))
}

fn write(directory: &Path, corpora: &[Corpus], results: &[Outcome]) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(directory)?;
    for (corpus, result) in corpora.iter().zip(results).filter(|(_, result)| !result.gold.is_empty()) {
        fs::write(directory.join(&corpus.name).with_extension("gold.jsonl"), result.gold.join("\n"))?;
        fs::write(directory.join(&corpus.name).with_extension("jsonl"), result.found.join("\n"))?;
    }
    Ok(())
}

fn print(corpora: &[Corpus], results: &[Outcome]) {
    print!("{:28} {:>6}", "", "spans");
    OVER.iter().for_each(|over| print!("  {over:>12}"));
    println!();
    let scores = results.iter().map(|result| &result.score);
    for (corpus, score) in corpora.iter().zip(scores).filter(|(_, score)| score.spans > 0) {
        print!("{:28} {:>6}", corpus.name, score.spans);
        for most in OVER {
            let share = |part: usize, whole: usize| part as f64 / whole.max(1) as f64;
            let index = (0..THRESHOLDS.len()).find(|&index| share(score.over[index], score.outside) <= most);
            match index {
                Some(index) => print!("  {:.3} @{:.3} ", share(score.masked[index], score.spans), THRESHOLDS[index]),
                None => print!("  {:>12}", "-"),
            }
        }
        println!();
    }
}

fn measure(text: &Text, model: &[u8], words: &[u8], score: &mut Score) {
    let mut likely = vec![0.0_f32; text.text.len()];
    for turn in training::examples(&text.text, corpora::language(text), words) {
        let labels = training::label(model, &turn);
        for (example, labels) in turn.iter().zip(labels) {
            likely[example.range.clone()].fill(labels[BEGIN] + labels[INSIDE]);
        }
    }
    let mut gold = vec![false; text.text.len()];
    let letters: Vec<usize> =
        text.text.char_indices().filter(|(_, letter)| letter.is_alphanumeric()).map(|(at, _)| at).collect();
    let inside = |range: &std::ops::Range<usize>| {
        let first = letters.partition_point(|at| *at < range.start);
        let last = letters.partition_point(|at| *at < range.end);
        first..last
    };
    for mark in &text.marks {
        gold[mark.range.clone()].fill(true);
        let span = &letters[inside(&mark.range)];
        if mark.kind != "person" || span.is_empty() {
            continue;
        }
        score.spans += 1;
        let least = span.iter().map(|at| likely[*at]).fold(1.0, f32::min);
        for (masked, threshold) in score.masked.iter_mut().zip(THRESHOLDS) {
            *masked += usize::from(least >= threshold);
        }
    }
    for at in letters.into_iter().filter(|at| !gold[*at]) {
        score.outside += 1;
        for (over, threshold) in score.over.iter_mut().zip(THRESHOLDS) {
            *over += usize::from(likely[at] >= threshold);
        }
    }
}
