//! Plain tables on standard output, a row at a time: the first column to the left, the others to the left or to the
//! right.

/// Which way every column but the first goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Right,
}

/// Columns of fixed width.
pub(super) struct Table {
    widths: Vec<usize>,
    align: Align,
}

/// Before the first column, and between two.
const GAP: &str = "  ";

impl Table {
    pub(super) fn new(align: Align, widths: &[usize]) -> Table {
        Table { widths: widths.to_vec(), align }
    }

    pub(super) fn row<T: AsRef<str>>(&self, cells: impl IntoIterator<Item = T>) {
        let mut line = String::new();
        for (at, (cell, width)) in cells.into_iter().zip(&self.widths).enumerate() {
            let cell = cut(cell.as_ref(), *width);
            line.push_str(GAP);
            line.push_str(&match self.align {
                Align::Right if at > 0 => format!("{cell:>width$}"),
                _ => format!("{cell:<width$}"),
            });
        }
        println!("{}", line.trim_end());
    }
}

/// A number with its thousands apart.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Text of at most so many characters.
fn cut(text: &str, characters_max: usize) -> String {
    if text.chars().count() <= characters_max {
        return text.to_owned();
    }
    let kept: String = text.chars().take(characters_max.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        for (number, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(number), text);
        }
    }

    #[test]
    fn what_is_too_long_is_cut_by_characters() {
        assert_eq!(cut("åååå", 4), "åååå");
        assert_eq!(cut("ååå ååå", 5), "ååå…");
    }
}
