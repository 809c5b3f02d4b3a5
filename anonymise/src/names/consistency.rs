//! A word that is a name with certainty in one place of a conversation is a name in the others.

use std::collections::HashMap;

use super::Seen;
use super::words::Shape;

/// From here on the tagger is certain.
const CERTAIN: f32 = 0.85;

/// A word that is also an everyday word, like *mark* or *bo*, is not masked where the tagger gives it less than this.
const DOUBTFUL: f32 = 0.004;

/// A name shorter than this says nothing elsewhere.
const LETTERS_MIN: usize = 3;

/// Raises the likelihood of every word that is certain elsewhere in the conversation.
pub(super) fn settle(turns: &mut [Vec<Seen>]) {
    let mut certain: HashMap<u64, [f32; 2]> = HashMap::new();
    for seen in turns.iter().flatten() {
        if seen.likelihood() >= CERTAIN && tells(seen) {
            certain.insert(seen.word.hash, seen.likely);
        }
    }
    if certain.is_empty() {
        return;
    }
    for seen in turns.iter_mut().flatten() {
        let Some(likely) = certain.get(&seen.word.hash) else { continue };
        let everyday = seen.word.attributes.english() >= 4 || seen.word.attributes.danish() >= 4;
        let written_small = seen.word.shape == Shape::Lower;
        if !(everyday || written_small) || seen.likelihood() >= DOUBTFUL {
            seen.likely = *likely;
        }
    }
}

fn tells(seen: &Seen) -> bool {
    seen.word.range.len() >= LETTERS_MIN
        && !matches!(seen.word.shape, Shape::Digit | Shape::Initial | Shape::Placeholder)
}
