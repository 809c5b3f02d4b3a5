//! Settings, modules, users, holds and trackers in SQLite.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use rusqlite::{OptionalExtension, params};

use super::{SqliteTransaction, day_value, subject_from, to_json};
use crate::policy::ModuleDigest;
use crate::record::{Day, Subject};
use crate::storage::administration::{Administration, InstalledModule, Role, TrustedKey};
use crate::storage::{StorageError, Tenant};

/// A review day before every other: the record is due at once.
pub(super) const AT_ONCE: i32 = i32::MIN + 1;

impl Administration for SqliteTransaction<'_> {
    fn add_tenant(&mut self, id: &str, time_zone: Tz) -> Result<bool, StorageError> {
        let mut add = self.connection.prepare_cached("INSERT OR IGNORE INTO tenant (id, time_zone) VALUES (?1, ?2)")?;
        Ok(add.execute(params![id, time_zone.name()])? == 1)
    }

    fn put_settings(&mut self, tenant: i64, settings: &str, shortened_on: Day) -> Result<(), StorageError> {
        self.connection.execute(
            "UPDATE tenant SET settings = ?2, shortened_on = ?3, sweep_due = 1 WHERE tenant = ?1",
            params![tenant, settings, day_value(shortened_on)],
        )?;
        Ok(())
    }

    fn activate(&mut self, tenant: i64, module: &ModuleDigest, shortened_on: Day) -> Result<(), StorageError> {
        self.connection.execute(
            "UPDATE tenant SET module = ?2, shortened_on = ?3, sweep_due = 1 WHERE tenant = ?1",
            params![tenant, module.to_string(), day_value(shortened_on)],
        )?;
        Ok(())
    }

    fn sweep_done(&mut self, tenant: i64) -> Result<(), StorageError> {
        self.connection.execute("UPDATE tenant SET sweep_due = 0 WHERE tenant = ?1", [tenant])?;
        Ok(())
    }

    fn has_deleted(&mut self, tenant: i64) -> Result<(), StorageError> {
        self.connection.execute("UPDATE tenant SET has_deleted = 1 WHERE tenant = ?1", [tenant])?;
        Ok(())
    }

    fn add_module(&mut self, module: &InstalledModule) -> Result<bool, StorageError> {
        let added = self.connection.execute(
            "INSERT OR IGNORE INTO module (digest, manifest, installed_at) VALUES (?1, ?2, ?3)",
            params![module.digest.to_string(), to_json(&module.manifest), module.installed_at.timestamp_millis()],
        )?;
        Ok(added == 1)
    }

    fn put_signature(&mut self, module: &ModuleDigest, key: &str, signature: &str) -> Result<bool, StorageError> {
        let put = self.connection.execute(
            "INSERT INTO module_signature (module, key, signature) VALUES (?1, ?2, ?3)
             ON CONFLICT (module, key) DO UPDATE SET signature = excluded.signature
             WHERE signature <> excluded.signature",
            params![module.to_string(), key, signature],
        )?;
        Ok(put == 1)
    }

    fn trust_key(&mut self, tenant: i64, key: &TrustedKey) -> Result<bool, StorageError> {
        let added = self.connection.execute(
            "INSERT OR IGNORE INTO trusted_key (tenant, key, public_key, trusted_at) VALUES (?1, ?2, ?3, ?4)",
            params![tenant, key.key, key.public_key, key.trusted_at.timestamp_millis()],
        )?;
        Ok(added == 1)
    }

    fn distrust_key(&mut self, tenant: i64, key: &str) -> Result<bool, StorageError> {
        let sql = "DELETE FROM trusted_key WHERE tenant = ?1 AND key = ?2";
        Ok(self.connection.execute(sql, params![tenant, key])? == 1)
    }

    fn require_signatures(&mut self, tenant: i64, required: bool) -> Result<(), StorageError> {
        let sql = "UPDATE tenant SET signatures_required = ?2 WHERE tenant = ?1";
        self.connection.execute(sql, params![tenant, required])?;
        Ok(())
    }

    fn put_anonymiser_rules(&mut self, tenant: i64, rules: &str) -> Result<(), StorageError> {
        let sql = "UPDATE tenant SET anonymiser_rules = ?2 WHERE tenant = ?1";
        self.connection.execute(sql, params![tenant, rules])?;
        Ok(())
    }

    fn put_user(&mut self, tenant: i64, id: &str, role: Role) -> Result<(), StorageError> {
        self.connection.execute(
            "INSERT OR REPLACE INTO user (tenant, id, role) VALUES (?1, ?2, ?3)",
            params![tenant, id, to_json(&role)],
        )?;
        Ok(())
    }

    fn place_hold(
        &mut self,
        tenant: i64,
        subject: Subject,
        id: &str,
        reason: &str,
        at: DateTime<Utc>,
    ) -> Result<Option<i64>, StorageError> {
        if self.set_held(tenant, subject, id, true)? == 0 {
            return Ok(None);
        }
        self.connection.execute(
            "INSERT INTO hold (tenant, subject, id, reason, placed_at) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![tenant, subject.to_string(), id, reason, at.timestamp_millis()],
        )?;
        Ok(Some(self.connection.last_insert_rowid()))
    }

    fn release_hold(&mut self, tenant: i64, hold: i64) -> Result<Option<(Subject, String)>, StorageError> {
        let mut remove =
            self.connection.prepare_cached("DELETE FROM hold WHERE tenant = ?1 AND hold = ?2 RETURNING subject, id")?;
        let removed: Option<(String, String)> =
            remove.query_row([tenant, hold], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        let Some((subject, id)) = removed else { return Ok(None) };
        let others: bool = self.connection.query_row(
            "SELECT EXISTS (SELECT 1 FROM hold WHERE tenant = ?1 AND subject = ?2 AND id = ?3)",
            params![tenant, subject, id],
            |row| row.get(0),
        )?;
        let subject = subject_from(&subject)?;
        self.set_held(tenant, subject, &id, others)?;
        Ok(Some((subject, id)))
    }

    fn put_tracker(&mut self, tenant: i64, name: &str, phrases: &[String]) -> Result<i64, StorageError> {
        let mut put = self.connection.prepare_cached(
            "INSERT INTO tracker (tenant, name, phrases) VALUES (?1, ?2, ?3)
             ON CONFLICT (tenant, name) DO UPDATE SET phrases = excluded.phrases RETURNING tracker",
        )?;
        Ok(put.query_row(params![tenant, name, to_json(&phrases)], |row| row.get(0))?)
    }

    fn put_hits(&mut self, conversation: i64, hits: &[(i64, u32)]) -> Result<(), StorageError> {
        let mut remove =
            self.connection.prepare_cached("DELETE FROM tracker_hit WHERE conversation = ?1 AND tracker = ?2")?;
        let mut add = self
            .connection
            .prepare_cached("INSERT INTO tracker_hit (conversation, tracker, hits) VALUES (?1, ?2, ?3)")?;
        for (tracker, hits) in hits {
            remove.execute([conversation, *tracker])?;
            if *hits > 0 {
                add.execute(params![conversation, tracker, hits])?;
            }
        }
        Ok(())
    }
}

impl SqliteTransaction<'_> {
    /// A record whose hold changes is due at once. So is the conversation of a snippet, whose words change with it.
    fn set_held(&mut self, tenant: i64, subject: Subject, id: &str, held: bool) -> Result<usize, StorageError> {
        let changed = self.connection.execute(
            &format!(
                "UPDATE {subject} SET held = ?3, version = version + 1, review_on = ?4 WHERE tenant = ?1 AND id = ?2"
            ),
            params![tenant, id, held, AT_ONCE],
        )?;
        if subject == Subject::Snippet {
            self.connection.execute(
                "UPDATE conversation SET review_on = ?3 WHERE tenant = ?1
                 AND id = (SELECT conversation FROM snippet WHERE tenant = ?1 AND id = ?2)",
                params![tenant, id, AT_ONCE],
            )?;
        }
        Ok(changed)
    }
}

/// The columns that [`tenant_from`] reads.
pub(super) const TENANT_COLUMNS: &str = "tenant, id, time_zone, settings, module, shortened_on, sweep_due, has_deleted, conversations, snippets, signatures_required, anonymiser_rules";

pub(super) fn tenant_from(row: &rusqlite::Row<'_>) -> rusqlite::Result<Result<Tenant, StorageError>> {
    let zone: String = row.get(2)?;
    let module: Option<String> = row.get(4)?;
    let (key, id, settings) = (row.get(0)?, row.get(1)?, row.get(3)?);
    let shortened_on = super::day_from(row.get(5)?);
    let (sweep_due, has_deleted, conversations, snippets) = (row.get(6)?, row.get(7)?, row.get(8)?, row.get(9)?);
    let (signatures_required, anonymiser_rules) = (row.get(10)?, row.get(11)?);
    Ok((|| {
        let time_zone = zone.parse().map_err(|_| StorageError::Unreadable { what: "a time zone" })?;
        let module = module.map(|digest| digest.parse()).transpose();
        let module = module.map_err(|_| StorageError::Unreadable { what: "a module digest" })?;
        Ok(Tenant {
            key,
            id,
            time_zone,
            settings,
            module,
            shortened_on,
            signatures_required,
            anonymiser_rules,
            sweep_due,
            has_deleted,
            conversations,
            snippets,
        })
    })())
}
