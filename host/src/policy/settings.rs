//! A policy's settings: the JSON Schema in its manifest, and settings held against it.
//!
//! The schema comes from a module that nobody has looked at, and it is checked here, outside the sandbox. So it may use only
//! keywords whose cost is plain: no recursion, no references but to its own `$defs`, regular expressions that run in linear
//! time, and a bounded number of subschemas once references are followed.

use jsonschema::{Draft, PatternOptions, Validator};
use serde_json::Value;

use super::fault::PolicyError;
use super::limits::{SCHEMA_BYTES_MAX, SCHEMA_DEPTH_MAX, SCHEMA_NODES_MAX, SETTINGS_BYTES_MAX, VIOLATIONS_LISTED_MAX};
use super::text::GuestText;

/// Keywords whose value is a schema.
const ONE: &[&str] = &["additionalProperties", "contains", "else", "if", "items", "not", "propertyNames", "then"];
/// Keywords whose value is a list of schemas.
const LIST: &[&str] = &["allOf", "anyOf", "oneOf", "prefixItems"];
/// Keywords whose value names schemas.
const NAMED: &[&str] = &["$defs", "dependentSchemas", "patternProperties", "properties"];
/// Keywords without schemas inside.
const PLAIN: &[&str] = &[
    "$comment",
    "const",
    "default",
    "dependentRequired",
    "deprecated",
    "description",
    "enum",
    "examples",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "maxContains",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minContains",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "pattern",
    "readOnly",
    "required",
    "title",
    "type",
    "uniqueItems",
    "writeOnly",
];
/// Keywords of the outermost schema only.
const OUTERMOST: &[&str] = &["$id", "$schema"];

const DRAFT: &str = "https://json-schema.org/draft/2020-12/schema";
const PATTERNS_MAX: usize = 64;
const PATTERN_BYTES_MAX: usize = 256 << 10;

/// Settings that a policy does not take.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// Longer than the limit.
    #[error("the settings have {bytes} bytes; {SETTINGS_BYTES_MAX} are allowed")]
    TooLarge {
        /// Their size.
        bytes: usize,
    },
    /// No JSON.
    #[error("the settings are not JSON")]
    Json(#[source] serde_json::Error),
    /// JSON, but not what the policy's schema asks for; every violation, up to a limit.
    #[error("the settings do not fit the policy's schema: {}", .0.join("; "))]
    Schema(Vec<String>),
    /// The policy itself refuses them.
    #[error("the policy refuses the settings: {0}")]
    Refused(GuestText),
    /// The policy could not be asked.
    #[error("the policy could not check the settings")]
    Policy(#[source] PolicyError),
}

/// A schema that a manifest may not carry.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum SchemaError {
    /// Longer than the limit.
    #[error("it has {bytes} bytes; {SCHEMA_BYTES_MAX} are allowed")]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
    /// No JSON.
    #[error("it is not JSON: {0}")]
    Json(String),
    /// JSON, but no JSON Schema (draft 2020-12).
    #[error("it is not a JSON Schema of draft 2020-12: {0}")]
    Invalid(GuestText),
    /// A keyword outside the supported subset.
    #[error("the keyword {0} is not supported")]
    Keyword(GuestText),
    /// A reference to anything but `#/$defs/NAME`.
    #[error("the reference {0} is not to one of its own $defs")]
    Reference(GuestText),
    /// References in a circle, or too many subschemas.
    #[error(
        "it is recursive or too large: {SCHEMA_NODES_MAX} subschemas, {SCHEMA_DEPTH_MAX} levels and {PATTERNS_MAX} patterns \
         are allowed, with references followed"
    )]
    TooComplex,
}

/// A schema, ready to check settings.
pub(super) struct SettingsSchema(Validator);

impl SettingsSchema {
    /// Reads the text of a schema.
    pub(super) fn parse(text: &str) -> Result<Value, SchemaError> {
        if text.len() > SCHEMA_BYTES_MAX {
            return Err(SchemaError::TooLarge { bytes: text.len() });
        }
        let schema = serde_json::from_str(text).map_err(|error| SchemaError::Json(error.to_string()))?;
        SettingsSchema::compile(&schema)?;
        Ok(schema)
    }

    /// Prepares a schema, if it keeps to the subset.
    pub(super) fn compile(schema: &Value) -> Result<SettingsSchema, SchemaError> {
        Survey { root: schema, nodes: 0, patterns: 0 }.visit(schema, 0)?;
        let invalid = |error: jsonschema::ValidationError<'_>| SchemaError::Invalid(GuestText::new(&error.to_string()));
        jsonschema::draft202012::meta::validate(schema).map_err(invalid)?;
        let options = jsonschema::options().with_draft(Draft::Draft202012).offline();
        let options = options.with_pattern_options(PatternOptions::regex().size_limit(PATTERN_BYTES_MAX));
        options.build(schema).map(SettingsSchema).map_err(invalid)
    }

    /// Reads settings and holds them against the schema.
    pub(super) fn check(&self, settings: &str) -> Result<(), SettingsError> {
        if settings.len() > SETTINGS_BYTES_MAX {
            return Err(SettingsError::TooLarge { bytes: settings.len() });
        }
        let settings: Value = serde_json::from_str(settings).map_err(SettingsError::Json)?;
        let violations = self.violations(&settings);
        if violations.is_empty() { Ok(()) } else { Err(SettingsError::Schema(violations)) }
    }

    /// Everything that is wrong with settings, a sentence each with the place it is about.
    pub(super) fn violations(&self, settings: &Value) -> Vec<String> {
        let mut errors = self.0.iter_errors(settings);
        let sentence = |error: jsonschema::ValidationError<'_>| {
            let place = error.instance_path().to_string();
            let place = if place.is_empty() { String::new() } else { format!("{place}: ") };
            GuestText::new(&format!("{place}{error}")).to_string()
        };
        let mut listed: Vec<String> = errors.by_ref().take(VIOLATIONS_LISTED_MAX).map(sentence).collect();
        let more = errors.count();
        if more > 0 {
            listed.push(format!("and {more} more"));
        }
        listed
    }
}

/// Walks a schema as checking settings would, references followed, and stops where it gets too far.
struct Survey<'a> {
    root: &'a Value,
    nodes: usize,
    patterns: usize,
}

impl<'a> Survey<'a> {
    fn visit(&mut self, schema: &'a Value, depth: usize) -> Result<(), SchemaError> {
        self.nodes += 1;
        if self.nodes > SCHEMA_NODES_MAX || depth > SCHEMA_DEPTH_MAX {
            return Err(SchemaError::TooComplex);
        }
        let Value::Object(keywords) = schema else { return Ok(()) };
        for (keyword, value) in keywords {
            self.visit_keyword(keyword, value, depth)?;
        }
        if self.patterns > PATTERNS_MAX { Err(SchemaError::TooComplex) } else { Ok(()) }
    }

    fn visit_keyword(&mut self, keyword: &str, value: &'a Value, depth: usize) -> Result<(), SchemaError> {
        match keyword {
            "$ref" => return self.visit_reference(value, depth),
            "$schema" if value.as_str().map(|draft| draft.trim_end_matches('#')) != Some(DRAFT) => {
                return Err(SchemaError::Invalid(GuestText::new(&format!("its $schema is not {DRAFT}"))));
            }
            "pattern" => self.patterns += 1,
            "patternProperties" => self.patterns += value.as_object().map_or(0, serde_json::Map::len),
            _ => {}
        }
        if ONE.contains(&keyword) {
            self.visit(value, depth + 1)
        } else if LIST.contains(&keyword) {
            value.as_array().into_iter().flatten().try_for_each(|schema| self.visit(schema, depth + 1))
        } else if NAMED.contains(&keyword) {
            value.as_object().into_iter().flatten().try_for_each(|(_, schema)| self.visit(schema, depth + 1))
        } else if PLAIN.contains(&keyword) || (depth == 0 && OUTERMOST.contains(&keyword)) {
            Ok(())
        } else {
            Err(SchemaError::Keyword(GuestText::new(keyword)))
        }
    }

    fn visit_reference(&mut self, reference: &'a Value, depth: usize) -> Result<(), SchemaError> {
        let refused = || SchemaError::Reference(GuestText::new(&reference.to_string()));
        let name = reference.as_str().and_then(|text| text.strip_prefix("#/$defs/")).ok_or_else(refused)?;
        if name.contains(['/', '~', '%']) {
            return Err(refused());
        }
        let target = self.root.get("$defs").and_then(|defs| defs.get(name)).ok_or_else(refused)?;
        self.visit(target, depth + 1)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn compile(schema: &Value) -> Result<(), SchemaError> {
        SettingsSchema::compile(schema).map(drop)
    }

    #[test]
    fn every_violation_is_listed_with_its_place() {
        let schema = json!({
            "type": "object",
            "properties": { "audio-days": { "$ref": "#/$defs/days" }, "statistics-days": { "$ref": "#/$defs/days" } },
            "additionalProperties": false,
            "$defs": { "days": { "type": "integer", "minimum": 1 } },
        });
        let schema = SettingsSchema::compile(&schema).expect("a schema");
        assert!(schema.check(r#"{"audio-days": 90}"#).is_ok());
        let Err(SettingsError::Schema(violations)) =
            schema.check(r#"{"audio-days": 0, "statistics-days": "x", "y": 1}"#)
        else {
            panic!("three violations");
        };
        assert_eq!(violations.len(), 3, "{violations:?}");
        assert!(
            violations.iter().any(|violation| violation.starts_with("/audio-days: 0 is less than")),
            "{violations:?}"
        );
        assert!(matches!(schema.check("{"), Err(SettingsError::Json(_))));
        assert!(matches!(schema.check(&" ".repeat(SETTINGS_BYTES_MAX + 1)), Err(SettingsError::TooLarge { .. })));
    }

    #[test]
    fn a_schema_that_could_run_away_is_refused() {
        let recursive =
            json!({ "properties": { "a": { "$ref": "#/$defs/a" } }, "$defs": { "a": { "$ref": "#/$defs/a" } } });
        assert_eq!(compile(&recursive), Err(SchemaError::TooComplex));

        // Each definition checks the next one twice: 2^30 checks of one number.
        let next = |level: usize| json!({ "allOf": [{ "$ref": format!("#/$defs/{level}") }, { "$ref": format!("#/$defs/{level}") }] });
        let mut defs: serde_json::Map<String, Value> =
            (0..30).map(|level| (level.to_string(), next(level + 1))).collect();
        defs.insert("30".to_owned(), json!({ "type": "integer" }));
        assert_eq!(compile(&json!({ "$ref": "#/$defs/0", "$defs": defs })), Err(SchemaError::TooComplex));

        let many: Vec<Value> = (0..=PATTERNS_MAX).map(|n| json!({ "pattern": format!("a{n}") })).collect();
        assert_eq!(compile(&json!({ "anyOf": many })), Err(SchemaError::TooComplex));
    }

    #[test]
    fn a_schema_outside_the_subset_is_refused_by_name() {
        let keyword = |name: &str| Err(SchemaError::Keyword(GuestText::new(name)));
        assert_eq!(compile(&json!({ "$dynamicRef": "#x" })), keyword("$dynamicRef"));
        assert_eq!(compile(&json!({ "unevaluatedProperties": false })), keyword("unevaluatedProperties"));
        assert_eq!(compile(&json!({ "items": { "$id": "x" } })), keyword("$id"));
        for reference in ["#", "other.json", "file:///etc/passwd", "#/$defs/absent", "#/properties/a"] {
            assert!(matches!(compile(&json!({ "$ref": reference })), Err(SchemaError::Reference(_))), "{reference}");
        }
    }

    #[test]
    fn what_is_no_schema_is_refused() {
        let old = json!({ "$schema": "http://json-schema.org/draft-07/schema#" });
        for schema in
            [json!(1), json!({ "type": "day" }), json!({ "pattern": "(" }), json!({ "pattern": "(a)\\1" }), old]
        {
            assert!(matches!(compile(&schema), Err(SchemaError::Invalid(_))), "{schema}");
        }
        assert!(matches!(SettingsSchema::parse("{"), Err(SchemaError::Json(_))));
        assert!(matches!(SettingsSchema::parse(&" ".repeat(SCHEMA_BYTES_MAX + 1)), Err(SchemaError::TooLarge { .. })));
        let enormous = json!({ "pattern": "(\\pL{1000}){1000}" });
        assert!(matches!(compile(&enormous), Err(SchemaError::Invalid(_))));
    }
}
