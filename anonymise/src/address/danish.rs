//! Danish addresses: *Vestergade 14, 2. tv., 8000 Aarhus C*, also as they are said.

use super::{Asked, is_capital, number, span, towns};
use crate::finding::Span;
use crate::lexicon::{Figure, Reading, Roles};
use crate::text::TokenKind;
use crate::words::Words;

/// What a street's name ends with, and hardly anything else.
const STREETS: &[&str] = &[
    "vej",
    "vejen",
    "gade",
    "gaden",
    "allé",
    "alle",
    "alléen",
    "alleen",
    "stræde",
    "strædet",
    "plads",
    "pladsen",
    "torv",
    "torvet",
    "vænge",
    "vænget",
    "boulevard",
    "boulevarden",
    "stien",
    "kajen",
    "brygge",
    "esplanaden",
    "promenaden",
];

/// What a street's name may end with: it takes a number and a reason to believe it.
const MAYBE_STREETS: &[&str] = &[
    "parken",
    "park",
    "haven",
    "have",
    "bakken",
    "bakke",
    "toften",
    "toft",
    "vang",
    "vangen",
    "krogen",
    "løkken",
    "løkke",
    "lunden",
    "lund",
    "gården",
    "gård",
    "engen",
    "højen",
    "brinken",
    "svinget",
    "ageren",
    "ager",
    "skrænten",
    "kæret",
    "kær",
    "ringen",
    "buen",
    "marken",
    "skoven",
    "skov",
    "dalen",
    "hegnet",
    "stræde",
    "kvarteret",
    "ledet",
    "siden",
    "sti",
    "holmen",
    "højene",
    "tværvej",
    "kilen",
    "banken",
    "brynet",
    "bjerget",
    "bjergene",
    "mosen",
    "åsen",
    "lien",
    "dammen",
    "diget",
    "krattet",
    "lyngen",
    "skellet",
    "leddet",
    "tangen",
    "volden",
    "næsset",
    "vigen",
];

/// Words with such an ending that are no street.
static NO_STREETS: Words = Words::new(
    "arbejdsplads arbejdspladsen byggeplads byggepladsen danmark fortovet genvej havde hjemvej hovedvejen igen inden
     indkørsel legeplads legepladsen motorvej motorvejen omvej p-plads parkeringsplads parkeringspladsen siden
     smutvej svingende togplads udvej undervejs vejen alle gaden pladsen plads vej gade stien haven have marken
     skoven parken banken ringen gården torvet bagsiden forsiden hjemmesiden nødvej halvdelen ventesiden startsiden
     indsigten efterspørgslen kunde bagefter telefonbanken",
);

/// What the first word of a longer street name is, in any case: *Gammel Kongevej*.
static BEFORE: Words = Words::new(
    "gammel gamle gl ny nye nørre sønder søndre nordre øster østre vester vestre store lille sankt skt sct dronning
     kong kronprins prinsesse h.c andersens",
);

/// What a floor and a door are made of.
static FLOOR: Words = Words::new(
    "sal etage tv th mf st stuen kld kælder kælderen venstre højre midtfor dør lejlighed lejl nr opgang værelse
     hjørnet",
);

/// Finds addresses.
pub(super) fn find(reading: &Reading<'_>, found: &mut Vec<Span>) {
    let mut asked = Asked::new(reading);
    let mut at = 0;
    while at < reading.tokens().len() {
        asked.read(at);
        let end = street(reading, at, &asked, found).or_else(|| town(reading, at, &asked, found));
        at = end.unwrap_or(at + 1);
    }
}

/// Masks the address whose street ends with a token.
fn street(reading: &Reading<'_>, at: usize, asked: &Asked<'_>, found: &mut Vec<Span>) -> Option<usize> {
    if reading.kind(at) != TokenKind::Word {
        return None;
    }
    let house = house(reading, at + 1);
    if house.is_none() && !asked.is_asked(at) {
        return None;
    }
    let sure = is_street(reading.word(at), STREETS);
    // Whatever the street is called: *Kettehøj 4, 2690 Karlslunde*.
    let posted = || is_capital(reading, at) && house.is_some_and(|house| is_posted(reading, house));
    if !sure && !is_street(reading.word(at), MAYBE_STREETS) && !posted() {
        return None;
    }
    let start = name_start(reading, at);
    // *Allé*, *Plads* alone name no street.
    let bare = STREETS.contains(&reading.word(at)) || NO_STREETS.contains(reading.word(at));
    if bare && start == at {
        return None;
    }
    let named = is_capital(reading, at) && (!reading.tokens()[at].sentence_start || posted());
    let on = start > 0 && reading.word(start - 1) == "på" && reading.same_turn(start - 1, at);
    let floored = || house.is_some_and(|house| floor(reading, house) > house);
    let believed = sure || named || on || asked.is_asked(at) || floored();
    if let Some(house) = house.filter(|_| believed) {
        let end = town_after(reading, floor(reading, house));
        found.push(span(reading, start..end, "address-da", 0.9));
        return Some(end);
    }
    let lives =
        at > 0 && start > 0 && matches!(reading.word(start - 1), "på" | "i" | "er" | "til") && asked.is_asked(at);
    if sure && lives {
        found.push(span(reading, start..at + 1, "street-da", 0.6));
        return Some(at + 1);
    }
    None
}

/// Whether a postcode and a town follow a house number.
fn is_posted(reading: &Reading<'_>, house: usize) -> bool {
    let end = floor(reading, house);
    let comma = end + usize::from(reading.word(end) == ",");
    let code = postcode(reading, comma).filter(|_| reading.kind(comma) == TokenKind::Number);
    code.is_some_and(|code| reading.same_turn(house - 1, code) && is_capital(reading, code))
}

fn is_street(word: &str, endings: &[&str]) -> bool {
    let fits =
        |ending: &&str| word.ends_with(*ending) && (word.len() == ending.len() || word.len() >= ending.len() + 2);
    endings.iter().any(fits) && (!NO_STREETS.contains(word) || endings.contains(&word))
}

/// The first token of a street's name: *H.C. Andersens Boulevard*, *nørre allé*.
fn name_start(reading: &Reading<'_>, at: usize) -> usize {
    let mut start = at;
    while start > 0 && at - start < 6 && reading.same_turn(start - 1, at) {
        let word = reading.word(start - 1);
        let token = &reading.tokens()[start - 1];
        let is_part = match reading.kind(start - 1) {
            TokenKind::Word => {
                let name = is_capital(reading, start - 1)
                    && (!token.sentence_start || word.chars().count() == 1)
                    && !reading.roles(start - 1).has(Roles::GRAMMAR);
                BEFORE.contains(word) || name
            }
            // The dots of initials, and the hyphen of a double name.
            TokenKind::Mark => {
                let initial =
                    start > 1 && reading.word(start - 2).chars().count() <= 3 && is_capital(reading, start - 2);
                (word == "." && initial) || (word == "-" && token.joined)
            }
            _ => false,
        };
        if !is_part {
            break;
        }
        start -= 1;
    }
    while start < at && reading.kind(start) != TokenKind::Word {
        start += 1;
    }
    start
}

/// Past the house number that begins at a token: `14`, `3b`, `12-14`, *hundrede og tolv*.
fn house(reading: &Reading<'_>, start: usize) -> Option<usize> {
    if start == 0 || !reading.same_turn(start - 1, start) {
        return None;
    }
    let start =
        start + usize::from(matches!(reading.word(start), "nummer" | "nr") && reading.same_turn(start - 1, start + 1));
    let start = start + usize::from(reading.word(start) == "." && reading.word(start - 1) == "nr");
    let (mut end, value) = number(reading, start)?;
    if value > 999 {
        return None;
    }
    // A postcode said in words may follow at once: the house has the first whole number.
    if reading.kind(start) == TokenKind::Word {
        end = spoken_house(reading, start, end);
    }
    if reading.roles(end).has(Roles::UNIT)
        && !matches!(reading.word(end), "sal" | "etage")
        && reading.same_turn(start, end)
    {
        return None;
    }
    let word = reading.word(end);
    let letter = reading.kind(end) == TokenKind::Word && word.chars().count() == 1 && reading.same_turn(start, end);
    Some(if letter && !matches!(word, "i" | "å") { end + 1 } else { end })
}

/// Of the figures that follow a street, those of the house: *tre*, *hundrede og tolv*, *syvogfyrre* | *niogtyve tyve*.
fn spoken_house(reading: &Reading<'_>, start: usize, end: usize) -> usize {
    let hundred = (start..end).find(|at| reading.figure(*at) == Figure::Hundred);
    let thousand = (start..end).find(|at| reading.figure(*at) == Figure::Thousand);
    let first = match hundred.filter(|at| thousand.is_none_or(|thousand| *at < thousand)) {
        Some(hundred) if reading.roles(hundred + 1).has(Roles::AND) => hundred + 3,
        Some(hundred) => hundred + 1,
        None if reading.roles(start + 1).has(Roles::AND) => start + 3,
        None => start + 1,
    };
    first.min(end)
}

/// Past the floor and the door: `, 2. tv.`, *tredje sal til venstre*.
fn floor(reading: &Reading<'_>, start: usize) -> usize {
    let mut end = start;
    let mut at = start;
    let mut seen = false;
    while at < start + 9 && reading.same_turn(start - 1, at) {
        let word = reading.word(at);
        let turn = |to: usize| matches!(reading.word(to), "venstre" | "højre") && reading.same_turn(at, to);
        if FLOOR.contains(word) || (reading.roles(at).has(Roles::ORDINAL) && !seen) {
            (end, seen) = (at + 1, true);
        } else if word == "til" && turn(at + 1) {
            (end, at, seen) = (at + 2, at + 1, true);
        } else if is_floor_number(reading, at) {
            end = at + 1;
        } else if seen && word == "på" || !matches!(word, "," | "." | "-" | "på") {
            break;
        }
        at += 1;
    }
    // An ordinal alone is no floor: *Vestergade 14 første gang*.
    if seen { end } else { start }
}

/// `2` in `2. tv`, `2 sal`, `dør 4`.
fn is_floor_number(reading: &Reading<'_>, at: usize) -> bool {
    let short = reading.kind(at) == TokenKind::Number && reading.tokens()[at].end - reading.tokens()[at].start <= 2;
    let next = if reading.word(at + 1) == "." { at + 2 } else { at + 1 };
    let floor = |at: usize| FLOOR.contains(reading.word(at));
    short && reading.same_turn(at, next) && floor(next) || (short && at > 0 && floor(at - 1))
}

/// Past postcode and town after a street: `, 8000 Aarhus C`, *otte tusind aarhus c*, `, Randers`.
fn town_after(reading: &Reading<'_>, start: usize) -> usize {
    let mut at = start;
    while at < start + 3
        && matches!(reading.word(at), "," | "." | "-" | "i" | "og" | "postnummer" | "er")
        && reading.same_turn(start - 1, at)
    {
        at += 1;
    }
    if !reading.same_turn(start - 1, at) {
        return start;
    }
    if let Some(postcode) = postcode(reading, at) {
        return town_name(reading, postcode, true);
    }
    let comma = at > start && (start..at).any(|at| reading.word(at) == ",");
    let named = towns::is_town(reading.word(at)) && (comma || at == start);
    if named { town_name(reading, at, true) } else { start }
}

/// Masks a postcode and a town without a street.
fn town(reading: &Reading<'_>, at: usize, asked: &Asked<'_>, found: &mut Vec<Span>) -> Option<usize> {
    let end = postcode(reading, at)?;
    let asked = asked.is_asked(at);
    // The whole answer to *postnummer?*, or what follows the word.
    let before = at.saturating_sub(3)..at;
    let named = before.rev().find(|at| reading.kind(*at) == TokenKind::Word && reading.word(*at) != "er");
    let named = named.is_some_and(|at| reading.word(at).starts_with("postnummer"));
    if named && !reading.roles(end).has(Roles::UNIT) && !reading.same_turn(at, end) {
        found.push(span(reading, at..end, "postcode-da", 0.7));
        return Some(end);
    }
    let known = reading.same_turn(at, end) && towns::is_town(reading.word(end));
    let priced = at > 0 && matches!(reading.word(at - 1), "kr" | "$" | "€");
    let joined = reading.tokens()[at].joined || reading.roles(end).has(Roles::UNIT);
    if priced || joined || !(known || (asked && is_capital(reading, end) && reading.same_turn(at, end))) {
        return None;
    }
    let end = town_name(reading, end, false);
    found.push(span(reading, at..end, "postcode-da", 0.8));
    Some(end)
}

/// Past a postcode: four digits, or figures that make four.
fn postcode(reading: &Reading<'_>, start: usize) -> Option<usize> {
    let token = reading.tokens().get(start)?;
    if token.kind == TokenKind::Number {
        let written = token.end - token.start == 4 && !reading.word(start).starts_with("00");
        return written.then_some(start + 1);
    }
    let (end, _) = number(reading, start)?;
    let digits: usize = (start..end).map(|at| figure_digits(reading.figure(at))).sum();
    let thousand = (start..end).any(|at| reading.figure(at) == Figure::Thousand);
    let hundred = (start..end).any(|at| reading.figure(at) == Figure::Hundred);
    let split = (start..end).filter(|at| reading.roles(*at).has(Roles::AND)).count();
    // *niogtyve tyve*, *tredive nul nul*, *otte tusind*, *enogtyve hundrede*, *ni og tyve tyve*.
    (thousand || (hundred && end - start >= 2) || digits - split == 4).then_some(end)
}

fn figure_digits(figure: Figure) -> usize {
    match figure {
        Figure::Digit(_) => 1,
        Figure::Teen(_) | Figure::Tens(_) | Figure::Pair(_) => 2,
        Figure::Whole(value) => value.to_string().len(),
        _ => 0,
    }
}

/// Past the name of a town: its words with capitals, those that belong together, and the letter of its district.
fn town_name(reading: &Reading<'_>, start: usize, after_street: bool) -> usize {
    let same = |at: usize| start > 0 && reading.same_turn(start - 1, at);
    let word = reading.word(start);
    let is_name = same(start)
        && reading.kind(start) == TokenKind::Word
        && (towns::is_town(word)
            || is_capital(reading, start)
            || (after_street && !reading.roles(start).has_any(Roles::GRAMMAR.and(Roles::NOD))));
    if !is_name {
        return start;
    }
    let mut end = start + 1;
    while end < start + 3
        && same(end)
        && (towns::goes_on(reading.word(end - 1), reading.word(end)) || is_follower(reading, end))
    {
        end += 1;
    }
    end
}

/// `C` in Aarhus C, `NV` in København NV; and a second capital.
fn is_follower(reading: &Reading<'_>, at: usize) -> bool {
    let district = matches!(reading.word(at), "c" | "n" | "s" | "v" | "k" | "ø" | "nv" | "sv" | "sø" | "nø" | "m");
    district && reading.kind(at) == TokenKind::Word
}
