//! Danish words around numbers.

use super::{Entry, Figure, Lexicon, Roles, Subject};

const DIGITS: &[(&str, u8)] = &[
    ("nul", 0),
    ("en", 1),
    ("et", 1),
    ("én", 1),
    ("ét", 1),
    ("to", 2),
    ("tre", 3),
    ("fire", 4),
    ("fem", 5),
    ("seks", 6),
    ("syv", 7),
    ("otte", 8),
    ("ni", 9),
];

const TEENS: &[(&str, u8)] = &[
    ("ti", 10),
    ("elleve", 11),
    ("elve", 11),
    ("tolv", 12),
    ("tretten", 13),
    ("fjorten", 14),
    ("femten", 15),
    ("seksten", 16),
    ("sytten", 17),
    ("atten", 18),
    ("nitten", 19),
];

/// With the long forms that older people use, and the spellings that speech recognition produces.
const TENS: &[(&str, u8)] = &[
    ("tyve", 20),
    ("tredive", 30),
    ("tredve", 30),
    ("fyrre", 40),
    ("fyrretyve", 40),
    ("fyre", 40),
    ("halvtreds", 50),
    ("halvtres", 50),
    ("halvtredsindstyve", 50),
    ("halvtredsinstyve", 50),
    ("tres", 60),
    ("treds", 60),
    ("tresindstyve", 60),
    ("tresinstyve", 60),
    ("halvfjerds", 70),
    ("halvfjers", 70),
    ("halvfjerdsindstyve", 70),
    ("halvfjerdsinstyve", 70),
    ("firs", 80),
    ("firsindstyve", 80),
    ("firsinstyve", 80),
    ("halvfems", 90),
    ("halvfemsindstyve", 90),
    ("halvfemsinstyve", 90),
];

/// The table.
pub(super) fn lexicon() -> Lexicon {
    let mut lexicon = Lexicon::new(compound);
    figures(&mut lexicon);
    roles(&mut lexicon);
    subjects(&mut lexicon);
    lexicon
}

fn figures(lexicon: &mut Lexicon) {
    for (word, value) in DIGITS {
        lexicon.figure(*word, Figure::Digit(*value));
    }
    for (word, value) in TEENS {
        lexicon.figure(*word, Figure::Teen(*value));
    }
    for (word, tens) in TENS {
        lexicon.figure(*word, Figure::Tens(*tens));
        for (unit, value) in DIGITS.iter().filter(|(_, value)| *value > 0) {
            lexicon.figure(format!("{unit}og{word}"), Figure::Pair(tens + value));
            lexicon.figure(format!("{unit}å{word}"), Figure::Pair(tens + value));
        }
    }
    for word in ["hundrede", "hundred", "hundreder"] {
        lexicon.figure(word, Figure::Hundred);
    }
    for word in ["tusind", "tusinde", "tusinder"] {
        lexicon.figure(word, Figure::Thousand);
    }
    for word in ["million", "millioner"] {
        lexicon.figure(word, Figure::Million);
    }
    for (word, times) in [("dobbelt", 2), ("dobbel", 2), ("tredobbelt", 3), ("trippel", 3)] {
        lexicon.figure(word, Figure::Times(times));
    }
}

fn roles(lexicon: &mut Lexicon) {
    lexicon.roles(Roles::WEAK, "en et");
    lexicon.roles(Roles::AND.and(Roles::FILLER), "og å");
    lexicon.roles(
        Roles::FILLER,
        "øh øhm øhh eh ehm æh æhm hm hmm mm mmm ja jo jep så altså også derefter dernæst lige nå eller og vent
         nu okay ok da bare nemlig øjeblik moment øjeblikket",
    );
    lexicon.roles(
        Roles::NOD,
        "ja jo jep jah jaja jamen mm mmm mhm hm hmm øh øhm okay ok fint godt super tak præcis netop nemlig rigtigt korrekt
         og så videre bare fortsæt yes det er den perfekt lige det nå javel jeps hvad mere fedt klart noteret skriver jeg
         igen gang til vær venlig forstået modtaget uh huh er",
    );
    lexicon.roles(Roles::REPAIR.and(Roles::FILLER), "nej nejnej undskyld sorry rettelse beklager mener jeg");
    lexicon.roles(Roles::DECIMAL, "komma");
    lexicon.roles(
        Roles::MARK.and(Roles::FILLER),
        "bindestreg streg mellemrum skråstreg minus plus punktum stjerne prik dot slash",
    );
    lexicon.roles(
        Roles::MONTH,
        "januar februar marts april maj juni juli august september oktober november december jan feb apr jun jul aug sep
         sept okt nov dec",
    );
    lexicon.roles(
        Roles::ORDINAL,
        "første anden tredje fjerde femte sjette syvende ottende niende tiende ellevte tolvte trettende fjortende femtende
         sekstende syttende attende nittende tyvende enogtyvende toogtyvende treogtyvende fireogtyvende femogtyvende
         seksogtyvende syvogtyvende otteogtyvende niogtyvende tredivte tredevte enogtredivte enogtredevte",
    );
    lexicon.roles(Roles::ENDING, "slutter ender sidste lokalnummer lokal");
    lexicon.roles(Roles::GLOSS, "som ligesom i for");
    lexicon.roles(
        Roles::NAMED,
        "nummer nummeret numre numrene nr id cifre cifrene cpr cprnr cvr cvrnr regnr reg tlf kontonr kundenr ref cvv cvc
         imei koden kode pinkode bagsiden kontrolcifre kontrolcifrene udløbsdato
         udløbsdatoen",
    );
    lexicon.roles(
        Roles::MEASURE,
        "omkring cirka ca over under næsten mellem fra klokken kl siden inden indtil kvart halv knap godt mindst højst cirka
         ugentlig uge år årgang kun",
    );
    lexicon.roles(
        Roles::NOBODY,
        "telia telenor telmore yousee norlys elgiganten ewii andel nuuday hiper stofa codan topdanmark
         alka postnord bauhaus matas rejsekortet
         router routeren modem modemmet bredbånd fiber internet wifi gigabit kwh kilowatt megabit kundenummer kundenummeret
         cpr cvr tak kunde agent rådgiver hej ja nej måler måleren visa mastercard dankort iphone samsung windows iban swift aps
         hilsen mail mailen taxa taxaen police policen kontohaver policehaver kubik conto eurobonus bitlocker",
    );
    lexicon.roles(Roles::AT, "snabela snabel snable snabelade krøllealfa krøllalfa krølle snabelæ æt at");
    lexicon.roles(
        Roles::SPELLS,
        "stave staver staves stavet stav bogstavere bogstaver spell spelled spelling spelt spells efternavn
         efternavnet fornavn fornavnet surname lastname firstname initial initialer initialerne",
    );
    lexicon.roles(
        Roles::LIVES,
        "adresse adressen bor boende bopæl flytte flytter flyttet postnummer postnummeret leveringsadresse
         leveringsadressen folkeregisteradresse boet vejnavn gadenavn husnummer faktureringsadresse
         installationsadresse",
    );
    units(lexicon);
    lexicon.roles(
        Roles::GRAMMAR,
        "af alle alt andre at da de dem den denne der deres det dette dig din dit dog du efter ej eller ellers en end er et
         for fra før ham han hans har havde hen her hos hun hvad hvem hver hvis hvor hvordan hvorfor hvornår i igen ikke ind
         ingen ja jeg jer jeres jo kan kun kunne lige man med meget mens mere mig min mine mit mod må nej nok nu når og også
         om op over på rigtigt siger sig sin skal som så tak til ud under undskyld var ved vi vil vores være uden eller
         heller efter herefter derefter altså undskyld eller således sådan hedder passer virker ligger ringer kommer
         være bliver husker tror synes mangler lyder gælder tilhører korrekt venter",
    );
}

/// What ends the compounds that calls are full of, and no name: *pensionsselskabet*, *skadenummeret*, *skraldebilen*.
const THING_ENDINGS: [&str; 24] = [
    "selskab",
    "selskabet",
    "forretning",
    "forretningen",
    "nummer",
    "nummeret",
    "bilen",
    "kort",
    "kortet",
    "afdeling",
    "afdelingen",
    "risikoen",
    "forsikring",
    "forsikringen",
    "konto",
    "kontoen",
    "regning",
    "regningen",
    "ordning",
    "ordningen",
    "aftale",
    "aftalen",
    "dage",
    "lån",
];

/// Letters that an ending needs before it: *bankdage* is a compound, *bedage* is none.
const BEFORE_ENDING_MIN: usize = 3;

/// Whether a lower-case word is a compound that names a thing.
pub(crate) fn is_thing(word: &str) -> bool {
    let first =
        |ending| word.strip_suffix(ending).is_some_and(|first: &str| first.chars().count() >= BEFORE_ENDING_MIN);
    THING_ENDINGS.into_iter().any(first)
}

fn units(lexicon: &mut Lexicon) {
    lexicon.roles(
        Roles::UNIT,
        "kr kroner krone kroners øre dkk euro eur dollar dollars usd pund sek nok mio mia milliard milliarder million millioner tusind tusinde procent pct promille
         minut minutter minutters time timer timers sekund sekunder dag dage dages døgn hverdag hverdage
         arbejdsdage uge uger ugers måned måneder måneders mdr kvartal kvartaler år års årig årige gang gange stk styk stykker
         stykke personer mennesker børn kunder medarbejdere medlemmer kilo kg gram mg ton meter meters km kilometer cm
         centimeter millimeter kvadratmeter kvadrat kvm kubikmeter kubik liter kwh mwh kilowatt kilowattime kilowattimer
         kilowatttimer watt volt ampere mbit megabit gbit gigabit gb mb tb giga mega gigabyte megabyte terabyte grader
         graders tommer tommers point pixels side sider værelser cifre cifret ciffer cifrede tal bogstaver licenser linjer
         biler enheder omdrejninger hestekræfter kalorier visninger følgere stemmer etager sal kanaler
         rater afdrag milligram ml milliliter deciliter enhed volumenprocent promille karat lux decibel klip ture zoner
         kapsler tabletter piller",
    );
}

fn subjects(lexicon: &mut Lexicon) {
    lexicon.subject(
        Subject::Phone,
        "telefon telefonen tlf tel mobil mobilen mobiltelefon fastnet ring ringe ringes ringer træffes fanges kontaktes sms
         smse smser lokalnummer lokal whatsapp træffe fange mobilepay",
    );
    lexicon.subject(
        Subject::NationalId,
        "cpr cprnummer personnummer cprnr sygesikring sygesikringskort sygesikringsbevis",
    );
    lexicon.subject(
        Subject::Account,
        "reg regnr registreringsnummer registreringsnummeret konto kontoen kontonummer kontonr nemkonto bankkonto lønkonto
         opsparingskonto",
    );
    lexicon.subject(
        Subject::Card,
        "kort kortet kortnummer dankort visa mastercard betalingskort kreditkort hævekort visakort cvv cvc bagsiden kontrolcifre
         kontrolcifrene kortets udløbsdato udløbsdatoen udløb",
    );
    lexicon.subject(Subject::Cvr, "cvr cvrnummer cvrnr senummer vat");
    lexicon.subject(
        Subject::Customer,
        "kundeid sag sagen sags ordre ordren police policen kontrakt kontrakten booking bookingen reservation
         reservationen reference referencen ref referencenr ticket journal medlem medlems faktura fakturaen stelnummer
         nummerplade nummerpladen imei puk sim installation aftagenummer kunde abonnement kundenr kundenummer licens
         tracking forsendelse pakke gavekort girokort fi rekvisition pinkode pin adgangskode kodeord koden kode login
         brugernavn serie ean gln trackingnummer",
    );
    lexicon.subject(Subject::Number, "nummer nummeret numre numrene nr id cifre cifrene ciffer tallene");
    lexicon.subject(
        Subject::Amount,
        "koster kostede koste pris prisen priser betale betaler betalt betalte beløb beløbet saldo saldoen skylder regning
         regningen regninger gebyr gebyret rabat total samlet opkrævet opkræver tilbud tilbudt rente renten
         løn lønnen indtægt budget udgift udgiften gæld gælden moms afdrag opsparing skat restskat lån lånet restance
         fratrukket trukket trække overføre overført tilbagebetaling refundere refunderet kompensation erstatning selvrisiko
         præmien præmie depositum husleje huslejen forbrug forbruget kr kroner dkk eur usd månedligt ydelse ydelsen",
    );
    lexicon.subject(
        Subject::Reading,
        "aflæsning aflæsningen aflæst aflæse aflæser måleraflæsning måleraflæsningen viser stand standen målerstand
         målerstanden måleren tælleren tællerværk kilometerstand kilometertal triptæller",
    );
    lexicon.subject(
        Subject::Time,
        "klokken kl klokkeslæt årgang årstal fødselsår født
         fødselsdato fødselsdag fødselsdagen dato datoen tidspunkt",
    );
    lexicon.subject(
        Subject::Product,
        "model modellen version versionen type typen udgave udgaven fejl fejlkode fejlkoden fejlen fejlmeddelelse iphone
         ipad galaxy samsung windows firmware software routeren router modem windows office playstation xbox android ios
         paragraf rabatkode rabatkoden kampagnekode kampagnekoden tarif abonnementet pakken mercedes bmw audi volvo peugeot
         boeing airbus opløsning skærm kanal",
    );
}

/// No word that means anything is longer.
const COMPOUND_BYTES_MAX: usize = 64;

/// Words that are numbers or tell of numbers by their parts.
fn compound(word: &str) -> Entry {
    if word.len() > COMPOUND_BYTES_MAX {
        return Entry::default();
    }
    if (word.contains("hundred") || word.contains("tusind"))
        && let Some(value) = whole(word)
    {
        return Entry { figure: Figure::Whole(value), ..Entry::default() };
    }
    if let Some(value) = misheard_pair(word) {
        return Entry { figure: Figure::Pair(value), ..Entry::default() };
    }
    let subject = subject(word);
    let named = subject.identifies() && (word.contains("num") || word.ends_with("nr"));
    Entry { subject, roles: if named { Roles::NAMED } else { Roles::default() }, ..Entry::default() }
}

/// The subject of a compound, by how it ends and begins: *policenummeret*, *varmemåleraflæsning*.
fn subject(word: &str) -> Subject {
    let ends = |endings: &[&str]| endings.iter().any(|ending| word.ends_with(ending));
    let begins = |beginnings: &[&str]| beginnings.iter().any(|beginning| word.starts_with(beginning));
    if ends(&["nummer", "nummeret", "numre", "numrene", "numret", "nummers", "nr"]) {
        return match () {
            () if begins(&["telefon", "mobil", "fastnet", "hjemme", "arbejds"]) => Subject::Phone,
            () if begins(&["cpr", "person"]) => Subject::NationalId,
            () if begins(&["konto", "reg"]) => Subject::Account,
            () if begins(&["kort", "visa", "dankort"]) => Subject::Card,
            () if begins(&["cvr"]) => Subject::Cvr,
            () if begins(&["hus", "post", "model", "uge", "version", "fejl", "vare", "kanal", "løbe", "gade"]) => {
                Subject::None
            }
            () => Subject::Customer,
        };
    }
    match () {
        () if ends(&["aflæsning", "aflæsningen", "målerstand", "målerstanden", "tæller", "tælleren"]) => {
            Subject::Reading
        }
        () if begins(&["stregkode", "landekode", "områdekode", "kildekode", "postkode"]) => Subject::None,
        () if ends(&["koden", "kode"]) && begins(&["fejl", "rabat", "kampagne", "vare", "farve"]) => Subject::Product,
        () if ends(&["koden", "kode", "login", "reference", "referencen"]) => Subject::Customer,
        () if ends(&["beløb", "beløbet", "prisen", "pris", "gebyr", "gebyret", "regning", "regningen"]) => {
            Subject::Amount
        }
        () => Subject::None,
    }
}

/// A pair that speech recognition or a typist got nearly right: *nioogtredive*, *syvoghalvfjer*.
fn misheard_pair(word: &str) -> Option<u8> {
    let (unit, tens) = word.split_once("og").filter(|(_, tens)| tens.len() >= 3)?;
    let unit = unit.strip_suffix('o').unwrap_or(unit);
    let (_, unit) = DIGITS.iter().find(|(name, value)| *value > 0 && *name == unit)?;
    let tens = tens.strip_prefix("og").unwrap_or(tens);
    let beginnings = [
        ("tyv", 20),
        ("tred", 30),
        ("fyr", 40),
        ("halvt", 50),
        ("tres", 60),
        ("halvfj", 70),
        ("firs", 80),
        ("halvfe", 90),
    ];
    let (_, tens) = beginnings.into_iter().find(|(beginning, _)| tens.starts_with(beginning))?;
    Some(unit + tens)
}

/// The value of a number in one word with hundreds or thousands in it.
fn whole(word: &str) -> Option<u32> {
    let (thousands, rest) = split(word, &["tusinde", "tusind"]);
    let (hundreds, rest) = split(rest, &["hundrede", "hundred"]);
    let thousands = thousands.map(factor).unwrap_or(Some(0))?;
    let hundreds = hundreds.map(factor).unwrap_or(Some(0))?;
    let rest = rest.strip_prefix("og").unwrap_or(rest);
    let rest = if rest.is_empty() { 0 } else { below_hundred(rest)? };
    Some(thousands * 1000 + hundreds * 100 + rest)
}

/// What stands before a power of ten, and what after it.
fn split<'w>(word: &'w str, powers: &[&str]) -> (Option<&'w str>, &'w str) {
    let cut = powers.iter().find_map(|power| word.split_once(power));
    cut.map_or((None, word), |(before, after)| (Some(before), after))
}

/// How many hundreds or thousands: none said is one.
fn factor(word: &str) -> Option<u32> {
    match split(word, &["hundrede", "hundred"]) {
        (None, "") => Some(1),
        (None, part) => below_hundred(part.strip_prefix("og").unwrap_or(part)),
        (Some(hundreds), rest) => {
            let rest = if rest.is_empty() { 0 } else { factor(rest)? };
            Some(factor(hundreds)? * 100 + rest)
        }
    }
}

fn below_hundred(word: &str) -> Option<u32> {
    let simple = |word: &str| {
        let all = DIGITS.iter().chain(TEENS).chain(TENS);
        all.into_iter().find(|(name, _)| *name == word).map(|(_, value)| u32::from(*value))
    };
    let pair = || word.split_once("og").and_then(|(unit, tens)| Some(simple(unit)? + simple(tens)?));
    simple(word).or_else(pair)
}
