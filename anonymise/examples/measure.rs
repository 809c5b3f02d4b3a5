//! How fast: megabytes a second on one core, with the tagger and without it.
//!
//! usage: `measure FILE.jsonl [REPEATS]`, with lines as `anonymise_jsonl` takes them; only `text` and `lang` are read.

use std::time::Instant;

use lapse_anonymise::{Anonymiser, Known, Language, Turn};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = std::env::args().nth(1).ok_or("usage: measure FILE.jsonl [REPEATS]")?;
    let repeats = std::env::args().nth(2).map_or(Ok(3), |count| count.parse())?;
    let mut conversations = Vec::new();
    for line in std::fs::read_to_string(file)?.lines() {
        let conversation: serde_json::Value = serde_json::from_str(line)?;
        let text = conversation["text"].as_str().unwrap_or_default().to_owned();
        let language = conversation["lang"].as_str().and_then(Language::from_code);
        conversations.push((text, language));
    }
    let bytes: usize = conversations.iter().map(|(text, _)| text.len()).sum();
    let measure = |name: &str, anonymiser: &Anonymiser| -> Result<(), lapse_anonymise::AnonymiseError> {
        let mut best = f64::MAX;
        for _ in 0..repeats {
            let start = Clock::start();
            for (text, language) in &conversations {
                let turns: Vec<Turn<'_>> = text.split('\n').map(|text| Turn { speaker: "", text }).collect();
                std::hint::black_box(anonymiser.anonymise(&turns, *language, &Known::default())?);
            }
            best = best.min(start.seconds());
        }
        println!(
            "{name}: {:.1} MB/s ({bytes} bytes in {:.1} ms, best of {repeats})",
            bytes as f64 / best / 1e6,
            best * 1e3
        );
        Ok(())
    };
    measure("without the tagger", &Anonymiser::new().without_names())?;
    measure("with it", &Anonymiser::new())?;
    Ok(())
}

/// Time on the processor where Linux tells it, so that other work on the machine does not count; else time on the wall.
struct Clock {
    wall: Instant,
    processor_ns: Option<u64>,
}

impl Clock {
    fn start() -> Self {
        Self { wall: Instant::now(), processor_ns: processor_ns() }
    }

    fn seconds(&self) -> f64 {
        match (self.processor_ns, processor_ns()) {
            (Some(before), Some(after)) => (after - before) as f64 / 1e9,
            _ => self.wall.elapsed().as_secs_f64(),
        }
    }
}

fn processor_ns() -> Option<u64> {
    std::fs::read_to_string("/proc/thread-self/schedstat").ok()?.split_whitespace().next()?.parse().ok()
}
