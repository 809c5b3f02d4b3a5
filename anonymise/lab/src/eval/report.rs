//! The figures, as tables and as JSON: type by type, set by set, then by language.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::score::{Leak, Score, Share};
use super::{Measured, OWN};

/// Of each type, so many leaks are shown.
const LEAKS_MAX: usize = 10;

/// Prints tables.
pub(super) fn text(measured: &[Measured], leaks: &[Leak]) {
    for set in measured {
        println!("\n{} ({}, {})", set.name, set.language, set.style);
        table(&set.score);
    }
    for (language, score) in languages(measured) {
        println!("\nthe repository's own calls ({language})");
        table(&score);
    }
    let [with, without] = speeds(measured);
    println!("\n{without:.1} MB/s without the tagger, {with:.1} MB/s with it");
    println!("\nwhat stays of the repository's own calls, the worst first");
    for leak in worst(leaks) {
        println!("  {:16} {} {:?} ({} letters and digits)", leak.kind, leak.id, leak.text, leak.letters);
    }
}

fn table(score: &Score) {
    println!("  {:16} {:>6} {:>8}  95 % interval", "type", "spans", "masked");
    let row = |name: &str, share: Share| {
        let (low, high) = share.interval();
        println!("  {name:16} {:>6} {:>8.4}  [{low:.4}, {high:.4}]", share.all, share.value());
    };
    score.spans.iter().for_each(|(kind, share)| row(kind, *share));
    row("all", score.all());
    println!("  over-masking {:.4} of {} other letters and digits", over(score), score.others.all);
}

/// One object with everything.
pub(super) fn json(measured: &[Measured], leaks: &[Leak]) -> Value {
    let set = |set: &Measured| {
        let mut value = figures(&set.score);
        value["name"] = json!(set.name);
        value["language"] = json!(set.language);
        value["style"] = json!(set.style);
        value
    };
    let own: BTreeMap<&str, Value> =
        languages(measured).into_iter().map(|(language, score)| (language, figures(&score))).collect();
    let leak = |leak: &Leak| json!({ "type": leak.kind, "id": leak.id, "text": leak.text, "letters": leak.letters });
    let [with, without] = speeds(measured);
    json!({
        "sets": measured.iter().map(set).collect::<Vec<_>>(),
        "own_calls": own,
        "megabytes_per_second": { "with_tagger": with, "without_tagger": without },
        "leaks": worst(leaks).into_iter().map(leak).collect::<Vec<_>>(),
    })
}

fn figures(score: &Score) -> Value {
    let share = |share: Share| {
        let (low, high) = share.interval();
        json!({ "spans": share.all, "masked": share.part, "share": share.value(), "low": low, "high": high })
    };
    let types: BTreeMap<&str, Value> = score.spans.iter().map(|(kind, spans)| (*kind, share(*spans))).collect();
    json!({ "types": types, "all": share(score.all()), "over_masking": over(score), "others": score.others.all })
}

/// The repository's own calls by language, every style together.
fn languages(measured: &[Measured]) -> BTreeMap<&str, Score> {
    let mut languages: BTreeMap<&str, Score> = BTreeMap::new();
    for set in measured.iter().take(OWN.len()) {
        languages.entry(&set.language).or_default().merge(&set.score);
    }
    languages
}

fn over(score: &Score) -> f64 {
    if score.others.all == 0 { 0.0 } else { score.others.value() }
}

/// Megabytes a second over everything, with the tagger and without it.
fn speeds(measured: &[Measured]) -> [f64; 2] {
    let bytes: usize = measured.iter().map(|set| set.bytes).sum();
    [0, 1].map(|at| bytes as f64 / 1e6 / measured.iter().map(|set| set.seconds[at]).sum::<f64>())
}

/// Of each type the leaks of which most stays.
fn worst(leaks: &[Leak]) -> Vec<&Leak> {
    let mut leaks: Vec<&Leak> = leaks.iter().collect();
    leaks.sort_by(|a, b| (a.kind, b.letters, &a.id).cmp(&(b.kind, a.letters, &b.id)));
    let mut shown = 0;
    let mut last = "";
    leaks.retain(|leak| {
        shown = if leak.kind == last { shown + 1 } else { 1 };
        last = leak.kind;
        shown <= LEAKS_MAX
    });
    leaks
}
