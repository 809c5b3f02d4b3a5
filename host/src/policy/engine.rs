//! The one engine profile: every setting of wasmtime that could change an answer, in one function, with one digest.
//!
//! Whoever has the same profile, module, settings, day and records has the same verdicts, on any machine.

use std::fmt::Write as _;
use std::hash::{Hash, Hasher};
use std::thread;

use sha2::{Digest, Sha256};
use wasmparser::WasmFeatures;
use wasmtime::{Config, Enabled, InstanceAllocationStrategy, OptLevel, PoolingAllocationConfig, Strategy};

use super::limits::{
    CALLS_AT_ONCE_MAX, INSTANCES_MAX, Limits, MEMORIES_MAX, RESIDENT_BYTES_MAX, STACK_BYTES_MAX, TABLES_MAX, TICK,
};
use super::slots::{Slot, Slots};

/// The wasmtime that this is built with: pinned in the workspace, compared with the pin by a test.
const WASMTIME_VERSION: &str = "48.0.8";

/// What a module may use; everything else is refused by validation.
///
/// Fixed-width SIMD is deterministic, relaxed SIMD is not. Threads, and whatever only concurrency needs, have no place in a
/// pure function. Garbage collection, exceptions, 64-bit and multiple memories and stack switching are surface that no
/// supported language needs yet.
const FEATURES: WasmFeatures = WasmFeatures::WASM2
    .union(WasmFeatures::EXTENDED_CONST)
    .union(WasmFeatures::TAIL_CALL)
    .union(WasmFeatures::COMPONENT_MODEL)
    .difference(WasmFeatures::GC_TYPES);

/// What the engine has besides, for code that wasmtime writes itself: where instances inside one component call each other, as
/// a JavaScript policy's do, the adapter between them sees both their memories.
const OF_ADAPTERS: WasmFeatures = WasmFeatures::MULTI_MEMORY;

/// The engine could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// wasmtime refuses the profile on this machine.
    #[error("cannot set up the policy engine on this machine: {0}")]
    Profile(String),
    /// The watchdog's thread could not be started.
    #[error("cannot start the policy watchdog")]
    Watchdog(#[source] std::io::Error),
}

/// Runs policies, in one profile. Make one a process and share it; clones share it too.
#[derive(Clone)]
pub struct Engine {
    wasmtime: wasmtime::Engine,
    limits: Limits,
    profile: String,
    slots: Slots,
}

impl Engine {
    /// The profile of production.
    pub fn new() -> Result<Engine, EngineError> {
        Engine::with_limits(Limits::default())
    }

    /// The profile with other limits, for tests. Another profile: its digest differs.
    pub fn with_limits(limits: Limits) -> Result<Engine, EngineError> {
        let calls = thread::available_parallelism().map_or(1, usize::from).min(CALLS_AT_ONCE_MAX);
        let mut config = config();
        config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool(&limits, calls)));
        let wasmtime = wasmtime_engine(&config)?;
        start_watchdog(&wasmtime)?;
        let features = wasmtime.get_wasm_features();
        assert_eq!(features, FEATURES.union(OF_ADAPTERS), "the validator and the engine agree on features");
        let profile = hex::encode(Sha256::digest(description(&limits)));
        Ok(Engine { wasmtime, limits, profile, slots: Slots::new(calls) })
    }

    /// The digest, in hexadecimal, of every setting that can change an answer.
    pub fn profile(&self) -> &str {
        &self.profile
    }

    /// What the digest is of: one setting a line.
    pub fn profile_text(&self) -> String {
        description(&self.limits)
    }

    /// The wasmtime underneath. Not part of the profile: by the specification its version changes no answer, only fuel.
    pub fn runtime() -> String {
        format!("wasmtime {WASMTIME_VERSION}")
    }

    /// What a guest may use in one call.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// A place for one instance; waits while every one is taken.
    pub(super) fn slot(&self) -> Slot {
        self.slots.take()
    }

    pub(super) fn wasmtime(&self) -> &wasmtime::Engine {
        &self.wasmtime
    }

    /// Names the code this engine compiles: profile, wasmtime, compiler settings and the processor's features.
    pub(super) fn code_key(&self) -> [u8; 32] {
        let mut hasher = Sha256Hasher(Sha256::new());
        (self.profile.as_str(), WASMTIME_VERSION).hash(&mut hasher);
        self.wasmtime.precompile_compatibility_hash().hash(&mut hasher);
        hasher.0.finalize().into()
    }
}

/// The features for the validator: those that a module may use.
pub(super) fn features() -> WasmFeatures {
    FEATURES
}

/// For the process that only compiles: the same profile, without a pool and without a watchdog.
pub(super) fn compiling_engine() -> Result<wasmtime::Engine, EngineError> {
    wasmtime_engine(&config())
}

fn wasmtime_engine(config: &Config) -> Result<wasmtime::Engine, EngineError> {
    wasmtime::Engine::new(config).map_err(|error| EngineError::Profile(format!("{error:#}")))
}

fn config() -> Config {
    let mut config = Config::new();
    let features = FEATURES.union(OF_ADAPTERS);
    config.wasm_features(WasmFeatures::all().difference(features), false).wasm_features(features, true);
    config.strategy(Strategy::Cranelift).cranelift_opt_level(OptLevel::Speed);
    config.cranelift_nan_canonicalization(true).relaxed_simd_deterministic(true);
    config.concurrency_support(false).shared_memory(false);
    config.consume_fuel(true).epoch_interruption(true).max_wasm_stack(STACK_BYTES_MAX);
    config
}

/// Places for as many instances as may be asked at once. The pool changes no answer: memory comes zeroed from it as it does
/// from the operating system, but without asking that for a new mapping at every call, which took longer than the answer.
fn pool(limits: &Limits, calls: usize) -> PoolingAllocationConfig {
    let count = |each: usize| u32::try_from(calls * each).expect("the number of calls at once is small");
    let each = |limit: usize| u32::try_from(limit).expect("the limits on instances, tables and memories are small");
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(count(1)).total_core_instances(count(INSTANCES_MAX));
    pool.total_memories(count(MEMORIES_MAX)).total_tables(count(TABLES_MAX));
    pool.max_core_instances_per_component(each(INSTANCES_MAX)).max_memories_per_component(each(MEMORIES_MAX));
    pool.max_tables_per_component(each(TABLES_MAX)).max_tables_per_module(each(TABLES_MAX));
    pool.max_memory_size(limits.memory_bytes).table_elements(limits.table_elements);
    // Small memories are zeroed in place, and only the pages that were written where Linux can tell them.
    pool.linear_memory_keep_resident(RESIDENT_BYTES_MAX).table_keep_resident(RESIDENT_BYTES_MAX);
    pool.pagemap_scan(Enabled::Auto);
    pool
}

/// The profile in canonical form. The watchdog's deadline is not in it: it aborts a call and never changes an answer.
fn description(limits: &Limits) -> String {
    let mut features: Vec<&str> = FEATURES.iter_names().map(|(name, _)| name).collect();
    features.sort_unstable();
    let mut text = String::from("lapse engine profile 1\n");
    let Limits { memory_bytes, table_elements, answer_bytes, fuel_per_call, fuel_per_record, deadline: _ } = limits;
    for (setting, value) in [
        ("features", features.join(",")),
        ("nan", "canonical".to_owned()),
        ("instances", "fresh".to_owned()),
        ("imports", "none".to_owned()),
        ("stack-bytes", STACK_BYTES_MAX.to_string()),
        ("memory-bytes", memory_bytes.to_string()),
        ("table-elements", table_elements.to_string()),
        ("core-instances", INSTANCES_MAX.to_string()),
        ("tables", TABLES_MAX.to_string()),
        ("memories", MEMORIES_MAX.to_string()),
        ("answer-bytes", answer_bytes.to_string()),
        ("fuel-per-call", fuel_per_call.to_string()),
        ("fuel-per-record", fuel_per_record.to_string()),
    ] {
        writeln!(text, "{setting}={value}").expect("writing to a string cannot fail");
    }
    text
}

/// Counts the epoch up until the engine is gone. Late ticks make a deadline longer, never shorter.
fn start_watchdog(engine: &wasmtime::Engine) -> Result<(), EngineError> {
    let engine = engine.weak();
    let tick = move || {
        while let Some(engine) = engine.upgrade() {
            engine.increment_epoch();
            drop(engine);
            thread::sleep(TICK);
        }
    };
    thread::Builder::new().name("policy-watchdog".to_owned()).spawn(tick).map_err(EngineError::Watchdog)?;
    Ok(())
}

/// Feeds a `Hash` to SHA-256. Stable for one build on one machine, which is what a cache of machine code needs.
struct Sha256Hasher(Sha256);

impl Hasher for Sha256Hasher {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        unreachable!("the digest is taken whole")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_runtime_is_the_pinned_one() {
        let workspace = include_str!("../../../Cargo.toml");
        assert!(workspace.contains(&format!("wasmtime = {{ version = \"={WASMTIME_VERSION}\"")));
    }

    #[test]
    fn every_limit_but_the_deadline_is_in_the_profile() {
        let limits = Limits::default();
        let others = [
            Limits { memory_bytes: 1, ..limits },
            Limits { table_elements: 1, ..limits },
            Limits { answer_bytes: 1, ..limits },
            Limits { fuel_per_call: 1, ..limits },
            Limits { fuel_per_record: 1, ..limits },
        ];
        for other in others {
            assert_ne!(description(&other), description(&limits), "{other:?}");
        }
        let patient = Limits { deadline: std::time::Duration::MAX, ..limits };
        assert_eq!(description(&patient), description(&limits));
    }

    #[test]
    fn the_profile_is_this_one() {
        // A change here is a change of profile: every stored verdict then names another one. Make it knowingly.
        let engine = Engine::new().expect("an engine");
        assert_eq!(
            engine.profile_text().lines().nth(1),
            Some(concat!(
                "features=BULK_MEMORY,COMPONENT_MODEL,EXTENDED_CONST,FLOATS,MULTI_VALUE,MUTABLE_GLOBAL,REFERENCE_TYPES,",
                "SATURATING_FLOAT_TO_INT,SIGN_EXTENSION,SIMD,TAIL_CALL"
            ))
        );
        assert_eq!(engine.profile().len(), 64);
    }
}
