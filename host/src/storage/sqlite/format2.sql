-- Format 2: signatures of modules, the keys that tenants trust, and their own rules of anonymising. A store of format 1 gets this when it is opened; a new one after
-- schema.sql, so that both are the same.

ALTER TABLE tenant ADD COLUMN signatures_required INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tenant ADD COLUMN anonymiser_rules TEXT NOT NULL DEFAULT '{}';

CREATE TABLE module_signature (
    module    TEXT NOT NULL REFERENCES module (digest),
    key       TEXT NOT NULL,
    signature TEXT NOT NULL,
    PRIMARY KEY (module, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE trusted_key (
    tenant     INTEGER NOT NULL,
    key        TEXT NOT NULL,
    public_key TEXT NOT NULL,
    trusted_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, key)
) STRICT, WITHOUT ROWID;
