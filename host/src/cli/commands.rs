//! Each command: what it calls, and what it answers.

use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::{Value, json};

use super::arguments::{
    AnonymiserCommand, Approve, Arguments, AuditCommand, Command, DeleteArguments, HoldCommand, ImportArguments,
    LedgerCommand, PlanArguments, PolicyCommand, Reach, RunArguments, SettingsCommand, TenantCommand, TrackerCommand,
    UserCommand,
};
use super::progress::Bars;
use super::{Format, Reply, failure, sentence, text};
use crate::error::{Error, Exit};
use crate::host::{Host, IMPORT_SCHEMA, RunOptions, Surroundings};
use crate::policy::CompileLimits;
use crate::record::Subject;
use crate::store::Access;

/// The longest module file that is read at all; admission has the real limit.
const MODULE_FILE_BYTES_MAX: u64 = 256 << 20;

/// More than any number, however it is written.
const NUMBER_BYTES_MAX: u64 = 256;

pub(super) fn run(arguments: Arguments) -> Result<Reply, Error> {
    let Arguments { store, format, tenant, compile_seconds, command } = arguments;
    let caller = Caller { store, format, tenant, compile_seconds };
    match command {
        Command::Init => caller.init(),
        Command::Tenant(TenantCommand::Add { id, time_zone }) => {
            let host = caller.open(Access::Write)?;
            let tenant = host.add_tenant(&id, &time_zone)?;
            host.settle()?;
            Ok(text::tenant_added(&tenant))
        }
        Command::Settings(command) => caller.settings(command),
        Command::Import(arguments) => caller.import(arguments),
        Command::Status => caller.status(),
        Command::Show { id } => caller.show(&id),
        Command::Plan(arguments) => caller.plan(&arguments),
        Command::Apply(arguments) => caller.apply(&arguments.file, &arguments.approve),
        Command::Run(arguments) => caller.run(&arguments),
        Command::Policy(command) => caller.policy(command),
        Command::Anonymiser(command) => caller.anonymiser(command),
        Command::Anonymise(arguments) => super::anonymise::run(&arguments, caller.format, &Bars::default()),
        Command::Hold(command) => caller.hold(command),
        Command::Ledger(LedgerCommand::Show { run, id }) => caller.ledger_show(run, id.as_deref()),
        Command::Ledger(LedgerCommand::Verify) => caller.ledger_verify(),
        Command::Audit(AuditCommand::Run { module, fixtures, out }) => {
            super::trial::audit_run(&module, &fixtures, &out, caller.surroundings()?)
        }
        Command::Audit(AuditCommand::Compare { before, after }) => super::trial::audit_compare(&before, &after),
        Command::Audit(AuditCommand::Replay(arguments)) => super::replay::replay(&caller, arguments),
        Command::User(command) => caller.user(command),
        Command::Find { customer } => caller.find(&customer),
        Command::Delete(arguments) => caller.delete(&arguments),
        Command::Stats { by } => {
            let host = caller.open(Access::Read)?;
            let rows = host.statistics(&caller.tenant(&host)?, by)?;
            Ok(Reply::done(text::statistics(&rows), json!({ "statistics": rows })))
        }
        Command::Tracker(command) => caller.tracker(command),
        Command::Check { repair } => caller.check(repair),
    }
}

/// What every command was given.
pub(super) struct Caller {
    store: Option<PathBuf>,
    format: Format,
    tenant: Option<String>,
    compile_seconds: u64,
}

pub(super) fn value(of: &impl Serialize) -> Value {
    serde_json::to_value(of).expect("reports hold strings, numbers, lists and maps with string keys")
}

impl Caller {
    pub(super) fn surroundings(&self) -> Result<Surroundings, Error> {
        let this = Surroundings::of_this_process(Box::new(Bars::default()));
        let surroundings =
            this.map_err(|source| Error::File { what: "finding", path: "this executable".to_owned(), source })?;
        let limits = CompileLimits::within(self.compile_seconds);
        Ok(Surroundings { compiler: surroundings.compiler.with_limits(limits), ..surroundings })
    }

    fn folder(&self) -> Result<&Path, Error> {
        let missing = || Error::Input("say where the store is, with --store DIR or in LAPSE_STORE".to_owned());
        self.store.as_deref().ok_or_else(missing)
    }

    pub(super) fn open(&self, access: Access) -> Result<Host, Error> {
        Host::open(self.folder()?, access, self.surroundings()?)
    }

    pub(super) fn tenant(&self, host: &Host) -> Result<crate::storage::Tenant, Error> {
        host.tenant(self.tenant.as_deref())
    }

    fn init(&self) -> Result<Reply, Error> {
        let host = Host::create(self.folder()?, self.surroundings()?)?;
        let installed = host.install_standard_policy()?;
        host.settle()?;
        Ok(text::initialised(self.folder()?, installed.as_ref()))
    }

    fn settings(&self, command: SettingsCommand) -> Result<Reply, Error> {
        match command {
            SettingsCommand::Show => {
                let host = self.open(Access::Read)?;
                let tenant = self.tenant(&host)?;
                let settings = host.settings(&tenant)?;
                let schema = host.settings_schema(&tenant)?;
                let text = text::settings(&settings, schema.as_ref());
                Ok(Reply::done(text, json!({ "tenant": tenant.id, "settings": settings, "schema": schema })))
            }
            SettingsCommand::Set { changes } => {
                let host = self.open(Access::Write)?;
                let tenant = self.tenant(&host)?;
                let changes: Vec<_> = changes.iter().map(|change| setting(change)).collect::<Result<_, _>>()?;
                let settings = host.set_settings(&tenant, &changes)?;
                host.settle()?;
                let text = text::settings(&settings, None);
                Ok(Reply::done(text, json!({ "tenant": tenant.id, "settings": settings })))
            }
        }
    }

    fn anonymiser(&self, command: AnonymiserCommand) -> Result<Reply, Error> {
        let rules = match command {
            AnonymiserCommand::Show => {
                let host = self.open(Access::Read)?;
                host.anonymiser_rules(&self.tenant(&host)?)?
            }
            AnonymiserCommand::Set { file } => {
                let rules = super::anonymise::read_rules(&file)?;
                let host = self.open(Access::Write)?;
                host.set_anonymiser_rules(&self.tenant(&host)?, &rules)?;
                host.settle()?;
                rules
            }
        };
        let json = value(&rules);
        Ok(Reply::done(format!("{json:#}"), json))
    }

    fn import(&self, arguments: ImportArguments) -> Result<Reply, Error> {
        let Some(file) = arguments.file.filter(|_| !arguments.schema) else {
            let schema = serde_json::from_str(IMPORT_SCHEMA).expect("the schema is JSON");
            return Ok(Reply::done(IMPORT_SCHEMA, schema));
        };
        let host = self.open(Access::Write)?;
        let imported = host.import(&self.tenant(&host)?, &file, arguments.audio.as_deref())?;
        let exit = match (imported.bad, imported.audio_left) {
            (0, 0) => Exit::Done,
            (0, _) => Exit::Partial,
            _ => Exit::Input,
        };
        Ok(Reply { text: text::imported(&imported), json: value(&imported), exit })
    }

    fn status(&self) -> Result<Reply, Error> {
        let host = self.open(Access::Read)?;
        let tenants = match &self.tenant {
            Some(_) => vec![self.tenant(&host)?],
            None => host.tenants()?,
        };
        let all: Vec<_> = tenants.iter().map(|tenant| host.status(tenant)).collect::<Result<_, _>>()?;
        Ok(Reply::done(text::status(&all), json!({ "tenants": all })))
    }

    fn show(&self, id: &str) -> Result<Reply, Error> {
        let host = self.open(Access::Read)?;
        let tenant = self.tenant(&host)?;
        let shown = host
            .show(&tenant, Subject::Conversation, id)
            .or_else(|missing| host.show(&tenant, Subject::Snippet, id).map_err(|_| missing))?;
        Ok(text::shown(&shown))
    }

    fn plan(&self, arguments: &PlanArguments) -> Result<Reply, Error> {
        let host = self.open(Access::Read)?;
        let tenant = self.tenant(&host)?;
        let options = options(&arguments.reach, None);
        let report = match &arguments.out {
            None => host.plan(&tenant, &options, &mut io::sink())?,
            Some(path) => {
                // Beside it, until it is whole: a plan that fails leaves an earlier one as it is.
                let failed = |source| Error::File { what: "writing", path: path.display().to_string(), source };
                let partial = path.with_added_extension("partial");
                let mut out = BufWriter::new(File::create(&partial).map_err(failed)?);
                let report = host.plan(&tenant, &options, &mut out).inspect_err(|_| drop(fs::remove_file(&partial)))?;
                out.into_inner().map_err(|error| failed(error.into_error()))?.sync_all().map_err(failed)?;
                fs::rename(&partial, path).map_err(failed)?;
                report
            }
        };
        Ok(Reply::done(text::plan(&report, arguments.out.as_deref()), value(&report)))
    }

    fn apply(&self, file: &Path, approve: &Approve) -> Result<Reply, Error> {
        let host = self.open(Access::Write)?;
        let report = host.apply(file, self.tenant.as_deref(), &approve.approval())?;
        let exit = if report.complete { Exit::Done } else { Exit::Partial };
        Ok(Reply { text: text::run(&report), json: value(&report), exit })
    }

    fn run(&self, arguments: &RunArguments) -> Result<Reply, Error> {
        let host = self.open(Access::Write)?;
        let options = options(&arguments.reach, Some(&arguments.approve));
        let tenants = if self.tenant.is_some() { vec![self.tenant(&host)?] } else { host.tenants()? };
        if tenants.is_empty() {
            self.tenant(&host)?;
        }
        let (mut texts, mut values, mut exit) = (Vec::new(), Vec::new(), Exit::Done);
        for tenant in tenants {
            match host.run(&tenant, &options) {
                Ok(report) => {
                    texts.push(text::run(&report));
                    values.push(value(&report));
                    exit = exit.worse(if report.complete { Exit::Done } else { Exit::Partial });
                }
                Err(error) => {
                    let mut failed = failure(&error);
                    failed["tenant"] = json!(tenant.id);
                    values.push(failed);
                    exit = exit.worse(error.exit());
                    if self.format == Format::Text {
                        eprintln!("error: {}", sentence(&error));
                    }
                }
            }
        }
        Ok(Reply { text: texts.join("\n"), json: json!({ "runs": values }), exit })
    }

    fn policy(&self, command: PolicyCommand) -> Result<Reply, Error> {
        match command {
            PolicyCommand::Check { file } => {
                let (digest, manifest) = Host::check_module(&self.surroundings()?, &read_module(&file)?)?;
                let json = json!({ "module": digest.to_string(), "manifest": manifest });
                Ok(Reply::done(text::module(&digest, &manifest, "admissible"), json))
            }
            PolicyCommand::Install { file } => {
                let host = self.open(Access::Write)?;
                let module = read_module(&file)?;
                let (digest, manifest) = match super::policy::beside(&file)? {
                    Some(signature) => host.install_signed(&module, &signature)?,
                    None => host.install_module(&module)?,
                };
                host.settle()?;
                let signed_by = host.signed_by(&digest)?;
                let mut said = text::module(&digest, &manifest, "installed");
                said.extend(signed_by.iter().map(|key| format!("  signature by key {key}\n")));
                let json = json!({ "module": digest.to_string(), "manifest": manifest, "signed-by": signed_by });
                Ok(Reply::done(said, json))
            }
            PolicyCommand::Test(arguments) => super::trial::test(&arguments, self.surroundings()?),
            PolicyCommand::Verify(arguments) => super::trial::verify(&arguments, self.surroundings()?),
            PolicyCommand::List => {
                let host = self.open(Access::Read)?;
                Ok(text::modules(&host.modules()?, &host.tenants()?))
            }
            PolicyCommand::Activate { module } => {
                let host = self.open(Access::Write)?;
                let (tenant, module) = (self.tenant(&host)?, host.module(&module)?);
                host.activate(&tenant, &module.digest)?;
                host.settle()?;
                let label = module.manifest.label(&module.digest);
                let text =
                    format!("tenant {}: {label} decides from now on; the next run reads every record", tenant.id);
                Ok(Reply::done(text, json!({ "tenant": tenant.id, "module": module.digest.to_string() })))
            }
            PolicyCommand::New(arguments) => super::policy::new(&arguments),
            PolicyCommand::Component(arguments) => super::policy::wrap(&arguments),
            PolicyCommand::Impact(arguments) => super::policy::impact(self, &arguments),
            PolicyCommand::Bench(arguments) => super::policy::bench(self, &arguments),
            PolicyCommand::Sign(arguments) => super::policy::sign(self, &arguments),
            PolicyCommand::Key(command) => super::policy::key(&command),
            PolicyCommand::Trust(command) => super::policy::trust(self, &command),
        }
    }

    fn hold(&self, command: HoldCommand) -> Result<Reply, Error> {
        if let HoldCommand::List = command {
            let host = self.open(Access::Read)?;
            let holds = host.holds(&self.tenant(&host)?)?;
            return Ok(Reply::done(text::holds(&holds), json!({ "holds": holds })));
        }
        let host = self.open(Access::Write)?;
        let tenant = self.tenant(&host)?;
        let reply = match command {
            HoldCommand::Place { record, reason } => {
                let (subject, id) = (record.subject(), record.id);
                let hold = host.place_hold(&tenant, subject, &id, &reason)?;
                let json = json!({ "hold": hold, "subject": subject, "id": id });
                Reply::done(format!("hold {hold} keeps {subject} {id}"), json)
            }
            HoldCommand::Release { hold } => {
                let (subject, id) = host.release_hold(&tenant, hold)?;
                let json = json!({ "hold": hold, "subject": subject, "id": id });
                Reply::done(format!("hold {hold} is released; {subject} {id} is due at once"), json)
            }
            HoldCommand::List => unreachable!("listed above"),
        };
        host.settle()?;
        Ok(reply)
    }

    fn ledger_show(&self, run: Option<i64>, id: Option<&str>) -> Result<Reply, Error> {
        let host = self.open(Access::Read)?;
        let mut out = io::stdout().lock();
        let mut failed = None;
        host.ledger(run, &mut |row| {
            let Ok(body) = serde_json::from_slice::<Value>(&row.body) else { return true };
            let is_other = |field, wanted: Option<&str>| wanted.is_some_and(|wanted| body[field] != wanted);
            if is_other("id", id) || is_other("tenant", self.tenant.as_deref()) {
                return true;
            }
            let line = match self.format {
                Format::Text => {
                    serde_json::from_value(body).map_or_else(|_| String::new(), |entry| text::entry(&entry))
                }
                Format::Json => String::from_utf8_lossy(&row.body).into_owned(),
            };
            failed = writeln!(out, "{line}").err();
            failed.is_none()
        })?;
        match failed {
            Some(source) if source.kind() != io::ErrorKind::BrokenPipe => {
                Err(Error::File { what: "writing", path: "standard output".to_owned(), source })
            }
            _ => Ok(Reply::done("", Value::Null)),
        }
    }

    fn ledger_verify(&self) -> Result<Reply, Error> {
        let verified = self.open(Access::Read)?.verify_ledger()?;
        let exit = if verified.faults.is_empty() { Exit::Done } else { Exit::Evidence };
        Ok(Reply { text: text::verified(&verified), json: value(&verified), exit })
    }

    fn check(&self, repair: bool) -> Result<Reply, Error> {
        let host = self.open(if repair { Access::Write } else { Access::Read })?;
        let repaired = if repair { host.delete_orphans()? } else { 0 };
        let (files, verified) = (host.check_files()?, host.verify_ledger()?);
        let holds = verified.faults.is_empty() && files.orphaned == 0 && files.missing == 0;
        let text = format!(
            "{}files: {} referred to, {} orphaned, {} missing\n{}",
            if repair { format!("{repaired} orphaned files were deleted\n") } else { String::new() },
            files.referred,
            files.orphaned,
            files.missing,
            text::verified(&verified)
        );
        let exit = if holds { Exit::Done } else { Exit::Evidence };
        Ok(Reply { text, json: json!({ "files": files, "ledger": verified, "repaired": repaired }), exit })
    }

    fn user(&self, command: UserCommand) -> Result<Reply, Error> {
        match command {
            UserCommand::Add { id, role } => {
                let host = self.open(Access::Write)?;
                let tenant = self.tenant(&host)?;
                host.add_user(&tenant, &id, role)?;
                host.settle()?;
                let json = json!({ "tenant": tenant.id, "user": id, "role": role });
                Ok(Reply::done(format!("tenant {}: user {id} is {}", tenant.id, text::word(&role)), json))
            }
            UserCommand::List => {
                let host = self.open(Access::Read)?;
                let users = host.users(&self.tenant(&host)?)?;
                let rows: Vec<_> = users.iter().map(|(id, role)| json!({ "user": id, "role": role })).collect();
                Ok(Reply::done(text::users(&users), json!({ "users": rows })))
            }
        }
    }

    /// `-`: the number is on standard input, where neither a shell's history nor a list of processes keeps it.
    fn find(&self, customer: &str) -> Result<Reply, Error> {
        let host = self.open(Access::Read)?;
        let mut number = customer.to_owned();
        if customer == "-" {
            number = io::read_to_string(io::stdin().take(NUMBER_BYTES_MAX)).map_err(|source| Error::File {
                what: "reading",
                path: "standard input".to_owned(),
                source,
            })?;
        }
        let found = host.find(&self.tenant(&host)?, number.trim())?;
        Ok(Reply::done(text::found(&found), value(&found)))
    }

    fn delete(&self, arguments: &DeleteArguments) -> Result<Reply, Error> {
        let host = self.open(Access::Write)?;
        let tenant = self.tenant(&host)?;
        let (subject, id) = (arguments.record.subject(), &arguments.record.id);
        let deletion = if arguments.with_snippets {
            host.delete_with_snippets(&tenant, id, &arguments.actor, &arguments.reason)?
        } else {
            host.delete(&tenant, subject, id, &arguments.actor, &arguments.reason)?
        };
        let exit = if deletion.deleted && deletion.audio_left == 0 { Exit::Done } else { Exit::Partial };
        Ok(Reply { text: text::deleted(&deletion), json: value(&deletion), exit })
    }

    fn tracker(&self, command: TrackerCommand) -> Result<Reply, Error> {
        if let TrackerCommand::List = command {
            let host = self.open(Access::Read)?;
            let trackers = host.trackers(&self.tenant(&host)?)?;
            return Ok(Reply::done(text::trackers(&trackers), json!({ "trackers": trackers })));
        }
        let host = self.open(Access::Write)?;
        let tenant = self.tenant(&host)?;
        let recomputed = match command {
            TrackerCommand::Add { name, phrases } => host.add_tracker(&tenant, &name, &phrases)?,
            TrackerCommand::List | TrackerCommand::Recompute => host.recompute_trackers(&tenant)?,
        };
        host.settle()?;
        let text = format!("{} trackers counted in {} transcripts", recomputed.trackers, recomputed.transcripts);
        Ok(Reply::done(text, value(&recomputed)))
    }
}

fn options(reach: &Reach, approve: Option<&Approve>) -> RunOptions {
    let approval = approve.map(Approve::approval).unwrap_or_default();
    RunOptions { date: reach.date, full: reach.full, approval }
}

/// `KEY=VALUE`: the value is JSON where it can be, text where not; empty takes the setting out.
pub(super) fn setting(change: &str) -> Result<(String, Option<Value>), Error> {
    let wrong = || Error::Input(format!("{change:?} is no setting; write KEY=VALUE, or KEY= to keep for ever"));
    let (key, value) = change.split_once('=').filter(|(key, _)| !key.is_empty()).ok_or_else(wrong)?;
    let value = match value.trim() {
        "" | "null" => None,
        text => Some(serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()))),
    };
    Ok((key.to_owned(), value))
}

pub(super) fn read_module(path: &Path) -> Result<Vec<u8>, Error> {
    let failed = |source| Error::File { what: "reading", path: path.display().to_string(), source };
    if fs::metadata(path).map_err(failed)?.len() > MODULE_FILE_BYTES_MAX {
        return Err(Error::Input(format!("{} is too large to be a policy", path.display())));
    }
    fs::read(path).map_err(failed)
}
