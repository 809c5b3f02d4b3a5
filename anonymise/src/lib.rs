//! Finds personal data in the transcripts of calls, Danish and English, and replaces it for good.
//!
//! Known values go first, in every spelling; then patterns that can be validated; then numbers, written or said; then
//! names. What stands there afterwards is a placeholder, numbered inside the one conversation: `[person 1]`. No map is
//! kept. A second, differently built pass then looks at the result and refuses it rather than pass on a leak it can see.
//!
//! [`jsonl`] reads and writes conversations as lines of JSON, for the command and for measuring.
//!
//! This crate knows nothing of storage and nothing of WebAssembly; it does no I/O, has no clock and no randomness, and
//! no error or finding of its carries a character of what it read.
//!
//! ```
//! use lapse_anonymise::{Anonymiser, Known, Language, Turn};
//!
//! let turns = [Turn { speaker: "customer", text: "My name is Peter Jensen and my phone number is 20 30 40 50." }];
//! let known = Known { names: vec!["Peter Jensen".into()], ..Known::default() };
//! let result = Anonymiser::new().anonymise(&turns, Some(Language::English), &known)?;
//! assert_eq!(result.turns, ["My name is [person 1] and my phone number is [phone 1]."]);
//! # Ok::<(), lapse_anonymise::AnonymiseError>(())
//! ```

mod address;
mod anonymiser;
mod email;
mod finding;
pub mod jsonl;
mod known;
mod language;
mod letters;
mod lexicon;
mod names;
mod numbers;
mod patterns;
mod placeholder;
mod replace;
mod residual;
mod rules;
mod said;
mod spans;
mod spelled;
mod text;
mod words;

pub use anonymiser::{AnonymiseError, Anonymiser, TEXT_BYTES_MAX, Turn};
pub use finding::{Anonymised, Finding, Kind, RuleName};
pub use known::Known;
pub use language::Language;
#[doc(hidden)]
pub use names::training;
pub use placeholder::placeholders;
pub use rules::{Pattern, Rules, RulesError};
