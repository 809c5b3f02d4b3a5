//! What digits are by their own rules: check digits, dates, lengths. Pure functions of digits and of written text.

/// ISO/IEC 7812-1, annex B: the check digit of payment cards.
pub(crate) fn is_luhn(digits: &str) -> bool {
    let value = |(index, digit): (usize, u8)| {
        let value = u32::from(digit - b'0') << (index % 2);
        value / 10 + value % 10
    };
    digits.bytes().rev().enumerate().map(value).sum::<u32>() % 10 == 0
}

/// ISO 13616: the first four characters moved to the end, letters as numbers from 10, remainder 1 by 97.
pub(crate) fn is_iban(text: &str) -> bool {
    let plain: Vec<u8> = text.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| byte.to_ascii_uppercase()).collect();
    if !(15..=34).contains(&plain.len()) {
        return false;
    }
    let remainder = plain[4..].iter().chain(&plain[..4]).fold(0_u32, |remainder, byte| match byte {
        b'0'..=b'9' => (remainder * 10 + u32::from(byte - b'0')) % 97,
        _ => (remainder * 100 + u32::from(byte - b'A') + 10) % 97,
    });
    remainder == 1
}

/// A CPR number: day, month, year of two digits each, then four more.
///
/// The day has 60 added in administrative numbers. The check digit proves nothing since October 2007 (CPR-kontoret,
/// *Personnummeret i CPR-systemet*), so it is not looked at.
pub(crate) fn is_cpr(digits: &str) -> bool {
    digits.len() == 10 && is_cpr_date(&digits[..6])
}

/// The first six digits of a CPR number.
pub(crate) fn is_cpr_date(digits: &str) -> bool {
    let (Some(day), Some(month)) = (number(digits, 0..2), number(digits, 2..4)) else { return false };
    let longest = match month {
        2 => 29,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    let day = if day > 60 { day - 60 } else { day };
    (1..=12).contains(&month) && (1..=longest).contains(&day)
}

/// A US social security number: no part is all zeros, and the first is not 666 or from 900 on (SSA, since 2011).
pub(crate) fn is_ssn(digits: &str) -> bool {
    let area = number(digits, 0..3);
    digits.len() == 9
        && area.is_some_and(|area| area > 0 && area != 666 && area < 900)
        && number(digits, 3..5) != Some(0)
        && number(digits, 5..9) != Some(0)
}

/// A year that people talk about.
pub(crate) fn is_year(digits: &str) -> bool {
    digits.len() == 4 && number(digits, 0..4).is_some_and(|year| (1900..2100).contains(&year))
}

/// A written date, version or time: `12.03.2024`, `12-03-24`, `2024-03-12`, `12.4.1`, `12/3`, `14.30`.
pub(crate) fn is_date_or_time(text: &str) -> bool {
    if let Some((from, to)) = text.split_once(['-', '–']).filter(|(from, to)| from.len() >= 8 && to.len() >= 8) {
        return is_date_or_time(from.trim()) && is_date_or_time(to.trim());
    }
    let parts: Vec<&str> = text.split(['.', '-', '/', ':', '–']).map(str::trim).collect();
    let plain =
        parts.iter().all(|part| (1..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit()));
    let value = |part: &str| part.parse::<u32>().unwrap_or(u32::MAX);
    let is_year = |part: &str| matches!(part.len(), 1 | 2) || is_year(part);
    plain
        && match parts[..] {
            [hour, minute] if hour.len() <= 2 => {
                hour.len() <= 2 && value(hour) <= 31 && minute.len() <= 2 && value(minute) < 60
            }
            [from, to] if to.len() == 2 && text.contains('-') => self::is_year(from),
            [year, month, day] if year.len() == 4 => self::is_year(year) && value(month) <= 12 && value(day) <= 31,
            [day, month, year] => {
                day.len() <= 2 && month.len() <= 2 && value(day) <= 31 && value(month) <= 31 && is_year(year)
            }
            [hour, minute, to_hour, to_minute] => {
                text.contains('-')
                    && !text.contains("-0")
                    && [hour, to_hour].iter().all(|part| part.len() <= 2 && value(part) <= 24)
                    && [minute, to_minute].iter().all(|part| part.len() == 2 && value(part) < 60)
                    && text.matches('-').count() == 1
            }
            _ => false,
        }
}

/// An amount as it is written: thousands apart, or one or two decimals: `1.250,75`, `12,345`, `99,50`.
pub(crate) fn is_amount(text: &str) -> bool {
    let (whole, decimals) = match text.char_indices().rfind(|(_, c)| matches!(c, '.' | ',')) {
        Some((at, _)) if text.len() - at <= 3 => (&text[..at], &text[at + 1..]),
        _ => (text, ""),
    };
    let mut groups = whole.split(['.', ',']);
    let first = groups.next().unwrap_or("");
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let later: Vec<&str> = groups.collect();
    let thousands = (1..=3).contains(&first.len()) && later.iter().all(|group| group.len() == 3 && digits(group));
    let plain = later.is_empty() && !decimals.is_empty() && (1..=7).contains(&first.len());
    let marks = text.bytes().filter(|byte| !byte.is_ascii_digit()).count();
    marks > 0
        && later.len() <= 3
        && digits(first)
        && digits(decimals)
        && (plain || (thousands && !(later.is_empty() && decimals.is_empty())))
}

/// The number that some of the digits are.
fn number(digits: &str, range: std::ops::Range<usize>) -> Option<u32> {
    digits.get(range)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits() {
        assert!(is_luhn("5555555555554444") && !is_luhn("5555555555554445"));
        assert!(is_iban("DK50 0040 0440 1162 43") && !is_iban("DK51 0040 0440 1162 43"));
        assert!(is_iban("gb29nwbk60161331926819"));
    }

    #[test]
    fn cpr_needs_a_date_and_no_check_digit() {
        for digits in ["0602751422", "3112991234", "7102751422", "2902001234"] {
            assert!(is_cpr(digits), "{digits}");
        }
        for digits in ["3202751422", "0613751422", "0002751422", "3104751422", "060275142"] {
            assert!(!is_cpr(digits), "{digits}");
        }
    }

    #[test]
    fn dates_times_and_versions() {
        for text in [
            "12.03.2024",
            "12-03-24",
            "2024-03-12",
            "14:30",
            "14.30",
            "12/3",
            "12.4.1",
            "8:30-12:00",
            "1/2/24",
            "01.01.2024-31.03.2024",
        ] {
            assert!(is_date_or_time(text), "{text}");
        }
        for text in
            ["12.03.3024", "2030-4050", "20.30.40.50", "4021-77812", "123-45-6789", "26-18-77-41", "2024-118823"]
        {
            assert!(!is_date_or_time(text), "{text}");
        }
    }

    #[test]
    fn amounts() {
        for text in ["1.250,75", "1,245.60", "12,345", "99,50", "1250,75", "1.250.000", "3.5"] {
            assert!(is_amount(text), "{text}");
        }
        for text in ["20.30.40.50", "12345678", "1234", "2030,4050", "12.3456"] {
            assert!(!is_amount(text), "{text}");
        }
    }
}
