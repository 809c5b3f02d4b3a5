//! Spans that overlap become one: whatever any detector found is masked, and nothing is masked twice.

use crate::finding::Span;
use crate::text::{Document, TokenKind};

/// Joins overlapping spans, cuts them at turns and at placeholders, and drops what covers no letter or digit.
pub(crate) fn resolve(document: &Document, mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_by(|a, b| (a.start, b.end).cmp(&(b.start, a.end)));
    let mut joined: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match joined.last_mut() {
            Some(last) if span.start < last.end => *last = join(std::mem::take(last), span),
            _ => joined.push(span),
        }
    }
    joined.into_iter().flat_map(|span| cut(document, span)).collect()
}

/// One span over both, called what the longer one is called, or the surer of two equals.
fn join(a: Span, b: Span) -> Span {
    let (start, end) = (a.start.min(b.start), a.end.max(b.end));
    let rank = |span: &Span| (span.end - span.start, span.confidence);
    let best = if rank(&b) > rank(&a) { b } else { a };
    Span { start, end, ..best }
}

/// The parts of a span between the turns and the placeholders that it crosses, each without marks at its ends but for the
/// plus of a country code.
fn cut(document: &Document, span: Span) -> Vec<Span> {
    let tokens = document.tokens();
    let mut parts: Vec<Span> = Vec::new();
    let mut open = false;
    // A span may begin inside a token: an e-mail's local part, the name before a genitive.
    let first = tokens.partition_point(|token| (token.end as usize) <= span.start);
    let mut turn = u32::MAX;
    for token in tokens[first..].iter().take_while(|token| (token.start as usize) < span.end) {
        open &= token.turn == turn && token.kind != TokenKind::Placeholder;
        turn = token.turn;
        if !matches!(token.kind, TokenKind::Word | TokenKind::Number) {
            continue;
        }
        let (start, end) = ((token.start as usize).max(span.start), (token.end as usize).min(span.end));
        match parts.last_mut() {
            Some(part) if open => part.end = end,
            _ => {
                let plus = start > span.start && document.text()[..start].ends_with('+');
                parts.push(Span { start: start - usize::from(plus), end, ..span.clone() });
            }
        }
        open = true;
    }
    parts
}

impl Default for Span {
    /// Nothing, at the beginning.
    fn default() -> Self {
        Self::new(0..0, crate::Kind::Other, "", 0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Kind;

    fn ranges(turns: &[&str], spans: &[std::ops::Range<usize>]) -> Vec<std::ops::Range<usize>> {
        let document = Document::new(turns.iter().copied());
        let spans = spans.iter().map(|range| Span::new(range.clone(), Kind::Number, "test", 1.0)).collect();
        resolve(&document, spans).iter().map(Span::range).collect()
    }

    #[test]
    fn overlapping_spans_become_one_and_neighbours_stay_two() {
        assert_eq!(ranges(&["abcdef gh"], &[2..4, 0..3, 4..6]), [0..4, 4..6]);
    }

    #[test]
    fn turns_placeholders_and_marks_cut() {
        assert_eq!(ranges(&["ab.", "cd [phone 1] ef"], &[0..18, 1..18]), [0..2, 4..6, 17..18]);
    }
}
