//! Who is in a call and what numbers they have.

use crate::people::People;
use crate::random::Random;
use crate::vary::title;

use super::{said, values};

/// A person of a call.
#[derive(Clone, Debug, Default)]
struct Person {
    given: String,
    family: String,
}

/// The people of a call: the employee, the customer, and whom a phrase speaks of.
pub(crate) struct Cast<'a> {
    people: &'a People,
    danish: bool,
    /// Whether numbers that are no secret are in words, too.
    spoken: bool,
    employee: Person,
    customer: Person,
    third: Person,
    fourth: Person,
    /// The numbers of the phrase, so that what is read back is what was said.
    said: Vec<(String, String)>,
}

type Filled = (Option<&'static str>, String);

impl<'a> Cast<'a> {
    /// A new call's.
    pub(crate) fn new(language: &str, spoken: bool, people: &'a People, random: &mut Random) -> Self {
        let nobody = Person::default();
        let mut cast = Self {
            people,
            danish: language == "da",
            spoken,
            employee: nobody.clone(),
            customer: nobody.clone(),
            third: nobody.clone(),
            fourth: nobody,
            said: Vec::new(),
        };
        cast.employee = cast.person(random);
        cast.customer = cast.person(random);
        cast
    }

    /// Other people and other numbers.
    pub(crate) fn next_phrase(&mut self, random: &mut Random) {
        self.third = self.person(random);
        self.fourth = self.person(random);
        self.said.clear();
    }

    /// What a slot says, and how it is to be marked.
    pub(crate) fn fill(&mut self, slot: &str, random: &mut Random) -> Filled {
        let (who, part) = slot.split_once('.').unwrap_or((slot, ""));
        let person = match who {
            "a" => &self.employee,
            "c" => &self.customer,
            "t" => &self.third,
            "u" => &self.fourth,
            _ => return self.other(slot, random),
        };
        (Some("person"), person.part(part, self.danish, random))
    }

    fn other(&mut self, slot: &str, random: &mut Random) -> Filled {
        let danish = self.danish;
        if let Some(value) = values::value(slot, danish, self.spoken, random) {
            return value;
        }
        if slot == "address" {
            return (Some("address"), address(danish, random));
        }
        let name = slot.strip_suffix(".again").unwrap_or(slot);
        let (name, spoken) = name.strip_suffix(".said").map_or((name, false), |name| (name, true));
        let (kind, written) = self.number(name, random);
        let value = match kind {
            "email" if spoken => said::email(&written, danish, random),
            _ if spoken && random.chance(85) => said::digits(&written, danish, random),
            _ => written,
        };
        (Some(kind), value)
    }

    /// A number of the phrase: the same for the same name.
    fn number(&mut self, name: &str, random: &mut Random) -> (&'static str, String) {
        let kind = kind(name);
        if let Some((_, value)) = self.said.iter().find(|(known, _)| known == name) {
            return (kind, value.clone());
        }
        let value = match name {
            "email" => self.email(random),
            _ => number(name, self.danish, random),
        };
        self.said.push((name.to_owned(), value.clone()));
        (kind, value)
    }

    fn email(&self, random: &mut Random) -> String {
        let latin = |name: &str| name.to_lowercase().chars().filter(char::is_ascii_alphabetic).collect::<String>();
        let (given, family) = (latin(&self.customer.given), latin(&self.customer.family));
        let local = match random.below(5) {
            0 => format!("{given}.{family}"),
            1 => format!("{given}{}", random.below(99)),
            2 => format!("{given}_{family}"),
            3 => format!("{family}{given}"),
            _ => format!("{given}-{family}"),
        };
        let hosts = ["gmail.com", "hotmail.com", "outlook.dk", "yahoo.com", "mail.dk", "icloud.com", "live.dk"];
        format!("{local}@{}", random.pick(&hosts))
    }

    fn person(&self, random: &mut Random) -> Person {
        // A share of the people in Danish calls have names from elsewhere, and the other way round.
        let home = self.danish && random.chance(75);
        let mut given = title(self.people.given(random, home));
        if random.chance(8) {
            let between = if random.chance(60) { "-" } else { " " };
            given = format!("{given}{between}{}", title(self.people.given(random, home)));
        }
        let mut family = title(self.people.family(random, home));
        match random.below(40) {
            0..4 => family = format!("{} {family}", title(self.people.family(random, home))),
            4 => family = format!("{}-{family}", title(self.people.family(random, home))),
            5 => family = format!("van der {family}"),
            6 => family = format!("Mc{family}"),
            7 => family = format!("O'{family}"),
            8 => family = format!("{}. {family}", given.chars().next().unwrap_or('A')),
            _ => {}
        }
        Person { given, family }
    }
}

impl Person {
    fn part(&self, part: &str, danish: bool, random: &mut Random) -> String {
        match part {
            "g" => self.given.clone(),
            "f" => self.family.clone(),
            "g.spelled" => said::spelled(&self.given, random),
            "f.spelled" => said::spelled(&self.family, random),
            "gen" if danish && self.given.ends_with(['s', 'x', 'z']) => format!("{}'", self.given),
            "gen" if danish => format!("{}s", self.given),
            "gen" => format!("{}'s", self.given),
            _ => format!("{} {}", self.given, self.family),
        }
    }
}

fn kind(name: &str) -> &'static str {
    match name.split('.').next().unwrap_or(name) {
        "cpr" | "ni" | "ssn" => "national-id",
        "email" => "email",
        "reg" | "account" | "sort" | "ukaccount" => "account",
        "iban" => "iban",
        "card" => "card",
        "ref" => "customer-number",
        _ => "phone",
    }
}

fn number(name: &str, danish: bool, random: &mut Random) -> String {
    let mut digits =
        |count: usize| -> String { (0..count).map(|_| char::from(b'0' + random.below(10) as u8)).collect() };
    match name.split('.').next().unwrap_or(name) {
        "cpr" => {
            let rest = digits(4);
            let date = format!("{:02}{:02}{:02}", random.below(28) + 1, random.below(12) + 1, random.below(100));
            format!("{date}{}{rest}", random.pick(&["-", "", " "]))
        }
        "ni" => format!("AB {} {} {} C", digits(2), digits(2), digits(2)),
        "ssn" => format!("{}-{}-{}", digits(3), digits(2), digits(4)),
        "reg" => digits(4),
        "account" => digits(10),
        "sort" => format!("{}-{}-{}", digits(2), digits(2), digits(2)),
        "ukaccount" => digits(8),
        "iban" if danish => format!("DK{} {} {} {} {}", digits(2), digits(4), digits(4), digits(4), digits(2)),
        "iban" => format!("GB{} NWBK {} {} {} {}", digits(2), digits(4), digits(4), digits(4), digits(2)),
        "card" => format!("4{} {} {} {}", digits(3), digits(4), digits(4), digits(4)),
        "ref" => digits(8),
        "pair" => digits(2),
        _ if danish => {
            let number = format!("{}{}", 2 + digits(1).len(), digits(7));
            match random.below(4) {
                0 => number,
                1 => format!("+45 {number}"),
                _ => format!("{} {} {} {}", &number[..2], &number[2..4], &number[4..6], &number[6..]),
            }
        }
        _ => format!("0{} {} {}", digits(4), digits(3), digits(3)),
    }
}

fn address(danish: bool, random: &mut Random) -> String {
    let mut value =
        |slot: &str| values::value(slot, danish, false, random).map_or_else(String::new, |(_, value)| value);
    let (street, house, town) = (value("street"), value("house"), value("town"));
    if danish {
        format!("{street} {house}, {} {town}", 1000 + random.below(8900))
    } else {
        format!("{house} {street}, {town}")
    }
}
