//! Variants of a marked text: with other people's names, and as speech recognition would write it.

use std::collections::BTreeMap;

use crate::gold::{Mark, Text};
use crate::people::People;
use crate::random::Random;

/// The text with every person under another name; who is called the same stays called the same.
pub(crate) fn rename(text: &Text, people: &People, random: &mut Random) -> Text {
    let danish = text.language == "da" && random.chance(70);
    let mut names = BTreeMap::new();
    replace(text, |mark, old| {
        if mark.kind != "person" {
            return None;
        }
        let mut new = String::new();
        let words = old.split_inclusive([' ', '-', '.']).count();
        for (index, part) in old.split_inclusive([' ', '-', '.']).enumerate() {
            let word = part.trim_end_matches([' ', '-', '.']);
            let ending = &part[word.len()..];
            new.push_str(&substitute(word, words == 1 && index == 0, index == 0, danish, &mut names, people, random));
            new.push_str(ending);
        }
        Some(new)
    })
}

/// One word of a name, replaced by one of the same sort and written alike.
fn substitute(
    word: &str,
    alone: bool,
    first: bool,
    danish: bool,
    names: &mut BTreeMap<String, String>,
    people: &People,
    random: &mut Random,
) -> String {
    let stem = word.strip_suffix("'s").unwrap_or(word);
    let lower = stem.to_lowercase();
    if stem.chars().count() < 2 || is_small(&lower) || !stem.chars().any(char::is_alphabetic) {
        return word.to_owned();
    }
    let name = names.entry(lower.clone()).or_insert_with(|| {
        let given = people.is_given(&lower).unwrap_or(if alone { random.chance(50) } else { first });
        let from = if given { people.given(random, danish) } else { people.family(random, danish) };
        from.to_owned()
    });
    let written = if !stem.chars().any(char::is_lowercase) && stem.chars().any(char::is_uppercase) {
        name.to_uppercase()
    } else if stem.starts_with(char::is_uppercase) {
        title(name)
    } else {
        name.clone()
    };
    written + &word[stem.len()..]
}

/// Words inside names that are not drawn: titles and particles.
fn is_small(word: &str) -> bool {
    matches!(
        word,
        "van"
            | "von"
            | "de"
            | "der"
            | "den"
            | "da"
            | "di"
            | "del"
            | "la"
            | "le"
            | "af"
            | "al"
            | "el"
            | "bin"
            | "mr"
            | "mrs"
            | "ms"
            | "dr"
            | "prof"
            | "jr"
            | "sr"
            | "hr"
            | "fru"
    )
}

/// With a capital first letter.
pub(crate) fn title(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The text in lower case and without punctuation, as speech recognition writes it.
pub(crate) fn uncased(text: &Text) -> Text {
    let mut plain = String::with_capacity(text.text.len());
    let mut moved = Vec::with_capacity(text.text.len() + 1);
    let mut characters = text.text.chars().peekable();
    let mut before = ' ';
    while let Some(character) = characters.next() {
        moved.resize(moved.len() + character.len_utf8(), plain.len());
        let inside = before.is_alphanumeric() && characters.peek().is_some_and(|after| after.is_alphanumeric());
        match character {
            '\n' => plain.push('\n'),
            '\'' | '’' | '-' | '.' | '@' | '/' | ':' | '_' | '%' if inside => plain.push(character),
            '&' | '%' | '$' | '£' | '€' | '#' | '+' => plain.push(character),
            _ if character.is_alphanumeric() => plain.extend(character.to_lowercase()),
            _ if !plain.ends_with([' ', '\n']) && !plain.is_empty() => plain.push(' '),
            _ => {}
        }
        before = character;
    }
    moved.push(plain.len());
    let mark = |mark: &Mark| {
        let range = moved[mark.range.start]..moved[mark.range.end];
        let inside = &plain[range.clone()];
        let start = range.start + (inside.len() - inside.trim_start().len());
        let end = start + inside.trim().len();
        (start < end).then(|| Mark { range: start..end, kind: mark.kind.clone() })
    };
    Text { marks: text.marks.iter().filter_map(mark).collect(), text: plain, ..text.clone() }
}

/// Replaces what some marks cover; marks inside or across a replaced one go.
fn replace(text: &Text, mut with: impl FnMut(&Mark, &str) -> Option<String>) -> Text {
    let mut marks = text.marks.clone();
    marks.sort_by_key(|mark| (mark.range.start, mark.range.end));
    let (mut out, mut kept) = (String::with_capacity(text.text.len()), Vec::new());
    let mut at = 0;
    for mark in marks {
        if mark.range.start < at {
            continue;
        }
        out.push_str(&text.text[at..mark.range.start]);
        let old = &text.text[mark.range.clone()];
        let start = out.len();
        out.push_str(&with(&mark, old).unwrap_or_else(|| old.to_owned()));
        kept.push(Mark { range: start..out.len(), kind: mark.kind });
        at = mark.range.end;
    }
    out.push_str(&text.text[at..]);
    Text { text: out, marks: kept, ..text.clone() }
}
