//! A tenant's own patterns and words to keep: validated once, matched in linear time, limited in size.

use std::borrow::Cow;
use std::ops::Range;

use regex::{Regex, RegexBuilder};
use thiserror::Error;

use crate::finding::{RuleName, Span};
use crate::text::Document;
use crate::{Kind, letters};

/// How many patterns a tenant may have.
const PATTERNS_MAX: usize = 64;
/// The longest expression, in bytes.
const EXPRESSION_BYTES_MAX: usize = 512;
/// The longest name of a pattern, in bytes.
const NAME_BYTES_MAX: usize = 40;
/// What one compiled expression may take: `\w{1000}` is refused here.
const COMPILED_BYTES_MAX: usize = 256 << 10;
/// How many words or phrases a tenant may keep.
const KEEP_MAX: usize = 4096;
/// The longest of them, in bytes.
const KEEP_BYTES_MAX: usize = 128;

/// A tenant's pattern.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// The name in findings: lower-case letters, digits and hyphens.
    pub name: String,
    /// What it finds.
    pub kind: Kind,
    /// A regular expression in the syntax of the `regex` crate: no look-around, no back-references.
    pub expression: String,
}

/// What a tenant adds to the rules that are built in.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    /// Patterns to mask.
    pub patterns: Vec<Pattern>,
    /// Words and phrases never to mask, in any case: the tenant's own name, its hotline. Known values are still masked.
    pub keep: Vec<String>,
}

/// Why a tenant's rules are refused: every fault, by the name or the index of what is at fault.
#[derive(Debug, Error)]
#[error("{}", .0.join("; "))]
pub struct RulesError(Vec<String>);

/// Rules that were checked and compiled.
#[derive(Default)]
pub(crate) struct CompiledRules {
    patterns: Vec<(RuleName, Kind, Regex)>,
    keep: Option<aho_corasick::AhoCorasick>,
}

impl CompiledRules {
    pub(crate) fn new(rules: Rules) -> Result<Self, RulesError> {
        let mut faults = Vec::new();
        if rules.patterns.len() > PATTERNS_MAX {
            faults.push(format!("{} patterns: at most {PATTERNS_MAX}", rules.patterns.len()));
        }
        let patterns = rules.patterns.into_iter().take(PATTERNS_MAX);
        let patterns =
            patterns.filter_map(|pattern| compile(pattern).map_err(|fault| faults.push(fault)).ok()).collect();
        let keep = compile_keep(&rules.keep).map_err(|fault| faults.push(fault)).ok().flatten();
        if faults.is_empty() { Ok(Self { patterns, keep }) } else { Err(RulesError(faults)) }
    }

    /// What the tenant's patterns match, turn by turn: `^` and `$` are the ends of a turn.
    pub(crate) fn find(&self, document: &Document, found: &mut Vec<Span>) {
        for (rule, kind, expression) in &self.patterns {
            for turn in (0..document.turn_count()).map(|turn| document.turn(turn)) {
                let matches = expression.find_iter(&document.text()[turn.clone()]).filter(|found| !found.is_empty());
                found.extend(matches.map(|matched| {
                    let bytes = turn.start + matched.start()..turn.start + matched.end();
                    Span { rule: rule.clone(), ..Span::new(bytes, *kind, "", 1.0) }
                }));
            }
        }
    }

    /// Drops what lies wholly inside a word or phrase to keep, unless it was known.
    pub(crate) fn spare(&self, document: &Document, found: &mut Vec<Span>) {
        let kept = self.kept(document.lower());
        if kept.is_empty() {
            return;
        }
        found.retain(|span| {
            let after = kept.partition_point(|kept| kept.start <= span.start);
            let inside = after > 0 && span.end <= kept[after - 1].end;
            !inside || span.rule.starts_with("known")
        });
    }

    /// A text with spaces where words and phrases to keep are.
    pub(crate) fn without_kept<'t>(&self, text: Cow<'t, str>) -> Cow<'t, str> {
        if self.keep.is_none() {
            return text;
        }
        let kept = self.kept(&letters::lower_text(&text));
        let mut without = text.into_owned();
        for kept in kept {
            without.replace_range(kept.clone(), &" ".repeat(kept.len()));
        }
        Cow::Owned(without)
    }

    /// Where words and phrases to keep are in a text in lower case.
    fn kept(&self, text: &str) -> Vec<Range<usize>> {
        let is_edge = |at: usize| {
            let before = text[..at].chars().next_back().is_some_and(char::is_alphanumeric);
            let after = text[at..].chars().next().is_some_and(char::is_alphanumeric);
            !(before && after)
        };
        let found = self.keep.iter().flat_map(|keep| keep.find_iter(text)).map(|kept| kept.range());
        found.filter(|kept| is_edge(kept.start) && is_edge(kept.end)).collect()
    }
}

fn compile(pattern: Pattern) -> Result<(RuleName, Kind, Regex), String> {
    let Pattern { name, kind, expression } = pattern;
    let plain = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
    if name.is_empty() || name.len() > NAME_BYTES_MAX || !name.bytes().all(plain) || name.starts_with("known") {
        return Err(format!(
            "pattern name {name:?}: up to {NAME_BYTES_MAX} of a-z, 0-9 and -, not beginning with known"
        ));
    }
    if expression.len() > EXPRESSION_BYTES_MAX {
        return Err(format!("pattern {name}: {} bytes, at most {EXPRESSION_BYTES_MAX}", expression.len()));
    }
    let compiled = RegexBuilder::new(&expression)
        .size_limit(COMPILED_BYTES_MAX)
        .dfa_size_limit(8 * COMPILED_BYTES_MAX)
        .build()
        .map_err(|error| format!("pattern {name}: {error}"))?;
    if compiled.is_match("") {
        return Err(format!("pattern {name} matches the empty text"));
    }
    Ok((RuleName::Owned(name), kind, compiled))
}

fn compile_keep(keep: &[String]) -> Result<Option<aho_corasick::AhoCorasick>, String> {
    if keep.len() > KEEP_MAX {
        return Err(format!("{} words to keep: at most {KEEP_MAX}", keep.len()));
    }
    if let Some(index) = keep.iter().position(|word| word.trim().is_empty() || word.len() > KEEP_BYTES_MAX) {
        return Err(format!("word to keep {index}: from 1 to {KEEP_BYTES_MAX} bytes"));
    }
    if keep.is_empty() {
        return Ok(None);
    }
    let lower = keep.iter().map(|word| letters::lower_text(word.trim()));
    let automaton =
        aho_corasick::AhoCorasick::builder().match_kind(aho_corasick::MatchKind::LeftmostLongest).build(lower);
    automaton.map(Some).map_err(|error| format!("words to keep: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(name: &str, expression: &str) -> String {
        let pattern = Pattern { name: name.into(), kind: Kind::CustomerNumber, expression: expression.into() };
        let rules = Rules { patterns: vec![pattern], keep: Vec::new() };
        CompiledRules::new(rules).err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn faults_are_named() {
        assert_eq!(refused("order", r"\bORD-\d{6}\b"), "");
        assert!(refused("Order", "x").starts_with("pattern name \"Order\""));
        assert!(refused("order", "x*").contains("matches the empty text"));
        assert!(refused("order", "(").contains("unclosed group"));
        assert!(refused("order", r"(\w{500}){500}").contains("size"));
        assert!(refused("order", r"(?=x)y").contains("look-around"));
        assert!(refused("order", &"x".repeat(513)).contains("513 bytes"));
    }
}
