//! Testing a policy where it is written: natively, without wasm, record by record or in batches as the host sends them.

use alloc::string::String;
use core::ops::RangeInclusive;

use crate::component::decide;
use crate::{Context, Day, Policy, Row, Subject, Verdict, Verdicts};

/// The day with this number, for tests that write days as numbers.
///
/// # Panics
///
/// Where the number means absent.
pub fn day(days_since_1970: i32) -> Day {
    Day::new(days_since_1970).expect("i32::MIN is how the contract writes an absent day")
}

/// A day to decide for and settings, as JSON.
///
/// # Panics
///
/// Where the policy refuses the settings.
pub fn context<P: Policy>(today: Day, settings: &str) -> Context<P::Settings> {
    let settings = serde_json::from_str(settings).expect("the settings are valid");
    P::check(&settings).expect("the policy accepts the settings");
    Context { today, settings }
}

/// The verdicts about a batch of conversations, through the same code as in a component.
pub fn conversations<'a, P: Policy>(
    rows: &[P::Conversation<'a>],
    today: Day,
    settings: &str,
) -> Result<Verdicts, String> {
    batch::<P, P::Conversation<'a>>(Subject::Conversation, rows, today, settings)
}

/// The verdicts about a batch of snippets, through the same code as in a component.
pub fn snippets<'a, P: Policy>(rows: &[P::Snippet<'a>], today: Day, settings: &str) -> Result<Verdicts, String> {
    batch::<P, P::Snippet<'a>>(Subject::Snippet, rows, today, settings)
}

fn batch<'a, P: Policy, R: Row<'a>>(
    about: Subject,
    rows: &[R],
    today: Day,
    settings: &str,
) -> Result<Verdicts, String> {
    let columns = R::encode(rows);
    let count = u32::try_from(rows.len()).expect("a batch has fewer rows than there are numbers for them");
    decide::<P>(about, today.number(), settings, count, &columns)
}

/// Whether `review_on` tells the truth on each of these days: it lies ahead, and until it comes the answer stays the
/// same. The error names the first day on which it does not.
///
/// ```
/// use lapse_policy_sdk::{Verdict, testing::{day, review_on_is_true}};
///
/// let honest = |today| if today < day(9) { Verdict::keep("kept", Some(day(9))) } else { Verdict::keep("over", None) };
/// assert_eq!(review_on_is_true(day(0)..=day(20), honest), Ok(()));
///
/// let late = |today| if today < day(9) { Verdict::keep("kept", Some(day(10))) } else { Verdict::keep("over", None) };
/// assert_eq!(review_on_is_true(day(0)..=day(20), late), Err(day(0)));
/// ```
pub fn review_on_is_true<R: Copy + PartialEq>(
    days: RangeInclusive<Day>,
    verdict: impl Fn(Day) -> Verdict<R>,
) -> Result<(), Day> {
    let (first, last) = (days.start().number(), days.end().number());
    for today in (first..=last).filter_map(Day::new) {
        let answer = verdict(today);
        let ahead = answer.review_on.is_none_or(|review_on| review_on > today);
        let until = answer.review_on.map_or(last, |review_on| last.min(review_on.number() - 1));
        let mut until = (today.number()..=until).filter_map(Day::new);
        if !ahead || !until.all(|later| verdict(later) == answer) {
            return Err(today);
        }
    }
    Ok(())
}
