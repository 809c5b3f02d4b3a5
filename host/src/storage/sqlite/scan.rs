//! Records as columns, straight from SQLite's cursor: no row is ever built.

use std::collections::HashMap;
use std::ops::ControlFlow;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row as SqlRow, ToSql};

use super::{day_from, to_json};
use crate::columns::{BATCH_RECORDS_MAX, Batch, Column, ColumnKind, ColumnName, Dictionary, Row};
use crate::record::{Artefacts, Day, Subject};
use crate::storage::{Scan, Scope, StorageError};

/// The columns that every scan reads for the host itself.
const HOST_COLUMNS: usize = 5;

pub(super) fn scan(
    connection: &Connection,
    scan: &Scan<'_>,
    visit: &mut dyn FnMut(&mut Batch) -> ControlFlow<()>,
) -> Result<(), StorageError> {
    // Most tenants hold no snippet, and asking once costs less than asking a million rows.
    let mut holds =
        connection.prepare_cached("SELECT EXISTS (SELECT 1 FROM hold WHERE tenant = ?1 AND subject = 'snippet')")?;
    let snippets_are_held: bool = holds.query_row([scan.tenant], |row| row.get(0))?;
    let held = if snippets_are_held { held(scan.subject) } else { "r.held" };
    let (sql, names) = statement(scan, held);
    let mut statement = connection.prepare_cached(&sql)?;
    let (due, keys);
    let scope: &dyn ToSql = match scan.scope {
        Scope::Due(day) => {
            due = day.0;
            &due
        }
        Scope::All => &0,
        Scope::Keys(wanted) => {
            keys = to_json(&wanted);
            &keys
        }
    };
    let mut parameters: Vec<&dyn ToSql> = vec![&scan.tenant, scope];
    parameters.extend(names.iter().map(|name| name as &dyn ToSql));
    let mut rows = statement.query(parameters.as_slice())?;
    let mut readers: Vec<Reader> = scan.columns.iter().map(|column| Reader::new(column.kind())).collect();
    let mut batch = Batch::default();
    while let Some(row) = rows.next()? {
        batch.rows.push(host_row(row)?);
        for (index, reader) in readers.iter_mut().enumerate() {
            reader.push(row.get_ref(HOST_COLUMNS + index)?)?;
        }
        if batch.rows.len() == BATCH_RECORDS_MAX && give(&mut batch, &mut readers, visit).is_break() {
            return Ok(());
        }
    }
    if !batch.rows.is_empty() {
        let _ = give(&mut batch, &mut readers, visit);
    }
    Ok(())
}

fn give(
    batch: &mut Batch,
    readers: &mut [Reader],
    visit: &mut dyn FnMut(&mut Batch) -> ControlFlow<()>,
) -> ControlFlow<()> {
    batch.columns = readers.iter_mut().map(Reader::take).collect();
    let flow = visit(batch);
    batch.rows.clear();
    flow
}

/// The statement of a scan, and the names of tags and metadata that it binds after the tenant and the day.
fn statement<'a>(scan: &Scan<'a>, held: &str) -> (String, Vec<&'a str>) {
    let table = scan.subject.to_string();
    let mut names = Vec::new();
    let mut sql = format!("SELECT r.{table}, r.version, r.state, {held}, r.review_on");
    for column in scan.columns {
        sql.push_str(", ");
        sql.push_str(&expression(column, scan.subject, held, &mut names));
    }
    sql.push_str(&format!(" FROM {table} AS r WHERE r.tenant = ?1"));
    match scan.scope {
        // `?2` is bound either way; SQLite is told so.
        Scope::All => sql.push_str(" AND ?2 = 0"),
        Scope::Due(_) => sql.push_str(" AND r.review_on <= ?2"),
        Scope::Keys(_) => sql.push_str(&format!(" AND r.{table} IN (SELECT value FROM json_each(?2))")),
    }
    (sql, names)
}

/// Whether a record is under legal hold: the same as `locate` says before it is changed. A hold on a snippet holds its
/// conversation; SQLite finds those once a scan, by way of the few holds that there are.
fn held(subject: Subject) -> &'static str {
    match subject {
        Subject::Conversation => {
            "r.held OR r.conversation IN (SELECT c.conversation FROM hold AS h
             JOIN snippet AS s ON s.tenant = h.tenant AND s.id = h.id
             JOIN conversation AS c ON c.tenant = s.tenant AND c.id = s.conversation
             WHERE h.tenant = ?1 AND h.subject = 'snippet')"
        }
        Subject::Snippet => "r.held",
    }
}

fn expression<'a>(column: &'a ColumnName, subject: Subject, held: &str, names: &mut Vec<&'a str>) -> String {
    let mut bind = |name: &'a str| {
        names.push(name);
        names.len() + 2
    };
    match column {
        ColumnName::RecordedOn => "r.recorded_on".to_owned(),
        ColumnName::EndedOn => "r.ended_on".to_owned(),
        ColumnName::State => "r.state".to_owned(),
        ColumnName::Held => held.to_owned(),
        ColumnName::Language => "r.language".to_owned(),
        ColumnName::Team => "r.team".to_owned(),
        ColumnName::Channel => "r.channel".to_owned(),
        ColumnName::Employee => "r.employee".to_owned(),
        ColumnName::Purpose => "r.purpose".to_owned(),
        ColumnName::Score => "r.score".to_owned(),
        ColumnName::SentimentThousandths => "r.sentiment_thousandths".to_owned(),
        ColumnName::DurationSeconds => "r.duration_seconds".to_owned(),
        ColumnName::CreatedOn => "r.created_on".to_owned(),
        ColumnName::CreatedBy => "r.created_by".to_owned(),
        ColumnName::Tag(tag) => {
            let place = bind(tag);
            format!("EXISTS (SELECT 1 FROM tag AS t WHERE t.conversation = r.{subject} AND t.tag = ?{place})")
        }
        ColumnName::Metadata(key) => {
            let place = bind(key);
            format!("(SELECT m.value FROM metadata AS m WHERE m.conversation = r.{subject} AND m.name = ?{place})")
        }
        ColumnName::ConversationExists => {
            "EXISTS (SELECT 1 FROM conversation AS c WHERE c.tenant = r.tenant AND c.id = r.conversation)".to_owned()
        }
    }
}

fn host_row(row: &SqlRow<'_>) -> Result<Row, StorageError> {
    Ok(Row {
        key: row.get(0)?,
        version: row.get(1)?,
        state: Artefacts(row.get(2)?),
        held: row.get(3)?,
        review_on: day_from(row.get(4)?),
    })
}

/// Collects the values of one column.
struct Reader {
    kind: ColumnKind,
    column: Column,
    codes: HashMap<String, u32>,
}

impl Reader {
    fn new(kind: ColumnKind) -> Reader {
        Reader { kind, column: Column::new(kind), codes: HashMap::new() }
    }

    fn push(&mut self, value: ValueRef<'_>) -> Result<(), StorageError> {
        let unreadable = |_| StorageError::Unreadable { what: "a column" };
        match &mut self.column {
            Column::Days(days) => days.push(match value {
                ValueRef::Integer(day) => i32::try_from(day).map_err(unreadable)?,
                _ => Day::ABSENT.0,
            }),
            Column::Numbers(numbers) => numbers.push(match value {
                ValueRef::Integer(number) => number,
                _ => i64::MIN,
            }),
            Column::States(states) => states.push(match value {
                ValueRef::Integer(state) => u8::try_from(state).map_err(unreadable)?,
                _ => 0,
            }),
            Column::Text(dictionary) => {
                let code = match value {
                    ValueRef::Text(bytes) => {
                        let text = str::from_utf8(bytes).map_err(|_| StorageError::Unreadable { what: "a text" })?;
                        code_of(text, &mut self.codes, &mut dictionary.values)
                    }
                    _ => Dictionary::ABSENT,
                };
                dictionary.codes.push(code);
            }
        }
        Ok(())
    }

    fn take(&mut self) -> Column {
        self.codes.clear();
        std::mem::replace(&mut self.column, Column::new(self.kind))
    }
}

fn code_of(text: &str, codes: &mut HashMap<String, u32>, values: &mut Vec<String>) -> u32 {
    if let Some(code) = codes.get(text) {
        return *code;
    }
    let code = u32::try_from(values.len()).expect("a batch has at most as many values as rows");
    values.push(text.to_owned());
    codes.insert(text.to_owned(), code);
    code
}
