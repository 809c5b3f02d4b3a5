//! `lapse policy impact`: what a candidate would do that another would not, as a table, as JSON and as a picture.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

use clap::Args;

use super::candidate::{TrySettings, source};
use super::picture::picture;
use crate::cli::Reply;
use crate::cli::commands::{Caller, value};
use crate::error::Error;
use crate::host::{Difference, Horizon, ImpactReport, ProposedSettings};
use crate::store::Access;

/// How many teams and months are printed; JSON has all.
const LISTED: usize = 12;
/// The width of a name in the tables.
const NAME: usize = 24;

#[derive(Args)]
#[command(after_help = "\
Examples:
  lapse policy impact active --settings audio-days=30
  lapse policy impact ours.wasm --settings '{\"audio-days\": 90}' --svg impact.svg
  lapse policy impact ours --against standard")]
pub(in crate::cli) struct ImpactArguments {
    /// A module's file, the name or digest of an installed one, or `active`
    module: String,
    #[command(flatten)]
    settings: TrySettings,
    /// What it is held against, with the tenant's settings
    #[arg(long, value_name = "MODULE", default_value = "active")]
    against: String,
    /// Draw it, as SVG
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
}

pub(in crate::cli) fn impact(caller: &Caller, arguments: &ImpactArguments) -> Result<Reply, Error> {
    let host = caller.open(Access::Read)?;
    let tenant = caller.tenant(&host)?;
    let candidate = host.candidate(&tenant, &source(&arguments.module)?, &arguments.settings.proposed()?)?;
    let against = host.candidate(&tenant, &source(&arguments.against)?, &ProposedSettings::default())?;
    let report = host.impact(&tenant, &candidate, &against)?;
    if let Some(path) = &arguments.svg {
        let failed = |source| Error::File { what: "writing", path: path.display().to_string(), source };
        fs::write(path, picture(&report)).map_err(failed)?;
    }
    Ok(Reply::done(text(&report), value(&report)))
}

fn text(report: &ImpactReport) -> String {
    let mut text = format!(
        "tenant {}, {}: {} records examined, nothing done\n  {} with {}\n  against {} with {}\n",
        report.tenant,
        report.today,
        report.examined,
        report.candidate.policy,
        report.candidate.settings,
        report.against.policy,
        report.against.settings
    );
    let horizons = &report.horizons;
    line(&mut text, "if the next run were", horizons.iter().map(ahead));
    line(&mut text, "", horizons.iter().map(|horizon| horizon.date.clone()));
    difference(&mut text, horizons, "would go in addition", |horizon| &horizon.more);
    difference(&mut text, horizons, "would no longer go", |horizon| &horizon.fewer);
    let total = |what: &str| format!("in all, {what}");
    line(&mut text, &total("candidate"), horizons.iter().map(|horizon| horizon.candidate.records()));
    line(&mut text, &total("before"), horizons.iter().map(|horizon| horizon.against.records()));
    line(&mut text, "kept by legal holds", horizons.iter().map(|horizon| horizon.candidate.held));
    text
}

fn ahead(horizon: &Horizon) -> String {
    if horizon.days == 0 { "today".to_owned() } else { format!("in {} days", horizon.days) }
}

fn difference(text: &mut String, horizons: &[Horizon], title: &str, of: impl Fn(&Horizon) -> &Difference) {
    if horizons.iter().all(|horizon| of(horizon).is_empty()) {
        let _ = writeln!(text, "{title}: nothing");
        return;
    }
    let _ = writeln!(text, "{title}");
    line(text, "  records", horizons.iter().map(|horizon| of(horizon).records()));
    group(text, horizons, &|horizon| &of(horizon).actions, "", "actions");
    group(text, horizons, &|horizon| &of(horizon).teams, "team ", "teams");
    group(text, horizons, &|horizon| &of(horizon).months, "of ", "months");
}

/// A line for each name; of many, for the largest.
fn group<K: AsRef<str> + Ord>(
    text: &mut String,
    horizons: &[Horizon],
    of: &dyn Fn(&Horizon) -> &BTreeMap<K, u64>,
    prefix: &str,
    what: &str,
) {
    let mut totals: BTreeMap<&str, u64> = BTreeMap::new();
    for (name, count) in horizons.iter().flat_map(of) {
        *totals.entry(name.as_ref()).or_default() += count;
    }
    let mut names: Vec<&str> = totals.keys().copied().collect();
    let left = names.len().saturating_sub(LISTED);
    if left > 0 {
        // The largest are shown, in the order of their names.
        names.sort_by_key(|name| std::cmp::Reverse(totals[name]));
        names.truncate(LISTED);
        names.sort_unstable();
    }
    for name in names {
        let count = |horizon: &Horizon| {
            of(horizon).iter().find(|(known, _)| (*known).as_ref() == name).map_or(0, |(_, count)| *count)
        };
        let shown = if name.is_empty() { "(none)" } else { name };
        line(text, &format!("  {prefix}{shown}"), horizons.iter().map(count));
    }
    if left > 0 {
        let _ = writeln!(text, "  … and {left} more {what}; see --format json");
    }
}

fn line(text: &mut String, name: &str, values: impl Iterator<Item = impl ToString>) {
    let values: String = values.map(|value| format!(" {:>12}", value.to_string())).collect();
    let _ = writeln!(text, "{name:NAME$}{values}");
}
