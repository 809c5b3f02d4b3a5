//! Invented calls, for stores that are measured.

use chrono::{DateTime, TimeDelta, Utc};
use lapse::conversation::{Customer, Details, NewConversation, Turn};
use lapse::record::Day;

const GIVEN: [&str; 8] = ["Mette", "Lars", "Sofie", "Mikkel", "Oliver", "Amelia", "George", "Isla"];
const FAMILY: [&str; 8] =
    ["Kjærsgaard", "Thorup", "Bundgaard", "Lyngby", "Ashworth", "Blackwood", "Carruthers", "Dunmore"];
const TEAMS: [&str; 3] = ["sales", "support", "billing"];

/// A conversation with everything; its number tells it from every other.
pub(crate) fn call(number: usize, recorded_on: Day, audio: Option<String>, is_long: bool) -> NewConversation {
    let name = format!("{} {}", GIVEN[number % 8], FAMILY[number / 8 % 8]);
    let phone = format!("37{:06}", number % 1_000_000);
    let reference = format!("K-{:08}", 80_000_000 + number);
    let recorded_at = noon(recorded_on);
    NewConversation {
        id: format!("call-{number:07}"),
        recorded_at,
        recorded_on,
        ended_at: Some(recorded_at + TimeDelta::minutes(4)),
        ended_on: recorded_on,
        details: Details {
            language: Some(String::from(if number.is_multiple_of(2) { "da" } else { "en" })),
            employee: Some("Anne Bruun".to_owned()),
            team: Some(TEAMS[number % 3].to_owned()),
            channel: Some("phone".to_owned()),
            purpose: Some("quality".to_owned()),
            tags: Vec::new(),
            metadata: [("queue".to_owned(), "da-1".to_owned())].into(),
            score: Some((number % 101) as i64),
            sentiment_thousandths: Some((number % 2001) as i64 - 1000),
            duration_seconds: Some(240),
        },
        transcript: Some(turns(number, &name, &phone, &reference, is_long)),
        customer: Customer { number: Some(format!("+45{phone}")), name: Some(name), reference: Some(reference) },
        audio,
    }
}

fn turns(number: usize, name: &str, phone: &str, reference: &str, is_long: bool) -> Vec<Turn> {
    let short = [
        ("employee", "Goddag, du taler med Anne Bruun, hvad kan jeg hjælpe med?".to_owned()),
        ("customer", format!("Jeg hedder {name}, og mit nummer er {phone}.")),
    ];
    let long = [
        ("employee", "Tak. Og hvad er dit kundenummer?".to_owned()),
        ("customer", format!("Det er {reference}, det står på regningen fra i går.")),
        ("employee", format!("{reference}, et øjeblik. Ja, her er du. Det drejer sig om Fiber 500?")),
        (
            "customer",
            "Ja, jeg vil gerne opsige abonnementet, for det er blevet for dyrt efter at prisen er sat op.".into(),
        ),
        ("employee", "Det er jeg ked af at høre. Vi har et tilbud på 249 kroner om måneden i et halvt år.".to_owned()),
        ("customer", format!("Det må I gerne sende mig. Skriv til kunde{number}@eksempel.dk, så ser jeg på det.")),
        ("employee", "Det gør jeg, og så ringer jeg i næste uge. Er det på det samme nummer?".to_owned()),
        ("customer", format!("Ja, {phone}, helst om eftermiddagen. Tusind tak for hjælpen og hav en god dag.")),
    ];
    let long = if is_long { &long[..] } else { &[] };
    let turn = |(speaker, text): &(&str, String)| Turn {
        speaker: (*speaker).to_owned(),
        start_ms: Some(0),
        end_ms: Some(4_000),
        text: text.clone(),
    };
    short.iter().chain(long).map(turn).collect()
}

fn noon(day: Day) -> DateTime<Utc> {
    DateTime::from_timestamp(i64::from(day.0) * 86_400 + 43_200, 0).expect("a day of this century")
}
