//! Runs: parts of numbers with nothing but marks between them, and what shows a run to be harmless by itself.

use std::ops::Range;

use super::atoms::{AtomKind, Atoms};
use super::shape;
use crate::lexicon::{Reading, Roles};
use crate::text::TokenKind;

/// Between two parts of a run there are at most so many marks: `) - (`.
const MARKS_MAX: usize = 3;

/// A quantity has at most so many parts (`tyve tredive kroner`) …
const QUANTITY_PARTS_MAX: usize = 3;

/// … and at most so many digits.
const QUANTITY_DIGITS_MAX: usize = 7;

/// So many letters …
const CODE_LETTERS_MIN: usize = 2;

/// … in so many parts are a code, whatever else a word at its end may be.
const CODE_PARTS_MIN: usize = 8;

/// More letters in a row are a word that is spelled.
const CODE_LETTERS_MAX: usize = 5;

/// In so many, one letter is enough.
const LONG_CODE_PARTS_MIN: usize = 12;

/// Each number of a version has at most so many digits.
const VERSION_DIGITS_MAX: usize = 5;

/// The number of a product has at most so many digits.
const PRODUCT_DIGITS_MAX: usize = 5;

/// How sure it is that a run identifies nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Harm {
    /// A quantity, an amount, a time: never masked for its own sake.
    None,
    /// Sounds like a year, an amount, a date: masked where the conversation asks for an identifier.
    Unlikely,
    /// Nothing shows it to be harmless.
    Possible,
}

/// Parts with nothing but marks between them.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    /// Indices into [`Atoms::list`].
    pub(crate) atoms: Range<usize>,
    /// Tokens from the first to past the last.
    pub(crate) tokens: Range<usize>,
    /// How many digits.
    pub(crate) digits: usize,
    /// How sure it is that it identifies nobody.
    pub(crate) harm: Harm,
    /// Written as a date, a time or an amount: no part of anything longer.
    pub(crate) formatted: bool,
}

/// Every run, in order.
pub(crate) fn runs(reading: &Reading<'_>, atoms: &Atoms) -> Vec<Run> {
    let mut runs = Vec::new();
    let mut start = 0;
    for at in 1..=atoms.list.len() {
        if at == atoms.list.len() || !is_tight(reading, atoms, at) {
            runs.extend(run(reading, atoms, start..at));
            start = at;
        }
    }
    runs
}

/// Whether a part belongs to the run of the one before it.
fn is_tight(reading: &Reading<'_>, atoms: &Atoms, at: usize) -> bool {
    let (before, after) = (&atoms.list[at - 1], &atoms.list[at]);
    if !reading.same_turn(before.end - 1, after.first) || after.first - before.end > MARKS_MAX {
        return false;
    }
    let both_written = before.kind == AtomKind::Written && after.kind == AtomKind::Written;
    let is_spoken = |kind: AtomKind| !matches!(kind, AtomKind::Written | AtomKind::Letter);
    let letters = (before.kind == AtomKind::Letter) != (after.kind == AtomKind::Letter);
    let spoken = is_spoken(before.kind) && is_spoken(after.kind);
    let is_glue = |token: usize| {
        let glue = match reading.word(token) {
            "-" | "/" | "(" | ")" | "+" | "–" | "#" | "*" | "_" | "\\" | "\u{2011}" => true,
            ":" => both_written && reading.tokens()[token].joined && reading.tokens()[token + 1].joined,
            // A full stop inside a number has no space after it; after a word that speech recognition wrote it may.
            "." => spoken || reading.tokens()[token + 1].joined,
            "," => !letters && (!both_written || reading.tokens()[token + 1].joined),
            _ => false,
        };
        glue && reading.kind(token) == TokenKind::Mark
    };
    (before.end..after.first).all(is_glue) || is_one_code(reading, before.end..after.first + 1)
}

/// Whether tokens without a space between them are the middle of a code: `SV14-UK-NLA1234`.
fn is_one_code(reading: &Reading<'_>, mut tokens: Range<usize>) -> bool {
    let end = tokens.end - 1;
    tokens.all(|at| {
        let token = &reading.tokens()[at];
        let part = match token.kind {
            TokenKind::Word => token.capital && token.end - token.start <= 4,
            _ => matches!(reading.word(at), "-" | "/" | "_"),
        };
        token.joined && (at == end || part)
    })
}

/// The run of some parts, without weak words at its ends; none if nothing is left of it but letters.
fn run(reading: &Reading<'_>, atoms: &Atoms, mut range: Range<usize>) -> Option<Run> {
    let total = atoms.digits_of(range.clone()).len();
    // Eight, ten and eleven digits are whole telephone and CPR numbers: then even a weak word is one of them.
    let whole = (matches!(total, 8 | 10 | 11) && range.len() > 3) || is_long_code(atoms, range.clone());
    while range.len() > 1 && !whole && is_weak_beside(atoms, range.start, range.start + 1) {
        range.start += 1;
    }
    while range.len() > 1 && !whole && is_weak_beside(atoms, range.end - 1, range.end - 2) {
        range.end -= 1;
    }
    let digits = atoms.digits_of(range.clone()).len();
    if digits == 0 {
        return None;
    }
    let tokens = atoms.list[range.start].first..atoms.list[range.end - 1].end;
    let mut run = Run { atoms: range, tokens, digits, harm: Harm::Possible, formatted: false };
    let written = atoms.list[run.atoms.clone()].iter().all(|atom| atom.kind == AtomKind::Written);
    let text = &reading.document.text()[reading.bytes(run.tokens.clone())];
    run.formatted = written && (shape::is_date_or_time(text) || shape::is_amount(text));
    run.harm = harm(reading, atoms, &run);
    Some(run)
}

/// Whether so many letters and digits can be nothing but a code: *one h g c m eight two six*.
fn is_long_code(atoms: &Atoms, range: Range<usize>) -> bool {
    let list = &atoms.list[range];
    let letters = list.iter().filter(|atom| atom.kind == AtomKind::Letter && !atom.weak).count();
    let spelled = list.chunk_by(|a, b| a.kind == AtomKind::Letter && b.kind == AtomKind::Letter);
    let is_word = spelled.map(<[_]>::len).max().is_some_and(|letters| letters > CODE_LETTERS_MAX);
    let long = list.len() >= if letters >= CODE_LETTERS_MIN { CODE_PARTS_MIN } else { LONG_CODE_PARTS_MIN };
    letters > 0 && long && !is_word
}

/// Whether a part is a weak word, and its neighbour does not make a digit or a letter of it.
fn is_weak_beside(atoms: &Atoms, at: usize, neighbour: usize) -> bool {
    let (atom, other) = (&atoms.list[at], &atoms.list[neighbour]);
    atom.weak && other.kind != atom.kind
}

/// How sure it is, by the run and its nearest words, that it identifies nobody.
fn harm(reading: &Reading<'_>, atoms: &Atoms, run: &Run) -> Harm {
    let few = run.atoms.len() <= 2 && run.atoms.clone().all(|at| atoms.digits_of(at..at + 1).len() <= 5);
    let is_small = few || (run.atoms.len() <= QUANTITY_PARTS_MAX && run.digits <= QUANTITY_DIGITS_MAX);
    let text = &reading.document.text()[reading.bytes(run.tokens.clone())];
    if is_small
        && (is_digit_count(reading, run)
            || is_counted(reading, run)
            || is_priced(reading, run)
            || is_decimal(reading, run))
    {
        return Harm::None;
    }
    if is_article(reading, atoms, run) || is_version(text) || is_year_of_date(reading, atoms, run) {
        return Harm::None;
    }
    let written = atoms.list[run.atoms.clone()].iter().all(|atom| atom.kind == AtomKind::Written);
    let single = run.atoms.len() == 1;
    let digits = atoms.digits_of(run.atoms.clone());
    let unlikely = run.formatted
        || (single && atoms.list[run.atoms.start].kind == AtomKind::Cardinal)
        || (run.atoms.len() <= 2 && shape::is_year(digits))
        || (run.digits <= 4 && is_measured(reading, run))
        || (written && (is_years(atoms, run) || is_ratio(text)))
        || is_product(reading, atoms, run);
    if unlikely { Harm::Unlikely } else { Harm::Possible }
}

/// A word that may be a figure, alone, with its noun behind it: *en skoda*, *one of them*.
fn is_article(reading: &Reading<'_>, atoms: &Atoms, run: &Run) -> bool {
    let next = run.tokens.end;
    let nod = Roles::NOD.and(Roles::FILLER).and(Roles::REPAIR).and(Roles::MARK);
    let noun = reading.kind(next) == TokenKind::Word && !reading.roles(next).has_any(nod);
    run.atoms.len() == 1 && atoms.list[run.atoms.start].weak && noun && reading.same_turn(run.tokens.start, next)
}

/// `v14.2.1`, `124.0.6367.91`: with a letter, or with parts of very different lengths.
fn is_version(text: &str) -> bool {
    let numbers = text.strip_prefix(['v', 'V']).unwrap_or(text);
    let parts = || numbers.split('.');
    let uneven = parts().count() == 4 && parts().any(|part| part.len() == 1) && parts().any(|part| part.len() > 3);
    let marked = numbers.len() < text.len() && numbers.contains('.');
    let number =
        |part: &str| (1..=VERSION_DIGITS_MAX).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    (marked || uneven) && parts().all(number)
}

/// A year right after its month: *the fourth of july nineteen eighty one*.
fn is_year_of_date(reading: &Reading<'_>, atoms: &Atoms, run: &Run) -> bool {
    let before = run.tokens.start.checked_sub(1).filter(|at| reading.same_turn(*at, run.tokens.start));
    before.is_some_and(|at| reading.roles(at).has(Roles::MONTH)) && shape::is_year(atoms.digits_of(run.atoms.clone()))
}

/// Followed by a unit, or by a noun in the plural: *25 kroner*, *1200 kunder*.
fn is_counted(reading: &Reading<'_>, run: &Run) -> bool {
    let next = run.tokens.end + usize::from(matches!(reading.word(run.tokens.end), "-" | "+"));
    let last = run.tokens.end - 1;
    if !reading.same_turn(last, next) {
        return false;
    }
    let is_unit = |at: usize| reading.roles(at).has(Roles::UNIT) && reading.same_turn(last, at);
    let range_of = matches!(reading.word(next), "og" | "til" | "eller" | "to" | "or" | "and" | "-");
    // In Danish, *min* is *my* after a word, and minutes after digits only.
    let minutes = reading.word(next) == "min" && reading.kind(last) == TokenKind::Number;
    // `12 m3`, *the 25th*.
    let joined = |at: usize| reading.tokens().get(at).is_some_and(|token| token.joined);
    let cubic = reading.word(next) == "m" && matches!(reading.word(next + 1), "2" | "3") && joined(next + 1);
    let ordinal = matches!(reading.word(next), "st" | "nd" | "rd" | "th") && joined(next);
    minutes
        || cubic
        || ordinal
        || matches!(reading.word(next), "%" | "€" | "$" | "£" | "°" | "\"")
        || is_unit(next)
        || (reading.word(next) == "," && reading.word(next + 1) == "-")
        || (range_of
            && run.digits <= 3
            && reading.figure(next + 1) != crate::lexicon::Figure::None
            && is_unit(next + 2))
}

/// *fire* in *de sidste fire*, *four* in *the last four of your card*: how many digits, and none of them.
fn is_digit_count(reading: &Reading<'_>, run: &Run) -> bool {
    let before = run.tokens.start.checked_sub(1).filter(|at| reading.same_turn(*at, run.tokens.start));
    let last = before.is_some_and(|at| matches!(reading.word(at), "sidste" | "last" | "final" | "første" | "first"));
    let next = reading.word(run.tokens.end);
    let over = !reading.same_turn(run.tokens.start, run.tokens.end)
        || matches!(next, "?" | "." | "," | "of" | "på" | "i" | "af" | "on");
    last && run.digits == 1 && over
}

/// Preceded by a currency.
fn is_priced(reading: &Reading<'_>, run: &Run) -> bool {
    let before = run.tokens.start.checked_sub(1).filter(|before| reading.same_turn(*before, run.tokens.start));
    let skip = before.filter(|at| reading.word(*at) == ".").and_then(|at| at.checked_sub(1)).or(before);
    skip.is_some_and(|at| {
        matches!(reading.word(at), "$" | "£" | "€" | "kr" | "dkk" | "eur" | "usd" | "gbp" | "sek" | "nok")
    })
}

/// Beside *komma* or *point* with another number on its other side.
fn is_decimal(reading: &Reading<'_>, run: &Run) -> bool {
    let is_point = |at: usize| reading.roles(at).has(Roles::DECIMAL);
    let number =
        |at: usize| reading.figure(at) != crate::lexicon::Figure::None || reading.kind(at) == TokenKind::Number;
    let after =
        reading.same_turn(run.tokens.start, run.tokens.end) && is_point(run.tokens.end) && number(run.tokens.end + 1);
    let before = run.tokens.start >= 2 && is_point(run.tokens.start - 1) && number(run.tokens.start - 2);
    after || before
}

/// After a word that takes a time or a measure, or beside a month.
fn is_measured(reading: &Reading<'_>, run: &Run) -> bool {
    let beside = |at: Option<usize>| {
        at.filter(|at| reading.same_turn(*at.min(&run.tokens.start), *at.max(&run.tokens.start)))
            .map(|at| reading.roles(at))
    };
    let mut before = run.tokens.start.checked_sub(1);
    if before.is_some_and(|at| reading.word(at) == ".") {
        before = before.and_then(|at| at.checked_sub(1));
    }
    let before = beside(before);
    let after = beside(Some(run.tokens.end));
    let is_date = |roles: Roles| roles.has_any(Roles::MONTH.and(Roles::ORDINAL));
    before.is_some_and(|roles| roles.has(Roles::MEASURE) || is_date(roles)) || after.is_some_and(is_date)
}

/// A list of years: `2019, 2020`.
fn is_years(atoms: &Atoms, run: &Run) -> bool {
    run.atoms.clone().all(|at| shape::is_year(atoms.digits_of(at..at + 1)))
}

/// Two short numbers with a slash: `1000/1000`, `128/82`.
fn is_ratio(text: &str) -> bool {
    let short = |part: &str| (1..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    text.split_once('/').is_some_and(|(one, other)| short(one) && short(other))
}

/// A few digits joined to letters, or after a word with a capital: `i4850`, `WH-1000XM4`, `RTX 4090`, `Windows 2019`.
fn is_product(reading: &Reading<'_>, atoms: &Atoms, run: &Run) -> bool {
    let list = &atoms.list[run.atoms.clone()];
    let letters = list.iter().filter(|atom| atom.kind == AtomKind::Letter).count();
    let written = list.iter().filter(|atom| atom.kind == AtomKind::Written).count();
    if run.digits > PRODUCT_DIGITS_MAX || written == 0 || written + letters < list.len() {
        return false;
    }
    let tokens = &reading.tokens()[run.tokens.clone()];
    if letters > 0 {
        let joined = tokens[1..].iter().all(|token| token.joined);
        return joined && !is_plate(reading, run);
    }
    let before = run.tokens.start.checked_sub(1).filter(|at| reading.same_turn(*at, run.tokens.start));
    written == 1
        && run.digits <= 4
        && before.map(|at| &reading.tokens()[at]).is_some_and(|token| {
            reading.document.cased() && token.kind == TokenKind::Word && token.capital && !token.sentence_start
        })
}

/// A Danish number plate: two letters, five digits.
fn is_plate(reading: &Reading<'_>, run: &Run) -> bool {
    run.digits == 5 && run.tokens.len() <= 3 && reading.word(run.tokens.start).len() == 2
}
