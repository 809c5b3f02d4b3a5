//! Texts with what a person marked in them: one JSON object a line, offsets in Unicode scalar values.
//!
//! These are corpora and generated calls. Never a customer's call: the lab has no way to read a store.

use std::error::Error;
use std::fs;
use std::ops::Range;
use std::path::Path;

use serde_json::{Value, json};

/// A part of a text that is marked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    /// Bytes of the text.
    pub(crate) range: Range<usize>,
    /// Its type: `person`, `phone` … or what the corpus calls things that are not personal.
    pub(crate) kind: String,
}

/// A text with its marks.
#[derive(Clone, Debug)]
pub(crate) struct Text {
    /// Unlike any other in its file.
    pub(crate) id: String,
    /// `da` or `en`.
    pub(crate) language: String,
    /// Where it comes from.
    pub(crate) source: String,
    /// The turns, parted by line feeds.
    pub(crate) text: String,
    /// In no order; they may overlap.
    pub(crate) marks: Vec<Mark>,
}

/// Reads a file of texts.
pub(crate) fn read(path: &Path) -> Result<Vec<Text>, Box<dyn Error>> {
    let content = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let read = |(line, number): (&str, usize)| {
        parse(line).ok_or_else(|| format!("{}:{number}: no text with spans", path.display()).into())
    };
    content.lines().zip(1..).map(read).collect()
}

/// The line that [`read`] reads.
pub(crate) fn line(text: &Text) -> String {
    let span = |mark: &Mark| {
        let start = text.text[..mark.range.start].chars().count();
        let end = start + text.text[mark.range.clone()].chars().count();
        json!({ "start": start, "end": end, "type": mark.kind })
    };
    let spans: Vec<Value> = text.marks.iter().map(span).collect();
    json!({ "id": text.id, "lang": text.language, "source": text.source, "text": text.text, "spans": spans })
        .to_string()
}

fn parse(line: &str) -> Option<Text> {
    let value: Value = serde_json::from_str(line).ok()?;
    let string = |name: &str| Some(value.get(name)?.as_str()?.to_owned());
    let text = string("text")?;
    let mut offsets: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    offsets.push(text.len());
    let mark = |span: &Value| {
        let offset = |name: &str| offsets.get(usize::try_from(span.get(name)?.as_u64()?).ok()?).copied();
        let range = offset("start")?..offset("end")?;
        Some(Mark { range, kind: span.get("type")?.as_str()?.to_owned() })
    };
    let marks = value.get("spans")?.as_array()?.iter().map(mark).collect::<Option<Vec<_>>>()?;
    Some(Text {
        id: string("id")?,
        language: string("lang")?,
        source: string("source").unwrap_or_default(),
        text,
        marks,
    })
}
