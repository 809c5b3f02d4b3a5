//! Whose signatures a tenant trusts, and whether a module may decide for it. A module that may not decides nothing, so that
//! everything is kept.

use std::fs;

use serde::Serialize;

use super::Host;
use crate::error::Error;
use crate::ledger::Event;
use crate::policy::{KeyId, ModuleDigest, ModuleSignature, SignatureError, VerifyingKey};
use crate::storage::Tenant;
use crate::storage::administration::TrustedKey;

/// How a tenant stands towards signatures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Trust {
    /// The tenant.
    pub tenant: String,
    /// Whether only a module signed by one of the keys may decide.
    pub signatures_required: bool,
    /// The keys that it trusts.
    pub keys: Vec<TrustedKey>,
    /// Whether one of them has signed the active module; absent where none is active.
    pub active_is_signed: Option<bool>,
}

/// Why a module may not decide for a tenant.
#[derive(Debug, thiserror::Error)]
enum Untrusted {
    #[error(
        "module {0} has no signature by a key that the tenant trusts, and the tenant refuses others; sign it with \
         `lapse policy sign` and install it again, or look at `lapse policy trust list`"
    )]
    Unsigned(ModuleDigest),
    #[error("module {module} is signed by a key that the tenant trusts, but the signature does not hold")]
    Broken {
        module: ModuleDigest,
        #[source]
        source: SignatureError,
    },
    #[error("the stored file of module {0} is another module; install it again")]
    OtherModule(ModuleDigest),
    #[error("the stored file of module {module} cannot be read; install it again")]
    Unreadable {
        module: ModuleDigest,
        #[source]
        source: std::io::Error,
    },
}

impl Host {
    /// How a tenant stands towards signatures.
    pub fn trust(&self, tenant: &Tenant) -> Result<Trust, Error> {
        let tenant = self.tenant(Some(&tenant.id))?;
        let active_is_signed = tenant.module.map(|module| self.look_for_signature(&tenant, &module)).transpose()?;
        let keys = self.store.storage.trusted_keys(tenant.key)?;
        let signatures_required = tenant.signatures_required;
        let active_is_signed = active_is_signed.map(|found| found.is_ok());
        Ok(Trust { tenant: tenant.id, signatures_required, keys, active_is_signed })
    }

    /// Lets a tenant trust a key, given as minisign writes public keys.
    pub fn trust_key(&self, tenant: &Tenant, public_key: &str) -> Result<Trust, Error> {
        let key = VerifyingKey::parse(public_key).map_err(|error| Error::Input(error.to_string()))?;
        let trusted = TrustedKey { key: key.id().to_string(), public_key: key.to_line(), trusted_at: self.now() };
        let namesake = self.store.storage.trusted_keys(tenant.key)?.into_iter().find(|known| known.key == trusted.key);
        if namesake.is_some_and(|known| known.public_key != trusted.public_key) {
            let sentence = format!("the tenant trusts another key {}; remove that one first", trusted.key);
            return Err(Error::Input(sentence));
        }
        self.record(|transaction, ledger| {
            if transaction.trust_key(tenant.key, &trusted)? {
                let (key, public_key) = (trusted.key, trusted.public_key);
                let event = Event::KeyTrusted { tenant: tenant.id.clone(), key, public_key };
                ledger.append(transaction, None, event)?;
            }
            Ok(())
        })?;
        self.trust(tenant)
    }

    /// Lets a tenant no longer trust a key.
    pub fn distrust_key(&self, tenant: &Tenant, key: &str) -> Result<Trust, Error> {
        let removed = self.record(|transaction, ledger| {
            if !transaction.distrust_key(tenant.key, key)? {
                return Ok(false);
            }
            let event = Event::KeyDistrusted { tenant: tenant.id.clone(), key: key.to_owned() };
            ledger.append(transaction, None, event)?;
            Ok(true)
        })?;
        if removed {
            return self.trust(tenant);
        }
        Err(Error::NotFound(format!("tenant {} trusts no key {key:?}; see `lapse policy trust list`", tenant.id)))
    }

    /// Says whether only a module signed by a trusted key may decide for a tenant.
    pub fn require_signatures(&self, tenant: &Tenant, required: bool) -> Result<Trust, Error> {
        self.record(|transaction, ledger| {
            transaction.require_signatures(tenant.key, required)?;
            let event = Event::SignaturesRequired { tenant: tenant.id.clone(), required };
            ledger.append(transaction, None, event).map(drop)
        })?;
        self.trust(tenant)
    }

    /// The keys that have signed a module, as far as it is installed with their signatures.
    pub fn signed_by(&self, module: &ModuleDigest) -> Result<Vec<String>, Error> {
        Ok(self.store.storage.signatures(module)?.into_iter().map(|(key, _)| key).collect())
    }

    /// A signature that can be kept: where a tenant trusts its key, it must hold.
    pub(super) fn readable_signature(&self, module: &[u8], text: &str) -> Result<ModuleSignature, Error> {
        let refused = |error: SignatureError| Error::Input(error.to_string());
        let signature = ModuleSignature::parse(text).map_err(refused)?;
        for tenant in self.tenants()? {
            for trusted in self.store.storage.trusted_keys(tenant.key)? {
                if let Some(key) = verifying(&trusted).filter(|key| key.id() == signature.key()) {
                    key.verify(module, &signature).map_err(refused)?;
                }
            }
        }
        Ok(signature)
    }

    /// Keeps a module's signature.
    pub(super) fn keep_signature(&self, module: &ModuleDigest, signature: &ModuleSignature) -> Result<KeyId, Error> {
        let key = signature.key();
        self.record(|transaction, ledger| {
            if transaction.put_signature(module, &key.to_string(), &signature.to_text())? {
                let event = Event::ModuleSigned { module: module.to_string(), key: key.to_string() };
                ledger.append(transaction, None, event)?;
            }
            Ok(())
        })?;
        Ok(key)
    }

    /// Whether a module may decide for a tenant. Asked whenever one is about to, since files, rows and trust can change.
    pub(super) fn check_trust(&self, tenant: &Tenant, module: &ModuleDigest) -> Result<(), Error> {
        if !tenant.signatures_required {
            return Ok(());
        }
        let refused = |source: Untrusted| Error::Policy { tenant: tenant.id.clone(), source: source.into() };
        self.look_for_signature(tenant, module)?.map_err(refused)
    }

    fn look_for_signature(&self, tenant: &Tenant, module: &ModuleDigest) -> Result<Result<(), Untrusted>, Error> {
        let trusted = self.store.storage.trusted_keys(tenant.key)?;
        let signatures = self.store.storage.signatures(module)?;
        let by_trusted = trusted.iter().flat_map(|key| {
            let signatures = signatures.iter().filter(|(name, _)| *name == key.key);
            signatures.map(move |(_, text)| (key, text.as_str()))
        });
        let by_trusted: Vec<_> = by_trusted.collect();
        if by_trusted.is_empty() {
            return Ok(Err(Untrusted::Unsigned(*module)));
        }
        let bytes = match fs::read(self.store.folder.module(module)) {
            Ok(bytes) => bytes,
            Err(source) => return Ok(Err(Untrusted::Unreadable { module: *module, source })),
        };
        if ModuleDigest::of(&bytes) != *module {
            return Ok(Err(Untrusted::OtherModule(*module)));
        }
        // One that holds is enough: a second signature that does not takes nothing away.
        let verified = by_trusted.into_iter().map(|(key, text)| verify(key, text, &bytes));
        let best = verified.reduce(|one, other| one.or(other)).unwrap_or(Err(SignatureError::Signature));
        Ok(best.map_err(|source| Untrusted::Broken { module: *module, source }))
    }
}

fn verifying(trusted: &TrustedKey) -> Option<VerifyingKey> {
    VerifyingKey::parse(&trusted.public_key).ok()
}

fn verify(trusted: &TrustedKey, signature: &str, module: &[u8]) -> Result<(), SignatureError> {
    let key = verifying(trusted).ok_or(SignatureError::PublicKey)?;
    key.verify(module, &ModuleSignature::parse(signature)?)
}
