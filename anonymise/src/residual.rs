//! The second look: at the result, and not at how it was made. It shares no tokens, no tables of words and no rules with
//! the first, so that a fault of the first does not hide itself.
//!
//! It reads characters. What it looks for is little and plain, so that it is never wrong about ordinary text: known
//! values, and shapes that can be nothing but personal data. A result that has one is refused whole.

use std::borrow::Cow;
use std::collections::HashSet;

use crate::{AnonymiseError, Known, letters, placeholders};

mod spoken;

use spoken::Stretch;

/// A known word is sought from this many letters on; shorter ones are words too often.
const WORD_LETTERS_MIN: usize = 4;

/// Known digits are sought from this many on.
const KNOWN_DIGITS_MIN: usize = 7;

/// So many digits in a row are nobody's price.
const BARE_DIGITS_MAX: usize = 9;

/// So many digits in groups are an account or a card.
const GROUPED_DIGITS_MAX: usize = 14;

/// So many digits said in a row are a telephone number.
const SPOKEN_DIGITS_MAX: usize = 8;

/// What is looked for, made once for a conversation.
pub(crate) struct Residual {
    words: HashSet<String>,
    digits: Vec<String>,
}

impl Residual {
    /// Whom and what nobody may find in the result.
    pub(crate) fn new(known: &Known) -> Self {
        let mut words = HashSet::new();
        for name in known.names.iter().chain(&known.employees) {
            let parts = name.split(|c: char| !c.is_alphanumeric() && !letters::is_accent(c)).map(letters::key);
            words.extend(
                parts.filter(|part| part.chars().count() >= WORD_LETTERS_MIN && !crate::known::is_common(part)),
            );
        }
        let numbers = known.phones.iter().chain(&known.references);
        let digits = numbers.map(|number| letters::digits(number)).filter(|digits| digits.len() >= KNOWN_DIGITS_MIN);
        Self { words, digits: digits.collect() }
    }

    /// Refuses a result in which personal data is left. `kept` removes what the tenant keeps.
    pub(crate) fn check<'t>(
        &self,
        turns: &'t [String],
        kept: impl Fn(Cow<'t, str>) -> Cow<'t, str>,
    ) -> Result<(), AnonymiseError> {
        for (turn, text) in turns.iter().enumerate() {
            let bare = without_placeholders(text);
            let stretches = spoken::stretches(&bare);
            let known = self.known(&bare, &stretches);
            let rule = known.or_else(|| {
                let without = kept(bare.clone());
                let unchanged = *without == *bare;
                shape(&without, if unchanged { stretches } else { spoken::stretches(&without) })
            });
            if let Some(rule) = rule {
                return Err(AnonymiseError::Residual { turn, rule });
            }
        }
        Ok(())
    }

    fn known(&self, text: &str, stretches: &[Stretch]) -> Option<&'static str> {
        let is_known = |word: &str| {
            let key = letters::key(word);
            self.words.contains(&key) || key.strip_suffix('s').is_some_and(|stem| self.words.contains(stem))
        };
        let mut words =
            text.split(|c: char| !c.is_alphanumeric() && !letters::is_accent(c) && !letters::is_invisible(c));
        if !self.words.is_empty() && words.any(is_known) {
            return Some("known-word-left");
        }
        let found = |digits: &String| stretches.iter().any(|stretch| stretch.digits.contains(digits.as_str()));
        (!self.digits.is_empty() && self.digits.iter().any(found)).then_some("known-number-left")
    }
}

/// The text with a line feed for each placeholder: nothing goes on across one.
fn without_placeholders(text: &str) -> Cow<'_, str> {
    if !text.contains('[') {
        return Cow::Borrowed(text);
    }
    let mut bare = String::with_capacity(text.len());
    let mut from = 0;
    for placeholder in placeholders(text) {
        bare.push_str(&text[from..placeholder.start]);
        bare.push('\n');
        from = placeholder.end;
    }
    bare.push_str(&text[from..]);
    Cow::Owned(bare)
}

/// A shape that is nothing but personal data.
fn shape(text: &str, stretches: Vec<Stretch>) -> Option<&'static str> {
    if has_email(text) {
        return Some("email-left");
    }
    stretches.into_iter().find_map(|stretch| match () {
        () if stretch.longest_group > BARE_DIGITS_MAX => Some("long-digits-left"),
        () if stretch.even && !stretch.years && stretch.digits.len() > GROUPED_DIGITS_MAX => {
            Some("grouped-digits-left")
        }
        () if stretch.said_in_a_row > SPOKEN_DIGITS_MAX => Some("spoken-digits-left"),
        () if stretch.pairs && stretch.digits.len() == 8 => Some("phone-left"),
        () if stretch.cpr => Some("national-id-left"),
        () => None,
    })
}

/// An at sign with something on both sides and a dot soon after.
fn has_email(text: &str) -> bool {
    text.match_indices('@').any(|(at, _)| {
        let before = text[..at].chars().next_back().is_some_and(char::is_alphanumeric);
        let mut domain = text[at + 1..].chars().take_while(|c| c.is_alphanumeric() || matches!(c, '.' | '-'));
        before && domain.next().is_some_and(char::is_alphanumeric) && domain.any(|c| c == '.')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> Option<&'static str> {
        let known =
            Known { names: vec!["Søren Kirk".into()], phones: vec!["+45 20 30 40 50".into()], ..Known::default() };
        match Residual::new(&known).check(&[text.to_owned()], |text| text) {
            Err(AnonymiseError::Residual { rule, .. }) => Some(rule),
            _ => None,
        }
    }

    #[test]
    fn leaks_are_seen() {
        assert_eq!(refused("hos sørens mor"), Some("known-word-left"));
        assert_eq!(refused("ring +4520304050"), Some("known-number-left"));
        assert_eq!(refused("femogfyrre tyve tredive fyrre halvtreds"), Some("known-number-left"));
        assert_eq!(refused("skriv til a@b.dk"), Some("email-left"));
        assert_eq!(refused("det er 0102801234 eller 1"), Some("long-digits-left"));
        assert_eq!(refused("det er 010280-1234"), Some("national-id-left"));
        assert_eq!(refused("det er 22 33 44 55"), Some("phone-left"));
        assert_eq!(refused("oh seven seven double oh nine one two three four"), Some("spoken-digits-left"));
        assert_eq!(refused("5555 5555 5555 4444"), Some("grouped-digits-left"));
    }

    #[test]
    fn ordinary_text_is_not_refused() {
        for text in [
            "Du har betalt 3.400,50 kr. den 12.03.2024 kl. 14:30 og 1.250.000 kr. i 2023.",
            "i perioden 01.01.2024-31.03.2024, og 12.000.000.000 kr",
            "fra 08.30-12.00 og 14.00-16.30 den 1/2, 3/4 og 5/6",
            "i 2019 2020 2021 2022 og 2023 var det 25 30 og 35 procent",
            "[phone 1] [national-id 1] ring mellem otte og tolv",
            "to hundrede og fireogtredive tusind fem hundrede og syvogtres kroner",
            "two million three hundred and forty five thousand six hundred and seventy eight",
            "one two three four five",
            "meet me @ noon. ok",
            "søreng er en by",
        ] {
            assert_eq!(refused(text), None, "{text}");
        }
    }
}
