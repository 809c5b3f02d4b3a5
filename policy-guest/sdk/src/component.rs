//! A policy as the component that the contract wants: parses, checks, loops. Nothing here may panic on what the host
//! sends: an error refuses the batch, and says why.

use alloc::{format, string::String, vec, vec::Vec};
use core::marker::PhantomData;

use crate::bindings::exports::lapse::policy::policy::{self as contract, Guest, Manifest, Verdicts};
use crate::{Actions, Column, Context, Day, Policy, Row, Rules, Subject, Verdict};

/// The component that exports the policy `P`: what [`export_policy!`](crate::export_policy) exports.
pub struct Component<P>(PhantomData<P>);

impl<P: Policy> Guest for Component<P> {
    fn describe() -> Manifest {
        describe::<P>()
    }

    fn check_settings(settings: String) -> Result<(), String> {
        check_settings::<P>(&settings)
    }

    fn decide(about: Subject, ctx: contract::Context, rows: u32, columns: Vec<Column>) -> Result<Verdicts, String> {
        decide::<P>(about, ctx.today, &ctx.settings, rows, &columns)
    }
}

/// The manifest.
pub fn describe<P: Policy>() -> Manifest {
    let owned = |names: &[&str]| names.iter().map(|name| String::from(*name)).collect();
    let rule = |(name, description): &(&str, &str)| contract::Rule {
        name: String::from(*name),
        description: String::from(*description),
    };
    Manifest {
        name: P::NAME.into(),
        version: P::VERSION.into(),
        reads_conversations: owned(P::Conversation::COLUMNS),
        reads_snippets: owned(P::Snippet::COLUMNS),
        rules: P::Rule::LIST.iter().map(rule).collect(),
        settings_schema: P::SETTINGS_SCHEMA.into(),
    }
}

/// Whether these settings, JSON, are ones that the policy can work with.
pub fn check_settings<P: Policy>(settings: &str) -> Result<(), String> {
    P::check(&parse::<P>(settings)?)
}

/// The verdicts of a batch, as a host asks for them.
pub fn decide<P: Policy>(
    about: Subject,
    today: i32,
    settings: &str,
    rows: u32,
    columns: &[Column],
) -> Result<Verdicts, String> {
    let today = Day::new(today).ok_or("the day to decide for is absent")?;
    let settings = parse::<P>(settings)?;
    P::check(&settings)?;
    let ctx = Context { today, settings };
    let rows = rows as usize;
    match about {
        Subject::Conversation => decide_rows(columns, rows, |row| P::conversation(row, &ctx)),
        Subject::Snippet => decide_rows(columns, rows, |row| P::snippet(row, &ctx)),
    }
}

fn parse<P: Policy>(settings: &str) -> Result<P::Settings, String> {
    // A struct can also be read from a list of its fields in their order, which nobody means.
    if !settings.trim_ascii_start().starts_with('{') {
        return Err("settings: a JSON object is expected".into());
    }
    serde_json::from_str(settings).map_err(|error| format!("settings: {error}"))
}

#[inline]
fn decide_rows<'a, R: Row<'a>, Rule: Rules>(
    columns: &'a [Column],
    rows: usize,
    decide: impl Fn(R) -> Verdict<Rule>,
) -> Result<Verdicts, String> {
    let columns = R::first(R::columns(columns, rows)?, rows);
    // Filled in place, without a question inside the loop whether there is room or whether a row exists: so that the
    // compiler can make vectors of it.
    let mut actions = vec![Actions::empty(); rows];
    let mut rules = vec![0; rows];
    let mut review_on = vec![0; rows];
    let answers = actions.iter_mut().zip(&mut rules).zip(&mut review_on);
    for (row, ((actions, rule), review_on)) in answers.enumerate() {
        let verdict = decide(R::get(columns, row));
        *actions = verdict.actions;
        *rule = verdict.rule.index();
        *review_on = Day::encode(verdict.review_on);
    }
    Ok(Verdicts { actions, rules, review_on })
}

/// Exports a [`Policy`] as the component. Once in a crate, whose type is `cdylib`; on any other target than wasm32 it
/// only checks that the type is a policy, so that the crate's tests run anywhere.
#[macro_export]
macro_rules! export_policy {
    ($policy:ty) => {
        const _: () = {
            type Exported = $crate::component::Component<$policy>;

            #[cfg(target_arch = "wasm32")]
    $crate::bindings::export!(Exported with_types_in $crate::bindings);

            // What the export asks for, asked everywhere.
            const _: fn() -> $crate::Manifest = <Exported as $crate::Guest>::describe;
        };
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{conversations, day, snippets};
    use crate::{row, rules};

    rules! {
        enum Rule {
            Keep = "keep": "Nothing is due.",
            Old = "old": "It is old.",
        }
    }

    row! {
        struct Conversation {
            recorded_on: Option<Day> = "recorded-on",
            held: bool = "held",
        }
    }

    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Settings {
        days: crate::Period,
    }

    struct Old;

    impl Policy for Old {
        const NAME: &'static str = "old";
        const VERSION: &'static str = "1.2.3";
        const SETTINGS_SCHEMA: &'static str = "{}";

        type Settings = Settings;
        type Rule = Rule;
        type Conversation<'a> = Conversation;
        type Snippet<'a> = ();

        fn check(settings: &Settings) -> Result<(), String> {
            if settings.days.days() == 13 { Err("not thirteen".into()) } else { Ok(()) }
        }

        fn conversation(row: Conversation, ctx: &Context<Settings>) -> Verdict<Rule> {
            let due_on = row.recorded_on.and_then(|day| day.due_after(ctx.settings.days));
            if crate::is_due(due_on, ctx.today) && !row.held {
                Verdict::act(crate::Actions::PURGE_AUDIO, Rule::Old, None)
            } else {
                Verdict::keep(Rule::Keep, due_on.filter(|due_on| *due_on > ctx.today))
            }
        }

        fn snippet((): (), _: &Context<Settings>) -> Verdict<Rule> {
            Verdict::keep(Rule::Keep, None)
        }
    }

    export_policy!(Old);

    #[test]
    fn the_manifest_is_what_was_declared() {
        let manifest = describe::<Old>();
        assert_eq!((&*manifest.name, &*manifest.version), ("old", "1.2.3"));
        assert_eq!(manifest.reads_conversations, ["recorded-on", "held"]);
        assert!(manifest.reads_snippets.is_empty());
        let rules: Vec<_> = manifest.rules.iter().map(|rule| (&*rule.name, &*rule.description)).collect();
        assert_eq!(rules, Rule::LIST);
    }

    #[test]
    fn a_batch_has_a_verdict_a_row_in_the_rows_order() {
        let rows = [Some(10), None, Some(20), Some(9)].map(|day| (day, false));
        let rows = rows.map(|(day, held)| Conversation { recorded_on: day.and_then(Day::new), held });
        let verdicts = conversations::<Old>(&rows, day(15), r#"{"days": 5}"#).expect("a good batch");
        assert_eq!(verdicts.actions.iter().map(|actions| actions.bits()).collect::<Vec<_>>(), [0, 0, 0, 1]);
        assert_eq!(verdicts.rules, [0, 0, 0, 1]);
        assert_eq!(verdicts.review_on, [16, i32::MIN, 26, i32::MIN]);
        assert_eq!(snippets::<Old>(&[], day(15), r#"{"days": 5}"#).map(|verdicts| verdicts.rules), Ok(Vec::new()));
    }

    #[test]
    fn what_the_host_should_not_send_is_an_error() {
        let columns = [Column::Days([1].into()), Column::States([0].into())];
        let decide = |today, settings, rows, columns: &[Column]| {
            decide::<Old>(Subject::Conversation, today, settings, rows, columns).map(|verdicts| verdicts.rules)
        };
        let settings = r#"{"days": 5}"#;
        assert_eq!(decide(9, settings, 1, &columns), Ok([1].into()));
        assert_eq!(decide(i32::MIN, settings, 1, &columns), Err("the day to decide for is absent".into()));
        assert_eq!(decide(9, settings, 2, &columns), Err("column recorded-on has 1 values for 2 rows".into()));
        assert_eq!(decide(9, settings, u32::MAX, &columns[..1]), Err("1 columns came, the manifest has 2".into()));
        for refused in ["", "{", "[5]", "5", "{}", r#"{"days": 13}"#, r#"{"days": 5, "weeks": 1}"#] {
            assert!(decide(9, refused, 1, &columns).is_err(), "{refused}");
            assert!(check_settings::<Old>(refused).is_err(), "{refused}");
        }
        assert_eq!(check_settings::<Old>(settings), Ok(()));
    }
}
