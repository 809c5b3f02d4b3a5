//! Addresses on the internet as they are said: *ten dot zero dot zero dot one*, *facebook dot com slash jane dot price*.
//!
//! A page without a person in it stays; so does a version, which has fewer numbers.

use std::ops::Range;

use crate::Kind;
use crate::finding::Span;
use crate::lexicon::{Figure, Reading, Roles};
use crate::text::TokenKind;
use crate::words::Words;

/// One number of an internet address is said in at most so many tokens: *et hundrede og femogtyve*.
const GROUP_TOKENS_MAX: usize = 5;

/// How many numbers such an address has.
const GROUPS: usize = 4;

/// A path is said in at most so many tokens.
const PATH_TOKENS_MAX: usize = 12;

static DOTS: Words = Words::new("dot punktum prik punkt");

static SLASHES: Words = Words::new("slash skråstreg");

static JOINTS: Words = Words::new("dot punktum prik punkt slash skråstreg dash hyphen bindestreg streg underscore");

/// Every page of these is somebody's.
static SOCIAL: Words = Words::new("facebook fb instagram linkedin twitter tiktok snapchat github x t");

/// Folders of people.
static FOLDERS: Words =
    Words::new("in u user users profile profil people person kunde kunder customer customers member");

/// Words before numbers with dots that are a version.
static VERSIONS: Words = Words::new("version versionen firmware build release udgave");

/// Finds addresses.
pub(crate) fn find(reading: &Reading<'_>, found: &mut Vec<Span>) {
    let mut past = 0;
    for at in 1..reading.tokens().len() {
        if at < past || !reading.roles(at).has(Roles::MARK) {
            continue;
        }
        let device = || device(reading, at).map(|tokens| (tokens, Kind::Ip, "ip-said"));
        let page = || page(reading, at).map(|tokens| (tokens, Kind::Url, "url-said"));
        if let Some((tokens, kind, rule)) = device().or_else(page) {
            past = tokens.end;
            found.push(Span::new(reading.bytes(tokens), kind, rule, 0.9));
        }
    }
}

/// Four numbers with dots between them, the first dot at a token.
fn device(reading: &Reading<'_>, dot: usize) -> Option<Range<usize>> {
    if !DOTS.contains(reading.word(dot)) || !is_figure(reading, dot - 1) {
        return None;
    }
    let first = (dot.saturating_sub(GROUP_TOKENS_MAX)..dot).rev();
    let start = first.take_while(|at| reading.same_turn(*at, dot) && is_part(reading, *at)).last()?;
    let mut end = dot;
    for _ in 1..GROUPS {
        let in_turn = |at: usize| reading.same_turn(dot, at);
        if !in_turn(end) || !DOTS.contains(reading.word(end)) || !in_turn(end + 1) || !is_figure(reading, end + 1) {
            return None;
        }
        let group = end + 1..end + 1 + GROUP_TOKENS_MAX;
        end = group.take_while(|at| in_turn(*at) && is_part(reading, *at)).last()? + 1;
    }
    let version = start > 0 && VERSIONS.contains(reading.word(start - 1));
    (!version).then_some(start..end)
}

fn is_figure(reading: &Reading<'_>, at: usize) -> bool {
    reading.kind(at) == TokenKind::Number || reading.figure(at) != Figure::None
}

/// Whether a token is in a number: a figure, or what joins two.
fn is_part(reading: &Reading<'_>, at: usize) -> bool {
    is_figure(reading, at) || (reading.roles(at).has(Roles::AND) && is_figure(reading, at + 1))
}

/// A page of a person, its first slash at a token.
fn page(reading: &Reading<'_>, slash: usize) -> Option<Range<usize>> {
    if !SLASHES.contains(reading.word(slash)) || slash < 3 || !reading.same_turn(slash - 3, slash + 1) {
        return None;
    }
    let (site, dot) = (slash - 3, slash - 2);
    if !DOTS.contains(reading.word(dot)) {
        return None;
    }
    let end = path_end(reading, slash);
    let words = |at: &usize| reading.kind(*at) == TokenKind::Word;
    let folder = (slash + 1..end).filter(words).any(|at| FOLDERS.contains(reading.word(at)));
    let name = (slash + 1..end).any(|at| DOTS.contains(reading.word(at)));
    let personal = SOCIAL.contains(reading.word(site)) || folder || name;
    (personal && end > slash + 1).then_some(site..end)
}

/// Past the path: words with joints between them; letters and figures need none.
fn path_end(reading: &Reading<'_>, slash: usize) -> usize {
    let is_joint = |at: usize| JOINTS.contains(reading.word(at));
    let is_short = |at: usize| is_figure(reading, at) || reading.word(at).chars().count() == 1;
    let is_part =
        |at: usize| is_joint(at) || is_joint(at - 1) || (is_short(at) && !reading.roles(at).has(Roles::GRAMMAR));
    let path = (slash + 1..slash + PATH_TOKENS_MAX).take_while(|at| reading.same_turn(slash, *at) && is_part(*at));
    let end = path.last().map_or(slash + 1, |last| last + 1);
    if is_joint(end - 1) { end - 1 } else { end }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Language;
    use crate::language::Languages;
    use crate::text::Document;

    fn check(language: Language, text: &str, expected: &[&str]) {
        let document = Document::new(std::iter::once(text));
        let mut found = Vec::new();
        find(&Reading::new(&document, &mut Languages::new(1, Some(language))), &mut found);
        assert_eq!(found.iter().map(|span| &text[span.range()]).collect::<Vec<_>>(), expected, "{text}");
    }

    #[test]
    fn devices() {
        let address = "et ni to punktum hundrede og otteogtres punktum nul punktum fjorten";
        check(Language::Danish, &format!("der står {address} på den"), &[address]);
        check(
            Language::English,
            "it's ten dot oh dot oh dot one three eight",
            &["ten dot oh dot oh dot one three eight"],
        );
        check(Language::English, "version fourteen dot two dot one", &[]);
        check(Language::English, "firmware two dot one dot four dot nine", &[]);
    }

    #[test]
    fn pages() {
        let page = "facebook dot com slash jane dot price";
        check(Language::English, &format!("it's {page} i think"), &[page]);
        check(Language::Danish, "norlys punktum dk skråstreg kompensation", &[]);
        check(
            Language::English,
            "linkedin dot com slash in slash sam dash lee",
            &["linkedin dot com slash in slash sam dash lee"],
        );
    }
}
