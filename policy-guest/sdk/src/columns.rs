//! Typed views of columns: checked once a batch, read by row without a check that could fail, a copy or an allocation.

use alloc::{format, string::String, vec::Vec};

use crate::bindings::exports::lapse::policy::policy::{Column, Dictionary};
use crate::{Artefacts, Day};

/// How the contract writes an absent number and an absent text.
const NUMBER_ABSENT: i64 = i64::MIN;
const CODE_ABSENT: u32 = u32::MAX;

/// A type that a column's values can be read as. The SDK's own: [`Option<Day>`], [`Option<i64>`], [`bool`],
/// [`Artefacts`] and `Option<&str>`.
pub trait Value<'a>: Sized + sealed::Sealed {
    /// The whole column, checked.
    type Column: Copy;

    /// Checks the column `name`: its kind, its length, and whatever the values must satisfy.
    fn column(name: &str, column: &'a Column, rows: usize) -> Result<Self::Column, String>;

    /// Its first rows: all of them. Said once more in sight of the loop that reads them, it spares every read a check.
    fn first(column: Self::Column, rows: usize) -> Self::Column;

    /// The value of one row.
    fn get(column: Self::Column, row: usize) -> Self;

    /// A column of these values: for tests.
    fn encode(values: impl Iterator<Item = Self>) -> Column;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for Option<crate::Day> {}
    impl Sealed for Option<i64> {}
    impl Sealed for bool {}
    impl Sealed for crate::Artefacts {}
    impl Sealed for Option<&str> {}
}

/// A column of text.
#[derive(Clone, Copy, Debug)]
pub struct Texts<'a> {
    codes: &'a [u32],
    values: &'a [String],
}

impl<'a> Value<'a> for Option<Day> {
    type Column = &'a [i32];

    #[inline]
    fn column(name: &str, column: &'a Column, rows: usize) -> Result<Self::Column, String> {
        match column {
            Column::Days(days) => exactly(name, days, rows),
            _ => Err(wrong_kind(name, "days")),
        }
    }

    #[inline]
    fn first(column: Self::Column, rows: usize) -> Self::Column {
        &column[..rows]
    }

    #[inline]
    fn get(column: Self::Column, row: usize) -> Self {
        Day::new(column[row])
    }

    fn encode(values: impl Iterator<Item = Self>) -> Column {
        Column::Days(values.map(Day::encode).collect())
    }
}

impl<'a> Value<'a> for Option<i64> {
    type Column = &'a [i64];

    #[inline]
    fn column(name: &str, column: &'a Column, rows: usize) -> Result<Self::Column, String> {
        match column {
            Column::Numbers(numbers) => exactly(name, numbers, rows),
            _ => Err(wrong_kind(name, "numbers")),
        }
    }

    #[inline]
    fn first(column: Self::Column, rows: usize) -> Self::Column {
        &column[..rows]
    }

    #[inline]
    fn get(column: Self::Column, row: usize) -> Self {
        Some(column[row]).filter(|number| *number != NUMBER_ABSENT)
    }

    fn encode(values: impl Iterator<Item = Self>) -> Column {
        Column::Numbers(values.map(|number| number.unwrap_or(NUMBER_ABSENT)).collect())
    }
}

impl<'a> Value<'a> for bool {
    type Column = &'a [u8];

    #[inline]
    fn column(name: &str, column: &'a Column, rows: usize) -> Result<Self::Column, String> {
        states(name, column, rows, 1)
    }

    #[inline]
    fn first(column: Self::Column, rows: usize) -> Self::Column {
        &column[..rows]
    }

    #[inline]
    fn get(column: Self::Column, row: usize) -> Self {
        column[row] != 0
    }

    fn encode(values: impl Iterator<Item = Self>) -> Column {
        Column::States(values.map(u8::from).collect())
    }
}

impl<'a> Value<'a> for Artefacts {
    type Column = &'a [u8];

    #[inline]
    fn column(name: &str, column: &'a Column, rows: usize) -> Result<Self::Column, String> {
        states(name, column, rows, Artefacts::all().bits())
    }

    #[inline]
    fn first(column: Self::Column, rows: usize) -> Self::Column {
        &column[..rows]
    }

    #[inline]
    fn get(column: Self::Column, row: usize) -> Self {
        Artefacts::from_bits_truncate(column[row])
    }

    fn encode(values: impl Iterator<Item = Self>) -> Column {
        Column::States(values.map(|artefacts| artefacts.bits()).collect())
    }
}

impl<'a> Value<'a> for Option<&'a str> {
    type Column = Texts<'a>;

    #[inline]
    fn column(name: &str, column: &'a Column, rows: usize) -> Result<Self::Column, String> {
        let Column::Text(Dictionary { codes, values }) = column else { return Err(wrong_kind(name, "text")) };
        let codes = exactly(name, codes, rows)?;
        if codes.iter().any(|code| *code as usize >= values.len() && *code != CODE_ABSENT) {
            return Err(format!("column {name} has a code beyond its dictionary"));
        }
        Ok(Texts { codes, values })
    }

    #[inline]
    fn first(column: Self::Column, rows: usize) -> Self::Column {
        Texts { codes: &column.codes[..rows], ..column }
    }

    #[inline]
    fn get(column: Self::Column, row: usize) -> Self {
        column.values.get(column.codes[row] as usize).map(String::as_str)
    }

    fn encode(values: impl Iterator<Item = Self>) -> Column {
        let mut dictionary = Dictionary { codes: Vec::new(), values: Vec::new() };
        for value in values {
            let code = value.map(|value| code_of(&mut dictionary.values, value));
            dictionary.codes.push(code.unwrap_or(CODE_ABSENT));
        }
        Column::Text(dictionary)
    }
}

/// The code of a value, given one if it has none. Linear, since only tests build columns here.
fn code_of(values: &mut Vec<String>, value: &str) -> u32 {
    let place = values.iter().position(|known| known == value).unwrap_or_else(|| {
        values.push(value.into());
        values.len() - 1
    });
    u32::try_from(place).expect("a test has fewer values than there are codes")
}

#[inline]
fn exactly<'a, T>(name: &str, values: &'a [T], rows: usize) -> Result<&'a [T], String> {
    if values.len() == rows { Ok(values) } else { Err(wrong_length(name, values.len(), rows)) }
}

/// An unknown bit is an artefact that this policy does not know: it cannot tell what to do with such a record.
#[inline]
fn states<'a>(name: &str, column: &'a Column, rows: usize, known: u8) -> Result<&'a [u8], String> {
    let Column::States(states) = column else { return Err(wrong_kind(name, "states")) };
    let seen = states.iter().fold(0, |seen, state| seen | state);
    if seen & !known != 0 {
        return Err(format!("column {name} has a bit that the contract does not know"));
    }
    exactly(name, states, rows)
}

#[cold]
fn wrong_kind(name: &str, expected: &str) -> String {
    format!("column {name} is not one of {expected}")
}

#[cold]
fn wrong_length(name: &str, length: usize, rows: usize) -> String {
    format!("column {name} has {length} values for {rows} rows")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<'a, V: Value<'a>>(column: &'a Column, rows: usize) -> Result<Vec<V>, String> {
        let checked = V::column("c", column, rows)?;
        Ok((0..rows).map(|row| V::get(checked, row)).collect())
    }

    #[test]
    fn what_was_encoded_is_read() {
        let days = [Day::new(3), None, Day::new(-3)];
        assert_eq!(read(&Value::encode(days.into_iter()), 3), Ok(days.to_vec()));
        let numbers = [Some(i64::MAX), None, Some(0)];
        assert_eq!(read(&Value::encode(numbers.into_iter()), 3), Ok(numbers.to_vec()));
        let flags = [true, false, true];
        assert_eq!(read(&Value::encode(flags.into_iter()), 3), Ok(flags.to_vec()));
        let states = [Artefacts::all(), Artefacts::empty(), Artefacts::AUDIO];
        assert_eq!(read(&Value::encode(states.into_iter()), 3), Ok(states.to_vec()));
        let texts = [Some("sales"), None, Some("support"), Some("sales")];
        let column = Value::encode(texts.into_iter());
        assert!(matches!(&column, Column::Text(dictionary) if dictionary.values.len() == 2));
        assert_eq!(read(&column, 4), Ok(texts.to_vec()));
    }

    #[test]
    fn another_kind_is_an_error() {
        let days = Column::Days(Vec::new());
        let numbers = Column::Numbers(Vec::new());
        assert_eq!(read::<Option<Day>>(&numbers, 0), Err("column c is not one of days".into()));
        assert_eq!(read::<Option<i64>>(&days, 0), Err("column c is not one of numbers".into()));
        assert_eq!(read::<bool>(&days, 0), Err("column c is not one of states".into()));
        assert_eq!(read::<Artefacts>(&days, 0), Err("column c is not one of states".into()));
        assert_eq!(read::<Option<&str>>(&days, 0), Err("column c is not one of text".into()));
    }

    #[test]
    fn another_length_is_an_error() {
        let column = Column::Days([1, 2].into());
        for rows in [0, 1, 3, usize::MAX] {
            let error = read::<Option<Day>>(&column, rows).expect_err("not two rows");
            assert_eq!(error, format!("column c has 2 values for {rows} rows"));
        }
    }

    #[test]
    fn values_outside_the_contract_are_an_error() {
        let unknown = Err("column c has a bit that the contract does not know".into());
        assert_eq!(read::<bool>(&Column::States([0, 2].into()), 2), unknown);
        let unknown = Err("column c has a bit that the contract does not know".into());
        assert_eq!(read::<Artefacts>(&Column::States([0x1f, 0x20].into()), 2), unknown);
        let text = |codes: &[u32]| Column::Text(Dictionary { codes: codes.into(), values: ["one".into()].into() });
        assert!(read::<Option<&str>>(&text(&[0, u32::MAX]), 2).is_ok());
        for code in [1, u32::MAX - 1] {
            assert!(read::<Option<&str>>(&text(&[0, code]), 2).is_err(), "{code}");
        }
    }
}
