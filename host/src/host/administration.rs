//! Tenants, settings, users, holds, trackers: each change with its evidence.

use chrono_tz::Tz;
use lapse_anonymise::Known;
use serde_json::{Map, Value};

use super::Host;
use crate::error::Error;
use crate::ledger::Event;
use crate::record::{Day, Subject};
use crate::storage::administration::{Hold, Role, Tracker};
use crate::storage::{StorageError, Tenant};
use crate::trackers::{Counter, is_phrase};

/// The longest id of a tenant, user, record or tracker, in bytes.
pub(super) const ID_BYTES_MAX: usize = 128;

/// How many conversations share a transaction while trackers are recomputed.
const RECOMPUTED_TOGETHER: usize = 1000;

/// What recomputing the trackers has done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct TrackersRecomputed {
    /// Transcripts read, raw and anonymised.
    pub transcripts: u64,
    /// Trackers counted in each.
    pub trackers: u64,
}

impl Host {
    /// Adds a tenant, with the standard policy where one is installed.
    pub fn add_tenant(&self, id: &str, zone: &str) -> Result<Tenant, Error> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'_';
        if id.is_empty() || id.len() > 63 || !id.bytes().all(plain) {
            return Err(Error::Input(format!(
                "{id:?} cannot be a tenant's id; use up to 63 lower-case letters, digits, hyphens and underscores"
            )));
        }
        let time_zone: Tz = zone.parse().map_err(|_| {
            Error::Input(format!("there is no time zone {zone:?}; use an IANA name such as Europe/Copenhagen or UTC"))
        })?;
        let standard = self.standard_policy()?;
        if let Some(standard) = &standard {
            // Before the tenant is there: with a policy that does not load it would be half added.
            self.load_for(id, standard)?;
        }
        let added = self.record(|transaction, ledger| {
            if !transaction.add_tenant(id, time_zone)? {
                return Ok(false);
            }
            let event = Event::TenantAdded { tenant: id.to_owned(), time_zone: time_zone.name().to_owned() };
            ledger.append(transaction, None, event)?;
            Ok(true)
        })?;
        if !added {
            return Err(Error::Input(format!("tenant {id} exists already; see `lapse status`")));
        }
        let tenant = self.tenant(Some(id))?;
        if let Some(standard) = standard {
            self.activate(&tenant, &standard)?;
        }
        self.tenant(Some(id))
    }

    /// A tenant's settings.
    pub fn settings(&self, tenant: &Tenant) -> Result<Value, Error> {
        Ok(Value::Object(settings_of(tenant)?))
    }

    /// A tenant's settings with some values replaced; `None` takes a value out, so that the artefact is kept for ever.
    pub fn set_settings(&self, tenant: &Tenant, changes: &[(String, Option<Value>)]) -> Result<Value, Error> {
        let policy = self.policy_of(tenant)?;
        let before = settings_of(tenant)?;
        let after = changed(&before, changes, &policy.manifest().settings_schema);
        let text = Value::Object(after.clone()).to_string();
        policy.check_settings(&text).map_err(Error::Settings)?;
        let keeps_longer = policy.manifest().name == STANDARD && !may_delete_more(&before, &after);
        let shortened_on = if before != after && !keeps_longer { self.today(tenant) } else { tenant.shortened_on };
        let settings = Value::Object(after);
        self.record(|transaction, ledger| {
            transaction.put_settings(tenant.key, &text, shortened_on)?;
            let event = Event::SettingsChanged { tenant: tenant.id.clone(), settings: settings.clone() };
            ledger.append(transaction, None, event).map(drop)
        })?;
        Ok(settings)
    }

    /// Adds a user, or changes the role of one.
    pub fn add_user(&self, tenant: &Tenant, id: &str, role: Role) -> Result<(), Error> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        if id.is_empty() || id.len() > ID_BYTES_MAX || !id.bytes().all(plain) {
            return Err(Error::Input(format!(
                "{id:?} cannot be a user's id: it stays in the ledger for good, so use a short code of letters, digits, \
                 hyphens, dots and underscores, and no e-mail address"
            )));
        }
        self.record(|transaction, ledger| {
            transaction.put_user(tenant.key, id, role)?;
            let event = Event::UserAdded { tenant: tenant.id.clone(), user: id.to_owned(), role };
            ledger.append(transaction, None, event).map(drop)
        })?;
        Ok(())
    }

    /// A tenant's users.
    pub fn users(&self, tenant: &Tenant) -> Result<Vec<(String, Role)>, Error> {
        Ok(self.store.storage.users(tenant.key)?)
    }

    /// Places a hold on a record; its number.
    pub fn place_hold(&self, tenant: &Tenant, subject: Subject, id: &str, reason: &str) -> Result<i64, Error> {
        let reason = self.without_personal_data(reason, &Known::default())?;
        let hold = self.record(|transaction, ledger| {
            let at = self.now();
            let Some(hold) = transaction.place_hold(tenant.key, subject, id, &reason, at)? else { return Ok(None) };
            let (tenant, id) = (tenant.id.clone(), id.to_owned());
            ledger.append(transaction, None, Event::HoldPlaced { tenant, hold, subject, id, reason })?;
            Ok(Some(hold))
        })?;
        hold.ok_or_else(|| super::inspect::no_record(tenant, subject, id))
    }

    /// Releases a hold; what it held.
    pub fn release_hold(&self, tenant: &Tenant, hold: i64) -> Result<(Subject, String), Error> {
        let released = self.record(|transaction, ledger| {
            let Some((subject, id)) = transaction.release_hold(tenant.key, hold)? else { return Ok(None) };
            let event = Event::HoldReleased { tenant: tenant.id.clone(), hold, subject, id: id.clone() };
            ledger.append(transaction, None, event)?;
            Ok(Some((subject, id)))
        })?;
        released.ok_or_else(|| Error::NotFound(format!("there is no hold {hold} in force; see `lapse hold list`")))
    }

    /// A tenant's holds that are in force.
    pub fn holds(&self, tenant: &Tenant) -> Result<Vec<Hold>, Error> {
        Ok(self.store.storage.holds(tenant.key)?)
    }

    /// Adds a tracker, or replaces its phrases, and counts it in every transcript.
    pub fn add_tracker(&self, tenant: &Tenant, name: &str, phrases: &[String]) -> Result<TrackersRecomputed, Error> {
        if name.trim().is_empty() || name.len() > ID_BYTES_MAX {
            return Err(Error::Input(format!("{name:?} cannot be a tracker's name; use up to {ID_BYTES_MAX} bytes")));
        }
        if let Some(empty) = phrases.iter().find(|phrase| !is_phrase(phrase)) {
            return Err(Error::Input(format!("{empty:?} has no word to look for; give words or phrases")));
        }
        self.record(|transaction, _| transaction.put_tracker(tenant.key, name, phrases))?;
        let trackers = self.trackers(tenant)?.into_iter().filter(|tracker| tracker.name == name).collect::<Vec<_>>();
        self.count(tenant, &trackers)
    }

    /// A tenant's trackers.
    pub fn trackers(&self, tenant: &Tenant) -> Result<Vec<Tracker>, Error> {
        Ok(self.store.storage.trackers(tenant.key)?)
    }

    /// Counts every tracker in every transcript, raw or anonymised.
    pub fn recompute_trackers(&self, tenant: &Tenant) -> Result<TrackersRecomputed, Error> {
        self.count(tenant, &self.trackers(tenant)?)
    }

    fn count(&self, tenant: &Tenant, trackers: &[Tracker]) -> Result<TrackersRecomputed, Error> {
        let counter = Counter::new(trackers.iter().map(|tracker| (tracker.key, tracker.phrases.as_slice())));
        let mut recomputed = TrackersRecomputed { transcripts: 0, trackers: trackers.len() as u64 };
        let mut counted = Vec::new();
        self.progress().start("counting tracker hits", Some(tenant.conversations));
        self.store.storage.transcripts(tenant.key, &mut |key, turns| {
            counted.push((key, counter.count(turns.iter().map(|turn| turn.text.as_str()))));
            recomputed.transcripts += 1;
            if counted.len() == RECOMPUTED_TOGETHER { self.store_hits(&mut counted) } else { Ok(()) }
        })?;
        self.store_hits(&mut counted)?;
        self.progress().finish();
        Ok(recomputed)
    }

    fn store_hits(&self, counted: &mut Vec<(i64, Vec<(i64, u32)>)>) -> Result<(), StorageError> {
        let mut transaction = self.store.storage.begin()?;
        for (key, hits) in counted.iter() {
            transaction.put_hits(*key, hits)?;
        }
        transaction.commit()?;
        self.progress().advance(counted.len() as u64);
        counted.clear();
        Ok(())
    }

    /// A reason goes into the ledger for good, so what a person wrote is anonymised first.
    pub(super) fn without_personal_data(&self, text: &str, known: &Known) -> Result<String, Error> {
        let refused =
            |_| Error::Input("the reason holds personal data that cannot be removed; write it without".into());
        Ok(self.anonymiser().anonymise_text(text, None, known).map_err(refused)?.into_text())
    }
}

/// Settings with some values replaced or taken out, each key as the schema spells it.
pub(super) fn changed(
    before: &Map<String, Value>,
    changes: &[(String, Option<Value>)],
    schema: &Value,
) -> Map<String, Value> {
    let mut after = before.clone();
    for (key, value) in changes {
        let key = spelled_as_in(schema, key);
        match value {
            Some(value) => after.insert(key, value.clone()),
            None => after.remove(&key),
        };
    }
    after
}

/// A key as the schema spells it: `audio_days` is `audio-days` where only that is known.
fn spelled_as_in(schema: &Value, key: &str) -> String {
    let is_known = |key: &str| schema.get("properties").is_some_and(|known| known.get(key).is_some());
    let hyphened = key.replace('_', "-");
    if !is_known(key) && is_known(&hyphened) { hyphened } else { key.to_owned() }
}

/// A tenant's settings as an object.
pub(super) fn settings_of(tenant: &Tenant) -> Result<Map<String, Value>, StorageError> {
    serde_json::from_str(&tenant.settings).map_err(|_| StorageError::Unreadable { what: "a tenant's settings" })
}

/// The policy whose settings are understood here. Of another's, any change may delete more.
const STANDARD: &str = "standard";

/// Whether a change of the standard policy's settings may delete more. Only a longer period, or one taken out, surely does not.
fn may_delete_more(before: &Map<String, Value>, after: &Map<String, Value>) -> bool {
    let is_period = |key: &str| key.ends_with("-days");
    let added_or_changed = after.iter().any(|(key, value)| match (before.get(key), value) {
        (Some(same), value) if same == value => false,
        (Some(Value::Number(was)), Value::Number(is)) if is_period(key) => is.as_f64() < was.as_f64(),
        _ => true,
    });
    let taken_out = before.keys().any(|key| !after.contains_key(key) && !is_period(key));
    added_or_changed || taken_out
}

/// The day on which a change takes effect without approval.
pub(super) fn effective_on(tenant: &Tenant) -> Option<Day> {
    (tenant.shortened_on != Day::ABSENT)
        .then(|| Day(tenant.shortened_on.0.saturating_add(crate::plan::guards::GRACE_DAYS)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(before: Value, after: Value, deletes_more: bool) {
        let object = |value: Value| value.as_object().cloned().expect("an object");
        assert_eq!(may_delete_more(&object(before.clone()), &object(after.clone())), deletes_more, "{before} {after}");
    }

    #[test]
    fn only_a_longer_period_surely_deletes_no_more() {
        use serde_json::json;
        check(json!({"audio-days": 30}), json!({"audio-days": 30}), false);
        check(json!({"audio-days": 30}), json!({"audio-days": 31}), false);
        check(json!({"audio-days": 30}), json!({}), false);
        check(json!({"audio-days": 30}), json!({"audio-days": 29}), true);
        check(json!({}), json!({"audio-days": 3000}), true);
        check(json!({"anonymise-transcript": false}), json!({}), true);
        check(json!({"anonymise-transcript": true}), json!({"anonymise-transcript": false}), true);
    }
}
