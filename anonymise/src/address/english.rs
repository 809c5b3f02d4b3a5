//! British and American addresses: *Flat 3, 221B Baker Street, London NW1 6XE*, *1420 Maple Drive, Austin, TX 78704*.

use std::ops::Range;

use super::{Asked, POSTCODE, is_capital, number, span};
use crate::finding::Span;
use crate::lexicon::{Figure, Reading, Roles};
use crate::text::TokenKind;
use crate::words::Words;

/// What comes before a house: *flat 3*.
static FLATS: Words = Words::new("flat apartment apt unit suite room");

/// A street's name has at most so many words before its last.
const NAME_WORDS_MAX: usize = 4;

/// From the house number to a postcode there are at most so many tokens.
const POSTED_TOKENS_MAX: usize = 10;

/// Postcode or zip code come at most so many tokens after the street.
const TOWN_TOKENS_MAX: usize = 9;

/// Finds addresses.
pub(super) fn find(reading: &Reading<'_>, found: &mut Vec<Span>) {
    for window in reading.around_digits() {
        let codes = POSTCODE.find_iter(&reading.document.text()[window.clone()]);
        found.extend(codes.filter(|code| is_postcode(code.as_str())).map(|code| {
            let bytes = window.start + code.start()..window.start + code.end();
            let house = house_of_postcode(reading, reading.document.token_from(bytes.start));
            let start = house.map_or(bytes.start, |house| reading.tokens()[house].start as usize);
            let bytes = start..bytes.end;
            Span::new(bytes, crate::Kind::Address, "postcode-uk", 0.9)
        }));
    }
    let mut asked = Asked::new(reading);
    for at in 0..reading.tokens().len() {
        asked.read(at);
        if let Some(street) = street(reading, at, &asked) {
            let start = flat(reading, street.start);
            found.push(span(reading, start..town_after(reading, street.end), "address-en", 0.9));
        } else if let Some(end) = answer(reading, at, &asked) {
            found.push(span(reading, at..end, "address-asked-en", 0.7));
        } else if let Some(code) = spoken_postcode(reading, at) {
            found.push(span(reading, code, "postcode-uk-said", 0.8));
        } else if asked.is_asked(at) && is_zip(reading, at) {
            found.push(span(reading, at..at + 1, "zip", 0.7));
        }
    }
}

/// A postcode and not `m4 3km`: a letter, digits, and a space or no small letters.
fn is_postcode(text: &str) -> bool {
    !matches!(text.to_ascii_lowercase().as_str(), "x1 2gb" | "x5 3gb") && text.len() >= 5
}

/// The tokens from the house number to the word for street, if that is a token.
fn street(reading: &Reading<'_>, at: usize, asked: &Asked<'_>) -> Option<Range<usize>> {
    if reading.kind(at) != TokenKind::Word {
        return None;
    }
    let sure = reading.roles(at).has(Roles::STREET);
    if !sure && !reading.roles(at).has(Roles::MAYBE_STREET) {
        return None;
    }
    let mut start = at;
    let mut words = 0;
    while start > 0 && reading.same_turn(start - 1, at) {
        if words > 0
            && let Some(house) = house_before(reading, start)
        {
            let before = house.checked_sub(1).filter(|before| reading.same_turn(*before, house));
            let numbered = before.is_some_and(|before| matches!(reading.word(before), "number" | "at"));
            let believed = sure || numbered || asked.is_asked(at) || is_named(reading, start..at + 1);
            return believed.then_some(house..at + 1);
        }
        if words == NAME_WORDS_MAX || !is_name_word(reading, start - 1) {
            return None;
        }
        words += usize::from(reading.kind(start - 1) == TokenKind::Word);
        start -= 1;
    }
    None
}

/// The end of an address that answers a question and names no kind of street: *three b castle wynd*, then a postcode or
/// nothing.
fn answer(reading: &Reading<'_>, at: usize, asked: &Asked<'_>) -> Option<usize> {
    let first = at == 0
        || !reading.same_turn(at - 1, at)
        || matches!(reading.word(at - 1), "it's" | "is" | "at" | "yes" | "yeah" | ":");
    if !first || !asked.is_asked(at) {
        return None;
    }
    let (mut end, _) = number(reading, at)?;
    let house = end;
    while end < house + NAME_WORDS_MAX
        && reading.same_turn(at, end)
        && is_name_word(reading, end)
        && reading.kind(end) == TokenKind::Word
    {
        if spoken_postcode(reading, end).is_some() || written_postcode(reading, end).is_some() {
            break;
        }
        end += 1;
    }
    let words = (house..end).filter(|at| reading.word(*at).len() > 1).count();
    let after = spoken_postcode(reading, end).or_else(|| written_postcode(reading, end)).map(|code| code.end);
    let after = after.filter(|_| reading.same_turn(at, end));
    (words >= 1 && (after.is_some() || !reading.same_turn(at, end))).then(|| after.unwrap_or(end))
}

/// Whether a token may be in a street's name.
fn is_name_word(reading: &Reading<'_>, at: usize) -> bool {
    let roles = reading.roles(at);
    match reading.kind(at) {
        TokenKind::Word => {
            let common = roles.has_any(Roles::GRAMMAR.and(Roles::UNIT).and(Roles::NOD).and(Roles::REPAIR))
                && !is_capital(reading, at);
            !common || reading.word(at) == "the"
        }
        TokenKind::Mark => matches!(reading.word(at), "." | "-"),
        TokenKind::Number => reading.tokens().get(at + 1).is_some_and(|next| next.joined),
        TokenKind::Placeholder => false,
    }
}

/// Whether every word of a street has its capital.
fn is_named(reading: &Reading<'_>, mut tokens: Range<usize>) -> bool {
    tokens.all(|at| reading.kind(at) != TokenKind::Word || is_capital(reading, at))
}

/// The first token of the house number that ends before a token: `14`, `221B`, *twenty two*.
fn house_before(reading: &Reading<'_>, end: usize) -> Option<usize> {
    let mut last = end - 1;
    let letter =
        reading.word(last).len() == 1 && reading.tokens()[last].joined && reading.kind(last) == TokenKind::Word;
    last -= usize::from(letter && last > 0);
    if reading.kind(last) == TokenKind::Number {
        return (number(reading, last)?.1 < 30_000).then_some(last);
    }
    let is_figure = |at: usize| !matches!(reading.figure(at), Figure::None | Figure::Times(_) | Figure::Million);
    if !is_figure(last) {
        return None;
    }
    let mut start = last;
    while start > 0 && last - start < 4 && reading.same_turn(start - 1, last) {
        let and = reading.word(start - 1) == "and" && start > 1 && matches!(reading.figure(start - 2), Figure::Hundred);
        if !is_figure(start - 1) && !and {
            break;
        }
        start -= 1;
    }
    // *one road*, *a hundred lane*: a single one is an article.
    let single = start == last && matches!(reading.word(last), "one" | "o" | "oh" | "hundred" | "thousand");
    (!single).then_some(start)
}

/// Takes the flat before the house number with it.
fn flat(reading: &Reading<'_>, start: usize) -> usize {
    let from = start.saturating_sub(5);
    let flat = (from..start).rev().find(|at| FLATS.contains(reading.word(*at)) && reading.same_turn(*at, start));
    let Some(flat) = flat else { return start };
    let number = |at: usize| reading.kind(at) == TokenKind::Number || reading.figure(at) != Figure::None;
    let plain =
        (flat + 1..start).all(|at| number(at) || reading.kind(at) == TokenKind::Mark || reading.word(at).len() == 1);
    if plain { flat } else { start }
}

/// Past the town, the state and the postcode that follow a street.
fn town_after(reading: &Reading<'_>, start: usize) -> usize {
    let start = unit_after(reading, start);
    let limit = (start..start + TOWN_TOKENS_MAX)
        .take_while(|at| reading.same_turn(start - 1, *at))
        .last()
        .map_or(start, |at| at + 1);
    for at in start..limit {
        let plain = (start..at).all(|at| {
            reading.kind(at) != TokenKind::Number && !reading.roles(at).has_any(Roles::NOD.and(Roles::REPAIR))
        });
        if !plain {
            break;
        }
        if is_zip(reading, at) {
            return at + 1;
        }
        if let Some(code) = spoken_postcode(reading, at).or_else(|| written_postcode(reading, at)) {
            return code.end;
        }
    }
    capitals_after(reading, start, limit)
}

/// Past `#6`, `, Apt 4`, *apartment six*.
fn unit_after(reading: &Reading<'_>, start: usize) -> usize {
    let at = start + usize::from(reading.word(start) == ",");
    let unit = reading.word(at) == "#" || FLATS.contains(reading.word(at));
    let number = number(reading, at + 1).map(|(end, _)| end).filter(|end| reading.same_turn(start - 1, end - 1));
    let Some(end) = number.filter(|_| unit) else { return start };
    // `Apt 2F`, *apartment nine c*.
    let letter = reading.kind(end) == TokenKind::Word && reading.word(end).len() == 1 && reading.same_turn(at, end);
    end + usize::from(letter && !matches!(reading.word(end), "a" | "i"))
}

/// Past `, London` or `, Austin, TX`.
fn capitals_after(reading: &Reading<'_>, start: usize, limit: usize) -> usize {
    let mut end = start;
    for at in start..limit {
        let token = &reading.tokens()[at];
        if is_capital(reading, at) && !token.sentence_start && !reading.roles(at).has(Roles::GRAMMAR) {
            end = at + 1;
        } else if reading.word(at) != "," {
            break;
        }
    }
    end
}

/// Five digits, alone or with four more.
fn is_zip(reading: &Reading<'_>, at: usize) -> bool {
    let token = &reading.tokens()[at];
    token.kind == TokenKind::Number && token.end - token.start == 5 && reading.word(at + 1) != "."
}

/// The house number of an address before its postcode, whatever the street is called: *17 Sunny Bank, Leeds*.
fn house_of_postcode(reading: &Reading<'_>, code: usize) -> Option<usize> {
    let first = code.saturating_sub(POSTED_TOKENS_MAX);
    let mut before = (first..code).rev().take_while(|at| reading.same_turn(*at, code));
    let house = before.find(|at| {
        let part = is_capital(reading, *at) || matches!(reading.word(*at), "," | "the" | "on" | "upon" | "-");
        !part || reading.kind(*at) == TokenKind::Number
    })?;
    let number =
        reading.kind(house) == TokenKind::Number && number(reading, house).is_some_and(|(_, value)| value < 3000);
    (number && code - house >= 3).then_some(house)
}

fn written_postcode(reading: &Reading<'_>, at: usize) -> Option<Range<usize>> {
    if at >= reading.tokens().len() {
        return None;
    }
    let start = reading.tokens()[at].start as usize;
    let limit = reading.document.turn(reading.tokens()[at].turn as usize).end;
    let code = POSTCODE.find_at(&reading.document.text()[..limit], start).filter(|code| code.start() == start)?;
    Some(at..reading.document.token_from(code.end()))
}

/// A postcode letter by letter: *l s six three a b*, *s w one a two a a*.
fn spoken_postcode(reading: &Reading<'_>, start: usize) -> Option<Range<usize>> {
    if reading.word(start).len() != 1
        || (start > 0 && reading.word(start - 1).len() == 1 && reading.same_turn(start - 1, start))
    {
        return None;
    }
    let mut code = String::new();
    let mut at = start;
    while reading.same_turn(start, at) && code.len() < 7 {
        match reading.figure(at) {
            Figure::Digit(value) => code.push(char::from(b'0' + value)),
            Figure::Teen(value) => code.push_str(&value.to_string()),
            _ if reading.word(at).len() == 1 && reading.kind(at) == TokenKind::Word => code.push_str(reading.word(at)),
            _ if reading.kind(at) == TokenKind::Number => code.push_str(reading.word(at)),
            _ => break,
        }
        at += 1;
    }
    // The longest beginning that is a postcode.
    while at > start + 4 {
        if POSTCODE.find(&code).is_some_and(|found| found.range() == (0..code.len())) {
            return Some(start..at);
        }
        at -= 1;
        code.pop();
    }
    None
}
