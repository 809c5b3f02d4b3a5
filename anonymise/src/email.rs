//! E-mail addresses, written and said: *henning punktum holst snabel a gmail punktum com*.
//!
//! What is said is found from the at sign outwards: to the right a domain, to the left whatever is no word of grammar.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::finding::Span;
use crate::lexicon::{Figure, Reading, Roles};
use crate::text::TokenKind;
use crate::words::Words;
use crate::{Kind, Language};

/// The longest local part that is said, in tokens.
const LOCAL_TOKENS_MAX: usize = 14;

/// The longest domain that is said, in tokens.
const DOMAIN_TOKENS_MAX: usize = 12;

/// An address that is said over turns has its next part within so many of them.
const TURNS_MAX: u32 = 2;

/// … and within so many tokens.
const EARLIER_TOKENS_MAX: usize = 24;

/// Speech recognition and people put single spaces around the dots and the at sign.
static WRITTEN: LazyLock<Regex> = LazyLock::new(|| {
    let local = r"[\p{L}\p{N}_%+'’-][\p{L}\p{N}._%+'’-]*";
    let label = r"[\p{L}\p{N}-]+";
    let hidden = |sign: &str| format!(r"\s?[\[(](?:{sign})[\])]\s?");
    let (at, dot) = (hidden("at|snabel-?a"), hidden("dot|punktum"));
    let plain = format!(r"{local}@{label}(?:\.{label})*");
    let spaced = format!(r"{local} ?@ ?{label}(?: ?\. ?{label})+");
    let evasive = format!(r"{local}{at}{label}(?:(?:\.|{dot}){label})*");
    Regex::new(&format!("(?i){plain}|{evasive}|{spaced}")).expect("a valid expression")
});

static DOTS: Words = Words::new("punktum dot prik punkt");

static JOINTS: Words = Words::new(
    "underscore bindestreg bundstreg understreg understregning minus dash hyphen plus streg tankestreg lavstreg",
);

static TOP_DOMAINS: Words = Words::new(
    "biz ch co com de dk edu es eu fi fr gl gov ie info io is it me mil name net nl no nu org pl se tv uk us",
);

static PROVIDERS: Words = Words::new(
    "aol btinternet comcast fastmail gmail gmx googlemail hotmail icloud jubii live mac mail mailme me msn ofir
     outlook post privat proton protonmail sky sol stofanet talktalk tdcadsl tiscali verizon webspeed yahoo ymail
     youmail",
);

/// Providers that are words too: they need a top domain.
static WORDS_TOO: Words = Words::new("fastmail live mac mail me post privat sky sol verizon proton");

/// Words that come before an address and are no part of it.
static INTRODUCTIONS: Words = Words::new(
    "address adresse adressen called e-mail email emailadresse emailen emails forward hedder mail mailadresse
     mailadressen mailen mails mailto send sende sender sendt sent skriv skrive sure under via være write",
);

/// Words of grammar that end an address to the left; others may be in one: *sunny side up*.
static STOPS: Words = Words::new(
    "a an are be been can case caps could for from had has have he her here his i in into is it its letters lower lowercase
     me my not of on or our please reach she small some than that the their them then there these they this to us use using
     was we were what when where which who with would you your
     af alle at bogstaver da de dem den der det dig din dit du eller en er et fra for få får ham han har havde hendes her
     hos hun hvad hvis i ikke ind jeg jer jeres kan kun man med men mig min mine mit nu når om op os over på sig skal små
     som store stort så til ud ved vi vil vores",
);

/// Finds addresses.
pub(crate) fn find(reading: &Reading<'_>, found: &mut Vec<Span>) {
    let text = reading.document.text();
    if text.contains(['@', '(', '[']) {
        let written = WRITTEN.find_iter(text).map(|email| written_end(text, email.range()));
        found.extend(written.map(|range| Span::new(range, Kind::Email, "email", 0.99)));
    }
    let said: Vec<Range<usize>> = (0..reading.tokens().len()).filter_map(|at| said(reading, at)).flatten().collect();
    read_back(reading, &said, found);
    found.extend(said.into_iter().map(|tokens| Span::new(reading.bytes(tokens), Kind::Email, "email-said", 0.95)));
}

/// Without the next sentence: the expression takes `gmail.com.Your` for one domain, and so it is; but not `com. Your`.
fn written_end(text: &str, range: Range<usize>) -> Range<usize> {
    let end = range.start + text[range.clone()].trim_end_matches(['.', '-', '\'']).len();
    range.start..end
}

/// The parts, one for each turn, of an address whose at sign begins at a token.
fn said(reading: &Reading<'_>, at: usize) -> Option<Vec<Range<usize>>> {
    if !reading.roles(at).has(Roles::AT) {
        return None;
    }
    let (sign_end, sure) = at_sign(reading, at)?;
    let here = Some(sign_end).filter(|end| reading.same_turn(at, *end));
    let domain = here.and_then(|end| domain(reading, end)).or_else(|| domain_in_later_turn(reading, at, sign_end));
    if domain.is_none() && !sure {
        return None;
    }
    if !sure && domain.as_ref().is_some_and(|domain| is_site(reading, at, domain)) {
        return None;
    }
    let local = if at > 0 && reading.same_turn(at - 1, at) { local(reading, at) } else { at };
    let mut parts = Vec::new();
    if local == at && sure {
        parts.extend(local_in_earlier_turn(reading, at));
    } else if local == at {
        return None;
    }
    match domain {
        Some(domain) if reading.same_turn(at, domain.start) => parts.push(local..domain.end),
        Some(domain) => parts.extend([local..sign_end, domain]),
        None => parts.push(local..sign_end),
    }
    Some(parts)
}

/// Whether *at* is a preposition before a web address: *our website at norlys.dk*.
fn is_site(reading: &Reading<'_>, at: usize, domain: &Range<usize>) -> bool {
    let written = domain.clone().any(|at| reading.word(at) == "." && reading.tokens()[at].joined);
    let provider = domain.clone().any(|at| PROVIDERS.contains(reading.word(at)));
    let code = |at: usize| {
        let short = reading.word(at).chars().count() == 1 && !matches!(reading.word(at), "a" | "i");
        let word = reading.kind(at) == TokenKind::Word;
        (word && short) || reading.kind(at) == TokenKind::Number || JOINTS.contains(reading.word(at))
    };
    let from = at.saturating_sub(LOCAL_TOKENS_MAX);
    let mail = (from..at).any(|before| reading.same_turn(before, at) && reading.word(before).contains("mail"));
    written && !provider && !mail && !(local(reading, at)..at).any(code)
}

/// The end of an at sign said aloud, and whether it can be nothing else.
fn at_sign(reading: &Reading<'_>, at: usize) -> Option<(usize, bool)> {
    let word = reading.word(at);
    if word == "at" || word == "æt" {
        return Some((at + 1, false));
    }
    let hyphen = at + 1 + usize::from(reading.word(at + 1) == "-");
    let letter = matches!(reading.word(hyphen), "a" | "alfa" | "af") && reading.same_turn(at, hyphen);
    Some((if letter { hyphen + 1 } else { at + 1 }, true))
}

/// The domain that begins at a token: labels and dots up to a top domain, or a provider that everybody knows.
fn domain(reading: &Reading<'_>, start: usize) -> Option<Range<usize>> {
    let mut end = None;
    let mut after_dot = false;
    let mut at = start;
    while at < start + DOMAIN_TOKENS_MAX && reading.same_turn(start, at) {
        let word = reading.word(at);
        if is_dot(word) && is_domain_dot(reading, at) {
            after_dot = true;
        } else if after_dot && (TOP_DOMAINS.contains(word) || spelled_top_domain(reading, at)) {
            at += usize::from(!TOP_DOMAINS.contains(word));
            end = Some(at + 1);
            after_dot = false;
        } else if end.is_some()
            || (reading.kind(at) == TokenKind::Mark && !is_joint(word))
            || (end.is_none() && reading.word(at).len() > 1 && reading.roles(at).has(Roles::GRAMMAR))
        {
            break;
        } else {
            after_dot = false;
        }
        at += 1;
    }
    let provider = || {
        let known = PROVIDERS.contains(reading.word(start)).then_some(start + 1)?;
        let top = TOP_DOMAINS.contains(reading.word(known)) && reading.same_turn(start, known);
        (top || !WORDS_TOO.contains(reading.word(start))).then_some(known + usize::from(top))
    };
    let end =
        end.or_else(provider).filter(|_| reading.kind(start) == TokenKind::Word && !is_joint(reading.word(start)))?;
    // *co uk*: the second half is said without a dot now and then.
    let uk = reading.word(end - 1) == "co" && reading.word(end) == "uk" && reading.same_turn(start, end);
    Some(start..end + usize::from(uk))
}

/// `d k`: a top domain said letter by letter.
fn spelled_top_domain(reading: &Reading<'_>, at: usize) -> bool {
    let second = reading.word(at + 1);
    reading.same_turn(at, at + 1)
        && matches!((reading.word(at), second), ("d", "k") | ("s", "e") | ("e", "u") | ("u", "k"))
}

fn domain_in_later_turn(reading: &Reading<'_>, at: usize, sign_end: usize) -> Option<Range<usize>> {
    let turn = reading.tokens()[at].turn;
    let rest_is_empty = !reading.same_turn(at, sign_end) || reading.kind(sign_end) == TokenKind::Mark;
    let starts = (sign_end..sign_end + 12)
        .take_while(|at| reading.tokens().get(*at).is_some_and(|token| token.turn <= turn + TURNS_MAX));
    let mut starts = starts.filter(|at| *at > 0 && reading.tokens()[*at].turn > turn);
    starts.find_map(|at| domain(reading, at)).filter(|_| rest_is_empty)
}

/// The first token of the local part that ends before a token, in the turn of its last one.
fn local(reading: &Reading<'_>, at: usize) -> usize {
    let mut start = at;
    while start > 0 && at - start < LOCAL_TOKENS_MAX && reading.same_turn(start - 1, at - 1) {
        let word = reading.word(start - 1);
        let bound = start < at && is_joint(reading.word(start));
        let is_part = match reading.kind(start - 1) {
            TokenKind::Number => true,
            TokenKind::Mark => matches!(word, "." | "-" | "_" | "+") && reading.tokens()[start].joined,
            TokenKind::Placeholder => false,
            TokenKind::Word => bound || is_joint(word) || is_local_word(reading, start - 1, at),
        };
        if !is_part {
            break;
        }
        start -= 1;
    }
    // A mark or a joint begins no address.
    while start < at && (is_joint(reading.word(start)) || reading.kind(start) == TokenKind::Mark) {
        start += 1;
    }
    start
}

/// Whether a word may be in a local part without a joint after it: a letter, a figure, or no word of grammar.
fn is_local_word(reading: &Reading<'_>, at: usize, sign: usize) -> bool {
    let word = reading.word(at);
    let roles = reading.roles(at);
    let letter =
        word.chars().count() == 1 && !(word == "i" && reading.language(at) == Language::Danish && at + 1 == sign);
    let figure = !matches!(reading.figure(at), Figure::None);
    let plain = !roles.has_any(Roles::NOD.and(Roles::FILLER).and(Roles::REPAIR).and(Roles::NAMED));
    let before = INTRODUCTIONS.contains(word) || STOPS.contains(word) || word.contains('\'');
    letter || (figure && word != "oh") || (plain && !before)
}

/// The local part in the turn before: *peter punktum holm* – *ja* – *snabel a …*
fn local_in_earlier_turn(reading: &Reading<'_>, at: usize) -> Option<Range<usize>> {
    let tokens = reading.tokens();
    let turn = tokens[at].turn;
    let mut end = at;
    let floor = at.saturating_sub(EARLIER_TOKENS_MAX);
    while end > floor && (tokens[end - 1].turn == turn || is_nod(reading, end - 1)) {
        end -= 1;
    }
    let near = end > 0 && turn - tokens[end - 1].turn <= TURNS_MAX;
    let start = if near { local(reading, end) } else { end };
    let joined = (start..end).any(|at| is_joint(reading.word(at)));
    (start < end && (joined || end - start <= 3)).then_some(start..end)
}

fn is_nod(reading: &Reading<'_>, at: usize) -> bool {
    reading.kind(at) == TokenKind::Mark || reading.roles(at).has_any(Roles::NOD)
}

fn is_dot(word: &str) -> bool {
    word == "." || DOTS.contains(word)
}

/// Whether a dot is one of a domain and does not end a sentence: spaces on both sides, or on neither.
fn is_domain_dot(reading: &Reading<'_>, at: usize) -> bool {
    let next = reading.tokens().get(at + 1);
    reading.kind(at) == TokenKind::Word || next.is_some_and(|next| next.joined == reading.tokens()[at].joined)
}

fn is_joint(word: &str) -> bool {
    is_dot(word) || word == "-" || word == "_" || JOINTS.contains(word)
}

/// Words of an address with a joint between them, where they are said again without the rest.
fn read_back(reading: &Reading<'_>, said: &[Range<usize>], found: &mut Vec<Span>) {
    if said.is_empty() {
        return;
    }
    let words: HashSet<&str> = said.iter().flat_map(|tokens| tokens.clone()).map(|at| reading.word(at)).collect();
    let is_word = |at: usize| !is_joint(reading.word(at)) && words.contains(reading.word(at));
    for at in 1..reading.tokens().len().saturating_sub(1) {
        let joint = || DOTS.contains(reading.word(at)) || JOINTS.contains(reading.word(at));
        if reading.kind(at) == TokenKind::Word
            && joint()
            && reading.same_turn(at - 1, at + 1)
            && is_word(at - 1)
            && is_word(at + 1)
        {
            found.push(Span::new(reading.bytes(at - 1..at + 2), Kind::Email, "email-read-back", 0.8));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Languages;
    use crate::text::Document;

    fn emails(language: Language, turns: &[&str]) -> Vec<String> {
        let document = Document::new(turns.iter().copied());
        let mut found = Vec::new();
        find(&Reading::new(&document, &mut Languages::new(document.turn_count(), Some(language))), &mut found);
        let spans = crate::spans::resolve(&document, found);
        spans.iter().map(|span| document.text()[span.range()].to_owned()).collect()
    }

    #[test]
    fn written() {
        let english = |text| emails(Language::English, &[text]);
        assert_eq!(english("Mail maria.gonzalez@example.com. Your card"), ["maria.gonzalez@example.com"]);
        assert_eq!(english("it is jo_b+x@mail.co.uk, ok"), ["jo_b+x@mail.co.uk"]);
        assert_eq!(english("peter @ gmail . com"), ["peter @ gmail . com"]);
        assert_eq!(english("peter (at) firma (dot) dk"), ["peter (at) firma (dot) dk"]);
        assert_eq!(english("meet me @ noon? ask @peter"), Vec::<String>::new());
    }

    #[test]
    fn said_in_danish() {
        let danish = |turns: &[&str]| emails(Language::Danish, turns);
        assert_eq!(
            danish(&["min mail er henning punktum holst snabel a gmail punktum com så den"]),
            ["henning punktum holst snabel a gmail punktum com"]
        );
        assert_eq!(
            danish(&["den er k d madsen otte to snabela hotmail punktum dk"]),
            ["k d madsen otte to snabela hotmail punktum dk"]
        );
        assert_eq!(danish(&["send den til info at norlys punktum d k tak"]), ["info at norlys punktum d k"]);
        assert_eq!(danish(&["jeg vil gerne sige at prisen er for høj"]), Vec::<String>::new());
        assert_eq!(
            danish(&["det er peter punktum holm", "ja", "snabel a firma punktum dk"]),
            ["peter punktum holm", "snabel a firma punktum dk"]
        );
        assert_eq!(
            danish(&["anna bindestreg lund snabel a", "ja", "live punktum dk"]),
            ["anna bindestreg lund snabel a", "live punktum dk"]
        );
    }

    #[test]
    fn said_in_english() {
        let english = |text| emails(Language::English, &[text]);
        assert_eq!(english("sure it's j smith eighty two at gmail dot com"), ["j smith eighty two at gmail dot com"]);
        assert_eq!(
            english("that's will dot turner at btinternet dot co dot uk yes"),
            ["will dot turner at btinternet dot co dot uk"]
        );
        assert_eq!(english("i was at work dot the end"), Vec::<String>::new());
        assert_eq!(english("call me at home"), Vec::<String>::new());
        assert_eq!(english("my email is mary underscore b at yahoo"), ["mary underscore b at yahoo"]);
    }
}
