//! Every limit on a policy, in one place, with units, and held against each other when this compiles.

use std::time::Duration;

use crate::columns::BATCH_RECORDS_MAX;

/// The size of a module: room for a Python policy (18 MiB), the largest kind there is.
pub const MODULE_BYTES_MAX: usize = 24 << 20;
/// Linear memory, all memories of an instance together.
pub(super) const MEMORY_BYTES_MAX: usize = 64 << 20;
/// Table elements, all tables of an instance together; CPython has about ten thousand functions in its table.
pub(super) const TABLE_ELEMENTS_MAX: usize = 100_000;
/// Core instances of one component; toolchains make between one and about twenty.
pub(super) const INSTANCES_MAX: usize = 100;
/// Tables of one component.
pub(super) const TABLES_MAX: usize = 20;
/// Memories of one component; toolchains make one.
pub(super) const MEMORIES_MAX: usize = 4;
/// Calls that run at the same time, one for each processor; the rest wait.
pub(super) const CALLS_AT_ONCE_MAX: usize = 64;
/// What an instance may leave to be zeroed in place, rather than given back to the operating system.
pub(super) const RESIDENT_BYTES_MAX: usize = 256 << 10;
/// What a guest may hand back in one call.
pub(super) const ANSWER_BYTES_MAX: usize = 8 << 20;
/// The stack of the guest.
pub(super) const STACK_BYTES_MAX: usize = 512 << 10;
/// Fuel for the call itself: about a quarter of a second.
pub(super) const FUEL_PER_CALL: u64 = 200_000_000;
/// Fuel for each record on top: the standard policy uses 80, a Python policy 20,000.
pub(super) const FUEL_PER_RECORD: u64 = 500_000;
/// How long a call may take by the clock. Fuel bounds work; this bounds what fuel does not see.
pub(super) const DEADLINE: Duration = Duration::from_secs(10);
/// How often the watchdog looks.
pub(super) const TICK: Duration = Duration::from_millis(10);

/// Processor time for compiling a module that nobody has vouched for, in seconds: a Rust policy takes a tenth of one, JavaScript 3.
pub const COMPILE_CPU_SECONDS: u64 = 10;
/// What may be allowed instead, and what compiling an installed module once more gets: a Python policy takes 16 to 35.
pub const COMPILE_CPU_SECONDS_MAX: u64 = 120;
/// Address space for compiling one module; a Python policy takes 350 MiB.
pub(super) const COMPILE_MEMORY_BYTES_MAX: u64 = 512 << 20;
/// Compiling by the clock, in seconds for each of processor time: a busy machine refuses nothing.
pub(super) const COMPILE_PATIENCE: u64 = 5;
/// The machine code of one module: about twice the size of a large one.
pub(super) const CODE_BYTES_MAX: usize = 128 << 20;

/// The rules of one policy: as many as the contract's index can name.
pub(super) const RULES_MAX: usize = 1 << 16;
/// The columns of one subject.
pub(super) const COLUMNS_MAX: usize = 64;
/// The name of a column, a rule or a policy.
pub(super) const NAME_BYTES_MAX: usize = 128;
/// The description of a rule.
pub(super) const DESCRIPTION_CHARS_MAX: usize = 500;
/// A settings schema.
pub(super) const SCHEMA_BYTES_MAX: usize = 64 << 10;
/// The subschemas that checking one setting may pass, references followed.
pub(super) const SCHEMA_NODES_MAX: usize = 4096;
/// How deep subschemas and references may nest.
pub(super) const SCHEMA_DEPTH_MAX: usize = 32;
/// A tenant's settings.
pub const SETTINGS_BYTES_MAX: usize = 64 << 10;
/// Text that a guest chose, wherever it is shown.
pub(super) const GUEST_TEXT_CHARS_MAX: usize = 300;
/// The violations of one schema or one batch that are listed; the rest are counted.
pub(super) const VIOLATIONS_LISTED_MAX: usize = 20;

/// The widest value of a column: a whole number.
const VALUE_BYTES_MAX: usize = size_of::<i64>();
/// A verdict: actions, rule, review day.
const VERDICT_BYTES: usize = size_of::<u8>() + size_of::<u16>() + size_of::<i32>();

const _: () = assert!(BATCH_RECORDS_MAX * COLUMNS_MAX * VALUE_BYTES_MAX <= MEMORY_BYTES_MAX / 4);
const _: () = assert!(BATCH_RECORDS_MAX * VERDICT_BYTES <= ANSWER_BYTES_MAX / 4);
const _: () = assert!(SCHEMA_BYTES_MAX + SETTINGS_BYTES_MAX <= ANSWER_BYTES_MAX / 4);
const _: () = assert!(CALLS_AT_ONCE_MAX * INSTANCES_MAX <= u32::MAX as usize);
// A memory slot reserves 4 GiB of addresses, so that no access needs a check: two terabytes of 128 at the most.
const _: () = assert!(CALLS_AT_ONCE_MAX * MEMORIES_MAX <= 512);
const _: () = assert!(RULES_MAX - 1 == u16::MAX as usize);
const _: () = assert!(CODE_BYTES_MAX >= 4 * MODULE_BYTES_MAX && CODE_BYTES_MAX as u64 <= COMPILE_MEMORY_BYTES_MAX / 4);
const _: () = assert!(0 < COMPILE_CPU_SECONDS && COMPILE_CPU_SECONDS <= COMPILE_CPU_SECONDS_MAX);
const _: () = assert!(TICK.as_millis() * 100 <= DEADLINE.as_millis());
const _: () = assert!(FUEL_PER_CALL.checked_add(FUEL_PER_RECORD * BATCH_RECORDS_MAX as u64).is_some());

/// What a guest may use in one call. The default is what production uses; tests pass less, to be quick.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Linear memory in bytes, all memories together.
    pub memory_bytes: usize,
    /// Table elements, all tables together.
    pub table_elements: usize,
    /// What one answer may carry, in bytes.
    pub answer_bytes: usize,
    /// Fuel for a call, whatever its size.
    pub fuel_per_call: u64,
    /// Fuel for each record on top.
    pub fuel_per_record: u64,
    /// The watchdog's patience. It aborts and never decides, so it is no part of the profile.
    pub deadline: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            memory_bytes: MEMORY_BYTES_MAX,
            table_elements: TABLE_ELEMENTS_MAX,
            answer_bytes: ANSWER_BYTES_MAX,
            fuel_per_call: FUEL_PER_CALL,
            fuel_per_record: FUEL_PER_RECORD,
            deadline: DEADLINE,
        }
    }
}

impl Limits {
    /// The fuel of a call about so many records.
    pub fn fuel(&self, records: usize) -> u64 {
        self.fuel_per_call.saturating_add(self.fuel_per_record.saturating_mul(records as u64))
    }

    /// The deadline in the watchdog's ticks, rounded up, and one more: the tick that is already running counts for nothing.
    pub(super) fn ticks(&self) -> u64 {
        u64::try_from(self.deadline.as_nanos().div_ceil(TICK.as_nanos())).unwrap_or(u64::MAX - 1).saturating_add(1)
    }
}
