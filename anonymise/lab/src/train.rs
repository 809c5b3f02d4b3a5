//! Trains the tagger on everything that it may learn from and writes what the library embeds.

use std::error::Error;
use std::fs;
use std::path::Path;

use lapse_anonymise::training;

use crate::chain::{Chain, Settings, Turn};
use crate::corpora;
use crate::lists::{self, Lists};
use crate::people::People;

/// Writes the table of words and the weights to a directory.
pub(crate) fn run(lists: &Lists, directory: &Path, settings: Settings, out: &Path) -> Result<(), Box<dyn Error>> {
    let (words, count) = lists::pack(lists);
    let people = People::new(&lists.entries, &lists.danish);
    let corpora = corpora::all(directory, &people, corpora::CALLS)?;
    let texts = corpora.iter().filter(|corpus| corpus.train).flat_map(|corpus| &corpus.texts);
    let turns: Vec<Turn> = texts.flat_map(|text| corpora::turns(text, &words, &people)).collect();
    let chain = Chain::train(&turns, settings, 1);
    let model = training::pack_model(&chain.scores, &chain.weights);
    fs::create_dir_all(out)?;
    fs::write(out.join("words.bin"), &words)?;
    fs::write(out.join("tagger.bin"), &model)?;
    println!("{count} words, {} bytes; {} turns, {} bytes of weights", words.len(), turns.len(), model.len());
    Ok(())
}
