//! What a policy answers about one record: what to do, by which rule, and when to ask again.

use core::fmt::Debug;

use crate::{Actions, Day};

/// The answer about one record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict<R> {
    /// What is to be done; empty to keep everything.
    pub actions: Actions,
    /// The rule that gave this answer.
    pub rule: R,
    /// The first day after today on which this answer can change if the record does not; `None`: never.
    pub review_on: Option<Day>,
}

impl<R> Verdict<R> {
    /// Keep everything, at least until the day of review.
    pub const fn keep(rule: R, review_on: Option<Day>) -> Verdict<R> {
        Verdict { actions: Actions::empty(), rule, review_on }
    }

    /// Purge or anonymise.
    pub const fn act(actions: Actions, rule: R, review_on: Option<Day>) -> Verdict<R> {
        Verdict { actions, rule, review_on }
    }
}

/// A policy's rules: what [`rules!`](crate::rules) makes of their names.
pub trait Rules: Copy + Debug + Eq + 'static {
    /// Name and description of each, in order.
    const LIST: &'static [(&'static str, &'static str)];

    /// Its place in the list.
    fn index(self) -> u16;
}

/// Names a policy's rules: an enum, and with it the list in the manifest.
///
/// ```
/// lapse_policy_sdk::rules! {
///     /// Why this policy answers as it does.
///     pub enum Rule {
///         Keep = "keep": "Nothing is due.",
///         Expired = "expired": "The agreed period is over.",
///     }
/// }
/// # use lapse_policy_sdk::Rules;
/// assert_eq!(Rule::LIST[1], ("expired", "The agreed period is over."));
/// assert_eq!(Rule::Expired.index(), 1);
/// ```
#[macro_export]
macro_rules! rules {
    ($(#[$meta:meta])* $vis:vis enum $rules:ident { $($rule:ident = $name:literal: $description:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u16)]
        $vis enum $rules {
            $(#[doc = $description] $rule,)+
        }

        impl $crate::Rules for $rules {
            const LIST: &'static [(&'static str, &'static str)] = &[$(($name, $description)),+];

            fn index(self) -> u16 {
                self as u16
            }
        }
    };
}
