//! `lapse audit replay`: a past run's verdicts, given again.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::Reply;
use super::commands::{Caller, value};
use crate::error::{Error, Exit};
use crate::host::{ReplayOptions, ReplayReport};
use crate::store::Access;

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Backend {
    /// Machine code, as runs use it
    Native,
    /// Wasmtime's interpreter
    Pulley,
}

#[derive(Args)]
pub(super) struct ReplayArguments {
    /// The run's number, from `lapse ledger show`
    run: i64,
    /// Read records from another store: a copy restored from a backup of before the run
    #[arg(long, value_name = "DIR")]
    records: Option<PathBuf>,
    /// What executes the module
    #[arg(long, value_enum, default_value_t = Backend::Native)]
    engine: Backend,
}

pub(super) fn replay(caller: &Caller, arguments: ReplayArguments) -> Result<Reply, Error> {
    let ReplayArguments { run, records, engine } = arguments;
    let host = caller.open(Access::Read)?;
    let report = host.replay(run, &ReplayOptions { records, interpreted: engine == Backend::Pulley })?;
    let exit = if report.holds() { Exit::Done } else { Exit::Evidence };
    Ok(Reply { text: text(&report), json: value(&report), exit })
}

fn text(report: &ReplayReport) -> String {
    let mut text = format!(
        "run {} of tenant {}, for {}\n  policy {}\n  settings {}\n  {}\n",
        report.run, report.tenant, report.date, report.policy, report.settings, report.runtime
    );
    let mut line = |words: String| text.push_str(&(words + "\n"));
    line(format!("{} verdicts recorded: {} agree, {} differ", report.recorded, report.agreed, report.disagreed));
    for differs in &report.disagreements {
        let (then, now) = (&differs.recorded, &differs.replayed);
        let nothing = |actions: String| if actions.is_empty() { "nothing".to_owned() } else { actions };
        line(format!(
            "  {} {}: the ledger has {} by {}, now it is {} by {}",
            differs.subject,
            differs.id,
            nothing(then.actions.to_string()),
            then.rule,
            nothing(now.actions.to_string()),
            now.rule
        ));
    }
    for (reason, count) in &report.not_replayed {
        line(format!("{count} not given again: {}", reason.explanation()));
    }
    if report.profile_then != report.profile_now {
        line("the engine profile is another than then".to_owned());
    }
    for fault in &report.ledger_faults {
        line(format!("ledger: {fault}"));
    }
    line(if report.holds() { "nothing speaks against the record" } else { "the record does NOT hold" }.to_owned());
    text
}
