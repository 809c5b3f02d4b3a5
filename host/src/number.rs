//! Phone numbers as people write them, and whether two spellings are the same number. Pure.
//!
//! Without its country a number is the same as every number that ends with it, in whatever country: whoever looks for it is shown
//! too many rather than too few. But fewer than eight digits are the end of too many numbers, so these are the same only with
//! their country, as in +298 123456.

/// A phone number: its digits, with `+` where the country is known.
#[derive(Clone, PartialEq, Eq)]
pub struct Number(String);

/// How many digits two spellings must share at the end: the length of a Danish number, the shortest national one in use here.
const SHARED_DIGITS_MIN: usize = 8;

/// ITU-T E.164: at most fifteen digits.
const DIGITS_MAX: usize = 15;

/// Fewer digits are a short code (112, 1811), not a customer.
const DIGITS_MIN: usize = 5;

impl Number {
    /// Reads a number in any spelling: spaces, hyphens, dots, brackets, `+` or `00` before the country. `None` where it is none.
    pub fn parse(spelling: &str) -> Option<Number> {
        let trimmed = spelling.trim();
        if !trimmed.chars().all(|character| character.is_ascii_digit() || " +-–./()\u{a0}".contains(character)) {
            return None;
        }
        // `(0)` is how Britons and Germans write the trunk prefix that nobody dials after a country code.
        let digits: String = trimmed.replace("(0)", "").chars().filter(char::is_ascii_digit).collect();
        let international = trimmed.starts_with('+');
        let (international, digits) = match digits.strip_prefix("00") {
            Some(rest) if !international => (true, rest.to_owned()),
            _ => (international, digits),
        };
        if !(DIGITS_MIN..=DIGITS_MAX).contains(&digits.len()) {
            return None;
        }
        Some(Number(if international { format!("+{digits}") } else { digits }))
    }

    /// As it is stored: digits, after a `+` where the country is known.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn digits(&self) -> &str {
        self.0.trim_start_matches('+')
    }

    /// The last digits, by which storage looks candidates up.
    pub fn ending(&self) -> &str {
        let digits = self.digits();
        &digits[digits.len().saturating_sub(SHARED_DIGITS_MIN)..]
    }

    /// Whether the two are one number: equal, or one is the other without its country.
    pub fn is_same(&self, other: &Number) -> bool {
        let (long, short) = if self.digits().len() >= other.digits().len() { (self, other) } else { (other, self) };
        if long.digits() == short.digits() {
            return true;
        }
        // With two countries given, only equality will do. Without, the national trunk prefix `0` is not part of the number.
        let national = short.digits().trim_start_matches('0');
        !(long.0.starts_with('+') && short.0.starts_with('+'))
            && national.len() >= SHARED_DIGITS_MIN
            && long.digits().ends_with(national)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn same(left: &str, right: &str) -> bool {
        let parse = |spelling| Number::parse(spelling).expect("a number");
        let (left, right) = (parse(left), parse(right));
        assert_eq!(left.is_same(&right), right.is_same(&left), "sameness has no direction");
        left.is_same(&right)
    }

    #[test]
    fn spellings_of_one_number_are_the_same() {
        for spelling in [
            "+4550035333",
            "0045 50 03 53 33",
            "+45 5003 5333",
            "50035333",
            "50-03-53-33",
            "(+45) 50.03.53.33",
            "4550035333",
        ] {
            assert!(same("+4550035333", spelling), "{spelling}");
            assert_eq!(Number::parse(spelling).expect("a number").ending(), "50035333");
        }
        assert!(same("+442079460018", "020 7946 0018"));
        assert!(same("+44 (0)20 7946 0018", "020 7946 0018"));
        assert!(same("+298 123456", "00298123456") && same("+298 123456", "298 12 34 56"));
        assert!(same("50035333", "+4650035333"), "without its country, a number is the same in every country");
    }

    #[test]
    fn other_numbers_are_others() {
        assert!(!same("+4550035333", "50035334"));
        assert!(!same("+4550035333", "+4650035333"));
        assert!(!same("12345", "9912345"));
        assert!(!same("+298 123456", "123456"), "too short to be told from the end of a longer number");
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for spelling in ["", "112", "call me", "1234567890123456", "50035333x"] {
            assert!(Number::parse(spelling).is_none(), "{spelling}");
        }
    }
}
