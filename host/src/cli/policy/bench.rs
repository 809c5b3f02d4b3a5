//! `lapse policy bench`: what a policy costs, as a table and as JSON.

use std::fmt::Write;

use clap::Args;

use super::candidate::{TrySettings, source};
use crate::cli::Reply;
use crate::cli::commands::{Caller, value};
use crate::error::Error;
use crate::host::{Host, ModuleSource};
use crate::policy::Bench;
use crate::store::Access;

#[derive(Args)]
pub(in crate::cli) struct BenchArguments {
    /// A module's file, which needs no store; the name or digest of an installed one, or `active`
    module: String,
    #[command(flatten)]
    settings: TrySettings,
}

pub(in crate::cli) fn bench(caller: &Caller, arguments: &BenchArguments) -> Result<Reply, Error> {
    let mut surroundings = caller.surroundings()?;
    let source = source(&arguments.module)?;
    if !matches!(source, ModuleSource::Bytes(_)) {
        surroundings.compiler = surroundings.compiler.for_admitted();
    }
    let module = match source {
        ModuleSource::Bytes(bytes) => bytes,
        ModuleSource::Active => {
            let host = caller.open(Access::Read)?;
            let tenant = caller.tenant(&host)?;
            let none = || Error::NotFound(format!("tenant {} has no policy; see `lapse policy list`", tenant.id));
            host.module_bytes(&tenant.module.ok_or_else(none)?)?
        }
        ModuleSource::Installed(wanted) => {
            let host = caller.open(Access::Read)?;
            host.module_bytes(&host.module(&wanted)?.digest)?
        }
    };
    let report = Host::bench_module(&surroundings, &module, arguments.settings.alone()?.as_ref())?;
    Ok(Reply::done(text(&report), value(&report)))
}

fn text(report: &Bench) -> String {
    let mut text = format!(
        "policy {} with {}\n  compiled in {:.0} ms, loaded in {:.2} ms, started in {:.1} µs\n",
        report.policy, report.settings, report.compile_ms, report.load_ms, report.start_us
    );
    let _ = writeln!(
        text,
        "{:12} {:>8} {:>14} {:>10} {:>12} {:>10} {:>10}",
        "", "records", "fuel", "a record", "µs", "ns/record", "MiB"
    );
    for call in &report.calls {
        #[expect(clippy::cast_precision_loss, reason = "memory is at most some megabytes")]
        let mebibytes = call.memory_bytes as f64 / f64::from(1 << 20);
        let _ = writeln!(
            text,
            "{:12} {:>8} {:>14} {:>10} {:>12.1} {:>10.1} {mebibytes:>10.2}",
            call.subject.to_string(),
            call.records,
            call.fuel,
            call.fuel_per_record,
            call.time_us,
            call.time_per_record_ns,
        );
    }
    for share in &report.limits {
        let warning = if share.near { "  NEAR THE LIMIT" } else { "" };
        let _ = writeln!(text, "{:>4} % of {}: {} of {}{warning}", share.percent, share.limit, share.used, share.of);
    }
    text
}
