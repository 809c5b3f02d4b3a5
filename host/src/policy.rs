//! Policies: WebAssembly components that decide, and the small sandbox in which they do. A policy is a pure function; this
//! room makes sure of it, counts what it answers, and turns whatever goes wrong into an error that deletes nothing.
//!
//! Absent here: storage, plans, clocks, randomness, and any import that a guest could call. The days come in as arguments.
//!
//! A module comes in through [`admit`]: its shape is read, it is compiled in a child process ([`Compiler`]), asked what it is
//! ([`Manifest`]) and probed. From then on it is a [`Policy`], loaded from a [`Cache`] of compiled code; each call of
//! [`Policy::decide`] gets an instance of its own in the one [`Engine`] profile, and [`verdict::check`] holds the answer
//! against the records.

mod admit;
mod bench;
mod cache;
mod compile;
mod engine;
mod fault;
mod guest;
mod limits;
mod manifest;
mod module;
mod probe;
mod room;
mod settings;
mod signature;
mod slots;
mod text;
mod v1;
pub mod verdict;

pub use admit::{AdmissionError, AdmissionLimits, Admitted, admit};
pub use bench::{Bench, BenchError, Call, Share, bench};
pub use cache::{Cache, CacheError, Cached};
pub use compile::{COMPILE_SUBCOMMAND, CompileError, CompileLimits, Compiled, Compiler, compile_child_main};
pub use engine::{Engine, EngineError};
pub use fault::{AnswerFault, PolicyError};
pub use guest::{Context, LoadError, Policy, Verdicts};
pub use limits::{COMPILE_CPU_SECONDS, COMPILE_CPU_SECONDS_MAX, Limits, MODULE_BYTES_MAX, SETTINGS_BYTES_MAX};
pub use manifest::{Manifest, ManifestError, ManifestFault, Rule};
pub use module::{CONTRACTS, DigestError, ModuleDigest, NameList, ShapeError};
pub use probe::ProbeError;
pub(crate) use probe::{SplitMix, accepted_settings, invent_state};
pub use settings::{SchemaError, SettingsError};
pub use signature::{KeyId, ModuleSignature, SIGNATURE_BYTES_MAX, SignatureError, SigningKey, VerifyingKey};
pub use text::GuestText;
