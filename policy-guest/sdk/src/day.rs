//! Civil days and how long to keep: the only arithmetic of a retention policy. What cannot be counted is kept.

use core::fmt;
use core::num::NonZeroU32;

use serde::Deserialize;

/// A civil day: days since 1970-01-01 in the tenant's time zone. An absent day is `None` around it.
///
/// Kept as a count from the one number that means absent, which is below all others: so there is no such day, days compare
/// as counts do, an `Option<Day>` is as small as a day, and counting on ends where the contract's numbers end.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(NonZeroU32);

/// How the contract writes an absent day, and where the counting starts.
const ABSENT: i32 = i32::MIN;

impl Day {
    /// The day so many days after 1970-01-01; `None` for the one number that means absent.
    #[inline]
    pub const fn new(days_since_1970: i32) -> Option<Day> {
        match NonZeroU32::new(days_since_1970.wrapping_sub(ABSENT).cast_unsigned()) {
            Some(count) => Some(Day(count)),
            None => None,
        }
    }

    /// Days since 1970-01-01.
    #[inline]
    pub const fn number(self) -> i32 {
        self.0.get().cast_signed().wrapping_add(ABSENT)
    }

    /// The first day on which a record of this day has been kept for the whole period: *keep N days* means N whole days
    /// after the day itself, so that is day + N + 1. `None`, which is never, beyond the last day there is.
    #[inline]
    pub const fn due_after(self, period: Period) -> Option<Day> {
        match self.0.checked_add(period.days() + 1) {
            Some(count) => Some(Day(count)),
            None => None,
        }
    }

    /// As the contract writes it.
    #[inline]
    pub(crate) const fn encode(day: Option<Day>) -> i32 {
        match day {
            Some(day) => day.number(),
            None => ABSENT,
        }
    }
}

impl fmt::Debug for Day {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Day({})", self.number())
    }
}

/// Whether something due on that day is due today; never where there is no such day.
#[inline]
pub fn is_due(due_on: Option<Day>, today: Day) -> bool {
    due_on.is_some_and(|due_on| due_on <= today)
}

/// The earlier of two days, where absent means never: what `review-on` needs of two dates that lie ahead.
#[inline]
pub fn earliest(one: Option<Day>, other: Option<Day>) -> Option<Day> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (day, None) | (None, day) => day,
    }
}

/// How long to keep, in whole days: 0 to [`Period::DAYS_MAX`], in settings a whole number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "u32")]
pub struct Period(u16);

impl Period {
    /// A hundred years, nearly. Who wants longer keeps for ever.
    pub const DAYS_MAX: u32 = 36_500;

    /// So many days; `None` beyond [`Period::DAYS_MAX`].
    pub const fn new(days: u32) -> Option<Period> {
        if days <= Self::DAYS_MAX { Some(Period(days as u16)) } else { None }
    }

    /// The number of days.
    pub const fn days(self) -> u32 {
        self.0 as u32
    }
}

const _: () = assert!(Period::DAYS_MAX <= u16::MAX as u32);

impl TryFrom<u32> for Period {
    type Error = &'static str;

    fn try_from(days: u32) -> Result<Period, Self::Error> {
        Period::new(days).ok_or("a period is at most 36500 days; leave it out to keep for ever")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due(day: i32, days: u32) -> Option<i32> {
        let due = Day::new(day).expect("a day").due_after(Period::new(days).expect("a period"));
        due.map(Day::number)
    }

    #[test]
    fn kept_for_whole_days_after_the_day_itself() {
        assert_eq!(due(100, 0), Some(101));
        assert_eq!(due(100, 90), Some(191));
        assert_eq!(due(-1, 0), Some(0));
        assert_eq!(due(i32::MIN + 1, Period::DAYS_MAX), Some(i32::MIN + 36_502));
    }

    #[test]
    fn beyond_the_last_day_is_never() {
        assert_eq!(due(i32::MAX - 1, 0), Some(i32::MAX));
        assert_eq!(due(i32::MAX, 0), None);
        assert_eq!(due(i32::MAX - 36_500, 36_500), None);
        assert!(!is_due(None, Day::new(i32::MAX).expect("a day")));
    }

    #[test]
    fn absence_is_not_a_day() {
        assert_eq!(Day::new(i32::MIN), None);
        assert_eq!(Day::encode(None), i32::MIN);
        assert_eq!(Day::encode(Day::new(7)), 7);
    }

    #[test]
    fn the_earlier_of_two_days_or_the_only_one() {
        let (early, late) = (Day::new(1), Day::new(2));
        assert_eq!(earliest(early, late), early);
        assert_eq!(earliest(late, early), early);
        assert_eq!(earliest(late, None), late);
        assert_eq!(earliest(None, early), early);
        assert_eq!(earliest(None, None), None);
    }

    #[test]
    fn a_period_in_settings_is_a_whole_number_of_days() {
        let parse = |json: &str| serde_json::from_str::<Period>(json).ok().map(Period::days);
        assert_eq!(parse("0"), Some(0));
        assert_eq!(parse("36500"), Some(36_500));
        for refused in ["36501", "4294967296", "-1", "1.5", "\"90\"", "null", "true"] {
            assert_eq!(parse(refused), None, "{refused}");
        }
    }
}
