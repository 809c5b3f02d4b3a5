//! Where a policy is tried out: an engine of the production profile and, so that a large policy is compiled once and not for
//! every test, a cache of compiled code that belongs to the user.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::policy::{AdmissionLimits, Cache, Compiler, Engine, ModuleDigest, Policy, admit};
use crate::store;

/// An engine and a cache.
pub struct Workbench {
    engine: Engine,
    compiler: Compiler,
    cache: Option<Cache>,
}

impl Workbench {
    /// With the user's cache: in `LAPSE_CACHE`, or else `lapse` in the user's folder of caches. Without such a folder, or where it
    /// cannot be written, every module is compiled each time.
    pub fn new(compiler: Compiler) -> Result<Workbench, Error> {
        let engine = Engine::new().map_err(|source| Error::Compiled(source.into()))?;
        let cache = folder().and_then(|folder| Some(Cache::new(folder.clone(), key(&folder)?)));
        Ok(Workbench { engine, compiler, cache })
    }

    /// Admits a module, or finds that it was admitted before.
    pub fn open(&self, module: &[u8]) -> Result<Policy, Error> {
        let digest = ModuleDigest::of(module);
        // What cannot be read from the cache is compiled, and what cannot be kept there is compiled again the next time.
        let cached = self.cache.as_ref().and_then(|cache| cache.find(&self.engine, digest).ok().flatten());
        if let Some(policy) = cached.and_then(|compiled| Policy::load(&self.engine, &compiled).ok()) {
            return Ok(policy);
        }
        let admitted = admit(&self.engine, &self.compiler, module, &AdmissionLimits::default());
        let admitted = admitted.map_err(Error::Admission)?;
        if let Some(cache) = &self.cache {
            let _ = cache.store(&self.engine, &admitted.compiled);
        }
        Ok(admitted.policy)
    }
}

fn folder() -> Option<PathBuf> {
    let named = |variable| std::env::var_os(variable).filter(|path| !path.is_empty()).map(PathBuf::from);
    let caches = || named("XDG_CACHE_HOME").or_else(|| Some(std::env::home_dir()?.join(".cache")));
    named("LAPSE_CACHE").or_else(|| Some(caches()?.join("lapse")))
}

/// The key that authenticates this user's compiled code.
fn key(folder: &Path) -> Option<[u8; 32]> {
    fs::create_dir_all(folder).ok()?;
    let path = folder.join("cache.key");
    if !path.exists() {
        store::create_key(&path).ok()?;
    }
    fs::read(path).ok()?.try_into().ok()
}
