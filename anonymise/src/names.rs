//! Names of people that nobody told us of. A stub: finds none.

mod features;
mod lexicon;
mod model;
pub mod training;
mod words;

use crate::finding::Span;
use crate::text::Document;
use crate::{Known, Language};

/// Finds names of people in a conversation.
pub(crate) fn find(_document: &Document, _language: Language, _known: &Known) -> Vec<Span> {
    Vec::new()
}
