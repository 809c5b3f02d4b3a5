//! What is said in the demo, in Danish and in English. Every person, number and address is invented.
//!
//! `{name}`, `{given}`, `{number}`, `{other}`, `{reference}` and `{email}` are personal and must go; `{product}` and
//! `{amount}` are not and must stay.

use super::random::Random;

/// A turn: who speaks, and what is said.
pub(super) type Line = (&'static str, &'static str);

/// One of the two languages of the demo.
pub(super) struct Language {
    /// BCP 47.
    pub(super) code: &'static str,
    pub(super) country_code: &'static str,
    /// What a customer number begins with; seven digits follow.
    pub(super) reference_begins: &'static str,
    pub(super) mail_domain: &'static str,
    pub(super) given: &'static [&'static str],
    pub(super) family: &'static [&'static str],
    pub(super) employees: &'static [&'static str],
    pub(super) products: &'static [&'static str],
    pub(super) amounts: &'static [&'static str],
    pub(super) greetings: &'static [&'static str],
    pub(super) identifications: &'static [&'static [Line]],
    pub(super) topics: &'static [Topic],
    pub(super) closings: &'static [&'static [Line]],
    pub(super) snippet_titles: &'static [&'static str],
    /// The national number, as somebody says it or a machine writes it down.
    pub(super) spell: fn(&str, &mut Random) -> String,
}

/// What a call is about.
pub(super) struct Topic {
    pub(super) tag: &'static str,
    pub(super) lines: &'static [Line],
}

/// The trackers: a name, and the words and phrases that are counted.
pub(super) const TRACKERS: &[(&str, &[&str])] = &[
    ("cancelling", &["opsige", "opsigelse", "cancel", "cancellation"]),
    ("complaint", &["klage", "complaint"]),
    ("price", &["for dyrt", "too expensive"]),
];

pub(super) const TEAMS: &[&str] = &["sales", "support", "billing"];

const C: &str = "customer";
const E: &str = "employee";

pub(super) const DANISH: Language = Language {
    code: "da",
    country_code: "+45",
    reference_begins: "K-8",
    mail_domain: "eksempel.dk",
    given: &[
        "Mette", "Lars", "Sofie", "Mikkel", "Inger", "Jørgen", "Kirsten", "Asger", "Liv", "Villads", "Frida", "Rasmus",
        "Åse", "Bent", "Clara", "Torben", "Signe", "Malthe", "Dorthe", "Oskar", "Birgit", "Elias", "Grethe", "Noah",
        "Tove", "Viggo", "Alberte", "Kaj", "Josefine", "Søren", "Lærke", "Emil", "Ulla", "Magnus", "Karla", "Poul",
    ],
    family: &[
        "Kjærsgaard",
        "Thorup",
        "Bundgaard",
        "Vestergaard",
        "Lyngby",
        "Højgaard",
        "Krogsgaard",
        "Damsgaard",
        "Ravnsbæk",
        "Skovsen",
        "Østerby",
        "Balslev",
        "Munkholm",
        "Dalgaard",
        "Brinch",
        "Juhlsen",
        "Kirkegaard",
        "Friislund",
        "Winther",
        "Overby",
        "Sønderby",
        "Hedegaard",
        "Mølgaard",
        "Toftegaard",
        "Bækgaard",
        "Lindhardt",
        "Stougaard",
        "Nørskov",
        "Elkjær",
        "Rosendal",
        "Klitgaard",
        "Fuglsang",
        "Ågaard",
        "Staugaard",
        "Bjerregaard",
        "Hvidberg",
    ],
    employees: &["Anne Bruun", "Henrik Vang", "Camilla Steen", "Peter Aagesen"],
    products: &["Fiber 500", "Mobil Fri", "TV Basis", "Elbil Plus"],
    amounts: &["149 kroner", "249 kroner", "399 kroner", "85 kroner"],
    greetings: &["Velkommen, du taler med {employee}.", "Goddag, det er {employee}, hvad kan jeg hjælpe med?"],
    identifications: &[
        &[
            (E, "Hvad er dit navn?"),
            (C, "Jeg hedder {name}."),
            (E, "Tak, {given}. Og et nummer, vi kan ringe på?"),
            (C, "Ja, det er {number}."),
        ],
        &[
            (E, "Må jeg få dit kundenummer?"),
            (C, "Det er {reference}, og jeg hedder {name}."),
            (E, "Så {reference}. Et øjeblik, {given}."),
        ],
        &[
            (C, "Det er {name}, jeg har kundenummer {reference}."),
            (E, "Tak. Hvilken mailadresse må vi skrive til?"),
            (C, "Det er {email}, og mit nummer er {number}."),
        ],
        &[
            (C, "Mit navn er {name}. I kan ringe på {number}, eller på {other} efter arbejde."),
            (E, "Det er noteret, {number} eller {other}."),
        ],
    ],
    topics: &[
        Topic {
            tag: "opsigelse",
            lines: &[
                (C, "Jeg vil gerne opsige mit abonnement på {product}."),
                (E, "Det er jeg ked af at høre. En opsigelse gælder fra den første i næste måned."),
                (C, "Det er fint. {product} er simpelthen for dyrt."),
            ],
        },
        Topic {
            tag: "klage",
            lines: &[
                (C, "Jeg ringer for at klage over min regning, der står {amount} for {product}."),
                (E, "Det ser ud til at være en fejl. Jeg retter det, og du får {amount} tilbage."),
            ],
        },
        Topic {
            tag: "flytning",
            lines: &[
                (C, "Jeg skal flytte og vil gerne tage {product} med."),
                (E, "Det kan lade sig gøre, og oprettelsen koster {amount}."),
                (C, "Godt, det var ikke for dyrt."),
            ],
        },
        Topic {
            tag: "tilbud",
            lines: &[
                (C, "Har I et tilbud på {product}?"),
                (E, "Ja, de første tre måneder koster {amount} om måneden."),
            ],
        },
    ],
    closings: &[
        &[(E, "Du får en bekræftelse i dag."), (C, "Tak for hjælpen.")],
        &[(C, "Tusind tak."), (E, "Selv tak, {given}, og god dag.")],
    ],
    snippet_titles: &["God indvending", "Samtalen med {name}", "Fin afslutning", "Sådan håndteres en klage"],
    spell: spell_danish,
};

pub(super) const ENGLISH: Language = Language {
    code: "en",
    country_code: "+44",
    reference_begins: "C-9",
    mail_domain: "example.com",
    given: &[
        "Oliver",
        "Amelia",
        "George",
        "Isla",
        "Arthur",
        "Poppy",
        "Leonard",
        "Freya",
        "Stanley",
        "Harriet",
        "Rupert",
        "Imogen",
        "Desmond",
        "Winifred",
        "Clive",
        "Rosalind",
        "Alistair",
        "Beatrice",
        "Nigel",
        "Philippa",
        "Gareth",
        "Sheila",
        "Duncan",
        "Maureen",
        "Trevor",
        "Geraldine",
        "Hamish",
        "Bronwen",
        "Cedric",
        "Tabitha",
        "Edmund",
        "Priya",
        "Kwame",
        "Yusuf",
        "Anjali",
        "Declan",
    ],
    family: &[
        "Ashworth",
        "Blackwood",
        "Carruthers",
        "Dunmore",
        "Ellsworth",
        "Fairweather",
        "Greenhalgh",
        "Hathaway",
        "Inglesby",
        "Kettering",
        "Langstaff",
        "Merriweather",
        "Nettleton",
        "Ollerton",
        "Pemberton",
        "Quigley",
        "Rothwell",
        "Saltmarsh",
        "Thistlewood",
        "Underhill",
        "Wainwright",
        "Yardley",
        "Abernathy",
        "Bellweather",
        "Cholmond",
        "Davenport",
        "Entwistle",
        "Featherstone",
        "Gillingham",
        "Huddleston",
        "Ironside",
        "Kirkbride",
        "Lockhart",
        "Mottram",
        "Netherfield",
        "Oakeshott",
    ],
    employees: &["Laura Finch", "Daniel Marsh", "Sarah Combe", "Thomas Hale"],
    products: &["Fibre 500", "Mobile Free", "TV Basic", "Electric Plus"],
    amounts: &["19 pounds", "25 pounds", "49 pounds", "12 pounds 50"],
    greetings: &["Good morning, you are speaking to {employee}.", "Hello, this is {employee}, how can I help?"],
    identifications: &[
        &[
            (E, "Could I take your name?"),
            (C, "My name is {name}."),
            (E, "Thank you, {given}. And a number we can reach you on?"),
            (C, "It is {number}."),
        ],
        &[
            (E, "Do you have your customer number?"),
            (C, "Yes, {reference}, and the name is {name}."),
            (E, "That is {reference}. One moment, {given}."),
        ],
        &[
            (C, "This is {name}, my customer number is {reference}."),
            (E, "Thank you. Which e-mail address may we write to?"),
            (C, "It is {email}, and my number is {number}."),
        ],
        &[
            (C, "My name is {name}. You can call {number}, or {other} after work."),
            (E, "I have noted that, {number} or {other}."),
        ],
    ],
    topics: &[
        Topic {
            tag: "cancellation",
            lines: &[
                (C, "I would like to cancel my subscription to {product}."),
                (E, "I am sorry to hear that. The cancellation takes effect on the first of next month."),
                (C, "That is fine. {product} is simply too expensive."),
            ],
        },
        Topic {
            tag: "complaint",
            lines: &[
                (C, "I have a complaint about my bill, it says {amount} for {product}."),
                (E, "That looks like a mistake. I will put it right, and you get {amount} back."),
            ],
        },
        Topic {
            tag: "moving",
            lines: &[
                (C, "I am moving and want to take {product} with me."),
                (E, "We can do that, and setting it up costs {amount}."),
                (C, "Good, that is not too expensive."),
            ],
        },
        Topic {
            tag: "offer",
            lines: &[
                (C, "Do you have an offer on {product}?"),
                (E, "Yes, the first three months cost {amount} a month."),
            ],
        },
    ],
    closings: &[
        &[(E, "You will get a confirmation today."), (C, "Thank you for your help.")],
        &[(C, "Thanks a lot."), (E, "You are welcome, {given}, have a good day.")],
    ],
    snippet_titles: &["Good objection", "The call with {name}", "A fine ending", "How to take a complaint"],
    spell: spell_english,
};

/// Eight digits: in pairs, in fours, with hyphens, with the country, in one.
fn spell_danish(digits: &str, random: &mut Random) -> String {
    let (a, b, c, d) = (&digits[..2], &digits[2..4], &digits[4..6], &digits[6..]);
    match random.below(5) {
        0 => format!("{a} {b} {c} {d}"),
        1 => format!("{a}{b} {c}{d}"),
        2 => format!("{a}-{b}-{c}-{d}"),
        3 => format!("+45 {a} {b} {c} {d}"),
        _ => digits.to_owned(),
    }
}

/// Ten digits after the trunk prefix: area, exchange, line.
fn spell_english(digits: &str, random: &mut Random) -> String {
    let (area, exchange, line) = (&digits[..3], &digits[3..6], &digits[6..]);
    match random.below(4) {
        0 => format!("0{area} {exchange} {line}"),
        1 => format!("0{area}-{exchange}-{line}"),
        2 => format!("+44 {area} {exchange} {line}"),
        _ => format!("0{digits}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_is_found_inside_another() {
        for language in [&DANISH, &ENGLISH] {
            let inside = |names: &[&str], is_inside: fn(&str, &str) -> bool| {
                let names: Vec<String> = names.iter().map(|name| name.to_lowercase()).collect();
                names.iter().any(|one| names.iter().any(|other| one != other && is_inside(one, other)))
            };
            assert!(!inside(language.given, |one, other| one.ends_with(other)));
            assert!(!inside(language.family, |one, other| one.starts_with(other)));
        }
    }
}
