//! The words of the command line.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::plan::{Approval, Guard};
use crate::policy::{COMPILE_CPU_SECONDS, COMPILE_CPU_SECONDS_MAX};
use crate::record::{Day, Subject};
use crate::storage::administration::Role;
use crate::storage::reading::GroupBy;

/// Lets recorded conversations lapse: a policy decides what goes, lapse carries it out and proves it.
#[derive(Parser)]
#[command(
    version,
    max_term_width = 110,
    after_help = "\
Examples:
  lapse --store calls init
  lapse --store calls tenant add acme --time-zone Europe/Copenhagen
  lapse --store calls import conversations.ndjson --audio wav
  lapse --store calls settings set audio-days=90 statistics-days=180 snippet-days=365
  lapse --store calls plan
  lapse --store calls run --approve first-run,shortened-policy

Exit codes: 0 done, 1 the machine failed, 2 wrong usage, 3 input refused, 4 stopped by a guard, 5 a policy failed,
6 done in part, 7 forbidden, 8 store in use, 9 the evidence does not hold, 10 not found."
)]
pub(super) struct Arguments {
    /// The store's folder
    #[arg(long, global = true, value_name = "DIR", env = "LAPSE_STORE")]
    pub(super) store: Option<PathBuf>,
    /// How to answer
    #[arg(long, global = true, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
    /// Whose records; may be left out where the store has one tenant
    #[arg(long, global = true, value_name = "ID")]
    pub(super) tenant: Option<String>,
    /// Processor time for compiling a policy that is not installed yet; a Python policy needs some 30 seconds
    #[arg(
        long, global = true, value_name = "SECONDS", env = "LAPSE_COMPILE_SECONDS", hide_short_help = true,
        default_value_t = COMPILE_CPU_SECONDS, value_parser = clap::value_parser!(u64).range(1..=COMPILE_CPU_SECONDS_MAX)
    )]
    pub(super) compile_seconds: u64,
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people
    Text,
    /// For machines: one JSON object, or one a line where there are many
    Json,
}

#[derive(Subcommand)]
pub(super) enum Command {
    /// Make a store
    Init,
    /// Tenants: whose conversations these are
    #[command(subcommand)]
    Tenant(TenantCommand),
    /// A tenant's settings: how long what is kept
    #[command(subcommand)]
    Settings(SettingsCommand),
    /// A tenant's own rules of anonymising: patterns to mask, words to keep
    #[command(subcommand)]
    Anonymiser(AnonymiserCommand),
    /// Import conversations and snippets, one JSON object a line
    Import(ImportArguments),
    /// Say what is stored, what is due and what was last done
    Status,
    /// Show a conversation or a snippet; an anonymised transcript is never shown
    Show {
        /// Its id
        id: String,
    },
    /// Decide what a run would do, and do nothing
    Plan(PlanArguments),
    /// Carry out a sealed plan, and nothing else
    Apply(ApplyArguments),
    /// Plan, ask the guards, and carry out: what a scheduler runs
    Run(RunArguments),
    /// Policy modules
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// Anonymise text from standard input; needs no store
    Anonymise(super::anonymise::AnonymiseArguments),
    /// For auditors: fixtures and past runs decided again, the same everywhere, bit for bit
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Legal holds: what is held is kept, whatever a policy says
    #[command(subcommand)]
    Hold(HoldCommand),
    /// The evidence of what was done
    #[command(subcommand)]
    Ledger(LedgerCommand),
    /// People who may delete by hand
    #[command(subcommand)]
    User(UserCommand),
    /// Find conversations by their customer's phone number
    Find {
        /// The number, in any spelling, with its country where it has fewer than eight digits; `-` reads it from standard input
        #[arg(long, value_name = "NUMBER", allow_hyphen_values = true)]
        customer: String,
    },
    /// Delete one conversation by hand, completely and at once
    Delete(DeleteArguments),
    /// Count conversations, tracker hits, sentiment and score
    Stats {
        /// A line for each
        #[arg(long, value_enum)]
        by: Option<GroupBy>,
    },
    /// Trackers: words and phrases that are counted
    #[command(subcommand)]
    Tracker(TrackerCommand),
    /// Check that files and rows agree and that the ledger holds
    Check {
        /// Delete audio files to which no record refers, as a database that was set back leaves them; not where the ledger says
        /// that it was set back
        #[arg(long)]
        repair: bool,
    },
}

#[derive(Subcommand)]
pub(super) enum TenantCommand {
    /// Add a tenant
    Add {
        /// Lower-case letters, digits, hyphens
        id: String,
        /// Where its days begin and end, as in Europe/Copenhagen
        #[arg(long, value_name = "ZONE")]
        time_zone: String,
    },
}

#[derive(Subcommand)]
pub(super) enum SettingsCommand {
    /// Show them, and what they may be
    Show,
    /// Set them; KEY= takes a value out, so that it is kept for ever
    #[command(after_help = "\
Examples:
  lapse settings set audio-days=90 statistics-days=180
  lapse settings set anonymise-transcript=false
  lapse settings set snippet-days=")]
    Set {
        /// What to what
        #[arg(required = true, value_name = "KEY=VALUE")]
        changes: Vec<String>,
    },
}

#[derive(Subcommand)]
pub(super) enum AnonymiserCommand {
    /// Show them
    Show,
    /// Replace them; `{}` takes all of them out
    #[command(after_help = "\
FILE is JSON: {\"patterns\": [{\"name\": \"loyalty\", \"type\": \"customer-number\", \"expression\": \"LY-[0-9]{6}\"}],
\"keep\": [\"Nordkraft\"]}. Types are those of docs/anonymising.md; expressions have no look-around and no back-references.
Try them first: lapse anonymise --rules FILE < call.txt")]
    Set {
        /// The rules, JSON
        file: PathBuf,
    },
}

#[derive(Args)]
pub(super) struct ImportArguments {
    /// One JSON object a line; `lapse import --schema` prints the format
    #[arg(required_unless_present = "schema")]
    pub(super) file: Option<PathBuf>,
    /// Where the audio files are that the lines name
    #[arg(long, value_name = "DIR")]
    pub(super) audio: Option<PathBuf>,
    /// Print the format as a JSON Schema
    #[arg(long)]
    pub(super) schema: bool,
}

/// The day and the reach of a plan or run.
#[derive(Args)]
pub(super) struct Reach {
    /// The day for which the policy decides, YYYY-MM-DD; today where left out
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub(super) date: Option<Day>,
    /// Read every record, not only those that are due
    #[arg(long)]
    pub(super) full: bool,
}

fn day(text: &str) -> Result<Day, String> {
    text.parse::<NaiveDate>().map(Day::from).map_err(|_| "this is no date; write YYYY-MM-DD".to_owned())
}

#[derive(Args)]
pub(super) struct PlanArguments {
    #[command(flatten)]
    pub(super) reach: Reach,
    /// Write the sealed plan to a file, for `lapse apply`
    #[arg(long, value_name = "FILE")]
    pub(super) out: Option<PathBuf>,
}

/// What lets guards pass.
#[derive(Args)]
pub(super) struct Approve {
    /// Let a guard pass that would stop the run; `all` lets every guard pass. Goes into the ledger
    #[arg(long = "approve", value_name = "GUARD", value_delimiter = ',', value_parser = guard)]
    pub(super) guards: Vec<String>,
}

fn guard(word: &str) -> Result<String, String> {
    let words = Guard::ALL.map(Guard::word);
    if word == "all" || words.contains(&word) {
        return Ok(word.to_owned());
    }
    Err(format!("there is no such guard; the guards are {}, and all", words.join(", ")))
}

impl Approve {
    pub(super) fn approval(&self) -> Approval {
        Approval::parse(self.guards.iter().map(String::as_str)).expect("the words were checked when they were parsed")
    }
}

#[derive(Args)]
pub(super) struct ApplyArguments {
    /// A plan that `lapse plan --out FILE` wrote
    pub(super) file: PathBuf,
    #[command(flatten)]
    pub(super) approve: Approve,
}

#[derive(Args)]
#[command(after_help = "\
Without --tenant, every tenant is run; one tenant's failure does not stop the others.

Examples:
  lapse run
  lapse run --tenant acme --date 2026-03-01
  lapse run --approve first-run,blast-radius")]
pub(super) struct RunArguments {
    #[command(flatten)]
    pub(super) reach: Reach,
    #[command(flatten)]
    pub(super) approve: Approve,
}

#[derive(Subcommand)]
pub(super) enum PolicyCommand {
    /// Admit a module into the store
    Install {
        /// A WebAssembly component
        file: PathBuf,
    },
    /// Check a module as `install` does, and keep nothing; needs no store
    Check {
        /// A WebAssembly component
        file: PathBuf,
    },
    /// List the installed modules
    List,
    /// Test a module with fixtures; needs no store
    Test(super::trial::TestArguments),
    /// Look for what is wrong with a module in general, with generated records; needs no store
    Verify(super::trial::VerifyArguments),
    /// Make an installed module a tenant's policy
    Activate {
        /// Its name, or the beginning of its digest
        module: String,
    },
    /// Start a policy of one's own: a project that builds, with tests and fixtures
    New(super::policy::NewArguments),
    /// Wrap a core module, as a compiler makes it, as a component
    Component(super::policy::ComponentArguments),
    /// Say what another policy, or other settings, would do to the stored records, and do nothing
    Impact(super::policy::ImpactArguments),
    /// Measure what a policy costs, against its limits
    Bench(super::policy::BenchArguments),
    /// Sign a module: writes MODULE.minisig, which `install` picks up; needs no store
    Sign(super::policy::SignArguments),
    /// Keys that sign; needs no store
    #[command(subcommand)]
    Key(super::policy::KeyCommand),
    /// Keys whose signatures a tenant trusts
    #[command(subcommand)]
    Trust(super::policy::TrustCommand),
}

#[derive(Subcommand)]
pub(super) enum AuditCommand {
    /// Run a module over fixtures, and write a report with one digest
    Run {
        /// A WebAssembly component
        module: PathBuf,
        /// A folder of *.toml files with cases
        #[arg(long, value_name = "DIR")]
        fixtures: PathBuf,
        /// Where the report goes
        #[arg(long, value_name = "REPORT")]
        out: PathBuf,
    },
    /// Compare two reports; exit code 9 where they differ
    Compare {
        /// The earlier report
        before: PathBuf,
        /// The later one
        after: PathBuf,
    },
    /// Give a past run's verdicts again, and compare them with the ledger
    Replay(super::replay::ReplayArguments),
}

/// A conversation, unless it is said to be a snippet.
#[derive(Args)]
pub(super) struct Record {
    /// Its id
    pub(super) id: String,
    /// The id is a snippet's
    #[arg(long)]
    pub(super) snippet: bool,
}

impl Record {
    pub(super) fn subject(&self) -> Subject {
        if self.snippet { Subject::Snippet } else { Subject::Conversation }
    }
}

#[derive(Subcommand)]
pub(super) enum HoldCommand {
    /// Place a hold on a record
    Place {
        #[command(flatten)]
        record: Record,
        /// Why; goes into the ledger, so nothing personal
        #[arg(long)]
        reason: String,
    },
    /// Release a hold; what it held is due at once
    Release {
        /// Its number, from `lapse hold list`
        hold: i64,
    },
    /// List the holds in force
    List,
}

#[derive(Subcommand)]
pub(super) enum LedgerCommand {
    /// Show entries, oldest first
    Show {
        /// Of one run
        #[arg(long)]
        run: Option<i64>,
        /// Of one record
        #[arg(long)]
        id: Option<String>,
    },
    /// Recompute the chain, and compare it with the heads beside the database
    Verify,
}

#[derive(Subcommand)]
pub(super) enum UserCommand {
    /// Add a user, or change a role
    Add {
        /// A short code; stays in the ledger, so no e-mail address
        id: String,
        /// What the user may do
        #[arg(long, value_enum)]
        role: Role,
    },
    /// List them
    List,
}

#[derive(Args)]
pub(super) struct DeleteArguments {
    #[command(flatten)]
    pub(super) record: Record,
    /// The snippets cut from the conversation too; without it they are kept, and named
    #[arg(long, conflicts_with = "snippet")]
    pub(super) with_snippets: bool,
    /// Who deletes: an owner or an admin
    #[arg(long = "as", value_name = "USER")]
    pub(super) actor: String,
    /// Why; goes into the ledger, so nothing personal
    #[arg(long)]
    pub(super) reason: String,
}

#[derive(Subcommand)]
pub(super) enum TrackerCommand {
    /// Add a tracker or replace its phrases, and count it in every transcript
    Add {
        /// Its name
        name: String,
        /// Words or phrases
        #[arg(required = true)]
        phrases: Vec<String>,
    },
    /// List them
    List,
    /// Count every tracker again, in raw and in anonymised transcripts
    Recompute,
}
