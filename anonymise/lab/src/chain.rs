//! Trains the tagger's linear chain: stochastic gradients of the conditional likelihood, one turn at a time, with step
//! sizes of AdaGrad (Duchi, Hazan and Singer 2011) and weights that decay when they are touched.

use lapse_anonymise::training::{BITS, Example, GROUPS, INSIDE, LABELS, OUTSIDE};

use crate::random::Random;

const WEIGHED: usize = LABELS - 1;

/// A turn to learn from.
#[derive(Clone, Debug)]
pub(crate) struct Turn {
    /// Its words.
    pub(crate) examples: Vec<Example>,
    /// The label of each.
    pub(crate) labels: Vec<usize>,
    /// How much it counts.
    pub(crate) weight: f32,
}

/// How to train. The defaults are what the embedded weights were trained with.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(crate) struct Settings {
    /// How often each turn is seen.
    #[arg(long, default_value_t = 8)]
    pub(crate) epochs: usize,
    /// The first step's size.
    #[arg(long, default_value_t = 0.15)]
    pub(crate) step: f32,
    /// How strongly weights are drawn to zero.
    #[arg(long, default_value_t = 1.0)]
    pub(crate) decay: f32,
    /// How often, in per cent, a group of features is left out of a word.
    #[arg(long, default_value_t = 30)]
    pub(crate) without: usize,
}

/// What was learned: scores of label pairs and weights of features.
pub(crate) struct Chain {
    /// `scores[before][after]`.
    pub(crate) scores: [[f32; LABELS]; LABELS],
    /// One row a feature, without `OUTSIDE`.
    pub(crate) weights: Vec<[f32; WEIGHED]>,
    /// What a weight is drawn to zero by each time it is touched: less, the more often it is.
    pull: Vec<f32>,
    score_sums: [[f32; LABELS]; LABELS],
    weight_sums: Vec<[f32; WEIGHED]>,
}

/// A label pair that cannot be.
const NEVER: f32 = -30.0;

impl Chain {
    /// Learns from turns, in an order that the seed determines.
    pub(crate) fn train(turns: &[Turn], settings: Settings, seed: u64) -> Self {
        let mut chain = Self::new(turns, settings.decay);
        let mut random = Random::new(seed);
        let mut order: Vec<usize> = (0..turns.len()).collect();
        let mut mean = vec![[0.0_f32; WEIGHED]; 1 << BITS];
        let mut mean_scores = [[0.0_f32; LABELS]; LABELS];
        // The mean of the later epochs' weights forgets the order in which the turns came.
        let averaged = settings.epochs.div_ceil(2);
        for epoch in 0..settings.epochs {
            random.shuffle(&mut order);
            for &turn in &order {
                let turn = &turns[turn];
                chain.learn(turn, &thin_out(turn, settings.without, &mut random), settings);
            }
            if epoch >= settings.epochs - averaged {
                add(mean.as_flattened_mut(), chain.weights.as_flattened(), averaged);
                add(mean_scores.as_flattened_mut(), chain.scores.as_flattened(), averaged);
            }
        }
        chain.weights = mean;
        chain.scores = mean_scores;
        chain
    }

    fn new(turns: &[Turn], decay: f32) -> Self {
        let mut counts = vec![0.0_f32; 1 << BITS];
        for feature in turns.iter().flat_map(|turn| &turn.examples).flat_map(|example| &example.features) {
            counts[*feature as usize] += 1.0;
        }
        let pull = counts.into_iter().map(|count| decay / count.max(1.0)).collect();
        let mut scores = [[0.0; LABELS]; LABELS];
        for before in (0..LABELS).filter(|&before| before != INSIDE && before != INSIDE - 1) {
            scores[before][INSIDE] = NEVER;
        }
        let weights = vec![[0.0; WEIGHED]; 1 << BITS];
        Self { scores, pull, weight_sums: weights.clone(), weights, score_sums: [[0.0; LABELS]; LABELS] }
    }

    fn learn(&mut self, turn: &Turn, features: &[Vec<u32>], settings: Settings) {
        if features.iter().all(Vec::is_empty) {
            return;
        }
        let unary = self.unary(features);
        let (single, pairs) = expectations(&unary, &self.scores);
        for (position, (features, expected)) in features.iter().zip(&single).enumerate() {
            let gold = turn.labels[position];
            let gradient: [f32; WEIGHED] = std::array::from_fn(|index| {
                turn.weight * (expected[index + 1] - if gold == index + 1 { 1.0 } else { 0.0 })
            });
            if gradient.iter().all(|value| value.abs() < 1e-4) {
                continue;
            }
            for &feature in features {
                let pull = self.pull[feature as usize];
                let (weights, sums) = (&mut self.weights[feature as usize], &mut self.weight_sums[feature as usize]);
                for index in 0..WEIGHED {
                    let slope = gradient[index] + pull * weights[index];
                    sums[index] += slope * slope;
                    weights[index] -= settings.step * slope / (sums[index].sqrt() + 1e-2);
                }
            }
        }
        self.learn_pairs(turn, &pairs, settings);
    }

    fn learn_pairs(&mut self, turn: &Turn, expected: &[[f32; LABELS]; LABELS], settings: Settings) {
        let mut gradient = expected.map(|row| row.map(|value| value * turn.weight));
        let mut before = OUTSIDE;
        for (&label, example) in turn.labels.iter().zip(&turn.examples) {
            let label = if example.features.is_empty() { OUTSIDE } else { label };
            gradient[before][label] -= turn.weight;
            before = label;
        }
        let learned = self.scores.as_flattened_mut().iter_mut().zip(self.score_sums.as_flattened_mut());
        for ((score, sum), slope) in learned.zip(gradient.as_flattened()).filter(|((score, _), _)| **score > NEVER) {
            *sum += slope * slope;
            *score -= settings.step * slope / (sum.sqrt() + 1.0);
        }
    }

    /// Each word's own scores.
    fn unary(&self, features: &[Vec<u32>]) -> Vec<[f32; LABELS]> {
        let weigh = |features: &Vec<u32>| {
            if features.is_empty() {
                return std::array::from_fn(|label| if label == OUTSIDE { 0.0 } else { NEVER });
            }
            let mut scores = [0.0; LABELS];
            for &feature in features {
                for (score, weight) in scores[1..].iter_mut().zip(&self.weights[feature as usize]) {
                    *score += weight;
                }
            }
            scores
        };
        features.iter().map(weigh).collect()
    }
}

/// The features of each word without some groups of them. What is left counts for as much as the whole would.
fn thin_out(turn: &Turn, percent: usize, random: &mut Random) -> Vec<Vec<u32>> {
    let thin = |example: &Example| {
        let features = &example.features;
        if features.is_empty() {
            return Vec::new();
        }
        let (general, rest) = features.split_at(GROUPS[0]);
        let (near, own) = rest.split_at(GROUPS[1] - GROUPS[0]);
        let mut kept = general.to_vec();
        if !random.chance(percent) {
            kept.extend(near);
        }
        if !random.chance(percent) {
            kept.extend(own);
        }
        kept
    };
    turn.examples.iter().map(thin).collect()
}

fn add(to: &mut [f32], from: &[f32], parts: usize) {
    for (to, from) in to.iter_mut().zip(from) {
        *to += from / parts as f32;
    }
}

type Row = [f32; LABELS];

/// How likely each label of each word is, and how often each pair of labels is to be expected.
fn expectations(unary: &[Row], scores: &[Row; LABELS]) -> (Vec<Row>, [Row; LABELS]) {
    let factors = scores.map(|row| row.map(f32::exp));
    let emitted: Vec<Row> = unary.iter().map(|row| exponentials(*row)).collect();
    let start: Row = std::array::from_fn(|label| if label == OUTSIDE { 1.0 } else { 0.0 });
    let mut forward = vec![start];
    for emitted in &emitted {
        let before = forward[forward.len() - 1];
        forward.push(normalised(std::array::from_fn(|after| {
            emitted[after] * (0..LABELS).map(|label| before[label] * factors[label][after]).sum::<f32>()
        })));
    }
    let mut backward: Row = [1.0; LABELS];
    let mut single = vec![[0.0; LABELS]; emitted.len()];
    let mut pairs = [[0.0; LABELS]; LABELS];
    for at in (0..emitted.len()).rev() {
        single[at] = normalised(std::array::from_fn(|label| forward[at + 1][label] * backward[label]));
        let ahead: Row = std::array::from_fn(|after| emitted[at][after] * backward[after]);
        let mut joint = [[0.0; LABELS]; LABELS];
        for before in 0..LABELS {
            for after in 0..LABELS {
                joint[before][after] = forward[at][before] * factors[before][after] * ahead[after];
            }
        }
        let total: f32 = joint.as_flattened().iter().sum::<f32>().max(f32::MIN_POSITIVE);
        for (sum, value) in pairs.as_flattened_mut().iter_mut().zip(joint.as_flattened()) {
            *sum += value / total;
        }
        backward = normalised(std::array::from_fn(|label| {
            (0..LABELS).map(|after| factors[label][after] * ahead[after]).sum()
        }));
    }
    (single, pairs)
}

fn exponentials(row: Row) -> Row {
    let best = row.iter().copied().fold(f32::MIN, f32::max);
    row.map(|value| (value - best).exp())
}

fn normalised(row: Row) -> Row {
    let sum: f32 = row.iter().sum::<f32>().max(f32::MIN_POSITIVE);
    row.map(|value| value / sum)
}
