//! Danish towns with a postcode of their own, the larger ones: in lower case, only a list tells a town from a word.

use crate::words::Words;

/// Whether a lower-case word is a town, or the first word of one.
pub(super) fn is_town(word: &str) -> bool {
    TOWNS.contains(word)
}

/// Whether a word is the second half of a town's name: *kongens lyngby*, *nykøbing falster*.
pub(super) fn goes_on(first: &str, second: &str) -> bool {
    matches!(
        (first, second),
        ("kongens", "lyngby")
            | ("nykøbing", "falster" | "sjælland" | "mors" | "f" | "m")
            | ("store", "heddinge")
            | ("nørre", "aaby" | "alslev" | "nebel" | "snede" | "sundby")
            | ("nr", "sundby")
            | ("hvide", "sande")
            | ("gammel", "holte")
            | ("gl", "holte")
            | ("ny", "malling")
            | ("rødovre" | "glostrup" | "viby" | "højbjerg", "j" | "sj")
            | ("st", "heddinge")
            | ("vester", "hæsinge" | "skerninge")
            | ("charlottenlund" | "frederiksberg", "c")
    )
}

static TOWNS: Words = Words::new(
    "aabenraa aabybro aalborg aarhus albertslund allerød amager asnæs assens augustenborg bagsværd ballerup billund
     birkerød bjerringbro bramming brande bredballe broager brovst brædstrup brøndby brøndbyøster brønderslev
     brønshøj brørup børkop charlottenlund christiansfeld dianalund dragør dronninglund dyssegård ebeltoft ejby
     esbjerg espergærde faaborg fakse farsø farum fjerritslev fredensborg fredericia frederiksberg frederikshavn
     frederikssund frederiksværk fåborg galten gentofte gilleleje give gladsaxe glamsbjerg glostrup gram grenaa grenå
     greve grindsted gråsten græsted haderslev hadsten hadsund hals hammel hammerum haslev havdrup hedehusene
     hedensted hellebæk hellerup helsinge helsingør herlev herning hillerød hinnerup hirtshals hjallerup hjørring
     hobro holbæk holstebro holte hornslet horsens humlebæk hundested hvalsø hvidovre højbjerg højby hørning hørsholm
     ikast ishøj jelling jyderup jyllinge kalundborg karlslunde karup kastrup kerteminde kibæk kjellerup klampenborg
     knebel kokkedal kolding kongens korsør kvistgård kværndrup københavn køge langeskov langå lejre lem lemvig
     lunderskov lyngby lynge lystrup løgstør løgumkloster løsning malling mariager maribo marstal middelfart munkebo
     måløv nakskov nibe nivå nordborg nyborg nykøbing nærum næstved nørresundby odder odense otterup padborg pandrup
     præstø randers ribe ringe ringkøbing ringsted risskov roskilde rudkøbing rungsted ry rødby rødekro rødovre rønde
     rønne sabro sakskøbing silkeborg sindal skagen skanderborg skive skjern skovlunde skælskør skærbæk skævinge
     skødstrup slagelse slangerup smørum solbjerg solrød sorø stege stenløse stilling store struer stubbekøbing
     støvring sundby svendborg svenstrup svinninge sæby søborg søften sønderborg taastrup tappernøje tarm thisted
     tilst tinglev toftlund tommerup trige tune tårnby tåstrup tølløse tønder ulfborg valby vallensbæk vamdrup
     vanløse varde vedbæk vejen vejle veksø viborg viby videbæk vig vildbjerg vinderup virum vissenbjerg vojens
     vordingborg værløse århus års ølgod ølstykke",
);
