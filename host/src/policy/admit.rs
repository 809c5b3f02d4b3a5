//! Lets a module in, step by step, each step cheap enough for what the one before has shown: its shape, its compilation in a
//! child process, what it says about itself, and a probe. A module that fails a step has reached no further.

use super::compile::{CompileError, Compiled, Compiler};
use super::engine::Engine;
use super::guest::{LoadError, Policy};
use super::limits::MODULE_BYTES_MAX;
use super::module::{ModuleDigest, ShapeError, check_shape};
use super::probe::{ProbeError, probe};

/// What a module may be, before it is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AdmissionLimits {
    /// Its size.
    pub module_bytes: usize,
    /// How many invented records of each subject it is probed with.
    pub probe_rows: usize,
}

impl Default for AdmissionLimits {
    fn default() -> AdmissionLimits {
        AdmissionLimits { module_bytes: MODULE_BYTES_MAX, probe_rows: 64 }
    }
}

/// A module that was let in.
pub struct Admitted {
    /// Its machine code, to be kept in a [`super::Cache`].
    pub compiled: Compiled,
    /// The policy, ready to be asked.
    pub policy: Policy,
}

/// A module that was not let in: at which step, and, as the source, why.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AdmissionError {
    /// It is not what a policy is.
    #[error("module {module} is not a policy")]
    Shape {
        /// The module.
        module: ModuleDigest,
        /// Why not.
        #[source]
        source: ShapeError,
    },
    /// It cannot be compiled within limits.
    #[error("module {module} cannot be compiled")]
    Compile {
        /// The module.
        module: ModuleDigest,
        /// Why not.
        #[source]
        source: CompileError,
    },
    /// It does not start, or does not say properly what it is.
    #[error("module {module} cannot be loaded")]
    Load {
        /// The module.
        module: ModuleDigest,
        /// Why not.
        #[source]
        source: LoadError,
    },
    /// Its answers about invented records are not to be trusted.
    #[error("module {module} does not stand the probe")]
    Probe {
        /// The module.
        module: ModuleDigest,
        /// Why not.
        #[source]
        source: ProbeError,
    },
}

/// Lets a module in, or says at which step and why not.
pub fn admit(
    engine: &Engine,
    compiler: &Compiler,
    module: &[u8],
    limits: &AdmissionLimits,
) -> Result<Admitted, AdmissionError> {
    let digest = ModuleDigest::of(module);
    check_shape(module, limits.module_bytes).map_err(|source| AdmissionError::Shape { module: digest, source })?;
    let compiled = compiler.compile(module).map_err(|source| AdmissionError::Compile { module: digest, source })?;
    let policy = Policy::load(engine, &compiled).map_err(|source| AdmissionError::Load { module: digest, source })?;
    probe(&policy, limits.probe_rows).map_err(|source| AdmissionError::Probe { module: digest, source })?;
    Ok(Admitted { compiled, policy })
}
