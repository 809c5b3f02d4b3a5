//! What the lab needs to train and measure: the words of a text and their features, exactly as the tagger sees them.
//!
//! Nothing else may use it; nothing here is part of what the library promises.

use std::ops::Range;

use super::features::{self, Context};
use super::lexicon::{self, Attributes, Lexicon};
use super::model::Model;
use super::{cues, model, words};
use crate::text::Document;
use crate::{Language, letters};

pub use super::features::{BITS, GROUPS};
pub use super::model::{BEGIN, INSIDE, LABELS, OUTSIDE};

/// A word to be labelled.
#[derive(Clone, Debug)]
pub struct Example {
    /// Its bytes in the text.
    pub range: Range<usize>,
    /// Its features; none for a word that the tagger takes for no name without looking.
    pub features: Vec<u32>,
}

/// The words of a text, one list a turn (turns are parted by line feeds).
pub fn examples(text: &str, language: Language, lexicon: &[u8]) -> Vec<Vec<Example>> {
    let document = Document::new(text.split('\n'));
    let lexicon = Lexicon::new(lexicon);
    let mut found = Vec::new();
    let mut features = Vec::with_capacity(features::PER_WORD_MAX);
    for tokens in document.tokens().chunk_by(|before, after| before.turn == after.turn) {
        let words = words::read(&document, tokens, lexicon);
        let context = Context::new(&document, &words, language);
        let example = |at: usize| {
            features.clear();
            if !context.is_plain(at) {
                context.features(at, &mut features);
            }
            Example { range: words[at].range.clone(), features: features.clone() }
        };
        found.push((0..words.len()).map(example).collect());
    }
    found
}

/// What the tagger takes for one word: lower case, no accents.
pub fn key(word: &str) -> String {
    letters::key(&word.to_lowercase())
}

/// Whether a word is a title, which the library masks with the name after it and the tagger calls none.
pub fn is_title(word: &str) -> bool {
    cues::cue(words::hash(&word.to_lowercase())) == cues::TITLE
}

/// A table of words for the tagger: the word in lower case; name ranks 0..=3, English and Danish ranks 0..=7, place 0..=3.
pub fn pack_lexicon(words: impl IntoIterator<Item = (String, [u16; 5])>) -> Vec<u8> {
    let packed = |(word, [given, family, english, danish, place]): (String, [u16; 5])| {
        (words::hash(&word), Attributes::new(given, family, english, danish, place))
    };
    lexicon::build(&words.into_iter().map(packed).collect::<Vec<_>>())
}

/// A model for the tagger: how well each label follows each, and each feature's weights for the labels but `OUTSIDE`.
pub fn pack_model(scores: &[[f32; LABELS]; LABELS], weights: &[[f32; LABELS - 1]]) -> Vec<u8> {
    model::pack(scores, weights)
}

/// How likely each label of [`Example`]s is, by a packed model.
pub fn label(model: &[u8], examples: &[Example]) -> Vec<[f32; LABELS]> {
    let model = Model::new(model);
    let weigh = |example: &Example| match example.features.as_slice() {
        [] => model::certain(OUTSIDE),
        features => model.weigh(features),
    };
    let mut words: Vec<_> = examples.iter().map(weigh).collect();
    model.smooth(&mut words);
    words
}

/// The bytes of every name in a text (turns are parted by line feeds), by these weights instead of the embedded ones.
pub fn names(text: &str, language: Language, lexicon: &[u8], model: &[u8]) -> Vec<Range<usize>> {
    let document = Document::new(text.split('\n'));
    let found = super::find_with(&document, language, Lexicon::new(lexicon), Model::new(model));
    found.into_iter().map(|span| span.range()).collect()
}
