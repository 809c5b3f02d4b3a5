//! Single characters: lower case, accents, digits of other scripts, characters that nobody sees.
//! Knows nothing of words.

/// The lower-case form of a character if it is one character of the same length in UTF-8, otherwise the character:
/// offsets into a text and into its lower-case form are the same.
pub(crate) fn lower(c: char) -> char {
    if c.is_ascii() {
        return c.to_ascii_lowercase();
    }
    let mut mapped = c.to_lowercase();
    match (mapped.next(), mapped.next()) {
        (Some(lower), None) if lower.len_utf8() == c.len_utf8() => lower,
        _ => c,
    }
}

/// A text in lower case, with the same byte offsets.
pub(crate) fn lower_text(text: &str) -> String {
    let mut lower = text.to_ascii_lowercase();
    if !text.is_ascii() {
        lower.clear();
        for run in text.split_inclusive(|c: char| !c.is_ascii()) {
            let end = run.char_indices().next_back().filter(|(_, c)| !c.is_ascii());
            lower.push_str(&run[..end.map_or(run.len(), |(at, _)| at)]);
            lower.extend(end.map(|(_, c)| self::lower(c)));
        }
        lower.make_ascii_lowercase();
    }
    lower
}

/// The zeros of the decimal digits that occur in transcripts, chats and pasted text; nine more digits follow each.
const ZEROS: [u32; 12] =
    [0x0660, 0x06F0, 0x0966, 0x09E6, 0x0A66, 0x0E50, 0xFF10, 0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6];

/// The value of a decimal digit of any common script.
pub(crate) fn digit(c: char) -> Option<u8> {
    if c.is_ascii() {
        return c.is_ascii_digit().then(|| c as u8 - b'0');
    }
    let code = u32::from(c);
    let zero = ZEROS.into_iter().find(|zero| (*zero..zero + 10).contains(&code))?;
    u8::try_from(code - zero).ok()
}

/// Whether a character is invisible inside a word or a number: joiners, soft hyphens, marks of direction.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
        || matches!(c, '\u{fe00}'..='\u{fe0f}')
}

/// Whether a character is an accent that combines with the one before it.
pub(crate) fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

/// Whether a character is an apostrophe, as people and word processors write it.
pub(crate) fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}' | '\u{2bc}' | '`' | '\u{b4}')
}

/// Appends a lower-case character to a comparison key: without accents, but with æ, ø and å as they are.
pub(crate) fn push_key(key: &mut String, c: char) {
    match c {
        'a'..='z' | 'æ' | 'ø' | 'å' => key.push(c),
        'à'..='ä' | 'ā' | 'ă' | 'ą' => key.push('a'),
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => key.push('c'),
        'ð' | 'ď' | 'đ' => key.push('d'),
        'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => key.push('e'),
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => key.push('g'),
        'ì'..='ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' | 'İ' => key.push('i'),
        'ķ' => key.push('k'),
        'ĺ' | 'ļ' | 'ľ' | 'ł' => key.push('l'),
        'ñ' | 'ń' | 'ņ' | 'ň' => key.push('n'),
        'ò'..='õ' | 'ō' | 'ŏ' | 'ő' => key.push('o'),
        'ö' => key.push('ø'),
        'ŕ' | 'ř' => key.push('r'),
        'ß' => key.push_str("ss"),
        'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => key.push('s'),
        'ţ' | 'ť' | 'ț' => key.push('t'),
        'ù'..='ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' => key.push('u'),
        'ý' | 'ÿ' => key.push('y'),
        'ź' | 'ż' | 'ž' => key.push('z'),
        'þ' => key.push_str("th"),
        'œ' => key.push_str("oe"),
        c if is_accent(c) || is_invisible(c) || is_apostrophe(c) => {}
        c => match digit(c) {
            Some(value) => key.push(char::from(b'0' + value)),
            None => key.push(c),
        },
    }
}

/// The comparison key of a text: letters and digits only, lower-case, without accents.
pub(crate) fn key(text: &str) -> String {
    let mut key = String::with_capacity(text.len());
    for c in text.chars().map(lower) {
        if c.is_alphanumeric() || is_accent(c) {
            push_key(&mut key, c);
        }
    }
    key
}

/// The decimal digits of a text, as ASCII.
pub(crate) fn digits(text: &str) -> String {
    text.chars().filter_map(digit).map(|value| char::from(b'0' + value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lower_case_never_changes_the_length() {
        for c in '\0'..=char::MAX {
            assert_eq!(lower(c).len_utf8(), c.len_utf8());
        }
    }

    #[test]
    fn a_lower_case_text_is_its_characters_in_lower_case() {
        for text in ["", "ABC", "Æ", "Ø x", "aÅBÆCØ", "İstanbul ẞ ǅ", "日本 ABC"] {
            assert_eq!(lower_text(text), text.chars().map(lower).collect::<String>(), "{text}");
        }
    }

    #[test]
    fn keys_see_through_accents_apostrophes_and_joiners() {
        assert_eq!(key("André O\u{2019}Neill"), "andreoneill");
        assert_eq!(key("Pe\u{ad}ter"), "peter");
        assert_eq!(key("Søren Ærø Åse"), "sørenærøåse");
        assert_eq!(key("Andre\u{301}"), "andre");
    }

    #[test]
    fn digits_of_other_scripts_count() {
        assert_eq!(digits("٢٠ ３０ 4a0"), "203040");
    }
}
