//! English words around numbers, British and American.

use super::{Entry, Figure, Lexicon, Roles, Subject};

const SMALL: &[&str] = &[
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];

const TENS: &[&str] = &["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

/// The table.
pub(super) fn lexicon() -> Lexicon {
    let mut lexicon = Lexicon::new(compound);
    figures(&mut lexicon);
    roles(&mut lexicon);
    subjects(&mut lexicon);
    lexicon
}

fn figures(lexicon: &mut Lexicon) {
    for (value, word) in (0..).zip(SMALL) {
        lexicon.figure(*word, if value < 10 { Figure::Digit(value) } else { Figure::Teen(value) });
    }
    for (tens, word) in (20..).step_by(10).zip(TENS) {
        lexicon.figure(*word, Figure::Tens(tens));
        for (unit, name) in (0..).zip(&SMALL[..10]).skip(1) {
            lexicon.figure(format!("{word}{name}"), Figure::Pair(tens + unit));
        }
    }
    lexicon.figure("fourty", Figure::Tens(40));
    for word in ["oh", "o", "nought", "naught", "aught", "nil"] {
        lexicon.figure(word, Figure::Digit(0));
    }
    for word in ["hundred", "hundreds"] {
        lexicon.figure(word, Figure::Hundred);
    }
    for word in ["thousand", "thousands"] {
        lexicon.figure(word, Figure::Thousand);
    }
    for word in ["million", "millions"] {
        lexicon.figure(word, Figure::Million);
    }
    for (word, times) in [("double", 2), ("triple", 3), ("treble", 3), ("quadruple", 4)] {
        lexicon.figure(word, Figure::Times(times));
    }
}

fn roles(lexicon: &mut Lexicon) {
    lexicon.roles(Roles::WEAK, "oh o one nil");
    lexicon.roles(Roles::AND.and(Roles::FILLER), "and");
    lexicon.roles(
        Roles::FILLER,
        "uh um erm er ah eh hm hmm mm mmm yeah yes yep so then and okay ok well wait hang on just moment let me see lemme",
    );
    lexicon.roles(
        Roles::NOD,
        "uh um erm er ah huh hm hmm mm mmm mhm yeah yes yep yup so okay ok right sure go on ahead and then got it great
         perfect thanks thank you lovely correct exactly that's it please next carry alright good cool brilliant i'm with
         ready continue the rest fine gotcha of course noted ta cheers is",
    );
    lexicon
        .roles(Roles::REPAIR.and(Roles::FILLER), "no nope sorry apologies correction mean actually rather scratch i");
    lexicon.roles(Roles::DECIMAL, "point");
    lexicon.roles(Roles::MARK.and(Roles::FILLER), "dash hyphen slash dot plus space star pause stroke");
    lexicon.roles(
        Roles::MONTH,
        "january february march april may june july august september october november december jan feb mar apr jun jul aug
         sep sept oct nov dec",
    );
    lexicon.roles(
        Roles::ORDINAL,
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth
         sixteenth seventeenth eighteenth nineteenth twentieth thirtieth",
    );
    lexicon.roles(Roles::ENDING, "ending ends last final ext extension");
    lexicon.roles(
        Roles::NAMED,
        "number numbers id digits ssn social nino cvv cvc imei mprn mpan vin ref mrn code exp expiry",
    );
    lexicon.roles(
        Roles::MEASURE,
        "about around approximately over under nearly almost roughly between since until by before after at in from past
         during only exactly",
    );
    lexicon.roles(Roles::GLOSS, "as in like for");
    lexicon.roles(
        Roles::NOBODY,
        "vodafone verizon comcast barclays lloyds natwest paypal amazon samsung netflix spotify microsoft google aviva allianz
         router modem broadband fibre internet wifi gigabit kwh kilowatt megabit customer agent advisor caller guest thanks
         hello yes meter reading visa mastercard iphone samsung windows invoice ticket helpline hotline query copay union dob
         maiden lovely brilliant perfect regards sincerely cheers owe owes due add",
    );
    lexicon.roles(Roles::AT, "snabela snabel snable snabelade krøllealfa krøllalfa krølle snabelæ at");
    lexicon.roles(
        Roles::SPELLS,
        "stave staver staves stavet stav bogstavere bogstaver spell spelled spelling spelt spells efternavn
         efternavnet fornavn fornavnet surname lastname firstname initial initials",
    );
    lexicon.roles(
        Roles::LIVES,
        "address live lives living moved moving postcode zip post reside residing deliver delivery home property
         house located street flat apartment",
    );
    lexicon
        .roles(Roles::STREET, "street road avenue ave lane boulevard blvd crescent terrace mews parkway rd ln trail");
    lexicon.roles(
        Roles::MAYBE_STREET,
        "st dr drive close court ct place pl way gardens grove hill square row circle walk park green rise view gate
         wharf yard highway hwy pike loop path mount fields meadows heights wynd brae",
    );
    units(lexicon);
    lexicon.roles(
        Roles::GRAMMAR,
        "a about after all an and any are as at be because been before but by can could did do does for from had has have he
         her here him his how i if in into is it its just me more my no not now of off on or our out over please she so some
         than thanks thank that the their them then there these they this those to too up us was we were what when where which
         who why will with would yes you your always perhaps yours ours does goes says sounds looks works seems needs belongs
         press unless",
    );
}

fn units(lexicon: &mut Lexicon) {
    lexicon.roles(
        Roles::UNIT,
        "pound pounds quid pence p dollar dollars bucks cent cents euro euros usd gbp eur kroner percent per pct minute
         minutes min mins hour hours hr hrs second seconds sec secs day days week weeks fortnight month months quarter quarters
         year years yr yrs time times people person persons customers employees members children kids kilo kilos kg mg gram grams
         ton tons tonne tonnes meter meters metre metres mile miles km kilometers kilometres cm centimeters mm inch inches foot
         feet ft yard yards square sq liter liters litre litres gallon gallons kwh mwh kw kilowatt kilowatts units unit watt
         watts volt volts amp amps mbps mbit mb gb tb meg megs megabit megabits gig gigs gigabit gigabits gigabyte gigabytes
         megabytes degrees points basis pages rooms bedrooms digits digit numbers letters licenses lines cars items orders
         copies shares questions calls am pm o'clock million millions billion billions trillion thousand thousands bps stores locations megawatts
         megawatt percentage stars channels ounces calories votes views followers installments instalments payments milligrams milligram micrograms mcg
         ml millilitres milliliters tablets capsules credits pints adults nights",
    );
}

fn subjects(lexicon: &mut Lexicon) {
    lexicon.subject(
        Subject::Phone,
        "phone telephone mobile cell cellphone landline fax tel ph call ring reach text texting dial extension ext whatsapp
         voicemail callback contact",
    );
    lexicon.subject(
        Subject::NationalId,
        "ssn social security insurance ni nino passport nhs licence driver's drivers itin ein cpr",
    );
    lexicon.subject(Subject::Account, "sort routing aba bank iban swift account acct checking savings");
    lexicon.subject(Subject::Card, "card cards visa mastercard amex debit credit cvv cvc exp expiry");
    lexicon.subject(Subject::Cvr, "vat cvr");
    lexicon.subject(
        Subject::Customer,
        "customer case order policy meter mpan mprn mrn member membership ticket reference ref booking reservation confirmation
         invoice serial tracking contract claim client patient plate registration vin imei pin passcode password code puk
         subscriber incident username user claimant login certificate application permit student employee loyalty frequent flyer gift
         voucher parcel shipment",
    );
    lexicon.subject(Subject::Number, "number numbers id digits nr");
    lexicon.subject(
        Subject::Amount,
        "costs cost price prices priced pay paid paying payment charge charged charges amount balance bill bills billed owe owes
         owed fee fees total refund refunded deposit rent salary income budget tax discount spend spent worth quote quoted
         interest loan mortgage usage used only offer revenue revenues sales earnings cash debt margin margins guidance ebitda",
    );
    lexicon.subject(Subject::Reading, "reading readings reads shows odometer mileage");
    lexicon.subject(Subject::Time, "clock born birthday birth dob fiscal date dated");
    lexicon.subject(
        Subject::Product,
        "model version type error errors fault iphone ipad galaxy samsung windows firmware software router modem
         playstation xbox android ios section page chapter form flight room gate channel promo coupon boeing airbus resolution
         ford toyota honda tesla bmw audi mercedes highway route interstate russell s&p nasdaq dow",
    );
}

/// English writes its compounds apart.
fn compound(_word: &str) -> Entry {
    Entry::default()
}
