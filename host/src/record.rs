//! What is stored and what may be done with it: records, artefacts, actions, days. Plain values; no I/O, no wasm, no clock.

use std::fmt;

use chrono::{DateTime, Datelike, NaiveDate, TimeZone, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// What a batch, a plan item or a hold is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    /// A recorded conversation.
    Conversation,
    /// A library snippet: a file of its own, with its own clock.
    Snippet,
}

impl fmt::Display for Subject {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Conversation => "conversation",
            Self::Snippet => "snippet",
        })
    }
}

/// A civil day: days since 1970-01-01 in the tenant's time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i32);

/// Days from 0001-01-01 to 1970-01-01, the origin that `NaiveDate` counts from.
const UNIX_EPOCH_FROM_COMMON_ERA: i32 = 719_163;

impl Day {
    /// How the contract writes an absent day.
    pub const ABSENT: Day = Day(i32::MIN);

    /// The civil day of an instant in a time zone.
    pub fn of(instant: DateTime<Utc>, zone: Tz) -> Day {
        Day::from(zone.from_utc_datetime(&instant.naive_utc()).date_naive())
    }

    /// The calendar date; `None` where the day is absent or beyond the calendar.
    pub fn date(self) -> Option<NaiveDate> {
        NaiveDate::from_num_days_from_ce_opt(self.0.checked_add(UNIX_EPOCH_FROM_COMMON_ERA)?)
    }
}

impl From<NaiveDate> for Day {
    fn from(date: NaiveDate) -> Day {
        Day(date.num_days_from_ce() - UNIX_EPOCH_FROM_COMMON_ERA)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.date() {
            Some(date) => write!(formatter, "{date}"),
            None => formatter.write_str("never"),
        }
    }
}

/// A small set with one bit an element; the bits are those of the contract.
macro_rules! bit_set {
    ($(#[$meta:meta])* $set:ident { $($(#[$element_meta:meta])* $name:ident = $bit:literal $word:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        pub struct $set(pub u8);

        impl $set {
            /// No element.
            pub const NONE: $set = $set(0);
            /// Every element.
            pub const ALL: $set = $set(0 $(| 1 << $bit)+);
            $($(#[$element_meta])* pub const $name: $set = $set(1 << $bit);)+
            const WORDS: &[($set, &str)] = &[$(($set::$name, $word)),+];

            /// Whether every element of `other` is in this set.
            pub const fn contains(self, other: $set) -> bool {
                self.0 & other.0 == other.0
            }

            /// Whether the two sets share an element.
            pub const fn intersects(self, other: $set) -> bool {
                self.0 & other.0 != 0
            }

            /// Whether the set is empty.
            pub const fn is_empty(self) -> bool {
                self.0 == 0
            }

            /// The elements of both sets.
            pub const fn with(self, other: $set) -> $set {
                $set(self.0 | other.0)
            }

            /// The elements of this set that are not in `other`.
            pub const fn without(self, other: $set) -> $set {
                $set(self.0 & !other.0)
            }

            /// The elements' names, as plans, ledger and documentation write them.
            pub fn words(self) -> impl Iterator<Item = &'static str> {
                Self::WORDS.iter().filter(move |(element, _)| self.contains(*element)).map(|(_, word)| *word)
            }

            /// The set of the named elements; the first unknown name is the error.
            pub fn from_words<'a>(words: impl IntoIterator<Item = &'a str>) -> Result<$set, String> {
                words.into_iter().try_fold($set::NONE, |set, word| {
                    let element = Self::WORDS.iter().find(|(_, known)| *known == word);
                    element.map(|(element, _)| set.with(*element)).ok_or_else(|| word.to_owned())
                })
            }
        }

        impl fmt::Display for $set {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                for (index, word) in self.words().enumerate() {
                    if index > 0 {
                        formatter.write_str(", ")?;
                    }
                    formatter.write_str(word)?;
                }
                Ok(())
            }
        }

        impl Serialize for $set {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_seq(self.words())
            }
        }

        impl<'de> Deserialize<'de> for $set {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<$set, D::Error> {
                let words = Vec::<String>::deserialize(deserializer)?;
                $set::from_words(words.iter().map(String::as_str))
                    .map_err(|word| serde::de::Error::custom(format!("unknown word {word:?}")))
            }
        }
    };
}

bit_set! {
    /// Which artefacts a record has: the `state` column of the contract.
    Artefacts {
        /// The audio file.
        AUDIO = 0 "audio",
        /// The customer's number, name and reference.
        CUSTOMER = 1 "customer",
        /// The transcript, as it was spoken.
        TRANSCRIPT = 2 "transcript",
        /// The transcript, anonymised.
        ANONYMISED_TRANSCRIPT = 3 "anonymised-transcript",
        /// Score, sentiment, duration, tracker hits.
        STATISTICS = 4 "statistics",
    }
}

bit_set! {
    /// What a verdict asks for: the `actions` flags of the contract.
    Actions {
        /// Delete the audio file.
        PURGE_AUDIO = 0 "purge-audio",
        /// Delete the customer's number, name and reference.
        PURGE_CUSTOMER = 1 "purge-customer",
        /// Replace the transcript, for good, by one without personal data.
        ANONYMISE_TRANSCRIPT = 2 "anonymise-transcript",
        /// Delete the transcript.
        PURGE_TRANSCRIPT = 3 "purge-transcript",
        /// Delete the statistics, and with them the conversation.
        PURGE_STATISTICS = 4 "purge-statistics",
        /// Delete a snippet.
        PURGE_SNIPPET = 5 "purge-snippet",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_the_civil_day_of_its_zone() {
        let instant = DateTime::from_timestamp(1_774_738_800, 0).expect("an instant"); // 2026-03-28T23:00:00Z
        assert_eq!(Day::of(instant, chrono_tz::Europe::Copenhagen).to_string(), "2026-03-29");
        assert_eq!(Day::of(instant, chrono_tz::America::New_York).to_string(), "2026-03-28");
    }

    #[test]
    fn a_day_survives_the_calendar() {
        assert_eq!(Day::from(NaiveDate::from_ymd_opt(1970, 1, 1).expect("a date")), Day(0));
        for day in [-719_162, -1, 0, 20_000, 2_932_896] {
            assert_eq!(Day(day).date().map(Day::from), Some(Day(day)));
        }
        assert_eq!(Day::ABSENT.date(), None);
    }

    #[test]
    fn words_and_bits_agree() {
        for bits in 0..=Actions::ALL.0 {
            let set = Actions(bits);
            assert_eq!(Actions::from_words(set.words()), Ok(set));
        }
        assert_eq!(Actions::from_words(["purge-everything"]), Err("purge-everything".to_owned()));
    }
}
