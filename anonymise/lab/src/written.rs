//! The calls written by hand: `{type|value}` stands for a marked value, an empty line parts calls.

use crate::gold::{Mark, Text};

/// All calls of a language, for measuring.
pub(crate) fn calls(language: &str) -> Vec<Text> {
    let source = match language {
        "da" => include_str!("../calls/written_da.txt"),
        _ => include_str!("../calls/written_en.txt"),
    };
    let calls = source.split("\n\n").filter(|call| !call.starts_with('#'));
    calls.zip(1..).map(|(call, number)| read(call.trim(), language, number)).collect()
}

fn read(call: &str, language: &str, number: usize) -> Text {
    let (mut text, mut marks) = (String::with_capacity(call.len()), Vec::new());
    let mut rest = call;
    while let Some((before, after)) = rest.split_once('{') {
        let (marked, after) = after.split_once('}').unwrap_or((after, ""));
        let (kind, value) = marked.split_once('|').unwrap_or(("other", marked));
        text.push_str(before);
        let start = text.len();
        text.push_str(value);
        marks.push(Mark { range: start..text.len(), kind: kind.to_owned() });
        rest = after;
    }
    text.push_str(rest);
    Text {
        id: format!("written-{language}-{number}"),
        language: language.to_owned(),
        source: "written".to_owned(),
        text,
        marks,
    }
}
