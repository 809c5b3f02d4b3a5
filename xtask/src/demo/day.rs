//! Civil days, for a program that has no other use for a calendar.
//! The arithmetic is Howard Hinnant's, <https://howardhinnant.github.io/date_algorithms.html>.

use std::fmt;

/// Days since 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Day(i64);

impl Day {
    pub(super) const fn new(year: i64, month: i64, day: i64) -> Day {
        let year = if month <= 2 { year - 1 } else { year };
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        Day(era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468)
    }

    /// So many days later.
    pub(super) const fn plus(self, days: i64) -> Day {
        Day(self.0 + days)
    }

    /// How many days later it is than another.
    pub(super) const fn since(self, earlier: Day) -> i64 {
        self.0 - earlier.0
    }
}

impl fmt::Display for Day {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let days = self.0 + 719_468;
        let day_of_era = days.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
        let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
        let year = year_of_era + days.div_euclid(146_097) * 400 + i64::from(month <= 2);
        write!(formatter, "{year:04}-{month:02}-{day:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_dates_agree() {
        assert_eq!(Day::new(1970, 1, 1), Day(0));
        assert_eq!(Day::new(2025, 1, 1).plus(180).to_string(), "2025-06-30");
        assert_eq!(Day::new(2024, 2, 28).plus(1).to_string(), "2024-02-29");
        assert_eq!(Day::new(2025, 2, 28).plus(1).to_string(), "2025-03-01");
        assert_eq!(Day::new(2026, 1, 1).since(Day::new(2025, 1, 1)), 365);
    }
}
