//! A policy as the component that the contract wants: parses, checks, loops. Nothing here may panic on what the host
//! sends: an error refuses the batch, and says why.

use alloc::{format, string::String, vec::Vec};
use core::marker::PhantomData;

use crate::bindings::exports::lapse::policy::policy::{self as contract, Guest, Manifest, Verdicts};
use crate::{Column, Context, Day, Policy, Row, Rules, Subject, Verdict};

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
    serde_json::from_str(settings).map_err(|error| format!("settings: {error}"))
}

#[inline]
fn decide_rows<'a, R: Row<'a>, Rule: Rules>(
    columns: &'a [Column],
    rows: usize,
    decide: impl Fn(R) -> Verdict<Rule>,
) -> Result<Verdicts, String> {
    let columns = R::columns(columns, rows)?;
    let mut actions = Vec::with_capacity(rows);
    let mut rules = Vec::with_capacity(rows);
    let mut review_on = Vec::with_capacity(rows);
    for row in 0..rows {
        let verdict = decide(R::get(columns, row));
        actions.push(verdict.actions);
        rules.push(verdict.rule.index());
        review_on.push(Day::encode(verdict.review_on));
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
