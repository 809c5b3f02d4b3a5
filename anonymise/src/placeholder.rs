//! The words that stand where personal data stood: `[person 1]`. No map from a number back to a value exists anywhere.

use std::ops::Range;

use crate::finding::Kind;

/// A placeholder's number has at most this many digits: a longer one is somebody's text.
const NUMBER_DIGITS_MAX: usize = 7;

/// The byte ranges of everything in a text that is shaped like a placeholder, in order.
///
/// Trackers skip these, so that the word in a placeholder never makes a hit.
pub fn placeholders(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let start = from + text[from..].find('[')?;
            from = start + 1;
            if let Some(length) = measure(&text[start..]) {
                from = start + length;
                return Some(start..from);
            }
        }
    })
}

/// The length in bytes of the placeholder that a text begins with.
pub(crate) fn measure(text: &str) -> Option<usize> {
    let (kind, _) = parse(text)?;
    let close = text.find(']').expect("a placeholder that was read has its end");
    debug_assert!(text[1..close].starts_with(kind.name()));
    Some(close + 1)
}

/// The kind and number of the placeholder that a text begins with.
pub(crate) fn parse(text: &str) -> Option<(Kind, u32)> {
    let inside = text.strip_prefix('[')?;
    let limit = inside.as_bytes().iter().take(40).position(|byte| *byte == b']')?;
    let (name, number) = inside[..limit].split_once(' ')?;
    let plain = number.len() <= NUMBER_DIGITS_MAX && number.bytes().all(|byte| byte.is_ascii_digit());
    if !plain || number.starts_with('0') {
        return None;
    }
    Some((Kind::from_name(name)?, number.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_we_write_is_a_placeholder() {
        let text = "[person 1] [person 01] [person] [Person 1] [a[phone 22]] [order 1] [phone 12345678]";
        let found: Vec<&str> = placeholders(text).map(|range| &text[range]).collect();
        assert_eq!(found, ["[person 1]", "[phone 22]"]);
    }
}
