//! A policy ready to be asked: one prepared component, and a fresh instance of it for every question.

use std::ops::Range;

use wasmtime::Store;
use wasmtime::component::Linker;

use super::compile::Compiled;
use super::engine::Engine;
use super::fault::{AnswerFault, PolicyError, unknown_actions};
use super::manifest::{Manifest, ManifestError};
use super::module::ModuleDigest;
use super::room::Room;
use super::settings::{SettingsError, SettingsSchema};
use super::text::GuestText;
use super::v1::{self, Answer, RetentionPolicy, RetentionPolicyPre};
use crate::columns::{BATCH_RECORDS_MAX, Column, ColumnKind};
use crate::record::{Actions, Day, Subject};

/// What a verdict depends on besides the record.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The day for which the policy decides, in the tenant's time zone.
    pub today: Day,
    /// The tenant's settings: JSON that [`Policy::check_settings`] accepts.
    pub settings: &'a str,
}

/// A policy's answer to a batch: one element a row, in the rows' order, within the contract. Whether it makes sense for the
/// records is for [`super::verdict::check`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdicts {
    /// What is to be done.
    pub actions: Vec<Actions>,
    /// The rule of the manifest that gave the answer.
    pub rules: Vec<u16>,
    /// The first day, after today, on which the answer can change; [`Day::ABSENT`] for never.
    pub review_on: Vec<Day>,
    /// What it cost. For reports only: it changes with wasmtime's versions, so it is never hashed or compared.
    pub fuel_used: u64,
}

/// Compiled code that is no policy.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// wasmtime does not load it: it begins with more memory, tables or instances than it may have, or is for another engine.
    #[error("the compiled policy cannot be loaded: {0}")]
    Code(GuestText),
    /// The exports are named as they should be, but are something else.
    #[error("the module exports another contract under the name {name}: {0}", name = v1::EXPORT)]
    Types(GuestText),
    /// It does not say what it is.
    #[error("the policy does not say what it is")]
    Describe(#[source] PolicyError),
    /// What it says about itself cannot be accepted.
    #[error("the policy's manifest cannot be accepted")]
    Manifest(#[source] ManifestError),
}

/// A loaded policy. Cheap to share between threads; every call has a store and an instance of its own.
pub struct Policy {
    engine: Engine,
    digest: ModuleDigest,
    manifest: Manifest,
    schema: SettingsSchema,
    prepared: RetentionPolicyPre<Room>,
}

impl Policy {
    /// Loads compiled code, checks the types of its exports, and asks it what it is.
    pub fn load(engine: &Engine, compiled: &Compiled) -> Result<Policy, LoadError> {
        let component = compiled.component(engine).map_err(|error| LoadError::Code(bounded(&error)))?;
        // The linker is empty: there is nothing that a policy could call.
        let pre = Linker::new(engine.wasmtime()).instantiate_pre(&component);
        let pre = pre.map_err(|error| LoadError::Code(bounded(&error)))?;
        let prepared = v1::prepare(pre).map_err(|error| LoadError::Types(bounded(&error)))?;
        check_types(engine, &prepared)?;
        let (manifest, _) = call(engine, &prepared, 0, v1::describe).map_err(LoadError::Describe)?;
        let manifest = Manifest::try_from(manifest).map_err(LoadError::Manifest)?;
        let schema = SettingsSchema::compile(&manifest.settings_schema).expect("a manifest's schema has been compiled");
        Ok(Policy { engine: engine.clone(), digest: compiled.digest(), manifest, schema, prepared })
    }

    /// What the policy is and what it reads.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// How messages and reports call it.
    pub fn label(&self) -> String {
        self.manifest.label(&self.digest)
    }

    /// Names the module.
    pub fn digest(&self) -> ModuleDigest {
        self.digest
    }

    /// The engine it was loaded for.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Holds settings against the policy's schema, then asks the policy itself.
    pub fn check_settings(&self, settings: &str) -> Result<(), SettingsError> {
        self.schema.check(settings)?;
        let check = |guest: &RetentionPolicy, store: &mut Store<Room>| v1::check_settings(guest, store, settings);
        let (answer, _) = call(&self.engine, &self.prepared, 0, check).map_err(SettingsError::Policy)?;
        answer.map_err(|text| SettingsError::Refused(GuestText::new(&text)))
    }

    /// Asks for the verdicts on a batch: `columns` are those that [`Manifest::reads`] names, in its order, each `rows` long.
    ///
    /// # Panics
    /// Where the columns are not those, or there are more than [`BATCH_RECORDS_MAX`] rows: that is the host's own fault.
    pub fn decide(
        &self,
        subject: Subject,
        ctx: &Context<'_>,
        rows: usize,
        columns: &[Column],
    ) -> Result<Verdicts, PolicyError> {
        let reads = self.manifest.reads(subject);
        assert!(rows <= BATCH_RECORDS_MAX, "a batch is at most {BATCH_RECORDS_MAX} records");
        assert_eq!(columns.len(), reads.len(), "the columns are those of the manifest");
        for (column, name) in columns.iter().zip(reads) {
            assert_eq!(column.rows(), rows, "column {name} has a value for each row");
            assert_eq!(kind(column), name.kind(), "column {name} has its kind");
        }
        self.decide_rows(subject, ctx, 0..rows, columns)
    }

    /// Makes an instance as [`Policy::decide`] does, and hands it out with its store: to measure.
    pub(super) fn with_instance<T>(
        &self,
        records: usize,
        ask: impl FnOnce(&RetentionPolicy, &mut Store<Room>) -> wasmtime::Result<T>,
    ) -> Result<T, PolicyError> {
        call(&self.engine, &self.prepared, records, ask).map(|(value, _)| value)
    }

    /// After a failed [`Policy::decide`]: the first row that fails by itself, found by halving. `None` where no row does, as
    /// when only the whole batch is too much. Each step is a call with its own fuel and deadline, two for every halving.
    pub fn blame(&self, subject: Subject, ctx: &Context<'_>, rows: usize, columns: &[Column]) -> Option<usize> {
        let fails = |rows: Range<usize>| self.decide_rows(subject, ctx, rows, columns).is_err();
        let mut suspects = 0..rows;
        while suspects.len() > 1 {
            let middle = suspects.start + suspects.len() / 2;
            suspects = [suspects.start..middle, middle..suspects.end].into_iter().find(|half| fails(half.clone()))?;
        }
        (suspects.len() == 1 && (rows > 1 || fails(suspects.clone()))).then_some(suspects.start)
    }

    fn decide_rows(
        &self,
        subject: Subject,
        ctx: &Context<'_>,
        rows: Range<usize>,
        columns: &[Column],
    ) -> Result<Verdicts, PolicyError> {
        let count = rows.len();
        let decide =
            |guest: &RetentionPolicy, store: &mut Store<Room>| v1::decide(guest, store, subject, ctx, rows, columns);
        let (answer, fuel_used) = call(&self.engine, &self.prepared, count, decide)?;
        let answer = answer.map_err(|text| PolicyError::Refused(GuestText::new(&text)))?;
        check_answer(&answer, count, self.manifest.rules.len(), ctx.today)?;
        let Answer { actions, rules, review_on } = answer;
        Ok(Verdicts { actions, rules, review_on, fuel_used })
    }
}

fn kind(column: &Column) -> ColumnKind {
    match column {
        Column::Days(_) => ColumnKind::Days,
        Column::Numbers(_) => ColumnKind::Numbers,
        Column::States(_) => ColumnKind::States,
        Column::Text(_) => ColumnKind::Text,
    }
}

/// The first instance: whether the exports have the contract's types. Later ones can only fail as any call can.
fn check_types(engine: &Engine, prepared: &RetentionPolicyPre<Room>) -> Result<(), LoadError> {
    let _slot = engine.slot();
    let mut store = Room::store(engine, 0);
    let instance = prepared.instance_pre().instantiate(&mut store);
    let instance = instance.map_err(|error| LoadError::Describe(PolicyError::of_start(&error, &store)))?;
    RetentionPolicy::new(&mut store, &instance).map_err(|error| LoadError::Types(bounded(&error)))?;
    Ok(())
}

/// Makes an instance, asks it one thing, and drops it: whatever it remembered, it remembers nothing.
fn call<T>(
    engine: &Engine,
    prepared: &RetentionPolicyPre<Room>,
    records: usize,
    ask: impl FnOnce(&RetentionPolicy, &mut Store<Room>) -> wasmtime::Result<T>,
) -> Result<(T, u64), PolicyError> {
    // Declared first, dropped last: the place is free when the instance is gone.
    let _slot = engine.slot();
    let mut store = Room::store(engine, records);
    let guest = prepared.instantiate(&mut store).map_err(|error| PolicyError::of_start(&error, &store))?;
    let answer = ask(&guest, &mut store).map_err(|error| PolicyError::of(&error, &store))?;
    let left = store.get_fuel().expect("the profile turns fuel on");
    Ok((answer, engine.limits().fuel(records) - left))
}

/// Counts the answer, and holds it against the contract.
fn check_answer(answer: &Answer, rows: usize, rules: usize, today: Day) -> Result<(), AnswerFault> {
    let counts =
        [("actions", answer.actions.len()), ("rules", answer.rules.len()), ("review days", answer.review_on.len())];
    if let Some((list, found)) = counts.into_iter().find(|(_, found)| *found != rows) {
        return Err(AnswerFault::Count { list, found, rows });
    }
    if let Some(fault) = unknown_actions(&answer.actions) {
        return Err(fault);
    }
    if let Some(row) = answer.rules.iter().position(|rule| usize::from(*rule) >= rules) {
        return Err(AnswerFault::UnknownRule { row, rule: answer.rules[row], rules });
    }
    let is_past = |day: &Day| *day != Day::ABSENT && *day <= today;
    if let Some(row) = answer.review_on.iter().position(is_past) {
        return Err(AnswerFault::ReviewNotAfterToday { row, review_on: answer.review_on[row], today });
    }
    Ok(())
}

fn bounded(error: &wasmtime::Error) -> GuestText {
    GuestText::new(&format!("{error:#}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_is_shared_between_threads() {
        fn shared<T: Send + Sync>() {}
        shared::<Policy>();
        shared::<Engine>();
    }

    #[test]
    fn an_answer_outside_the_contract_is_refused() {
        let today = Day(100);
        let answer = |actions, rules, day| Answer {
            actions: vec![Actions(actions)],
            rules: vec![rules],
            review_on: vec![Day(day)],
        };
        let check = |answer: Answer| check_answer(&answer, 1, 2, today);
        assert_eq!(check(answer(0, 1, 101)), Ok(()));
        assert_eq!(check(answer(0b11_1111, 0, Day::ABSENT.0)), Ok(()));
        assert_eq!(check(answer(0b100_0000, 0, 101)), Err(AnswerFault::UnknownActions { row: 0, bits: 0b100_0000 }));
        assert_eq!(check(answer(0, 2, 101)), Err(AnswerFault::UnknownRule { row: 0, rule: 2, rules: 2 }));
        for day in [100, 99, i32::MIN + 1] {
            let fault = AnswerFault::ReviewNotAfterToday { row: 0, review_on: Day(day), today };
            assert_eq!(check(answer(0, 0, day)), Err(fault));
        }
        let short = Answer { actions: vec![], rules: vec![0], review_on: vec![Day(101)] };
        assert_eq!(check(short), Err(AnswerFault::Count { list: "actions", found: 0, rows: 1 }));
    }
}
