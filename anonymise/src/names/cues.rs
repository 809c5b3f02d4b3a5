//! Words that say something about their neighbours: *hi*, *hedder*, *mr*, *fra*. Words that do so alike are one cue, in
//! both languages, so that what training learns of one it knows of all.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::LazyLock;

use super::words;

/// A group of words; 0 is no cue.
pub(crate) type Cue = u8;

/// Titles: what comes next is somebody's name.
pub(crate) const TITLE: Cue = 11;

/// The words of each cue, whose number is its place in this list and one.
const CUES: &[&str] = &[
    "hi hey hello hiya hallo hej hejsa dav davs goddag godmorgen godaften halløj yo howdy",
    "thanks thank cheers tak takker mange tusind",
    "bye goodbye farvel hejhej",
    "name names surname navn navnet navne efternavn efternavnet fornavn fornavnet",
    "is 's er was var are am were",
    "it it's this that that's det dette",
    "i jeg i'm",
    "called named hedder hed kaldes kaldt hedde",
    "speaking speak spoke talk talking talked taler tale talte snakke snakket snakker talt",
    "from fra at hos of on",
    "mr mrs ms miss mister dr doctor sir madam hr fru frk frøken doktor professor prof herr",
    "wife husband son daughter mother father mom dad mum mam brother sister partner boyfriend girlfriend neighbour neighbor
     friend colleague roommate flatmate cousin uncle aunt grandson granddaughter fiancé kone mand søn datter mor far bror
     søster kæreste samlever nabo ven veninde kollega hustru svigermor svigerfar farmor mormor farfar morfar onkel tante barn",
    "my your his her our their min mit mine din dit dine hans hendes vores deres sin sit sine",
    "manager engineer driver boss agent host ceo cfo president chairman director analyst officer supervisor technician
     assistant nurse teacher lawyer tenant landlord teknikeren tekniker chefen chef direktør direktøren formand formanden
     læge lægen sagsbehandler sagsbehandleren minister vicevært viceværten advokat sælger kunderådgiver sekretær ministeren
     instruktør forfatter forfatteren politiker skuespiller kunstner træner træneren borgmester redaktør",
    "said says mentioned told asked noted added siger sagde spørger fortæller udtaler mener oplyser svarede forklarer skriver",
    "question questions line operator spørgsmål",
    "here her",
    "and og or eller samt",
    "yes yeah yep okay ok right sure well so ja nej jo nå jamen no great perfect super fint fine good alright oh ah godt",
    "please venligst ahead",
    "uh um øh øhm eh altså erm hmm mm like",
    "a an the en et den de some any",
    "will would can could should may might do does did have has had kan vil skal må har havde kunne ville skulle",
    "who what when where how why hvem hvad hvor hvordan hvorfor hvornår",
    "you du dig jer",
    "morning afternoon evening day dag aften morgen eftermiddag",
    "ask tell call contact reach ring spørg kontakt hils hilse fortæl email mail say text",
    "born née født gift married maiden",
    "by af signed underskrevet written skrevet",
    "with to med til for ved over",
    "in i on on under through about om på",
    "january february march april june july august september october november december januar februar marts maj juni juli
     oktober",
    "monday tuesday wednesday thursday friday saturday sunday mandag tirsdag onsdag torsdag fredag lørdag søndag today
     tomorrow yesterday i-dag morgen går",
    "company firm bank group inc ltd aps limited llc corporation partners capital research securities holding",
    "street road avenue lane drive vej gade allé plads stræde",
    "he she they han hun de vi we",
    "not ikke never aldrig just bare kun only lige",
];

static TABLE: LazyLock<HashMap<u64, Cue, BuildHasherDefault<Given>>> = LazyLock::new(|| {
    let numbered = CUES.iter().zip(1..);
    numbered.flat_map(|(list, cue)| list.split_whitespace().map(move |word| (words::hash(word), cue))).collect()
});

/// The cue that the word with this hash is.
pub(crate) fn cue(hash: u64) -> Cue {
    TABLE.get(&hash).copied().unwrap_or(0)
}

/// Words come hashed: their hash is their hash.
#[derive(Default)]
struct Given(u64);

impl Hasher for Given {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {
        unreachable!("only numbers are hashed");
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_where_their_number_says() {
        assert_eq!(cue(words::hash("mrs")), TITLE);
        assert_eq!(cue(words::hash("hr")), TITLE);
        assert_eq!(cue(words::hash("banana")), 0);
    }
}
