//! The unit of work in SQLite: the only place that deletes rows of conversations and snippets.

use rusqlite::{OptionalExtension, params};

use super::administration::AT_ONCE;
use super::{SqliteTransaction, day_value, json, to_json};
use crate::conversation::Customer;
use crate::record::{Actions, Artefacts, Day, Subject};
use crate::storage::StorageError;
use crate::storage::unit::{Located, Pending, Personal, Rewritten, SnippetWords, Unit};

impl Unit for SqliteTransaction<'_> {
    fn locate(&mut self, tenant: i64, subject: Subject, id: &str) -> Result<Option<Located>, StorageError> {
        // The words of a conversation's snippets change with it, so a hold on one of them holds it.
        let sql = match subject {
            Subject::Conversation => {
                "SELECT conversation, version, state, held OR EXISTS (SELECT 1 FROM snippet AS s
                 WHERE s.tenant = ?1 AND s.conversation = ?2 AND s.held) FROM conversation WHERE tenant = ?1 AND id = ?2"
            }
            Subject::Snippet => "SELECT snippet, version, state, held FROM snippet WHERE tenant = ?1 AND id = ?2",
        };
        let located = self.connection.prepare_cached(sql)?.query_row(params![tenant, id], |row| {
            Ok(Located { key: row.get(0)?, version: row.get(1)?, state: Artefacts(row.get(2)?), held: row.get(3)? })
        });
        Ok(located.optional()?)
    }

    fn personal(&mut self, conversation: i64) -> Result<Personal, StorageError> {
        let mut main = self.connection.prepare_cached(
            "SELECT c.employee, c.language, c.state, t.turns, p.number, p.name, p.reference, c.tenant, c.id
             FROM conversation AS c LEFT JOIN transcript AS t USING (conversation)
             LEFT JOIN customer AS p USING (conversation) WHERE c.conversation = ?1",
        )?;
        let (mut personal, state, turns, tenant, id) = main.query_row([conversation], |row| {
            let customer = Customer { number: row.get(4)?, name: row.get(5)?, reference: row.get(6)? };
            let personal = Personal { employee: row.get(0)?, language: row.get(1)?, customer, ..Personal::default() };
            let turns: Option<String> = row.get(3)?;
            let (tenant, id): (i64, String) = (row.get(7)?, row.get(8)?);
            Ok((personal, Artefacts(row.get(2)?), turns, tenant, id))
        })?;
        if let Some(turns) = turns.filter(|_| state.contains(Artefacts::TRANSCRIPT)) {
            personal.transcript = Some(json(&turns, "a transcript")?);
        }
        let mut tags = self.connection.prepare_cached("SELECT tag FROM tag WHERE conversation = ?1")?;
        personal.tags = tags.query_map([conversation], |row| row.get(0))?.collect::<Result<_, _>>()?;
        let mut metadata =
            self.connection.prepare_cached("SELECT name, value FROM metadata WHERE conversation = ?1")?;
        personal.metadata =
            metadata.query_map([conversation], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
        let mut snippets = self.connection.prepare_cached(
            "SELECT snippet, title, text, state FROM snippet WHERE tenant = ?1 AND conversation = ?2",
        )?;
        let words = |row: &rusqlite::Row<'_>| {
            let anonymised = Artefacts(row.get(3)?).contains(Artefacts::ANONYMISED_TRANSCRIPT);
            Ok(SnippetWords { key: row.get(0)?, title: row.get(1)?, text: row.get(2)?, anonymised })
        };
        personal.snippets = snippets.query_map(params![tenant, id], words)?.collect::<Result<_, _>>()?;
        Ok(personal)
    }

    fn change(
        &mut self,
        tenant: i64,
        subject: Subject,
        key: i64,
        actions: Actions,
        rewritten: &Rewritten,
    ) -> Result<Option<String>, StorageError> {
        match subject {
            Subject::Snippet => self.purge_snippet(tenant, key),
            Subject::Conversation => {
                self.rewrite(key, rewritten)?;
                if actions.contains(Actions::PURGE_STATISTICS) {
                    self.purge_conversation(tenant, key)
                } else {
                    self.purge_parts(key, actions)
                }
            }
        }
    }

    fn is_gone(&mut self, tenant: i64, subject: Subject, id: &str, actions: Actions) -> Result<bool, StorageError> {
        let Some(located) = self.locate(tenant, subject, id)? else { return Ok(true) };
        if subject == Subject::Snippet || actions.contains(Actions::PURGE_STATISTICS) {
            return Ok(false);
        }
        let mut rows = self.connection.prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM customer WHERE conversation = ?1),
                    EXISTS (SELECT 1 FROM transcript WHERE conversation = ?1)",
        )?;
        let (customer, transcript): (bool, bool) =
            rows.query_row([located.key], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let left = [
            (Actions::PURGE_AUDIO, located.state.contains(Artefacts::AUDIO)),
            (Actions::PURGE_CUSTOMER, customer),
            (Actions::PURGE_TRANSCRIPT, transcript),
            (Actions::ANONYMISE_TRANSCRIPT, located.state.contains(Artefacts::TRANSCRIPT)),
        ];
        Ok(!left.iter().any(|(action, present)| actions.contains(*action) && *present))
    }

    fn add_pending(&mut self, pending: &Pending) -> Result<i64, StorageError> {
        let work = pending.work.as_ref();
        self.connection
            .prepare_cached(
                "INSERT INTO pending (run, intent, tenant, subject, id, actions, blob)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![
                work.map(|work| work.run),
                work.map(|work| work.intent),
                work.map(|work| work.tenant),
                work.map(|work| work.subject.to_string()),
                work.map(|work| &work.id),
                work.map(|work| work.actions.0),
                pending.blob
            ])?;
        Ok(self.connection.last_insert_rowid())
    }

    fn remove_pending(&mut self, units: &[i64]) -> Result<(), StorageError> {
        let mut remove = self.connection.prepare_cached("DELETE FROM pending WHERE unit = ?1")?;
        units.iter().try_for_each(|unit| remove.execute([unit]).map(drop))?;
        Ok(())
    }

    fn put_review(&mut self, subject: Subject, key: i64, version: i64, review_on: Day) -> Result<(), StorageError> {
        self.connection
            .prepare_cached(&format!("UPDATE {subject} SET review_on = ?3 WHERE {subject} = ?1 AND version = ?2"))?
            .execute(params![key, version, day_value(review_on)])?;
        Ok(())
    }
}

impl SqliteTransaction<'_> {
    fn rewrite(&mut self, key: i64, rewritten: &Rewritten) -> Result<(), StorageError> {
        if let Some(turns) = &rewritten.transcript {
            self.connection
                .prepare_cached("UPDATE transcript SET turns = ?2 WHERE conversation = ?1")?
                .execute(params![key, to_json(turns)])?;
        }
        for tag in &rewritten.tags_removed {
            self.connection
                .prepare_cached("DELETE FROM tag WHERE conversation = ?1 AND tag = ?2")?
                .execute(params![key, tag])?;
        }
        for (name, value) in &rewritten.metadata {
            self.connection
                .prepare_cached("UPDATE metadata SET value = ?3 WHERE conversation = ?1 AND name = ?2")?
                .execute(params![key, name, value])?;
        }
        for snippet in &rewritten.snippets {
            let words = if snippet.anonymised { Artefacts::ANONYMISED_TRANSCRIPT } else { Artefacts::TRANSCRIPT };
            let words = if snippet.text.is_some() { words } else { Artefacts::NONE };
            let either = Artefacts::TRANSCRIPT.with(Artefacts::ANONYMISED_TRANSCRIPT);
            self.connection
                .prepare_cached(
                    "UPDATE snippet SET title = ?2, text = ?3, state = state & ~?4 | ?5, version = version + 1,
                     review_on = ?6 WHERE snippet = ?1",
                )?
                .execute(params![snippet.key, snippet.title, snippet.text, either.0, words.0, AT_ONCE])?;
        }
        Ok(())
    }

    fn purge_parts(&mut self, key: i64, actions: Actions) -> Result<Option<String>, StorageError> {
        let mut read =
            self.connection.prepare_cached("SELECT state, audio FROM conversation WHERE conversation = ?1")?;
        let (state, audio): (u8, Option<String>) = read.query_row([key], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let mut state = Artefacts(state);
        let mut blob = None;
        if actions.contains(Actions::PURGE_AUDIO) {
            state = state.without(Artefacts::AUDIO);
            blob = audio.clone();
        }
        if actions.contains(Actions::PURGE_CUSTOMER) {
            state = state.without(Artefacts::CUSTOMER);
            self.delete_rows("customer", key)?;
        }
        if actions.contains(Actions::ANONYMISE_TRANSCRIPT) {
            state = state.without(Artefacts::TRANSCRIPT).with(Artefacts::ANONYMISED_TRANSCRIPT);
        }
        if actions.contains(Actions::PURGE_TRANSCRIPT) {
            state = state.without(Artefacts::TRANSCRIPT).without(Artefacts::ANONYMISED_TRANSCRIPT);
            self.delete_rows("transcript", key)?;
        }
        let kept = if blob.is_some() { None } else { audio };
        self.connection
            .prepare_cached(
                "UPDATE conversation SET state = ?2, audio = ?3, version = version + 1, review_on = ?4
                 WHERE conversation = ?1",
            )?
            .execute(params![key, state.0, kept, AT_ONCE])?;
        Ok(blob)
    }

    fn purge_conversation(&mut self, tenant: i64, key: i64) -> Result<Option<String>, StorageError> {
        for table in ["customer", "transcript", "tag", "metadata", "tracker_hit"] {
            self.delete_rows(table, key)?;
        }
        let mut remove =
            self.connection.prepare_cached("DELETE FROM conversation WHERE conversation = ?1 RETURNING id, audio")?;
        let (id, audio): (String, Option<String>) = remove.query_row([key], |row| Ok((row.get(0)?, row.get(1)?)))?;
        // A snippet outlives its conversation, and no longer names it: the conversation is nowhere.
        self.connection
            .prepare_cached(
                "UPDATE snippet SET conversation = NULL, version = version + 1, review_on = ?3
                 WHERE tenant = ?1 AND conversation = ?2",
            )?
            .execute(params![tenant, id, AT_ONCE])?;
        self.remember_deleted(tenant, Subject::Conversation, &id)?;
        Ok(audio)
    }

    fn purge_snippet(&mut self, tenant: i64, key: i64) -> Result<Option<String>, StorageError> {
        let mut remove =
            self.connection.prepare_cached("DELETE FROM snippet WHERE snippet = ?1 RETURNING id, audio")?;
        let (id, audio): (String, Option<String>) = remove.query_row([key], |row| Ok((row.get(0)?, row.get(1)?)))?;
        self.remember_deleted(tenant, Subject::Snippet, &id)?;
        Ok(audio)
    }

    fn remember_deleted(&mut self, tenant: i64, subject: Subject, id: &str) -> Result<(), StorageError> {
        self.connection
            .prepare_cached("INSERT OR IGNORE INTO deleted (tenant, subject, id) VALUES (?1, ?2, ?3)")?
            .execute(params![tenant, subject.to_string(), id])?;
        Ok(())
    }

    fn delete_rows(&mut self, table: &str, conversation: i64) -> Result<(), StorageError> {
        self.connection
            .prepare_cached(&format!("DELETE FROM {table} WHERE conversation = ?1"))?
            .execute([conversation])?;
        Ok(())
    }
}
