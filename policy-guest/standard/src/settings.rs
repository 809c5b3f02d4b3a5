//! The settings of the standard policy. Their schema is `settings.schema.json`.

use lapse_policy_sdk::Period;
use serde::Deserialize;

/// How long to keep. A period that is left out means for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Settings {
    /// The audio file, and whatever tells who the customer is.
    pub audio_days: Option<Period>,
    /// Whether the transcript is anonymised together with them.
    pub anonymise_transcript: bool,
    /// The conversation as a whole.
    pub statistics_days: Option<Period>,
    /// A snippet.
    pub snippet_days: Option<Period>,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { audio_days: None, anonymise_transcript: true, statistics_days: None, snippet_days: None }
    }
}

#[cfg(test)]
mod tests {
    use lapse_policy_sdk::{Policy, component};

    use super::*;
    use crate::StandardPolicy;

    fn accepted(settings: &str) -> bool {
        let typed = component::check_settings::<StandardPolicy>(settings).is_ok();
        let schema = serde_json::from_str(StandardPolicy::SETTINGS_SCHEMA).expect("the schema is JSON");
        let schema = jsonschema::draft202012::new(&schema).expect("the schema is a schema");
        let by_schema = serde_json::from_str(settings).is_ok_and(|settings| schema.is_valid(&settings));
        assert_eq!(typed, by_schema, "schema and type disagree about {settings}");
        typed
    }

    #[test]
    fn schema_and_type_agree() {
        for name in ["audio-days", "statistics-days", "snippet-days"] {
            for days in ["0", "1", "90", "36500"] {
                assert!(accepted(&format!(r#"{{"{name}": {days}}}"#)), "{name} {days}");
            }
            for days in ["-1", "36501", "4294967296", "1.5", r#""90""#, "true", "[]"] {
                assert!(!accepted(&format!(r#"{{"{name}": {days}}}"#)), "{name} {days}");
            }
        }
        assert!(accepted(r#"{"audio-days": 90, "statistics-days": 30, "anonymise-transcript": false}"#));
        for refused in ["", "[]", "90", "{\"audio-days\"}", r#"{"audio_days": 90}"#, r#"{"anonymise-transcript": 1}"#] {
            assert!(!accepted(refused), "{refused}");
        }
    }

    #[test]
    fn what_is_left_out_keeps_for_ever_and_anonymises() {
        let parsed: Settings = serde_json::from_str("{}").expect("nothing is required");
        assert_eq!(parsed, Settings::default());
        assert!(parsed.anonymise_transcript);
    }

    #[test]
    fn a_setting_given_twice_is_refused() {
        let twice = r#"{"audio-days": 90, "audio-days": 30}"#;
        assert!(component::check_settings::<StandardPolicy>(twice).is_err());
    }

    #[test]
    fn the_message_is_for_the_person_who_set_it() {
        let error = component::check_settings::<StandardPolicy>(r#"{"audio-days": 40000}"#).expect_err("too long");
        assert!(error.contains("a period is at most 36500 days"), "{error}");
        let error = component::check_settings::<StandardPolicy>(r#"{"audio": 1}"#).expect_err("unknown");
        assert!(error.contains("unknown field `audio`"), "{error}");
    }
}
