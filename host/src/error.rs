//! What a command can end with, and the exit code that says so.

use crate::audit::AuditError;
use crate::execute::ExecuteError;
use crate::plan::{Guard, PlanError, PlanFileError};
use crate::storage::StorageError;
use crate::store::StoreError;

/// Exit codes, as documented in `docs/operations.md`. 2 is the command line's own: wrong usage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Everything asked for is done.
    Done = 0,
    /// The machine failed: disk, rights, database.
    Failed = 1,
    /// The input was refused: a bad line, value, plan or module.
    Input = 3,
    /// A guard stopped the run before its first action.
    Guarded = 4,
    /// A policy failed; nothing was deleted for its tenant.
    Policy = 5,
    /// Done in part: something planned was kept, or a file would not go.
    Partial = 6,
    /// Refused: a legal hold, or a role that may not.
    Forbidden = 7,
    /// Another process writes to the store.
    InUse = 8,
    /// The evidence does not hold.
    Evidence = 9,
    /// There is no such tenant, record, module, hold.
    NotFound = 10,
}

impl Exit {
    /// Of two, the one to report: a machine or policy that failed before a guard, a guard before what was done in part.
    pub fn worse(self, other: Exit) -> Exit {
        let rank = |exit: Exit| match exit {
            Exit::Done => 0,
            Exit::Partial => 1,
            Exit::Guarded => 2,
            Exit::Policy => 4,
            Exit::Failed => 5,
            _ => 3,
        };
        if rank(other) > rank(self) { other } else { self }
    }
}

/// Why a command ended without doing what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The store cannot be opened.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The store failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The audio storage failed.
    #[error(transparent)]
    Blobs(#[from] crate::blobs::BlobError),
    /// There is no plan.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The plan file cannot be used.
    #[error(transparent)]
    PlanFile(#[from] PlanFileError),
    /// Carrying out stopped.
    #[error(transparent)]
    Execute(#[from] ExecuteError),
    /// A file outside the store.
    #[error("{what} {path} failed")]
    File {
        /// What was attempted.
        what: &'static str,
        /// The file.
        path: String,
        /// Why it failed.
        #[source]
        source: std::io::Error,
    },
    /// A guard stopped the run.
    #[error("stopped before the first action; nothing was deleted for tenant {tenant}: {}; look at `lapse plan --tenant {tenant}`, then run again with {}", explain(.guards), approve(.guards))]
    Guarded {
        /// The tenant.
        tenant: String,
        /// What stopped it.
        guards: Vec<Guard>,
    },
    /// The policy engine or a module.
    #[error("the policy of tenant {tenant} cannot be used; nothing was deleted for it")]
    Policy {
        /// The tenant.
        tenant: String,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The machine cannot run, or cannot keep, compiled policies.
    #[error("compiled policies cannot be run or kept on this machine")]
    Compiled(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A module was not admitted.
    #[error("the module was not admitted; nothing was installed")]
    Admission(#[source] crate::policy::AdmissionError),
    /// Settings were refused.
    #[error("the settings were refused; nothing was changed")]
    Settings(#[source] crate::policy::SettingsError),
    /// Fixtures were refused.
    #[error(transparent)]
    Fixtures(#[from] crate::trial::fixtures::FixtureError),
    /// A policy was not verified.
    #[error(transparent)]
    Verify(#[from] crate::trial::verify::VerifyError),
    /// There is no report, or none to compare.
    #[error(transparent)]
    Audit(#[from] crate::audit::AuditError),
    /// Some other input was refused; the sentence says what to do.
    #[error("{0}")]
    Input(String),
    /// A hold or a role forbids it; the sentence says what to do.
    #[error("{0}")]
    Forbidden(String),
    /// There is no such thing; the sentence says where to look.
    #[error("{0}")]
    NotFound(String),
    /// A plan is applied a second time.
    #[error(
        "this plan was applied as run {run} already; nothing was done; make a new one with `lapse plan --out FILE`"
    )]
    AppliedBefore {
        /// The run.
        run: i64,
    },
    /// A plan no longer fits the tenant.
    #[error(
        "this plan is older than the tenant's {what}; nothing was done; make a new one with `lapse plan --out FILE`"
    )]
    Outdated {
        /// What has changed since.
        what: &'static str,
    },
}

fn explain(guards: &[Guard]) -> String {
    guards.iter().map(|guard| format!("{guard} ({})", guard.explanation())).collect::<Vec<_>>().join("; ")
}

fn approve(guards: &[Guard]) -> String {
    guards.iter().map(|guard| format!("--approve {guard}")).collect::<Vec<_>>().join(" ")
}

impl Error {
    /// The exit code that says so.
    pub fn exit(&self) -> Exit {
        match self {
            Error::Store(StoreError::InUse) => Exit::InUse,
            Error::Store(StoreError::Storage(StorageError::NoStore { .. })) | Error::NotFound(_) => Exit::NotFound,
            Error::Plan(PlanError::Policy { .. } | PlanError::Verdicts { .. }) | Error::Policy { .. } => Exit::Policy,
            Error::Audit(AuditError::Differs { .. }) => Exit::Policy,
            Error::Guarded { .. } => Exit::Guarded,
            Error::Execute(ExecuteError::NotGone { .. }) => Exit::Evidence,
            Error::Forbidden(_) => Exit::Forbidden,
            Error::PlanFile(PlanFileError::NotAPlan | PlanFileError::BrokenSeal)
            | Error::Admission(_)
            | Error::Settings(_)
            | Error::Fixtures(_)
            | Error::Verify(_)
            | Error::Audit(_)
            | Error::Input(_)
            | Error::AppliedBefore { .. }
            | Error::Outdated { .. } => Exit::Input,
            _ => Exit::Failed,
        }
    }
}
