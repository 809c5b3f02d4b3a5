//! The tagger's weights and what it makes of a turn: for every word, how likely it is part of a person's name.
//!
//! A linear chain: each label of a word has a score from the word's features, and each pair of neighbouring labels one of
//! its own; the likelihood of a label is summed over all ways to label the other words (forwards and backwards).

use super::features::BITS;

/// The labels: nothing, the first and a later word of a person's name, an organisation, a place.
pub const LABELS: usize = 5;
/// The label of everything that is no name.
pub const OUTSIDE: usize = 0;
/// The first word of a person's name.
pub const BEGIN: usize = 1;
/// A later word of a person's name.
pub const INSIDE: usize = 2;

/// Labels that have weights of their own: only differences count, so those of `OUTSIDE` are zero.
const WEIGHED: usize = LABELS - 1;

/// Bytes before the weights: the scale and the factor of each pair of labels, as `f32` in little-endian order.
const HEAD_BYTES: usize = 4 + 4 * LABELS * LABELS;

/// Bytes of a whole model.
const MODEL_BYTES: usize = HEAD_BYTES + (WEIGHED << BITS);

/// How likely each label is.
pub(crate) type Likelihoods = [f32; LABELS];

/// A model as it is embedded: the head, then for each feature one `i8` for each label that has weights.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Model<'a> {
    scale: f32,
    /// How much more likely a label is after another one: `factors[before][after]`.
    factors: [[f32; LABELS]; LABELS],
    rows: &'a [u8],
}

impl<'a> Model<'a> {
    /// Reads an embedded model.
    ///
    /// # Panics
    /// If its length is not a model's: that would be our own bug.
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        assert!(bytes.len() == MODEL_BYTES, "the embedded model has the length of a model");
        let mut factors = [[0.0; LABELS]; LABELS];
        for (index, factor) in factors.as_flattened_mut().iter_mut().enumerate() {
            *factor = float(bytes, 4 + 4 * index);
        }
        Self { scale: float(bytes, 0), factors, rows: &bytes[HEAD_BYTES..] }
    }

    /// How much the features speak for each label, relative to the others.
    pub(crate) fn weigh(&self, features: &[u32]) -> Likelihoods {
        let mut sums = [0_i32; LABELS];
        for &feature in features {
            let at = feature as usize * WEIGHED;
            let row = &self.rows[at..at + WEIGHED];
            for (sum, &weight) in sums[1..].iter_mut().zip(row) {
                *sum += i32::from(weight as i8);
            }
        }
        let best = sums.into_iter().max().unwrap_or(0);
        sums.map(|sum| ((sum - best) as f32 * self.scale).exp())
    }

    /// Turns what the words themselves say into what they say together, in place.
    pub(crate) fn smooth(&self, words: &mut [Likelihoods]) {
        let mut forward = Vec::with_capacity(words.len());
        let mut before = certain(OUTSIDE);
        for word in words.iter() {
            let mut here = [0.0; LABELS];
            for (after, slot) in here.iter_mut().enumerate() {
                let reached: f32 = (0..LABELS).map(|label| before[label] * self.factors[label][after]).sum();
                *slot = reached * word[after];
            }
            before = normalised(here);
            forward.push(before);
        }
        let mut backward = [1.0; LABELS];
        for (word, forward) in words.iter_mut().zip(forward).rev() {
            let mut earlier = [0.0; LABELS];
            for (label, slot) in earlier.iter_mut().enumerate() {
                *slot = (0..LABELS).map(|after| self.factors[label][after] * word[after] * backward[after]).sum();
            }
            *word = normalised(std::array::from_fn(|label| forward[label] * backward[label]));
            backward = normalised(earlier);
        }
    }
}

/// All on one label.
pub(crate) fn certain(label: usize) -> Likelihoods {
    std::array::from_fn(|other| if other == label { 1.0 } else { 0.0 })
}

/// Scaled to a sum of one; where nothing is possible, `OUTSIDE` is.
fn normalised(values: Likelihoods) -> Likelihoods {
    let sum: f32 = values.iter().sum();
    if sum > f32::MIN_POSITIVE { values.map(|value| value / sum) } else { certain(OUTSIDE) }
}

fn float(bytes: &[u8], at: usize) -> f32 {
    f32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

/// A model in the form that [`Model::new`] reads. Weights are stored in 254 steps of one size.
pub(crate) fn pack(scores: &[[f32; LABELS]; LABELS], weights: &[[f32; WEIGHED]]) -> Vec<u8> {
    assert!(weights.len() == 1 << BITS, "one row for each feature number");
    let largest = weights.as_flattened().iter().fold(f32::MIN_POSITIVE, |most, weight| most.max(weight.abs()));
    let scale = largest / 127.0;
    let mut bytes = Vec::with_capacity(MODEL_BYTES);
    bytes.extend(scale.to_le_bytes());
    bytes.extend(scores.as_flattened().iter().flat_map(|score| score.exp().to_le_bytes()));
    bytes.extend(weights.as_flattened().iter().map(|weight| (weight / scale).round() as i8 as u8));
    bytes
}
