//! Verdicts of the standard policy: in wasm over columns, and the same rules in native Rust over the same columns.

use std::hint::black_box;
use std::path::Path;

use lapse::columns::{BATCH_RECORDS_MAX, Column};
use lapse::policy::{Context, Policy};
use lapse::record::Subject;
use lapse_policy_sdk as sdk;
use lapse_standard_policy::StandardPolicy;

use crate::Result;
use crate::fill::{NOTHING_DUE_ON, empty};
use crate::report::{Figure, millions};
use crate::stopwatch::{median, timed};

const BATCHES: usize = 250;
const RECORDS: usize = BATCHES * BATCH_RECORDS_MAX;
const ROUNDS: usize = 51;
const SETTINGS: &str = r#"{"audio-days":90,"statistics-days":180}"#;

/// The columns of one batch: recorded on, state, held.
type Columns = (Vec<i32>, Vec<u8>, Vec<u8>);

pub(crate) fn measure(folder: &Path, policy: &[u8]) -> Result<Vec<Figure>> {
    let host = empty(&folder.join("verdicts"), policy)?;
    let policy = host.policy_of(&host.tenant(None)?)?;
    let batches: Vec<Columns> = (0..BATCHES).map(batch).collect();
    let wasm: Vec<Vec<Column>> = batches.iter().cloned().map(for_wasm).collect();
    let native: Vec<Vec<sdk::Column>> = batches.into_iter().map(for_native).collect();
    assert_eq!(ask_wasm(&policy, &wasm)?, ask_native(&native)?, "both count the same actions");
    let (mut wasm_times, mut native_times) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        wasm_times.push(timed(|| ask_wasm(&policy, &wasm))?.0);
        native_times.push(timed(|| ask_native(&native))?.0);
    }
    let (wasm, native) = (median(&mut wasm_times), median(&mut native_times));
    let (in_wasm, in_native) = (millions(RECORDS, wasm), millions(RECORDS, native));
    let ratio = wasm / native;
    Ok(vec![
        Figure::new("verdicts in wasm", "≥ 40 M/s a core", format!("{in_wasm:.0} M/s"), in_wasm >= 40.0),
        Figure::new(
            "verdicts in wasm, against native Rust",
            "≤ 2.0× its time",
            format!("{ratio:.2}× (native {in_native:.0} M/s)"),
            ratio <= 2.0,
        ),
    ])
}

/// Records of half a year: some due, some not, some anonymised already, few held.
fn batch(number: usize) -> Columns {
    let value = |row: usize| (number * BATCH_RECORDS_MAX + row).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
    let rows = 0..BATCH_RECORDS_MAX;
    let days = rows.clone().map(|row| NOTHING_DUE_ON.0 - (value(row) % 182) as i32).collect();
    let states = rows.clone().map(|row| if value(row) / 182 % 2 == 0 { 0b1_0111 } else { 0b1_1000 }).collect();
    let held = rows.map(|row| u8::from(value(row) / 364 % 100 == 0)).collect();
    (days, states, held)
}

fn for_wasm((days, states, held): Columns) -> Vec<Column> {
    vec![Column::Days(days), Column::States(states), Column::States(held)]
}

fn for_native((days, states, held): Columns) -> Vec<sdk::Column> {
    vec![sdk::Column::Days(days), sdk::Column::States(states), sdk::Column::States(held)]
}

/// How many records are acted on.
fn ask_wasm(policy: &Policy, batches: &[Vec<Column>]) -> Result<usize> {
    let ctx = Context { today: NOTHING_DUE_ON, settings: SETTINGS };
    let mut acted_on = 0;
    for columns in batches {
        let verdicts = policy.decide(Subject::Conversation, &ctx, BATCH_RECORDS_MAX, black_box(columns))?;
        acted_on += black_box(&verdicts).actions.iter().filter(|actions| !actions.is_empty()).count();
    }
    Ok(acted_on)
}

fn ask_native(batches: &[Vec<sdk::Column>]) -> Result<usize> {
    let mut acted_on = 0;
    for columns in batches {
        let (about, today, rows) = (sdk::Subject::Conversation, NOTHING_DUE_ON.0, BATCH_RECORDS_MAX as u32);
        let verdicts = sdk::component::decide::<StandardPolicy>(about, today, SETTINGS, rows, black_box(columns))?;
        acted_on += black_box(&verdicts).actions.iter().filter(|actions| !actions.is_empty()).count();
    }
    Ok(acted_on)
}
