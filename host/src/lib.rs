//! Lapse lets recorded conversations lapse: a policy in WebAssembly decides what goes, the host carries it out and proves it.
//!
//! Data flows one way through these modules, and imports follow it: `storage` gives records as `columns`, `policy` turns them
//! into verdicts, `plan` checks those, `execute` carries them out, `ledger` is the evidence. See `docs/architecture.md`.

pub mod columns;
pub mod policy;
pub mod record;
