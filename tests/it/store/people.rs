//! People who do not exist, what they said on the telephone, and the WAV files of it.
//!
//! No two share any part of a name, a number or a reference, so that a search for one finds nothing of another.

use std::path::Path;

use serde_json::{Value, json};

use super::mixed;

const SYLLABLES: [&str; 16] =
    ["ba", "do", "fe", "gi", "ku", "la", "mo", "ne", "pi", "ru", "sa", "to", "ve", "wi", "xo", "zu"];

/// A customer.
pub(crate) struct Person {
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    /// Eight digits, without a country.
    pub(crate) number: String,
    /// Two letters, a hyphen, eight digits.
    pub(crate) reference: String,
    /// A letter and eight digits: the case in the metadata.
    pub(crate) case: String,
}

impl Person {
    /// Every value that must be nowhere once its conversation is purged, in each way in which it was said.
    pub(crate) fn values(&self) -> Vec<String> {
        let digits = &self.number;
        let pairs: Vec<&str> = (0..4).map(|pair| &digits[2 * pair..2 * pair + 2]).collect();
        vec![
            digits.clone(),
            pairs.join(" "),
            format!("{} {}", &digits[..4], &digits[4..]),
            self.first_name.clone(),
            self.last_name.clone(),
            self.reference[3..].to_owned(),
            self.case[1..].to_owned(),
        ]
    }
}

/// Eight digits that no other index gives with this salt. The first is never 0 or 1, as in a Danish number.
fn digits(index: usize, salt: u64) -> String {
    // The multiplier shares no factor with 10^7, so that the first ten million products differ.
    let spread = (index as u64 * 61_803_399 + mixed(salt) % 1_000_000) % 70_000_000;
    format!("{:08}", 20_000_000 + spread)
}

/// The customer of the conversation with that index.
pub(crate) fn person(index: usize) -> Person {
    let syllable = |place: u32| SYLLABLES[(index >> (4 * place)) % 16];
    let middle = format!("{}{}{}", syllable(2), syllable(1), syllable(0));
    Person {
        first_name: format!("Quil{middle}"),
        last_name: format!("Zrat{middle}sen"),
        number: digits(index, 1),
        reference: format!("KX-{}", digits(index, 2)),
        case: format!("S{}", digits(index, 3)),
    }
}

pub(crate) fn conversation_id(index: usize) -> String {
    format!("conversation-{index:04}")
}

pub(crate) fn snippet_id(index: usize) -> String {
    format!("snippet-{index:04}")
}

/// A conversation as a line of an import, with everything that one can have. Every third is long enough to leave its page.
pub(crate) fn conversation(index: usize, recorded_at: &str) -> Value {
    let Person { first_name, last_name, number, reference, case } = person(index);
    let pairs = [&number[..2], &number[2..4], &number[4..6], &number[6..]].join(" ");
    let halves = format!("{} {}", &number[..4], &number[4..]);
    let mut said = if index.is_multiple_of(2) {
        vec![
            ("employee", "Good morning, you have reached the service desk.".to_owned()),
            ("customer", format!("Hello, my name is {first_name} {last_name}, my number is {pairs}.")),
            ("employee", format!("Thank you, {first_name}. And your customer number?")),
            ("customer", format!("It is {reference}, and I want to cancel my subscription for 199 kroner.")),
            ("employee", format!("I call you back on {halves}, the case is {case}.")),
        ]
    } else {
        vec![
            ("employee", "Goddag, du taler med kundeservice.".to_owned()),
            ("customer", format!("Hej, jeg hedder {first_name} {last_name}, og mit nummer er {pairs}.")),
            ("employee", format!("Tak, {first_name}. Hvad er dit kundenummer?")),
            ("customer", format!("Det er {reference}, og jeg vil gerne opsige mit abonnement til 199 kroner.")),
            ("employee", format!("Jeg ringer tilbage på {halves}, sagen er {case}.")),
        ]
    };
    if index.is_multiple_of(3) {
        for minute in 0..60 {
            said.push((
                "customer",
                format!("And {first_name} {last_name} said once more what was said in minute {minute}."),
            ));
        }
    }
    let transcript: Vec<Value> = (0_u64..)
        .zip(said)
        .map(|(turn, (speaker, text))| json!({"speaker": speaker, "start_ms": turn * 900, "end_ms": turn * 900 + 700, "text": text}))
        .collect();
    json!({
        "kind": "conversation",
        "id": conversation_id(index),
        "recorded_at": recorded_at,
        "language": if index.is_multiple_of(2) { "en" } else { "da" },
        "employee": "Agent Fjorten",
        "team": if index.is_multiple_of(4) { "sales" } else { "service" },
        "channel": "phone",
        "purpose": "quality",
        "customer": {"number": format!("+45{number}"), "name": format!("{first_name} {last_name}"), "reference": reference},
        "tags": ["cancellation"],
        "metadata": {"case": case, "queue": "north"},
        "transcript": transcript,
        "statistics": {"sentiment": 0.25, "score": index % 20},
        "audio": format!("conversation-{index:04}.wav"),
    })
}

/// A snippet of the conversation with that index, as a line of an import.
pub(crate) fn snippet(index: usize, created_at: &str) -> Value {
    let Person { first_name, last_name, .. } = person(index);
    json!({
        "kind": "snippet",
        "id": snippet_id(index),
        "conversation": conversation_id(index),
        "title": format!("How to thank {first_name}"),
        "created_at": created_at,
        "created_by": "Agent Fjorten",
        "from_ms": 900,
        "to_ms": 4_700,
        "audio": format!("snippet-{index:04}.wav"),
        "text": format!("Thank you for calling, {first_name} {last_name}, and have a good day."),
    })
}

/// Writes records as lines, and the WAV file that each names.
pub(crate) fn write(records: &[Value], lines: &Path, audio: &Path) {
    std::fs::create_dir_all(audio).expect("a folder");
    let mut text = String::new();
    for record in records {
        text.push_str(&record.to_string());
        text.push('\n');
        if let Some(name) = record["audio"].as_str() {
            std::fs::write(audio.join(name), wav(name)).expect("written");
        }
    }
    std::fs::write(lines, text).expect("written");
}

/// A tenth of a second of 8-bit mono at 8 kHz (RIFF, PCM), a tone that the name sets.
pub(crate) fn wav(name: &str) -> Vec<u8> {
    const SAMPLES: u32 = 800;
    let period = 20 + name.bytes().map(u32::from).sum::<u32>() % 60;
    let mut file = Vec::new();
    file.extend(b"RIFF");
    file.extend((36 + SAMPLES).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16_u32.to_le_bytes());
    file.extend([1, 0, 1, 0]);
    file.extend(8_000_u32.to_le_bytes());
    file.extend(8_000_u32.to_le_bytes());
    file.extend([1, 0, 8, 0]);
    file.extend(b"data");
    file.extend(SAMPLES.to_le_bytes());
    file.extend((0..SAMPLES).map(|sample| if sample % period < period / 2 { 160 } else { 96 }));
    file
}
