//! Settings, modules, users, holds and trackers: what people set, as opposed to what is recorded.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::StorageError;
use crate::policy::{Manifest, ModuleDigest};
use crate::record::{Day, Subject};

/// What a user may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// May delete by hand, and set everything.
    Owner,
    /// May delete by hand.
    Admin,
    /// May look.
    Member,
}

/// A policy module that was admitted.
#[derive(Clone, Debug)]
pub struct InstalledModule {
    /// The digest of its bytes.
    pub digest: ModuleDigest,
    /// What it says of itself.
    pub manifest: Manifest,
    /// When it was admitted.
    pub installed_at: DateTime<Utc>,
}

/// A legal hold on one record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Hold {
    /// Its number.
    pub hold: i64,
    /// Conversation or snippet.
    pub subject: Subject,
    /// The record's id.
    pub id: String,
    /// Why; free of personal data.
    pub reason: String,
    /// When it was placed.
    pub placed_at: DateTime<Utc>,
}

/// A key whose signature a tenant trusts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct TrustedKey {
    /// What it is called: sixteen hexadecimal digits.
    pub key: String,
    /// The public key, in minisign's one line.
    pub public_key: String,
    /// Since when.
    pub trusted_at: DateTime<Utc>,
}

/// Words and phrases whose occurrences are counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tracker {
    /// The row's key.
    #[serde(skip)]
    pub key: i64,
    /// Its name.
    pub name: String,
    /// Its phrases.
    pub phrases: Vec<String>,
}

/// Changes to what people set.
pub trait Administration {
    /// Adds a tenant; false where the id is taken.
    fn add_tenant(&mut self, id: &str, time_zone: Tz) -> Result<bool, StorageError>;

    /// Replaces a tenant's settings; every record becomes due.
    fn put_settings(&mut self, tenant: i64, settings: &str, shortened_on: Day) -> Result<(), StorageError>;

    /// Makes a module the tenant's policy; every record becomes due.
    fn activate(&mut self, tenant: i64, module: &ModuleDigest, shortened_on: Day) -> Result<(), StorageError>;

    /// Notes that a full sweep has been done.
    fn sweep_done(&mut self, tenant: i64) -> Result<(), StorageError>;

    /// Notes that a run has deleted something.
    fn has_deleted(&mut self, tenant: i64) -> Result<(), StorageError>;

    /// Adds a module; false where it is there.
    fn add_module(&mut self, module: &InstalledModule) -> Result<bool, StorageError>;

    /// Keeps a module's signature by a key, in place of what there was; false where it was this.
    fn put_signature(&mut self, module: &ModuleDigest, key: &str, signature: &str) -> Result<bool, StorageError>;

    /// Lets a tenant trust a key; false where it does.
    fn trust_key(&mut self, tenant: i64, key: &TrustedKey) -> Result<bool, StorageError>;

    /// Lets a tenant no longer trust a key; false where it does not.
    fn distrust_key(&mut self, tenant: i64, key: &str) -> Result<bool, StorageError>;

    /// Says whether only a module signed by a trusted key may decide for a tenant.
    fn require_signatures(&mut self, tenant: i64, required: bool) -> Result<(), StorageError>;

    /// Replaces a tenant's own rules of anonymising.
    fn put_anonymiser_rules(&mut self, tenant: i64, rules: &str) -> Result<(), StorageError>;

    /// Adds a user or changes the role of one.
    fn put_user(&mut self, tenant: i64, id: &str, role: Role) -> Result<(), StorageError>;

    /// Places a hold on a record and makes the record due; `None` where there is no such record.
    fn place_hold(
        &mut self,
        tenant: i64,
        subject: Subject,
        id: &str,
        reason: &str,
        at: DateTime<Utc>,
    ) -> Result<Option<i64>, StorageError>;

    /// Releases a hold and makes its record due; `None` where there is no such hold.
    fn release_hold(&mut self, tenant: i64, hold: i64) -> Result<Option<(Subject, String)>, StorageError>;

    /// Adds a tracker or replaces its phrases; its key.
    fn put_tracker(&mut self, tenant: i64, name: &str, phrases: &[String]) -> Result<i64, StorageError>;

    /// Replaces the hits of one conversation for the given trackers.
    fn put_hits(&mut self, conversation: i64, hits: &[(i64, u32)]) -> Result<(), StorageError>;
}
