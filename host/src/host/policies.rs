//! Installing, checking and activating policy modules, and loading the one that decides for a tenant.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use super::{Host, Surroundings};
use crate::error::Error;
use crate::ledger::Event;
use crate::policy::{
    AdmissionLimits, Admitted, Bench, BenchError, Cache, Cached, Engine, Manifest, ModuleDigest, Policy, admit, bench,
};
use crate::storage::Tenant;
use crate::storage::administration::InstalledModule;

impl Host {
    pub(super) fn engine(&self) -> Result<&Engine, Error> {
        if self.engine.get().is_none() {
            let engine = Engine::new().map_err(no_engine)?;
            let _ = self.engine.set(engine);
        }
        Ok(self.engine.get().expect("the engine was just made"))
    }

    fn cache(&self) -> Cache {
        Cache::new(self.store.folder.compiled(), self.store.key)
    }

    /// Looks at a module in every way that admission does, and keeps nothing. Needs no store.
    pub fn check_module(surroundings: &Surroundings, bytes: &[u8]) -> Result<(ModuleDigest, Manifest), Error> {
        let engine = Engine::new().map_err(no_engine)?;
        let admitted = admit(&engine, &surroundings.compiler, bytes, &AdmissionLimits::default());
        let policy = admitted.map_err(Error::Admission)?.policy;
        Ok((policy.digest(), policy.manifest().clone()))
    }

    /// Measures what a module costs, against the limits of production. Needs no store.
    pub fn bench_module(
        surroundings: &Surroundings,
        bytes: &[u8],
        settings: Option<&serde_json::Value>,
    ) -> Result<Bench, Error> {
        let engine = Engine::new().map_err(no_engine)?;
        let settings = settings.map(ToString::to_string);
        bench(&engine, &surroundings.compiler, bytes, settings.as_deref()).map_err(|error| match error {
            BenchError::Settings(source) => Error::Settings(source),
            BenchError::Admission(source) => Error::Admission(source),
        })
    }

    /// The bytes of an installed module.
    pub fn module_bytes(&self, digest: &ModuleDigest) -> Result<Vec<u8>, Error> {
        let path = self.store.folder.module(digest);
        fs::read(&path).map_err(|source| Error::File { what: "reading", path: path.display().to_string(), source })
    }

    /// Admits a module and keeps it, with the text of its signature; a signature that can be seen not to hold is refused with it.
    pub fn install_signed(&self, bytes: &[u8], signature: &str) -> Result<(ModuleDigest, Manifest), Error> {
        let signature = self.readable_signature(bytes, signature)?;
        let (digest, manifest) = self.install_module(bytes)?;
        self.keep_signature(&digest, &signature)?;
        Ok((digest, manifest))
    }

    /// Admits a module and keeps it; installing one again changes nothing.
    pub fn install_module(&self, bytes: &[u8]) -> Result<(ModuleDigest, Manifest), Error> {
        let admitted = self.admit(bytes)?;
        let (digest, manifest) = (admitted.policy.digest(), admitted.policy.manifest().clone());
        self.keep(&digest, bytes)?;
        let cached = self.cache().store(self.engine()?, &admitted.compiled);
        cached.map_err(|source| Error::Compiled(source.into()))?;
        let module = InstalledModule { digest, manifest: manifest.clone(), installed_at: self.now() };
        self.record(|transaction, ledger| {
            if transaction.add_module(&module)? {
                let (name, version) = (module.manifest.name.clone(), module.manifest.version.clone());
                let event = Event::ModuleInstalled { module: module.digest.to_string(), name, version };
                ledger.append(transaction, None, event)?;
            }
            Ok(())
        })?;
        Ok((digest, manifest))
    }

    pub(super) fn admit(&self, bytes: &[u8]) -> Result<Admitted, Error> {
        let limits = AdmissionLimits::default();
        admit(self.engine()?, &self.surroundings.compiler, bytes, &limits).map_err(Error::Admission)
    }

    fn keep(&self, digest: &ModuleDigest, bytes: &[u8]) -> Result<(), Error> {
        let path = self.store.folder.module(digest);
        let partial = path.with_extension("partial");
        let write = || {
            let mut file = fs::File::create(&partial)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            fs::rename(&partial, &path)
        };
        write().map_err(|source| Error::File { what: "writing", path: path.display().to_string(), source })
    }

    /// Installs the standard policy, if its file is there.
    pub fn install_standard_policy(&self) -> Result<Option<InstalledModule>, Error> {
        let digest = self.standard_policy()?;
        Ok(digest.map(|digest| self.store.storage.module(&digest)).transpose()?.flatten())
    }

    /// What the tenant's policy takes as settings: JSON Schema.
    pub fn settings_schema(&self, tenant: &Tenant) -> Result<Option<serde_json::Value>, Error> {
        let module = tenant.module.map(|digest| self.store.storage.module(&digest)).transpose()?.flatten();
        Ok(module.map(|module| module.manifest.settings_schema))
    }

    /// Every installed module.
    pub fn modules(&self) -> Result<Vec<InstalledModule>, Error> {
        Ok(self.store.storage.modules()?)
    }

    /// An installed module by its digest, the beginning of it, or its name (the newest of that name).
    pub fn module(&self, wanted: &str) -> Result<InstalledModule, Error> {
        let modules = self.modules()?;
        let begins = |module: &&InstalledModule| wanted.len() >= 6 && module.digest.to_string().starts_with(wanted);
        let named = |module: &&InstalledModule| module.manifest.name == wanted;
        if modules.iter().filter(begins).count() > 1 {
            return Err(Error::Input(format!("more than one module's digest begins with {wanted}; write more of it")));
        }
        let found = modules.iter().find(begins).or_else(|| modules.iter().rfind(named));
        found.cloned().ok_or_else(|| {
            Error::NotFound(format!("no module {wanted:?} is installed; see `lapse policy list`, or install it first"))
        })
    }

    /// Makes a module the tenant's policy; its settings must suit it.
    pub fn activate(&self, tenant: &Tenant, module: &ModuleDigest) -> Result<(), Error> {
        self.check_trust(tenant, module)?;
        let policy = self.load(tenant, module)?;
        policy.check_settings(&tenant.settings).map_err(Error::Settings)?;
        if tenant.module == Some(*module) {
            return Ok(());
        }
        // A tenant's first policy meets settings that keep everything: it shortens nothing.
        let shortened_on = if tenant.module.is_none() { tenant.shortened_on } else { self.today(tenant) };
        self.record(|transaction, ledger| {
            transaction.activate(tenant.key, module, shortened_on)?;
            let event = Event::ModuleActivated { tenant: tenant.id.clone(), module: module.to_string() };
            ledger.append(transaction, None, event).map(drop)
        })?;
        Ok(())
    }

    /// The policy that decides for a tenant.
    pub fn policy_of(&self, tenant: &Tenant) -> Result<Policy, Error> {
        let module = tenant.module.ok_or_else(|| {
            let id = &tenant.id;
            Error::NotFound(format!(
                "tenant {id} has no policy; run `lapse policy install FILE`, then `lapse policy activate NAME --tenant {id}`"
            ))
        })?;
        self.check_trust(tenant, &module)?;
        self.load(tenant, &module)
    }

    /// An installed module, ready to be asked. Whether it may decide for the tenant is another question.
    pub(super) fn load(&self, tenant: &Tenant, digest: &ModuleDigest) -> Result<Policy, Error> {
        self.load_for(&tenant.id, digest)
    }

    /// Loads a module for a tenant that need not be there yet.
    pub(super) fn load_for(&self, tenant: &str, digest: &ModuleDigest) -> Result<Policy, Error> {
        let failed = |source| Error::Policy { tenant: tenant.to_owned(), source };
        let engine = self.engine()?;
        let stored = || fs::read(self.store.folder.module(digest));
        let compiler = self.surroundings.compiler.for_admitted();
        let opened = self.cache().open(engine, &compiler, *digest, stored);
        let (compiled, cached) = opened.map_err(|source| failed(source.into()))?;
        if cached == Cached::NotAuthentic {
            self.progress().warn(&format!("the compiled code of module {digest} was not ours; it was compiled anew"));
        }
        Policy::load(engine, &compiled).map_err(|source| failed(source.into()))
    }

    /// The standard policy, installed if its file is there: in the folder `policies` beside the executable, or the one that
    /// `LAPSE_POLICIES` names.
    pub(super) fn standard_policy(&self) -> Result<Option<ModuleDigest>, Error> {
        let Some(path) = standard_policy_path() else { return Ok(None) };
        let read = fs::read(&path);
        let bytes = read.map_err(|source| Error::File { what: "reading", path: path.display().to_string(), source })?;
        let digest = ModuleDigest::of(&bytes);
        if self.store.storage.module(&digest)?.is_some() {
            return Ok(Some(digest));
        }
        let signature = path.with_extension("wasm.minisig");
        let (digest, _) = match fs::read_to_string(&signature) {
            Ok(signature) => self.install_signed(&bytes, &signature)?,
            Err(_) => self.install_module(&bytes)?,
        };
        Ok(Some(digest))
    }
}

fn no_engine(source: crate::policy::EngineError) -> Error {
    Error::Compiled(source.into())
}

/// Where the standard policy was put when this executable was built.
fn standard_policy_path() -> Option<PathBuf> {
    let folder = std::env::var_os("LAPSE_POLICIES").map(PathBuf::from).or_else(|| {
        let executable = std::env::current_exe().ok()?.canonicalize().ok()?;
        Some(executable.parent()?.join("policies"))
    })?;
    let path = folder.join("standard.wasm");
    path.is_file().then_some(path)
}
