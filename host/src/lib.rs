//! Lapse lets recorded conversations lapse: a policy in WebAssembly decides what goes, the host carries it out and proves it.
//!
//! Data flows one way through these modules, and imports follow it: `storage` gives records as `columns`, `policy` turns them
//! into verdicts, `plan` checks those, `execute` carries them out, `ledger` is the evidence. `host` holds them together, and the
//! command line is a thin layer over it. See `docs/architecture.md`.

pub mod audit;
pub mod authoring;
pub mod blobs;
pub mod cli;
pub mod columns;
pub mod conversation;
pub mod error;
pub mod execute;
pub mod host;
pub mod ledger;
pub mod number;
pub mod plan;
pub mod policy;
pub mod record;
pub mod storage;
pub mod store;
pub mod trackers;
pub mod trial;
