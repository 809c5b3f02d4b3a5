//! Commands that try a policy out: no store, no tenant.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};
use serde_json::json;

use super::Reply;
use super::commands::read_module;
use crate::audit;
use crate::error::{Error, Exit};
use crate::host::{Surroundings, Workbench};
use crate::policy::Policy;
use crate::trial::test::{Tested, Tried};
use crate::trial::verify::{Options, Verified};

#[derive(Args)]
#[command(after_help = "\
Exit codes: 0 every case passes, 3 a fixture or the module is refused, 5 a case fails.

Examples:
  lapse policy test my-policy.wasm --fixtures fixtures
  lapse policy test my-policy.wasm --fixtures fixtures --update      # write the answers down, then read them
  lapse policy test my-policy.wasm --fixtures fixtures --junit results.xml")]
pub(super) struct TestArguments {
    /// A WebAssembly component
    pub(super) module: PathBuf,
    /// A folder of *.toml files with cases
    #[arg(long, value_name = "DIR")]
    pub(super) fixtures: PathBuf,
    /// Only cases whose names contain this
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub(super) filter: String,
    /// Write the policy's answers into the cases that expect others
    #[arg(long)]
    pub(super) update: bool,
    /// Also write the results as JUnit XML
    #[arg(long, value_name = "FILE")]
    pub(super) junit: Option<PathBuf>,
}

#[derive(Args)]
#[command(after_help = "\
Exit codes: 0 nothing found, 3 the module or its settings are refused, 5 something is wrong with the policy.

Examples:
  lapse policy verify my-policy.wasm
  lapse policy verify my-policy.wasm --settings '{\"audio-days\": 90}' --floor-days 30 --ceiling-days 365")]
pub(super) struct VerifyArguments {
    /// A WebAssembly component
    pub(super) module: PathBuf,
    /// The settings to try, JSON; without them, those that the policy's schema offers
    #[arg(long, value_name = "JSON")]
    pub(super) settings: Option<String>,
    /// How many records to generate
    #[arg(long, value_name = "N", default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    pub(super) records: u32,
    /// What they are generated from; the same seed gives the same records
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(super) seed: u64,
    /// Nothing may be purged before so many days are over
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(i32).range(0..))]
    pub(super) floor_days: Option<i32>,
    /// Audio, customer and raw transcript may not be kept for longer
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(i32).range(0..))]
    pub(super) ceiling_days: Option<i32>,
}

fn open(module: &Path, surroundings: Surroundings) -> Result<Policy, Error> {
    Workbench::new(surroundings.compiler)?.open(&read_module(module)?)
}

fn write(path: &Path, text: &[u8]) -> Result<(), Error> {
    let failed = |source| Error::File { what: "writing", path: path.display().to_string(), source };
    fs::write(path, text).map_err(failed)
}

pub(super) fn test(arguments: &TestArguments, surroundings: Surroundings) -> Result<Reply, Error> {
    let policy = open(&arguments.module, surroundings)?;
    let tested = crate::trial::test::test(&policy, &arguments.fixtures, &arguments.filter, arguments.update)?;
    if let Some(path) = &arguments.junit {
        write(path, junit(&tested).as_bytes())?;
    }
    let exit = if tested.failed() == 0 { Exit::Done } else { Exit::Policy };
    let json = serde_json::to_value(&tested).expect("results are strings and numbers");
    Ok(Reply { text: tested_text(&tested), json, exit })
}

fn tested_text(tested: &Tested) -> String {
    let mut text = format!("policy {}\n", tested.policy);
    for Tried { file, name, differences, rule } in &tested.cases {
        let word = if differences.is_empty() { "ok    " } else { "FAILED" };
        let _ = writeln!(text, "{word} {file}: {name} ({})", rule.as_deref().unwrap_or("no answer"));
        for difference in differences {
            let _ = writeln!(text, "         {:9} expected {}", difference.what, difference.expected);
            let _ = writeln!(text, "         {:9} found    {}", "", difference.found);
        }
    }
    let (cases, failed) = (tested.cases.len(), tested.failed());
    let covered = tested.rules - tested.rules_not_covered.len();
    let _ =
        write!(text, "{cases} cases, {} passed, {failed} failed; {covered} of {} rules", cases - failed, tested.rules);
    if !tested.rules_not_covered.is_empty() {
        let _ = write!(text, ", not covered: {}", tested.rules_not_covered.join(", "));
    }
    let _ = writeln!(text, "; at most {:.2} % of the fuel", 100.0 * tested.fuel_share);
    text
}

fn junit(tested: &Tested) -> String {
    let mut suite = TestSuite::new(tested.policy.as_str());
    for tried in &tested.cases {
        let status = if tried.differences.is_empty() {
            TestCaseStatus::success()
        } else {
            let said = tried.differences.iter();
            let said = said.map(|one| format!("{}: expected {}, found {}", one.what, one.expected, one.found));
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_message(said.collect::<Vec<_>>().join("; "));
            status
        };
        let mut case = TestCase::new(tried.name.as_str(), status);
        case.set_classname(tried.file.as_str());
        suite.add_test_case(case);
    }
    let mut report = quick_junit::Report::new("lapse policy test");
    report.add_test_suite(suite);
    report.to_string().expect("a report is written to memory")
}

pub(super) fn verify(arguments: &VerifyArguments, surroundings: Surroundings) -> Result<Reply, Error> {
    let VerifyArguments { module, settings, records, seed, floor_days, ceiling_days } = arguments;
    let policy = Workbench::new(surroundings.compiler)?.open(&read_module(module)?)?;
    let options = Options {
        records: *records as usize,
        seed: *seed,
        settings: settings.clone(),
        floor_days: *floor_days,
        ceiling_days: *ceiling_days,
    };
    surroundings.progress.start("verifying", None);
    let verified = crate::trial::verify::verify(&policy, &options, &mut |steps| surroundings.progress.advance(steps));
    surroundings.progress.finish();
    let verified = verified?;
    let exit = if verified.findings.is_empty() { Exit::Done } else { Exit::Policy };
    let json = serde_json::to_value(&verified).expect("findings are strings and numbers");
    Ok(Reply { text: verified_text(&verified), json, exit })
}

fn verified_text(verified: &Verified) -> String {
    let mut text = format!("policy {}\n", verified.policy);
    for finding in &verified.findings {
        let _ =
            writeln!(text, "FOUND  {} ({} of the generated {}s)", finding.property, finding.records, finding.subject);
        let _ = writeln!(text, "         {}", finding.sentence);
        let _ = writeln!(text, "         settings = {}", finding.settings);
        let _ = writeln!(text, "         record = {}", finding.record);
    }
    let (records, verdicts) = (verified.records, verified.verdicts);
    let settings = verified.settings.join(" ");
    let _ = writeln!(text, "{records} records, {verdicts} verdicts, with settings {settings}");
    let _ = writeln!(text, "looked for: {}", verified.properties.join(", "));
    let _ = writeln!(text, "cannot happen: it reads a column that it did not name, or remembers an earlier call");
    match verified.findings.len() {
        0 => text.push_str("nothing found\n"),
        count => {
            let _ = writeln!(text, "{count} found");
        }
    }
    text
}

pub(super) fn audit_run(
    module: &Path,
    fixtures: &Path,
    out: &Path,
    surroundings: Surroundings,
) -> Result<Reply, Error> {
    let report = audit::run(&open(module, surroundings)?, fixtures)?;
    let mut text = serde_json::to_vec_pretty(&report).expect("a report is strings");
    text.push(b'\n');
    write(out, &text)?;
    let (cases, digest) = (report.cases.len(), &report.digest);
    let text = format!("{cases} cases, digest {digest}; the report is in {}", out.display());
    Ok(Reply::done(text, json!({ "digest": digest, "cases": cases, "module": report.module })))
}

pub(super) fn audit_compare(before: &Path, after: &Path) -> Result<Reply, Error> {
    let (before, after) = (audit::read(before)?, audit::read(after)?);
    let differences = audit::compare(&before, &after);
    let agree = differences.is_empty() && before.digest == after.digest;
    let (text, exit) = if agree {
        (format!("the reports agree: {} cases, digest {}", before.cases.len(), before.digest), Exit::Done)
    } else {
        (format!("{}\nthe reports differ", differences.join("\n")), Exit::Evidence)
    };
    let json = json!({ "agree": agree, "before": before.digest, "after": after.digest, "differences": differences });
    Ok(Reply { text, json, exit })
}
