//! What belongs to one call: a store that holds the guest to its memory, and remembers which limit it ran into.

use std::time::Duration;

use wasmtime::{ResourceLimiter, Store};

use super::engine::Engine;
use super::limits::{INSTANCES_MAX, Limits, MEMORIES_MAX, TABLES_MAX};

/// Holds one guest to its limits. A denied request ends the call: memory that is sometimes there would make answers differ.
pub(super) struct Room {
    limits: Limits,
    records: usize,
    memory_bytes: usize,
    table_elements: usize,
    denied: Option<&'static str>,
}

impl Room {
    /// A fresh store for a call about so many records.
    pub(super) fn store(engine: &Engine, records: usize) -> Store<Room> {
        let limits = *engine.limits();
        let mut store =
            Store::new(engine.wasmtime(), Room { limits, records, memory_bytes: 0, table_elements: 0, denied: None });
        store.limiter(|room| room);
        store.set_hostcall_fuel(limits.answer_bytes);
        store.set_fuel(limits.fuel(records)).expect("the profile turns fuel on");
        store.set_epoch_deadline(limits.ticks());
        store
    }

    /// What the guest asked for and did not get.
    pub(super) fn denied(&self) -> Option<&'static str> {
        self.denied
    }

    /// Linear memory and table elements, as much as there ever was: neither shrinks.
    pub(super) fn used(&self) -> (usize, usize) {
        (self.memory_bytes, self.table_elements)
    }

    /// What the call was given to work with.
    pub(super) fn fuel(&self) -> u64 {
        self.limits.fuel(self.records)
    }

    /// How long the watchdog lets it.
    pub(super) fn deadline(&self) -> Duration {
        self.limits.deadline
    }

    fn deny(&mut self, what: &'static str) -> wasmtime::Error {
        self.denied = Some(what);
        wasmtime::Error::msg(what)
    }
}

/// The sum after growing from `current` to `desired`; `None` where it is over the limit.
fn grown(total: usize, current: usize, desired: usize, limit: usize) -> Option<usize> {
    total.checked_add(desired.checked_sub(current)?).filter(|sum| *sum <= limit)
}

impl ResourceLimiter for Room {
    fn memory_growing(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> wasmtime::Result<bool> {
        let Some(total) = grown(self.memory_bytes, current, desired, self.limits.memory_bytes) else {
            return Err(self.deny("linear memory"));
        };
        // Beyond the maximum that the module itself declares, the answer is the same everywhere: no.
        let is_allowed = maximum.is_none_or(|maximum| desired <= maximum);
        if is_allowed {
            self.memory_bytes = total;
        }
        Ok(is_allowed)
    }

    fn memory_grow_failed(&mut self, _error: wasmtime::Error) -> wasmtime::Result<()> {
        Err(self.deny("linear memory"))
    }

    fn table_growing(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> wasmtime::Result<bool> {
        let Some(total) = grown(self.table_elements, current, desired, self.limits.table_elements) else {
            return Err(self.deny("table elements"));
        };
        let is_allowed = maximum.is_none_or(|maximum| desired <= maximum);
        if is_allowed {
            self.table_elements = total;
        }
        Ok(is_allowed)
    }

    fn table_grow_failed(&mut self, _error: wasmtime::Error) -> wasmtime::Result<()> {
        Err(self.deny("table elements"))
    }

    fn instances(&self) -> usize {
        INSTANCES_MAX
    }

    fn tables(&self) -> usize {
        TABLES_MAX
    }

    fn memories(&self) -> usize {
        MEMORIES_MAX
    }
}
