//! What fills the braces but people and their numbers: companies, places, products, amounts, dates. None is personal.

use std::sync::LazyLock;

use crate::random::Random;

use super::said;

/// The items of each list.
type Lists = Vec<(&'static str, Vec<&'static str>)>;

static DANISH: LazyLock<Lists> = LazyLock::new(|| read(include_str!("../../calls/values_da.txt")));
static ENGLISH: LazyLock<Lists> = LazyLock::new(|| read(include_str!("../../calls/values_en.txt")));

fn read(source: &'static str) -> Lists {
    let sections = source.split("\n[").skip(1).filter_map(|section| section.split_once("]\n"));
    sections.map(|(name, items)| (name, items.split(',').map(str::trim).collect())).collect()
}

fn list(name: &str, danish: bool) -> &'static [&'static str] {
    let lists = if danish { &*DANISH } else { &*ENGLISH };
    lists.iter().find(|(known, _)| *known == name).map_or(&[], |(_, items)| items)
}

/// One item of a list.
fn one(name: &str, danish: bool, random: &mut Random) -> String {
    random.pick(list(name, danish)).to_owned()
}

/// The value of a slot and how it is marked; none for a slot of another kind. What is `said` has its numbers in words.
pub(crate) fn value(
    slot: &str,
    danish: bool,
    said: bool,
    random: &mut Random,
) -> Option<(Option<&'static str>, String)> {
    let count = |most: usize, random: &mut Random| random.below(most) + 2;
    let value = match slot {
        "amount" if said => said_amount(danish, random),
        "date" if said => said_date(danish, random),
        "count" | "percent" if said => said::below_hundred(count(40, random), danish, random),
        "reading" if said => said::below_ten_thousand(count(9000, random), danish, random),
        "company" => {
            return Some((Some("org"), one("companies", danish, random)));
        }
        "carrier" => return Some((Some("org"), random.pick(&["PostNord", "GLS", "Bring", "DAO", "UPS"]).to_owned())),
        "paper" => return Some((Some("org"), one("papers", danish, random))),
        "town" => {
            return Some((Some("location"), one("towns", danish, random)));
        }
        "street" => {
            return Some((Some("address"), one("streets", danish, random)));
        }
        "street.plain" => random.pick(&["adressen", "din konto", "den nye bolig", "aftalen"]).to_owned(),
        "house" => return Some((Some("address"), count(190, random).to_string())),
        "product" => one("products", danish, random),
        "noun" => one("nouns", danish, random),
        "capitals" => one("capitals", danish, random),
        "car" => one("cars", danish, random),
        "year" => (1995 + random.below(31)).to_string(),
        "month" => one("months", danish, random),
        "weekday" => one("days", danish, random),
        "date" => date(danish, random),
        "time" => time(danish, random),
        "amount" => amount(danish, random),
        "count" => count(40, random).to_string(),
        "percent" => count(30, random).to_string(),
        "reading" => (random.below(90_000) + 1000).to_string(),
        "code" => (random.below(900_000) + 1000).to_string(),
        "expiry" => return Some((Some("card"), format!("{:02}/{}", random.below(12) + 1, 26 + random.below(6)))),
        _ => return None,
    };
    Some((None, value))
}

fn said_amount(danish: bool, random: &mut Random) -> String {
    let whole = random.below(4000) + 20;
    let currency = random.pick(if danish { &["kroner", "kroner", "kr"] } else { &["dollars", "pounds", "euros"] });
    format!("{} {currency}", said::below_ten_thousand(whole, danish, random))
}

fn said_date(danish: bool, random: &mut Random) -> String {
    let (day, month) = (random.below(28), random.below(12));
    let month_name = list("months", danish)[month];
    match (danish, random.below(2)) {
        (true, _) => format!("{} {}", said::DANISH_DAYS[day], month_name),
        (false, 0) => format!("{} {}", month_name, said::ENGLISH_DAYS[day]),
        (false, _) => format!("the {} of {}", said::ENGLISH_DAYS[day], month_name),
    }
}

fn amount(danish: bool, random: &mut Random) -> String {
    let whole = random.below(4000) + 20;
    match (danish, random.below(4)) {
        (true, 0) => format!("{whole},{:02} kroner", random.below(100)),
        (true, 1) => format!("{whole} kr."),
        (true, _) => format!("{whole} kroner"),
        (false, 0) => format!("${whole}.{:02}", random.below(100)),
        (false, 1) => format!("£{whole}"),
        (false, 2) => format!("{whole} pounds"),
        (false, _) => format!("{whole} dollars"),
    }
}

fn date(danish: bool, random: &mut Random) -> String {
    let day = random.below(28) + 1;
    let month = random.below(12);
    let month_name = list("months", danish)[month];
    match (danish, random.below(3)) {
        (true, 0) => format!("{day}/{}", month + 1),
        (true, _) => format!("{day}. {}", month_name),
        (false, 0) => format!("{} {day}", month_name),
        (false, 1) => format!("the {day}th of {}", month_name),
        (false, _) => format!("{} {day}th", month_name),
    }
}

fn time(danish: bool, random: &mut Random) -> String {
    let hour = random.below(12) + 7;
    match (danish, random.below(3)) {
        (true, 0) => format!("{hour}.{:02}", random.below(4) * 15),
        (true, _) => hour.to_string(),
        (false, 0) => format!("{}:{:02}", hour, random.below(4) * 15),
        (false, _) => format!("{} {}", if hour > 12 { hour - 12 } else { hour }, if hour < 12 { "am" } else { "pm" }),
    }
}
