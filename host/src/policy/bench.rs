//! What a policy costs, against the limits that it has in production: fuel, time, memory, start-up, compilation. The records are
//! invented, as for the probe.

use std::ops::Range;
use std::time::{Duration, Instant};

use serde::Serialize;
use wasmtime::Store;

use super::admit::AdmissionError;
use super::compile::Compiler;
use super::engine::Engine;
use super::guest::{Context, Policy};
use super::limits::{CODE_BYTES_MAX, MODULE_BYTES_MAX};
use super::module::{ModuleDigest, check_shape};
use super::probe::{TODAY, accepted_settings, invent, seed};
use super::room::Room;
use super::settings::SettingsError;
use super::v1::{self, RetentionPolicy};
use crate::columns::{BATCH_RECORDS_MAX, Column};
use crate::record::Subject;

/// The sizes of the batches that are tried.
const BATCHES: [usize; 4] = [1, 64, 512, BATCH_RECORDS_MAX];
/// How often each batch is asked about; the middle time counts.
const ROUNDS: usize = 9;
/// From this share of a limit on, a policy is near it.
const NEAR_PERCENT: u64 = 70;

/// What a policy costs.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Bench {
    /// Name, version and digest.
    pub policy: String,
    /// The settings that it was asked with.
    pub settings: String,
    /// Milliseconds by the clock to compile it, in the child process.
    pub compile_ms: f64,
    /// Milliseconds to load the compiled code and ask it what it is.
    pub load_ms: f64,
    /// Microseconds to make an instance.
    pub start_us: f64,
    /// Its calls.
    pub calls: Vec<Call>,
    /// How near it came to each limit.
    pub limits: Vec<Share>,
}

/// The cost of one call.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Call {
    /// What the records were.
    pub subject: Subject,
    /// How many.
    pub records: usize,
    /// Fuel, of the call and its instance. Differs between versions of wasmtime, never between two calls.
    pub fuel: u64,
    /// The same for each record.
    pub fuel_per_record: u64,
    /// Microseconds, instance included.
    pub time_us: f64,
    /// Nanoseconds for each record.
    pub time_per_record_ns: f64,
    /// Linear memory at the end, which is its peak: it only grows.
    pub memory_bytes: usize,
}

/// How much of a limit was used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Share {
    /// The limit.
    pub limit: &'static str,
    /// What was used.
    pub used: u64,
    /// What there is.
    pub of: u64,
    /// In hundredths, rounded up.
    pub percent: u64,
    /// Whether that is near enough to be warned about.
    pub near: bool,
}

impl Share {
    fn new(limit: &'static str, used: u64, of: u64) -> Share {
        let percent = used.saturating_mul(100).div_ceil(of.max(1));
        Share { limit, used, of, percent, near: percent >= NEAR_PERCENT }
    }
}

/// Why a policy has no costs.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// It is not let in.
    #[error(transparent)]
    Admission(#[from] AdmissionError),
    /// The settings do not suit it.
    #[error("the settings were refused")]
    Settings(#[source] SettingsError),
}

/// Compiles a module and asks it about invented records. Without settings it gets those that its schema offers first.
pub fn bench(engine: &Engine, compiler: &Compiler, module: &[u8], settings: Option<&str>) -> Result<Bench, BenchError> {
    let digest = ModuleDigest::of(module);
    check_shape(module, MODULE_BYTES_MAX).map_err(|source| AdmissionError::Shape { module: digest, source })?;
    let (compile, compiled) = timed(|| compiler.compile(module));
    let compiled = compiled.map_err(|source| AdmissionError::Compile { module: digest, source })?;
    let (load, policy) = timed(|| Policy::load(engine, &compiled));
    let policy = policy.map_err(|source| AdmissionError::Load { module: digest, source })?;
    let settings = match settings {
        Some(settings) => settings.to_owned(),
        None => offered(&policy)?,
    };
    policy.check_settings(&settings).map_err(BenchError::Settings)?;
    let mut measured = Vec::new();
    for subject in [Subject::Conversation, Subject::Snippet] {
        for records in BATCHES {
            measured.push(measure(&policy, subject, &settings, records)?);
        }
    }
    let peak = |of: fn(&Measured) -> u64| measured.iter().map(of).max().unwrap_or(0);
    let limits = engine.limits();
    let longest = peak(|measured| u64::try_from(measured.time.as_millis()).unwrap_or(u64::MAX));
    let shares = vec![
        fullest(engine, &measured),
        Share::new("memory-bytes", peak(|measured| measured.memory_bytes as u64), limits.memory_bytes as u64),
        Share::new("table-elements", peak(|measured| measured.table_elements as u64), limits.table_elements as u64),
        Share::new("call-ms", longest, u64::try_from(limits.deadline.as_millis()).unwrap_or(u64::MAX)),
        Share::new("compile-seconds", compile.as_secs(), compiler.limits().cpu_seconds),
        Share::new("module-bytes", module.len() as u64, MODULE_BYTES_MAX as u64),
        Share::new("code-bytes", compiled.code().len() as u64, CODE_BYTES_MAX as u64),
    ];
    Ok(Bench {
        policy: policy.label(),
        settings,
        compile_ms: compile.as_secs_f64() * 1e3,
        load_ms: load.as_secs_f64() * 1e3,
        start_us: micros(measured[0].start),
        calls: measured.iter().map(Measured::call).collect(),
        limits: shares,
    })
}

fn offered(policy: &Policy) -> Result<String, AdmissionError> {
    let accepted = accepted_settings(policy);
    let accepted = accepted.map_err(|source| AdmissionError::Probe { module: policy.digest(), source })?;
    Ok(accepted.into_iter().next().expect("settings were accepted"))
}

/// The call that came nearest to its fuel, which depends on its records.
fn fullest(engine: &Engine, measured: &[Measured]) -> Share {
    let share = |measured: &Measured| Share::new("fuel", measured.fuel, engine.limits().fuel(measured.records));
    measured.iter().map(share).max_by_key(|share| share.percent).expect("something was measured")
}

/// One batch, asked about several times.
struct Measured {
    subject: Subject,
    records: usize,
    fuel: u64,
    time: Duration,
    start: Duration,
    memory_bytes: usize,
    table_elements: usize,
}

impl Measured {
    fn call(&self) -> Call {
        #[expect(clippy::cast_precision_loss, reason = "a batch has a few thousand records")]
        let records = self.records as f64;
        Call {
            subject: self.subject,
            records: self.records,
            fuel: self.fuel,
            fuel_per_record: self.fuel / self.records as u64,
            time_us: micros(self.time),
            time_per_record_ns: micros(self.time) * 1e3 / records,
            memory_bytes: self.memory_bytes,
        }
    }
}

fn measure(policy: &Policy, subject: Subject, settings: &str, records: usize) -> Result<Measured, AdmissionError> {
    let (_, columns) = invent(subject, policy.manifest().reads(subject), seed(policy), records);
    let ctx = Context { today: TODAY, settings };
    let failed = |source| AdmissionError::Probe {
        module: policy.digest(),
        source: super::probe::ProbeError::Decide { subject, way: "to measure it", source },
    };
    let fuel = policy.decide(subject, &ctx, records, &columns).map_err(failed)?.fuel_used;
    let (mut times, mut starts, mut used) = (Vec::new(), Vec::new(), (0, 0));
    for _ in 0..ROUNDS {
        let (time, answer) = timed(|| policy.decide(subject, &ctx, records, &columns));
        answer.map_err(failed)?;
        times.push(time);
        let (start, room) = start_and_ask(policy, subject, &ctx, 0..records, &columns).map_err(failed)?;
        starts.push(start);
        used = room;
    }
    let (memory_bytes, table_elements) = used;
    Ok(Measured { subject, records, fuel, time: middle(times), start: middle(starts), memory_bytes, table_elements })
}

/// How long an instance takes to be there, and what it has taken of its room after one question.
fn start_and_ask(
    policy: &Policy,
    subject: Subject,
    ctx: &Context<'_>,
    rows: Range<usize>,
    columns: &[Column],
) -> Result<(Duration, (usize, usize)), super::PolicyError> {
    let started = Instant::now();
    let mut start = Duration::ZERO;
    let used = policy.with_instance(rows.len(), |guest: &RetentionPolicy, store: &mut Store<Room>| {
        start = started.elapsed();
        let _ = v1::decide(guest, store, subject, ctx, rows, columns)?;
        Ok(store.data().used())
    })?;
    Ok((start, used))
}

fn timed<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let started = Instant::now();
    let value = work();
    (started.elapsed(), value)
}

fn middle(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_is_near_a_limit_from_seventy_hundredths_on() {
        assert!(!Share::new("fuel", 69, 100).near);
        assert!(Share::new("fuel", 70, 100).near);
        // Rounded up: whatever is over a hundredth counts as the next.
        assert_eq!(Share::new("fuel", 691, 1_000).percent, 70);
        assert_eq!(Share::new("fuel", 0, 0).percent, 0);
    }
}
