//! Words that are also names. As a part of a known name they count only beside another part, or with a capital.

use crate::words::Words;

/// Whether a lower-case word is a common word of Danish or English.
pub(crate) fn is_common(word: &str) -> bool {
    WORDS.contains(word)
}

static WORDS: Words = Words::new(
    "able alle and angel april art august back bad bag baker bank barn bay bell berg best bill bird bjerg black blue
     bo bob bog bold bond book borg brand bridge bro brook brown brun bush butler by call can card carpenter case
     cash cat chance charity christian church clay cliff cole cook crystal dag daisy dal dale dam dan dansk date dawn
     day dean den destiny don drew du duke earl east eg en er eve faith falk far farmer fin fisher fiske flor for
     ford forest fox frank fri frost gade gene glad god gold good grace grant gray green grey gud guy hall ham han
     hans harbour harmony have heather herr hill his hold holly holm hope hun hunter hus høj ivy jack jade jean jo
     job joy jul july june just kaj kan kay king kirk knight kok krog lane lang lange law lee let lige lily little
     long lord love lykke lyng lys mai maj major man mark marsh max may melody mercy mig mike miller min mine misty
     mon moon moss munk my møller new nice nick nord north now olive over park pat patience peace penny pepper per
     pierce pil pope porter post price prince ravn ray red reed rice rich river rob robin rock rose ruby rue sage
     sand sandy say see sharp she short silver skov sky skye small smart smed snow so son south spring stark steel
     sten stone storm strand street strong sue summer sunny swift ta tag the thorn thy tim to tom torp tue turner van
     ved vest viol violet walker ward waters way weaver wells west white wild will win winter wise wolf wood woods
     young ø øst",
);
