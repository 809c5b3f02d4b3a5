-- Format 1. Narrow columns that every run reads come first: SQLite decodes a row only as far as it must.

CREATE TABLE tenant (
    tenant        INTEGER PRIMARY KEY,
    id            TEXT NOT NULL UNIQUE,
    time_zone     TEXT NOT NULL,
    settings      TEXT NOT NULL DEFAULT '{}',
    module        TEXT REFERENCES module (digest),
    shortened_on  INTEGER,
    sweep_due     INTEGER NOT NULL DEFAULT 1,
    has_deleted   INTEGER NOT NULL DEFAULT 0,
    -- Kept by the triggers below, so that a guard's share of what is stored costs nothing.
    conversations INTEGER NOT NULL DEFAULT 0,
    snippets      INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE module (
    digest       TEXT PRIMARY KEY,
    manifest     TEXT NOT NULL,
    installed_at INTEGER NOT NULL
) STRICT;

CREATE TABLE conversation (
    conversation           INTEGER PRIMARY KEY,
    tenant                 INTEGER NOT NULL,
    version                INTEGER NOT NULL DEFAULT 1,
    state                  INTEGER NOT NULL,
    held                   INTEGER NOT NULL DEFAULT 0,
    review_on              INTEGER,
    recorded_on            INTEGER NOT NULL,
    ended_on               INTEGER,
    duration_seconds       INTEGER,
    score                  INTEGER,
    sentiment_thousandths  INTEGER,
    language               TEXT,
    team                   TEXT,
    channel                TEXT,
    employee               TEXT,
    purpose                TEXT,
    id                     TEXT NOT NULL,
    audio                  TEXT
) STRICT;
CREATE UNIQUE INDEX conversation_id ON conversation (tenant, id);
-- The due index: a daily run reads only what it finds here.
CREATE INDEX conversation_due ON conversation (tenant, review_on) WHERE review_on IS NOT NULL;

CREATE TRIGGER conversation_added AFTER INSERT ON conversation BEGIN
    UPDATE tenant SET conversations = conversations + 1 WHERE tenant = new.tenant;
END;
CREATE TRIGGER conversation_removed AFTER DELETE ON conversation BEGIN
    UPDATE tenant SET conversations = conversations - 1 WHERE tenant = old.tenant;
END;

CREATE TABLE customer (
    conversation INTEGER PRIMARY KEY,
    tenant       INTEGER NOT NULL,
    number       TEXT,
    name         TEXT,
    reference    TEXT
) STRICT;
CREATE INDEX customer_number ON customer (tenant, substr(number, -8)) WHERE number IS NOT NULL;

CREATE TABLE transcript (
    conversation INTEGER PRIMARY KEY,
    turns        TEXT NOT NULL
) STRICT;

CREATE TABLE tag (
    conversation INTEGER NOT NULL,
    tag          TEXT NOT NULL,
    PRIMARY KEY (conversation, tag)
) STRICT, WITHOUT ROWID;

CREATE TABLE metadata (
    conversation INTEGER NOT NULL,
    name         TEXT NOT NULL,
    value        TEXT NOT NULL,
    PRIMARY KEY (conversation, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE snippet (
    snippet          INTEGER PRIMARY KEY,
    tenant           INTEGER NOT NULL,
    version          INTEGER NOT NULL DEFAULT 1,
    state            INTEGER NOT NULL,
    held             INTEGER NOT NULL DEFAULT 0,
    review_on        INTEGER,
    created_on       INTEGER NOT NULL,
    duration_seconds INTEGER,
    created_by       TEXT,
    -- The id of its conversation, while that is stored.
    conversation     TEXT,
    id               TEXT NOT NULL,
    title            TEXT,
    text             TEXT,
    audio            TEXT
) STRICT;
CREATE UNIQUE INDEX snippet_id ON snippet (tenant, id);
CREATE INDEX snippet_due ON snippet (tenant, review_on) WHERE review_on IS NOT NULL;
CREATE INDEX snippet_conversation ON snippet (tenant, conversation) WHERE conversation IS NOT NULL;

CREATE TRIGGER snippet_added AFTER INSERT ON snippet BEGIN
    UPDATE tenant SET snippets = snippets + 1 WHERE tenant = new.tenant;
END;
CREATE TRIGGER snippet_removed AFTER DELETE ON snippet BEGIN
    UPDATE tenant SET snippets = snippets - 1 WHERE tenant = old.tenant;
END;

CREATE TABLE tracker (
    tracker INTEGER PRIMARY KEY,
    tenant  INTEGER NOT NULL,
    name    TEXT NOT NULL,
    phrases TEXT NOT NULL,
    UNIQUE (tenant, name)
) STRICT;

CREATE TABLE tracker_hit (
    conversation INTEGER NOT NULL,
    tracker      INTEGER NOT NULL,
    hits         INTEGER NOT NULL,
    PRIMARY KEY (conversation, tracker)
) STRICT, WITHOUT ROWID;

CREATE TABLE user (
    tenant INTEGER NOT NULL,
    id     TEXT NOT NULL,
    role   TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE hold (
    hold      INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant    INTEGER NOT NULL,
    subject   TEXT NOT NULL,
    id        TEXT NOT NULL,
    reason    TEXT NOT NULL,
    placed_at INTEGER NOT NULL
) STRICT;
CREATE INDEX hold_record ON hold (tenant, subject, id);

-- Ids that were deleted completely: they are not imported again.
CREATE TABLE deleted (
    tenant  INTEGER NOT NULL,
    subject TEXT NOT NULL,
    id      TEXT NOT NULL,
    PRIMARY KEY (tenant, subject, id)
) STRICT, WITHOUT ROWID;

-- Units whose rows are done, but whose file or receipt is not; and files that an import is about to write.
CREATE TABLE pending (
    unit    INTEGER PRIMARY KEY AUTOINCREMENT,
    run     INTEGER,
    intent  INTEGER,
    tenant  INTEGER,
    subject TEXT,
    id      TEXT,
    actions INTEGER,
    blob    TEXT
) STRICT;
CREATE UNIQUE INDEX pending_blob ON pending (blob) WHERE run IS NULL;

CREATE TABLE run (
    run       INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant    INTEGER NOT NULL,
    date      INTEGER NOT NULL,
    plan      TEXT NOT NULL,
    opened_at INTEGER NOT NULL,
    closed_at INTEGER
) STRICT;
CREATE INDEX run_plan ON run (plan);
CREATE INDEX run_open ON run (closed_at) WHERE closed_at IS NULL;

CREATE TABLE ledger (
    sequence INTEGER PRIMARY KEY,
    run      INTEGER,
    body     BLOB NOT NULL,
    hash     BLOB NOT NULL
) STRICT;
CREATE INDEX ledger_run ON ledger (run) WHERE run IS NOT NULL;
