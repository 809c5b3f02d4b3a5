//! Measures the tagger alone on texts it has not learned from: calls and templates are never on both sides of a split.

use std::error::Error;
use std::path::Path;

use lapse_anonymise::training::{self, BEGIN, INSIDE};

use crate::chain::{Chain, Settings, Turn};
use crate::corpora::{self, Corpus};
use crate::gold::Text;
use crate::people::People;
use crate::random::Random;

/// Likelihoods from which a word is taken for part of a name.
const THRESHOLDS: [f32; 6] = [0.03, 0.06, 0.1, 0.2, 0.35, 0.5];

/// Counts at each threshold.
#[derive(Clone, Copy, Default)]
struct Score {
    spans: usize,
    masked: [usize; THRESHOLDS.len()],
    outside: usize,
    over: [usize; THRESHOLDS.len()],
}

/// Trains on all folds but one, measures on that one, for the first `run` of `folds` folds.
pub(crate) fn run(
    directory: &Path,
    words: &[u8],
    people: &People,
    settings: Settings,
    (folds, run): (usize, usize),
    worst: usize,
) -> Result<(), Box<dyn Error>> {
    let corpora = corpora::read(directory)?;
    let mut scores = vec![Score::default(); corpora.len()];
    for fold in 0..run {
        let held = |text: &Text| Random::of(&corpora::group(text)).below(folds) == fold;
        let kept = |corpus: &Corpus, text: &Text| corpus.train && !held(text);
        let turns: Vec<Turn> = corpora
            .iter()
            .flat_map(|corpus| corpus.texts.iter().filter(|text| kept(corpus, text)))
            .flat_map(|text| corpora::turns(text, words, people, 1))
            .collect();
        let chain = Chain::train(&turns, settings, 1);
        let model = training::pack_model(&chain.scores, &chain.weights);
        let live = chain.weights.iter().filter(|row| row.iter().any(|weight| weight.abs() > 0.05)).count();
        eprintln!("fold {fold}: {} turns, {live} features", turns.len());
        for (corpus, score) in corpora.iter().zip(&mut scores) {
            let texts = corpus.texts.iter().filter(|text| if corpus.train { held(text) } else { fold == 0 });
            for text in texts {
                measure(text, &model, words, score, (worst > 0).then_some(corpus.name));
            }
        }
    }
    print(&corpora, &scores);
    Ok(())
}

fn print(corpora: &[Corpus], scores: &[Score]) {
    print!("{:28} {:>6}", "", "spans");
    THRESHOLDS.iter().for_each(|threshold| print!("  {threshold:>12}"));
    println!();
    for (corpus, score) in corpora.iter().zip(scores) {
        print!("{:28} {:>6}", corpus.name, score.spans);
        for index in 0..THRESHOLDS.len() {
            let share = |part: usize, whole: usize| part as f64 / whole.max(1) as f64;
            print!("  {:.3} {:.4}", share(score.masked[index], score.spans), share(score.over[index], score.outside));
        }
        println!();
    }
}

fn measure(text: &Text, model: &[u8], words: &[u8], score: &mut Score, show: Option<&str>) {
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
        if let Some(name) = show.filter(|_| least < 0.04) {
            eprintln!("miss {name} {least:.3} {}", around(text, &mark.range));
        }
    }
    let mut shown = 0;
    for at in letters.into_iter().filter(|at| !gold[*at]) {
        score.outside += 1;
        for (over, threshold) in score.over.iter_mut().zip(THRESHOLDS) {
            *over += usize::from(likely[at] >= threshold);
        }
        if let Some(name) = show.filter(|_| likely[at] >= 0.04 && at >= shown) {
            let end =
                text.text[at..].find(|letter: char| !letter.is_alphanumeric()).map_or(text.text.len(), |end| at + end);
            eprintln!("over {name} {:.3} {}", likely[at], around(text, &(at..end)));
            shown = end;
        }
    }
}

fn around(text: &Text, range: &std::ops::Range<usize>) -> String {
    let floor = |at: usize| (0..=at).rev().find(|at| text.text.is_char_boundary(*at)).unwrap_or(0);
    let start = floor(range.start.saturating_sub(40));
    let end = floor((range.end + 30).min(text.text.len()));
    let text = &text.text;
    format!("{}[[{}]]{}", &text[start..range.start], &text[range.clone()], &text[range.end..end.max(range.end)])
        .replace('\n', "|")
}
