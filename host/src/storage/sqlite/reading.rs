//! What people and reports read, from SQLite.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::administration::{TENANT_COLUMNS, tenant_from};
use super::evidence::{SELECT_RUN, ledger_row_from, run_from};
use super::{SqliteStorage, day_from, instant_from, json, subject_from};
use crate::conversation::{Customer, Details, Turn};
use crate::policy::ModuleDigest;
use crate::record::{Actions, Artefacts, Day, Subject};
use crate::storage::administration::{Hold, InstalledModule, Role, Tracker, TrustedKey};
use crate::storage::evidence::{LedgerRow, RunRow};
use crate::storage::reading::{Census, Cut, GroupBy, Numbers, Reading, Shown, StatisticsRow};
use crate::storage::unit::{Pending, PendingWork};
use crate::storage::{StorageError, Tenant};

impl SqliteStorage {
    /// Every row of a query, each read by a function that may find a value unreadable.
    fn all<T>(
        &self,
        sql: &str,
        parameters: impl rusqlite::Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<Result<T, StorageError>>,
    ) -> Result<Vec<T>, StorageError> {
        let mut statement = self.reader.prepare_cached(sql)?;
        let mut found = Vec::new();
        for row in statement.query_map(parameters, read)? {
            found.push(row??);
        }
        Ok(found)
    }
}

impl Reading for SqliteStorage {
    fn tenants(&self) -> Result<Vec<Tenant>, StorageError> {
        self.all(&format!("SELECT {TENANT_COLUMNS} FROM tenant ORDER BY id"), [], tenant_from)
    }

    fn tenant(&self, id: &str) -> Result<Option<Tenant>, StorageError> {
        Ok(self.all(&format!("SELECT {TENANT_COLUMNS} FROM tenant WHERE id = ?1"), [id], tenant_from)?.pop())
    }

    fn modules(&self) -> Result<Vec<InstalledModule>, StorageError> {
        self.all("SELECT digest, manifest, installed_at FROM module ORDER BY installed_at, digest", [], module_from)
    }

    fn module(&self, digest: &ModuleDigest) -> Result<Option<InstalledModule>, StorageError> {
        let sql = "SELECT digest, manifest, installed_at FROM module WHERE digest = ?1";
        Ok(self.all(sql, [digest.to_string()], module_from)?.pop())
    }

    fn signatures(&self, module: &ModuleDigest) -> Result<Vec<(String, String)>, StorageError> {
        let sql = "SELECT key, signature FROM module_signature WHERE module = ?1 ORDER BY key";
        self.all(sql, [module.to_string()], |row| Ok(Ok((row.get(0)?, row.get(1)?))))
    }

    fn trusted_keys(&self, tenant: i64) -> Result<Vec<TrustedKey>, StorageError> {
        let sql = "SELECT key, public_key, trusted_at FROM trusted_key WHERE tenant = ?1 ORDER BY key";
        self.all(sql, [tenant], |row| {
            let (key, public_key, trusted_at) = (row.get(0)?, row.get(1)?, row.get(2)?);
            Ok(instant_from(trusted_at).map(|trusted_at| TrustedKey { key, public_key, trusted_at }))
        })
    }

    fn users(&self, tenant: i64) -> Result<Vec<(String, Role)>, StorageError> {
        self.all("SELECT id, role FROM user WHERE tenant = ?1 ORDER BY id", [tenant], |row| {
            let (id, role): (String, String) = (row.get(0)?, row.get(1)?);
            Ok(json(&role, "a role").map(|role| (id, role)))
        })
    }

    fn holds(&self, tenant: i64) -> Result<Vec<Hold>, StorageError> {
        let sql = "SELECT hold, subject, id, reason, placed_at FROM hold WHERE tenant = ?1 ORDER BY hold";
        self.all(sql, [tenant], |row| {
            let (hold, subject, id): (i64, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let (reason, placed_at): (String, i64) = (row.get(3)?, row.get(4)?);
            Ok((|| {
                Ok(Hold { hold, subject: subject_from(&subject)?, id, reason, placed_at: instant_from(placed_at)? })
            })())
        })
    }

    fn trackers(&self, tenant: i64) -> Result<Vec<Tracker>, StorageError> {
        self.all("SELECT tracker, name, phrases FROM tracker WHERE tenant = ?1 ORDER BY name", [tenant], |row| {
            let (key, name, phrases): (i64, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
            Ok(json(&phrases, "a tracker").map(|phrases| Tracker { key, name, phrases }))
        })
    }

    fn record_id(&self, subject: Subject, key: i64) -> Result<Option<String>, StorageError> {
        let mut statement = self.reader.prepare_cached(&format!("SELECT id FROM {subject} WHERE {subject} = ?1"))?;
        Ok(statement.query_row([key], |row| row.get(0)).optional()?)
    }

    fn record_key(&self, tenant: i64, subject: Subject, id: &str) -> Result<Option<i64>, StorageError> {
        let sql = format!("SELECT {subject} FROM {subject} WHERE tenant = ?1 AND id = ?2");
        let mut statement = self.reader.prepare_cached(&sql)?;
        Ok(statement.query_row(params![tenant, id], |row| row.get(0)).optional()?)
    }

    fn show(&self, tenant: i64, subject: Subject, id: &str) -> Result<Option<Shown>, StorageError> {
        match subject {
            Subject::Conversation => self.show_conversation(tenant, id),
            Subject::Snippet => self.show_snippet(tenant, id),
        }
    }

    fn by_number_ending(&self, tenant: i64, ending: &str) -> Result<Vec<(String, String)>, StorageError> {
        let sql = "SELECT c.id, p.number FROM customer AS p JOIN conversation AS c USING (conversation)
                   WHERE p.tenant = ?1 AND substr(p.number, -8) IN (?2, '+' || ?2) AND p.number IS NOT NULL
                   ORDER BY c.id";
        self.all(sql, params![tenant, ending], |row| Ok(Ok((row.get(0)?, row.get(1)?))))
    }

    fn numbers(&self, tenant: i64) -> Result<Numbers, StorageError> {
        let sql = "SELECT min(c.recorded_on), count(*) FROM customer AS p JOIN conversation AS c USING (conversation)
                   WHERE p.tenant = ?1 AND p.number IS NOT NULL";
        let numbers = |row: &Row<'_>| Ok(Numbers { since: day_from(row.get(0)?), count: row.get(1)? });
        Ok(self.reader.query_row(sql, [tenant], numbers)?)
    }

    fn snippets_of(&self, tenant: i64, conversation: &str) -> Result<Vec<Cut>, StorageError> {
        snippets_of(&self.reader, tenant, conversation)
    }

    fn census(&self, tenant: i64, today: Day) -> Result<Census, StorageError> {
        let whole = Artefacts::AUDIO.with(Artefacts::CUSTOMER);
        let sql = "SELECT
            (SELECT count(*) FROM conversation WHERE tenant = ?1 AND state & ?3 <> 0),
            (SELECT count(*) FROM conversation WHERE tenant = ?1 AND state & ?3 = 0),
            (SELECT snippets FROM tenant WHERE tenant = ?1),
            (SELECT count(*) FROM conversation WHERE tenant = ?1 AND held)
              + (SELECT count(*) FROM snippet WHERE tenant = ?1 AND held),
            (SELECT count(*) FROM deleted WHERE tenant = ?1),
            (SELECT count(*) FROM conversation WHERE tenant = ?1 AND review_on <= ?2)
              + (SELECT count(*) FROM snippet WHERE tenant = ?1 AND review_on <= ?2)";
        Ok(self.reader.query_row(sql, params![tenant, today.0, whole.0], |row| {
            Ok(Census {
                conversations_full: row.get(0)?,
                conversations_partial: row.get(1)?,
                snippets: row.get(2)?,
                held: row.get(3)?,
                deleted: row.get(4)?,
                due: row.get(5)?,
            })
        })?)
    }

    fn statistics(&self, tenant: i64, by: Option<GroupBy>) -> Result<Vec<StatisticsRow>, StorageError> {
        let group = match by {
            None => "'all'",
            Some(GroupBy::Month) => "strftime('%Y-%m', c.recorded_on * 86400, 'unixepoch')",
            Some(GroupBy::Team) => "coalesce(c.team, '')",
        };
        let whole = Artefacts::AUDIO.with(Artefacts::CUSTOMER);
        let sql = format!(
            "SELECT {group} AS g, count(*), sum(c.state & ?2 = 0), avg(c.sentiment_thousandths) / 1000.0, avg(c.score)
             FROM conversation AS c WHERE c.tenant = ?1 GROUP BY g ORDER BY g"
        );
        let mut rows = self.all(&sql, params![tenant, whole.0], |row| {
            Ok(Ok(StatisticsRow {
                group: row.get(0)?,
                conversations: row.get(1)?,
                partial: row.get(2)?,
                sentiment: row.get(3)?,
                score: row.get(4)?,
                hits: BTreeMap::new(),
            }))
        })?;
        let sql = format!(
            "SELECT {group} AS g, t.name, sum(h.hits) FROM tracker_hit AS h JOIN tracker AS t USING (tracker)
             JOIN conversation AS c USING (conversation) WHERE c.tenant = ?1 GROUP BY g, t.name"
        );
        let hits: Vec<(String, String, u64)> =
            self.all(&sql, [tenant], |row| Ok(Ok((row.get(0)?, row.get(1)?, row.get(2)?))))?;
        for (group, tracker, count) in hits {
            if let Some(row) = rows.iter_mut().find(|row| row.group == group) {
                row.hits.insert(tracker, count);
            }
        }
        Ok(rows)
    }

    fn transcripts(
        &self,
        tenant: i64,
        visit: &mut dyn FnMut(i64, Vec<Turn>) -> Result<(), StorageError>,
    ) -> Result<(), StorageError> {
        let mut statement = self.reader.prepare_cached(
            "SELECT t.conversation, t.turns FROM transcript AS t JOIN conversation AS c USING (conversation)
             WHERE c.tenant = ?1",
        )?;
        let mut rows = statement.query([tenant])?;
        while let Some(row) = rows.next()? {
            visit(row.get(0)?, json(&row.get::<_, String>(1)?, "a transcript")?)?;
        }
        Ok(())
    }

    fn pending(&self, after: i64, limit: usize) -> Result<Vec<Pending>, StorageError> {
        let sql = "SELECT p.unit, p.blob, p.run, p.intent, p.tenant, t.id, p.subject, p.id, p.actions
                   FROM pending AS p LEFT JOIN tenant AS t USING (tenant) WHERE p.unit > ?1 ORDER BY p.unit LIMIT ?2";
        self.all(sql, params![after, i64::try_from(limit).unwrap_or(i64::MAX)], |row| {
            let (unit, blob) = (row.get(0)?, row.get(1)?);
            let Some(run) = row.get(2)? else { return Ok(Ok(Pending { unit, work: None, blob })) };
            let (intent, tenant, tenant_id, id) = (row.get(3)?, row.get(4)?, row.get(5)?, row.get(7)?);
            let (subject, actions): (String, u8) = (row.get(6)?, row.get(8)?);
            Ok(subject_from(&subject).map(|subject| {
                let actions = Actions(actions);
                let work = PendingWork { run, intent, tenant, tenant_id, subject, id, actions };
                Pending { unit, work: Some(work), blob }
            }))
        })
    }

    fn blobs(&self, visit: &mut dyn FnMut(&str)) -> Result<(), StorageError> {
        let mut statement = self.reader.prepare_cached(
            "SELECT audio FROM conversation WHERE audio IS NOT NULL
             UNION ALL SELECT audio FROM snippet WHERE audio IS NOT NULL
             UNION ALL SELECT blob FROM pending WHERE blob IS NOT NULL",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            visit(&row.get::<_, String>(0)?);
        }
        Ok(())
    }

    fn audio_of(&self, tenant: i64, subject: Subject, id: &str) -> Result<Option<String>, StorageError> {
        let sql = format!("SELECT audio FROM {subject} WHERE tenant = ?1 AND id = ?2");
        Ok(self.all(&sql, params![tenant, id], |row| Ok(Ok(row.get(0)?)))?.pop().flatten())
    }

    fn open_runs(&self) -> Result<Vec<RunRow>, StorageError> {
        self.all(&format!("{SELECT_RUN} WHERE r.closed_at IS NULL ORDER BY r.run"), [], run_from)
    }

    fn run_of_plan(&self, plan: &str) -> Result<Option<RunRow>, StorageError> {
        let sql = format!("{SELECT_RUN} WHERE r.plan = ?1 ORDER BY r.run DESC LIMIT 1");
        Ok(self.all(&sql, [plan], run_from)?.pop())
    }

    fn runs(&self, tenant: i64, limit: usize) -> Result<Vec<RunRow>, StorageError> {
        let sql = format!("{SELECT_RUN} WHERE r.tenant = ?1 ORDER BY r.run DESC LIMIT ?2");
        self.all(&sql, params![tenant, i64::try_from(limit).unwrap_or(i64::MAX)], run_from)
    }

    fn ledger(
        &self,
        after: i64,
        run: Option<i64>,
        visit: &mut dyn FnMut(LedgerRow) -> bool,
    ) -> Result<(), StorageError> {
        let sql = match run {
            None => "SELECT sequence, run, body, hash FROM ledger WHERE sequence > ?1 AND ?2 IS NULL ORDER BY sequence",
            Some(_) => {
                "SELECT sequence, run, body, hash FROM ledger WHERE sequence > ?1 AND run = ?2 ORDER BY sequence"
            }
        };
        let mut statement = self.reader.prepare_cached(sql)?;
        let mut rows = statement.query(params![after, run])?;
        while let Some(row) = rows.next()? {
            if !visit(ledger_row_from(row)?) {
                break;
            }
        }
        Ok(())
    }
}

/// Outside a transaction or inside one.
pub(super) fn snippets_of(connection: &Connection, tenant: i64, conversation: &str) -> Result<Vec<Cut>, StorageError> {
    let mut statement = connection
        .prepare_cached("SELECT id, created_by FROM snippet WHERE tenant = ?1 AND conversation = ?2 ORDER BY id")?;
    let cut = |row: &Row<'_>| Ok(Cut { id: row.get(0)?, created_by: row.get(1)? });
    Ok(statement.query_map(params![tenant, conversation], cut)?.collect::<Result<_, _>>()?)
}

fn module_from(row: &Row<'_>) -> rusqlite::Result<Result<InstalledModule, StorageError>> {
    let (digest, manifest, installed_at): (String, String, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
    Ok((|| {
        let digest = digest.parse().map_err(|_| StorageError::Unreadable { what: "a module digest" })?;
        Ok(InstalledModule {
            digest,
            manifest: json(&manifest, "a manifest")?,
            installed_at: instant_from(installed_at)?,
        })
    })())
}

impl SqliteStorage {
    fn show_conversation(&self, tenant: i64, id: &str) -> Result<Option<Shown>, StorageError> {
        let sql = "SELECT c.conversation, c.version, c.state, c.held, c.recorded_on, c.review_on, c.language,
            c.employee, c.team, c.channel, c.purpose, c.score, c.sentiment_thousandths, c.duration_seconds,
            p.number, p.name, p.reference, CASE WHEN c.state & ?3 THEN t.turns END
            FROM conversation AS c LEFT JOIN customer AS p USING (conversation)
            LEFT JOIN transcript AS t USING (conversation) WHERE c.tenant = ?1 AND c.id = ?2";
        let found = self.all(sql, params![tenant, id, Artefacts::TRANSCRIPT.0], |row| {
            let details = Details {
                language: row.get(6)?,
                employee: row.get(7)?,
                team: row.get(8)?,
                channel: row.get(9)?,
                purpose: row.get(10)?,
                score: row.get(11)?,
                sentiment_thousandths: row.get(12)?,
                duration_seconds: row.get(13)?,
                ..Details::default()
            };
            let customer = Customer { number: row.get(14)?, name: row.get(15)?, reference: row.get(16)? };
            let key: i64 = row.get(0)?;
            let turns: Option<String> = row.get(17)?;
            let shown = Shown {
                subject: Subject::Conversation,
                id: id.to_owned(),
                version: row.get(1)?,
                state: Artefacts(row.get(2)?),
                held: row.get(3)?,
                on: day_from(row.get(4)?),
                review_on: day_from(row.get(5)?),
                details,
                customer,
                transcript: None,
                conversation: None,
                title: None,
                text: None,
                hits: Vec::new(),
            };
            let transcript = turns.map(|turns| json(&turns, "a transcript")).transpose();
            Ok(transcript.map(|transcript| (key, Shown { transcript, ..shown })))
        })?;
        let Some((key, mut shown)) = found.into_iter().next() else { return Ok(None) };
        shown.details.tags =
            self.all("SELECT tag FROM tag WHERE conversation = ?1", [key], |row| Ok(Ok(row.get(0)?)))?;
        let metadata = "SELECT name, value FROM metadata WHERE conversation = ?1";
        shown.details.metadata =
            self.all(metadata, [key], |row| Ok(Ok((row.get(0)?, row.get(1)?))))?.into_iter().collect();
        let hits = "SELECT t.name, h.hits FROM tracker_hit AS h JOIN tracker AS t USING (tracker)
                    WHERE h.conversation = ?1 ORDER BY t.name";
        shown.hits = self.all(hits, [key], |row| Ok(Ok((row.get(0)?, row.get(1)?))))?;
        Ok(Some(shown))
    }

    fn show_snippet(&self, tenant: i64, id: &str) -> Result<Option<Shown>, StorageError> {
        let sql = "SELECT version, state, held, created_on, review_on, created_by, duration_seconds, conversation,
            title, text FROM snippet WHERE tenant = ?1 AND id = ?2";
        let found = self.all(sql, params![tenant, id], |row| {
            let details = Details { employee: row.get(5)?, duration_seconds: row.get(6)?, ..Details::default() };
            Ok(Ok(Shown {
                subject: Subject::Snippet,
                id: id.to_owned(),
                version: row.get(0)?,
                state: Artefacts(row.get(1)?),
                held: row.get(2)?,
                on: day_from(row.get(3)?),
                review_on: day_from(row.get(4)?),
                details,
                customer: Customer::default(),
                transcript: None,
                conversation: row.get(7)?,
                title: row.get(8)?,
                text: row.get(9)?,
                hits: Vec::new(),
            }))
        })?;
        Ok(found.into_iter().next())
    }
}
