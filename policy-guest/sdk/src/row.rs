//! Rows: what a policy reads of a record, declared as a struct. The declaration is also the list of columns in the
//! manifest, so that a column that was not declared cannot be read.

use alloc::{format, string::String, vec::Vec};

use crate::Column;

/// What a policy reads of a record: what [`row!`](crate::row) makes of its fields.
pub trait Row<'a>: Sized {
    /// The columns, in the order in which the contract hands them over.
    const COLUMNS: &'static [&'static str];

    /// The columns of a batch, checked.
    type Columns: Copy;

    /// Checks the columns of a batch.
    fn columns(batch: &'a [Column], rows: usize) -> Result<Self::Columns, String>;

    /// Their first rows: all of them.
    fn first(columns: Self::Columns, rows: usize) -> Self::Columns;

    /// One row of the batch.
    fn get(columns: Self::Columns, row: usize) -> Self;

    /// Columns with these rows: for tests.
    fn encode(rows: &[Self]) -> Vec<Column>;
}

/// For records that a policy never reads anything of.
impl<'a> Row<'a> for () {
    const COLUMNS: &'static [&'static str] = &[];

    type Columns = ();

    fn columns(batch: &'a [Column], _: usize) -> Result<(), String> {
        if batch.is_empty() { Ok(()) } else { Err(wrong_column_count(batch.len(), 0)) }
    }

    fn first((): (), _: usize) {}

    fn get((): (), _: usize) {}

    fn encode(_: &[()]) -> Vec<Column> {
        Vec::new()
    }
}

#[cold]
#[doc(hidden)]
pub fn wrong_column_count(batch: usize, manifest: usize) -> String {
    format!("{batch} columns came, the manifest has {manifest}")
}

/// Declares what a policy reads of a record: a plain struct whose fields name their columns.
///
/// The type says how a column is read: `Option<Day>` for days, `Option<i64>` for numbers, `bool` and [`Artefacts`] for
/// states, `Option<&'a str>` for text; a struct with text has a lifetime. In tests such a row is written like any other
/// struct.
///
/// [`Artefacts`]: crate::Artefacts
///
/// ```
/// use lapse_policy_sdk::{Day, Row, row};
///
/// row! {
///     /// What this policy reads of a conversation.
///     pub struct Conversation<'a> {
///         /// The day of the recording.
///         pub recorded_on: Option<Day> = "recorded-on",
///         pub region: Option<&'a str> = "metadata:region",
///     }
/// }
/// assert_eq!(Conversation::COLUMNS, ["recorded-on", "metadata:region"]);
/// ```
#[macro_export]
macro_rules! row {
    ($(#[$meta:meta])* $vis:vis struct $row:ident { $($fields:tt)* }) => {
        $crate::row!(@struct [$(#[$meta])* $vis] $row [] { $($fields)* });
        $crate::row!(@impl 'row, $row { $($fields)* });
    };
    ($(#[$meta:meta])* $vis:vis struct $row:ident<$life:lifetime> { $($fields:tt)* }) => {
        $crate::row!(@struct [$(#[$meta])* $vis] $row [<$life>] { $($fields)* });
        $crate::row!(@impl $life, $row<$life> { $($fields)* });
    };
    (@struct [$($head:tt)*] $row:ident [$($life:tt)*] {
        $($(#[$meta:meta])* $vis:vis $field:ident: $type:ty = $column:literal),* $(,)?
    }) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        $($head)* struct $row $($life)* {
            $(#[doc = concat!("The column `", $column, "`.")] $(#[$meta])* $vis $field: $type,)*
        }
    };
    (@impl $life:lifetime, $row:ty {
        $($(#[$meta:meta])* $vis:vis $field:ident: $type:ty = $column:literal),* $(,)?
    }) => {
        impl<$life> $crate::Row<$life> for $row {
            const COLUMNS: &'static [&'static str] = &[$($column),*];

            type Columns = ($(<$type as $crate::Value<$life>>::Column,)*);

            #[inline]
            fn columns(batch: &$life [$crate::Column], rows: usize) -> Result<Self::Columns, $crate::__String> {
                let [$($field),*] = batch else {
                    return Err($crate::__wrong_column_count(batch.len(), Self::COLUMNS.len()));
                };
                Ok(($(<$type as $crate::Value<$life>>::column($column, $field, rows)?,)*))
            }

            #[inline]
            fn first(columns: Self::Columns, rows: usize) -> Self::Columns {
                let ($($field,)*) = columns;
                ($(<$type as $crate::Value<$life>>::first($field, rows),)*)
            }

            #[inline]
            fn get(columns: Self::Columns, row: usize) -> Self {
                let ($($field,)*) = columns;
                Self { $($field: <$type as $crate::Value<$life>>::get($field, row)),* }
            }

            fn encode(rows: &[Self]) -> $crate::__Vec<$crate::Column> {
                [$(<$type as $crate::Value<$life>>::encode(rows.iter().map(|row| row.$field))),*].into()
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use crate::{Artefacts, Column, Day, Row};

    row! {
        struct Snippet<'a> {
            created_on: Option<Day> = "created-on",
            state: Artefacts = "state",
            created_by: Option<&'a str> = "created-by",
        }
    }

    const ROWS: [Snippet<'static>; 2] = [
        Snippet { created_on: Day::new(9), state: Artefacts::AUDIO, created_by: Some("an employee") },
        Snippet { created_on: None, state: Artefacts::empty(), created_by: None },
    ];

    #[test]
    fn a_row_survives_its_columns() {
        let batch = Snippet::encode(&ROWS);
        let columns = Snippet::columns(&batch, 2).expect("its own columns");
        assert_eq!([0, 1].map(|row| Snippet::get(columns, row)), ROWS);
    }

    #[test]
    fn columns_that_are_not_the_manifest_s_are_refused() {
        let batch = Snippet::encode(&ROWS);
        let error = |batch: &[Column], rows| Snippet::columns(batch, rows).expect_err("other columns");
        assert_eq!(error(&batch[..2], 2), "2 columns came, the manifest has 3");
        assert_eq!(error(&batch, 3), "column created-on has 2 values for 3 rows");
        let swapped: Vec<Column> = batch.iter().rev().cloned().collect();
        assert_eq!(error(&swapped, 2), "column created-on is not one of days");
        assert_eq!(<()>::columns(&batch, 2), Err("3 columns came, the manifest has 0".into()));
    }
}
