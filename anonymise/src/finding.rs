//! What was found: kinds of personal data, and findings by offset. A finding never carries the text that it is about.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $name:literal,)+) => {
        /// A kind of personal data. Its name is what stands in a placeholder.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Kind { $($(#[$doc])* $kind,)+ }

        impl Kind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$kind),+];

            /// The name in placeholders, findings and settings.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$kind => $name,)+ }
            }

            /// The kind of a name.
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$kind),)+ _ => None }
            }
        }
    };
}

kinds! {
    /// A name of a person, or a part of one.
    Person = "person",
    /// A telephone number.
    Phone = "phone",
    /// An e-mail address, written or said.
    Email = "email",
    /// A CPR number, a UK National Insurance number, a US social security number.
    NationalId = "national-id",
    /// A bank account: registration number and account, sort code and account.
    Account = "account",
    /// An international bank account number (ISO 13616).
    Iban = "iban",
    /// A payment card's number (ISO/IEC 7812), its expiry or its check digits.
    Card = "card",
    /// A Danish business registration number: a sole trader's is personal.
    Cvr = "cvr",
    /// A customer, case, policy, meter, order or member number.
    CustomerNumber = "customer-number",
    /// Where somebody lives: street and number, postcode and town.
    Address = "address",
    /// An internet address of a device.
    Ip = "ip",
    /// A web address with a person in it.
    Url = "url",
    /// A number that nothing shows to be harmless.
    Number = "number",
    /// What was known from elsewhere, or what a tenant's pattern found, and is none of these.
    Other = "other",
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The name of the rule that found something: one of ours, or a tenant's own.
pub type RuleName = Cow<'static, str>;

/// One thing found.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// Index of the turn.
    pub turn: usize,
    /// First character, counted in Unicode scalar values of the turn's text.
    pub start: usize,
    /// Past the last character.
    pub end: usize,
    /// What it is.
    pub kind: Kind,
    /// What found it.
    pub rule: RuleName,
    /// How sure the rule is, from 0 to 1. Everything found is masked; this is for reading reports.
    pub confidence: f32,
}

/// A conversation without its personal data.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Anonymised {
    /// The text of each turn, with placeholders.
    pub turns: Vec<String>,
    /// Everything found, in order. Offsets are into the original turns.
    pub findings: Vec<Finding>,
    /// How many findings of each kind.
    pub counts: BTreeMap<Kind, u32>,
}

impl Anonymised {
    /// The whole text: the turns joined by line feeds.
    pub fn into_text(self) -> String {
        self.turns.join("\n")
    }
}

/// A part of the document to be masked; what detectors return.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Span {
    /// First byte in the document.
    pub(crate) start: usize,
    /// Past the last byte.
    pub(crate) end: usize,
    /// What it is.
    pub(crate) kind: Kind,
    /// What found it.
    pub(crate) rule: RuleName,
    /// How sure the rule is, from 0 to 1.
    pub(crate) confidence: f32,
    /// What it says, in a form equal for equal values; empty: its own letters and digits.
    pub(crate) value: String,
}

impl Span {
    /// A span whose value is its own text.
    pub(crate) fn new(range: Range<usize>, kind: Kind, rule: &'static str, confidence: f32) -> Self {
        Self { start: range.start, end: range.end, kind, rule: Cow::Borrowed(rule), confidence, value: String::new() }
    }

    /// The same span, saying what it stands for.
    pub(crate) fn with_value(self, value: impl Into<String>) -> Self {
        Self { value: value.into(), ..self }
    }

    /// The bytes.
    pub(crate) fn range(&self) -> Range<usize> {
        self.start..self.end
    }
}
