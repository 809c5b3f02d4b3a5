//! Answers for people.

use std::fmt::Write;
use std::path::Path;

use serde::Serialize;
use serde_json::{Value, json};

use super::Reply;
use crate::host::{Found, Imported, PlanReport, RunReport, Status};
use crate::ledger::{Entry, Verified};
use crate::policy::{Manifest, ModuleDigest};
use crate::record::{Artefacts, Subject};
use crate::storage::Tenant;
use crate::storage::administration::{Hold, InstalledModule, Role, Tracker};
use crate::storage::reading::{Shown, StatisticsRow};

/// How many bad lines are printed; JSON has more.
const BAD_LINES_PRINTED: usize = 20;

/// The word that JSON uses for a value.
pub(super) fn word(of: &impl Serialize) -> String {
    match serde_json::to_value(of) {
        Ok(Value::String(word)) => word,
        Ok(other) => other.to_string(),
        Err(_) => String::new(),
    }
}

/// Appends a line.
macro_rules! line {
    ($out:expr, $($format:tt)*) => { $out.push_str(&(format!($($format)*) + "\n")) };
}

pub(super) fn initialised(folder: &Path, policy: Option<&InstalledModule>) -> Reply {
    let mut text = format!("store made in {}\n", folder.display());
    match policy {
        Some(module) => line!(text, "policy {} is installed", module.manifest.label(&module.digest)),
        None => {
            line!(text, "no standard policy lies beside this executable; build it with `cargo xtask guests`, then run");
            line!(text, "  lapse policy install FILE");
        }
    }
    line!(text, "next: lapse tenant add ID --time-zone ZONE");
    let module = policy.map(|module| module.digest.to_string());
    Reply::done(text, json!({ "store": folder.display().to_string(), "module": module }))
}

pub(super) fn tenant_added(tenant: &Tenant) -> Reply {
    let text = format!(
        "tenant {} added, in {}; everything is kept for ever until you set periods:\n  lapse settings set audio-days=90 …",
        tenant.id,
        tenant.time_zone.name()
    );
    let module = tenant.module.map(|module| module.to_string());
    Reply::done(text, json!({ "tenant": tenant.id, "time-zone": tenant.time_zone.name(), "module": module }))
}

pub(super) fn settings(settings: &Value, schema: Option<&Value>) -> String {
    let mut text = String::new();
    for (key, value) in settings.as_object().into_iter().flatten() {
        line!(text, "{key} = {value}");
    }
    if settings.as_object().is_none_or(serde_json::Map::is_empty) {
        line!(text, "nothing is set: everything is kept for ever");
    }
    let known = schema.and_then(|schema| schema.get("properties")).and_then(Value::as_object);
    for (key, property) in known.into_iter().flatten().filter(|(key, _)| settings.get(key.as_str()).is_none()) {
        let description = property.get("description").and_then(Value::as_str).unwrap_or_default();
        line!(text, "{key} is not set: {description}");
    }
    text
}

pub(super) fn imported(imported: &Imported) -> String {
    let mut text = String::new();
    line!(text, "{} conversations and {} snippets imported", imported.conversations, imported.snippets);
    if imported.stored_before > 0 {
        line!(text, "{} were stored already, unchanged", imported.stored_before);
    }
    if imported.deleted_before > 0 {
        line!(text, "{} were deleted before and stay deleted", imported.deleted_before);
    }
    if imported.bad > 0 {
        line!(text, "{} lines were refused:", imported.bad);
    }
    for bad in imported.bad_lines.iter().take(BAD_LINES_PRINTED) {
        line!(text, "  line {}: {}", bad.line, bad.reason);
    }
    if imported.bad > BAD_LINES_PRINTED as u64 {
        line!(text, "  … and {} more; see --format json", imported.bad - BAD_LINES_PRINTED as u64);
    }
    text
}

pub(super) fn status(all: &[Status]) -> String {
    if all.is_empty() {
        return "the store has no tenant; add one with `lapse tenant add ID --time-zone ZONE`".to_owned();
    }
    let mut text = String::new();
    for status in all {
        let census = &status.census;
        line!(text, "tenant {} ({})", status.tenant, status.time_zone);
        line!(text, "  policy         {}", status.policy.as_deref().unwrap_or("none"));
        line!(text, "  settings       {}", status.settings);
        line!(
            text,
            "  conversations  {} full, {} without audio and customer",
            census.conversations_full,
            census.conversations_partial
        );
        line!(text, "  snippets       {}", census.snippets);
        line!(text, "  deleted        {}", census.deleted);
        line!(text, "  held           {}", census.held);
        let sweep = if status.full_sweep_due { ", and the next run reads every record" } else { "" };
        line!(text, "  to review      {}{sweep}", census.due);
        if let Some(until) = &status.shortened_policy_until {
            line!(text, "  a change that may delete more waits until {until}, unless approved");
        }
        if status.unfinished > 0 {
            line!(text, "  {} units were left by an interrupted run; the next run ends them", status.unfinished);
        }
        line!(text, "  last run       {}", status.last_run.as_deref().unwrap_or("never"));
    }
    text
}

pub(super) fn shown(shown: &Shown) -> Reply {
    let json = shown_json(shown);
    let mut text = String::new();
    line!(text, "{} {}, of {}", shown.subject, shown.id, shown.on);
    line!(
        text,
        "  has            {}",
        if shown.state.is_empty() { "nothing".to_owned() } else { shown.state.to_string() }
    );
    if shown.held {
        line!(text, "  legal hold     yes");
    }
    let details = &shown.details;
    let customer = &shown.customer;
    let by = if shown.subject == Subject::Snippet { "created by" } else { "employee" };
    for (name, value) in [
        ("number", &customer.number),
        ("customer", &customer.name),
        ("reference", &customer.reference),
        ("conversation", &shown.conversation),
        ("title", &shown.title),
        (by, &details.employee),
        ("team", &details.team),
        ("channel", &details.channel),
        ("language", &details.language),
        ("purpose", &details.purpose),
    ] {
        if let Some(value) = value {
            line!(text, "  {name:14} {value}");
        }
    }
    if let Some(score) = details.score {
        line!(text, "  score          {score}");
    }
    if let Some(sentiment) = json.get("sentiment").and_then(Value::as_f64) {
        line!(text, "  sentiment      {sentiment}");
    }
    if !details.tags.is_empty() {
        line!(text, "  tags           {}", details.tags.join(", "));
    }
    for (key, value) in &details.metadata {
        line!(text, "  {key:14} {value}");
    }
    for (tracker, hits) in &shown.hits {
        line!(text, "  tracker        {tracker}: {hits}");
    }
    if shown.state.contains(Artefacts::ANONYMISED_TRANSCRIPT) {
        line!(text, "  transcript     anonymised; kept for trackers, and never shown");
    }
    for turn in shown.transcript.iter().flatten() {
        line!(text, "  {}: {}", turn.speaker, turn.text);
    }
    if let Some(words) = &shown.text {
        line!(text, "  {words}");
    }
    Reply::done(text, json)
}

fn shown_json(shown: &Shown) -> Value {
    let details = &shown.details;
    let hits: serde_json::Map<_, _> = shown.hits.iter().map(|(name, hits)| (name.clone(), json!(hits))).collect();
    #[expect(clippy::cast_precision_loss, reason = "thousandths between -1000 and 1000")]
    let sentiment = details.sentiment_thousandths.map(|thousandths| thousandths as f64 / 1000.0);
    let mut json = json!({
        "kind": shown.subject,
        "id": shown.id,
        "version": shown.version,
        "artefacts": shown.state,
        "held": shown.held,
    });
    let more = match shown.subject {
        Subject::Conversation => json!({
            "recorded-on": shown.on.to_string(),
            "customer": shown.customer,
            "employee": details.employee,
            "team": details.team,
            "channel": details.channel,
            "language": details.language,
            "purpose": details.purpose,
            "tags": details.tags,
            "metadata": details.metadata,
            "score": details.score,
            "sentiment": sentiment,
            "duration-seconds": details.duration_seconds,
            "transcript": shown.transcript,
            "tracker-hits": hits,
        }),
        Subject::Snippet => json!({
            "created-on": shown.on.to_string(),
            "created-by": details.employee,
            "conversation": shown.conversation,
            "title": shown.title,
            "text": shown.text,
            "duration-seconds": details.duration_seconds,
        }),
    };
    if let (Some(json), Value::Object(more)) = (json.as_object_mut(), more) {
        json.extend(more);
    }
    json
}

pub(super) fn plan(report: &PlanReport, out: Option<&Path>) -> String {
    let mut text = planned(report);
    for item in &report.first_items {
        line!(text, "  {} {}: {} ({})", item.subject, item.id, item.actions, item.rule);
    }
    let more = report.items.values().sum::<u64>().saturating_sub(report.first_items.len() as u64);
    if more > 0 {
        line!(text, "  … and {more} more; `lapse plan --out FILE` writes them all");
    }
    if report.guards.is_empty() {
        line!(text, "no guard would stop a run");
    }
    for guard in &report.guards {
        line!(text, "guard {guard} would stop a run: {}; pass it with --approve {guard}", guard.explanation());
    }
    match out {
        Some(path) => {
            line!(text, "nothing was done; the plan is in {}: carry it out with `lapse apply`", path.display())
        }
        None => line!(text, "nothing was done"),
    }
    text
}

fn planned(report: &PlanReport) -> String {
    let mut text = format!("tenant {}, {}, policy {}\n", report.tenant, report.date, report.policy);
    let count = |subject| report.items.get(&subject).copied().unwrap_or(0);
    line!(
        text,
        "  {} records examined; {} conversations and {} snippets to act on, {} held",
        report.examined,
        count(Subject::Conversation),
        count(Subject::Snippet),
        report.held
    );
    let list = |of: Vec<String>| of.join(", ");
    if !report.rules.is_empty() {
        let rules = report.rules.iter().map(|(rule, count)| format!("{rule} {count}")).collect();
        line!(text, "  by rule: {}", list(rules));
        let actions = report.actions.iter().map(|(action, count)| format!("{action} {count}")).collect();
        line!(text, "  by action: {}", list(actions));
    }
    text
}

pub(super) fn run(report: &RunReport) -> String {
    let mut text = report.planned.as_ref().map_or_else(|| format!("tenant {}\n", report.tenant), planned);
    if report.recovered > 0 {
        line!(text, "  {} units of an interrupted run ended first", report.recovered);
    }
    let mut done = format!("  run {}: {} done", report.run, report.done);
    for (reason, count) in &report.kept {
        let _ = write!(done, ", {count} kept ({})", word(reason));
    }
    if report.gone_before > 0 {
        let _ = write!(done, ", {} gone before", report.gone_before);
    }
    line!(text, "{done}");
    if report.audio_deleted + report.audio_already_gone + report.audio_left > 0 {
        let (deleted, gone) = (report.audio_deleted, report.audio_already_gone);
        line!(text, "  audio files: {deleted} deleted, {gone} already gone, {} left", report.audio_left);
    }
    text
}

pub(super) fn module(digest: &ModuleDigest, manifest: &Manifest, what: &str) -> String {
    let mut text = format!("policy {} is {what}\n", manifest.label(digest));
    for subject in [Subject::Conversation, Subject::Snippet] {
        let columns: Vec<_> = manifest.reads(subject).iter().map(ToString::to_string).collect();
        line!(text, "  reads of {subject}s: {}", columns.join(", "));
    }
    for rule in &manifest.rules {
        line!(text, "  rule {}: {}", rule.name, rule.description);
    }
    text
}

pub(super) fn modules(modules: &[InstalledModule], tenants: &[Tenant]) -> Reply {
    let mut text = String::new();
    let mut rows = Vec::new();
    for module in modules {
        let active = tenants.iter().filter(|tenant| tenant.module == Some(module.digest));
        let active: Vec<&str> = active.map(|tenant| tenant.id.as_str()).collect();
        let used = if active.is_empty() { "inactive".to_owned() } else { format!("active for {}", active.join(", ")) };
        line!(text, "{}  {used}", module.manifest.label(&module.digest));
        let installed_at = module.installed_at.to_rfc3339();
        rows.push(json!({
            "module": module.digest.to_string(),
            "name": module.manifest.name,
            "version": module.manifest.version,
            "installed-at": installed_at,
            "active-for": active,
        }));
    }
    if modules.is_empty() {
        line!(text, "no module is installed; install one with `lapse policy install FILE`");
    }
    Reply::done(text, json!({ "modules": rows }))
}

pub(super) fn holds(holds: &[Hold]) -> String {
    let mut text = String::new();
    for hold in holds {
        line!(
            text,
            "{:>4}  {} {}  since {}: {}",
            hold.hold,
            hold.subject,
            hold.id,
            hold.placed_at.date_naive(),
            hold.reason
        );
    }
    if holds.is_empty() { "no hold is in force".to_owned() } else { text }
}

pub(super) fn users(users: &[(String, Role)]) -> String {
    let mut text = String::new();
    for (id, role) in users {
        line!(text, "{id}  {}", word(role));
    }
    if users.is_empty() { "there is no user; add one with `lapse user add ID --role owner`".to_owned() } else { text }
}

pub(super) fn trackers(trackers: &[Tracker]) -> String {
    let mut text = String::new();
    for tracker in trackers {
        line!(text, "{}: {}", tracker.name, tracker.phrases.join(" | "));
    }
    if trackers.is_empty() {
        "there is no tracker; add one with `lapse tracker add NAME PHRASE…`".to_owned()
    } else {
        text
    }
}

pub(super) fn found(found: &Found) -> String {
    let mut text = String::new();
    for id in &found.conversations {
        line!(text, "{id}");
    }
    if found.conversations.is_empty() {
        line!(text, "no stored conversation has this number");
        if found.without_number > 0 {
            line!(
                text,
                "{} conversations have lost their number together with their audio and cannot be found by it any more",
                found.without_number
            );
        }
        match &found.numbers_since {
            Some(day) => line!(text, "numbers are stored for recordings since {day}"),
            None => line!(text, "no number is stored at all"),
        }
    }
    text
}

pub(super) fn statistics(rows: &[StatisticsRow]) -> String {
    let mut text =
        format!("{:20} {:>13} {:>9} {:>9} {:>7}  trackers\n", "", "conversations", "anonymous", "sentiment", "score");
    let number = |value: Option<f64>, places| value.map_or("-".to_owned(), |value| format!("{value:.places$}"));
    for row in rows {
        let hits = row.hits.iter().map(|(tracker, hits)| format!("{tracker} {hits}")).collect::<Vec<_>>().join(", ");
        line!(
            text,
            "{:20} {:>13} {:>9} {:>9} {:>7}  {hits}",
            row.group,
            row.conversations,
            row.partial,
            number(row.sentiment, 3),
            number(row.score, 1)
        );
    }
    text
}

pub(super) fn entry(entry: &Entry) -> String {
    let mut event = serde_json::to_value(&entry.event).unwrap_or(Value::Null);
    let kind = event.as_object_mut().and_then(|event| event.remove("kind"));
    let kind = kind.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned();
    let mut text = format!("{:>6}  {}  {kind:16}", entry.sequence, entry.at);
    if let Some(run) = entry.run {
        let _ = write!(text, " run {run}");
    }
    for (name, value) in event.as_object().into_iter().flatten() {
        let value = match value {
            Value::String(value) => value.clone(),
            Value::Array(values) => values.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("+"),
            other => other.to_string(),
        };
        let _ = write!(text, "  {name} {value}");
    }
    text
}

pub(super) fn verified(verified: &Verified) -> String {
    let mut text = String::new();
    for fault in &verified.faults {
        line!(text, "ledger: {fault}");
    }
    let holds = if verified.faults.is_empty() { "holds" } else { "does NOT hold" };
    line!(
        text,
        "ledger: {} entries, {} heads compared; it {holds}; head {}",
        verified.entries,
        verified.heads,
        verified.head
    );
    text
}
