//! Compiled modules on disk. Loading machine code is trusting it, so each file carries a MAC by the host's key; what is not
//! authentic is not loaded, and the stored module is compiled again.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use super::compile::{CompileError, Compiled, Compiler};
use super::engine::Engine;
use super::limits::CODE_BYTES_MAX;
use super::module::ModuleDigest;

/// A folder of compiled modules, and the key that authenticates them. Losing the folder loses nothing.
pub struct Cache {
    folder: PathBuf,
    key: [u8; 32],
}

/// How compiled code was come by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cached {
    /// From the cache.
    Found,
    /// Compiled: the cache did not have it for this engine.
    Missing,
    /// Compiled: the cache had something else under its name. Worth a warning.
    NotAuthentic,
}

/// The cache could not be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CacheError {
    /// The stored module is not the one that was asked for.
    #[error("the stored module is {found}, not {wanted}: restore it, or install the policy again")]
    OtherModule {
        /// What was asked for.
        wanted: ModuleDigest,
        /// What the bytes are.
        found: ModuleDigest,
    },
    /// The stored module is not there, or cannot be read.
    #[error("the stored module {module} cannot be read: restore it, or install the policy again")]
    Module {
        /// The module.
        module: ModuleDigest,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// It could not be compiled.
    #[error("cannot compile the stored module {module}")]
    Compile {
        /// The module.
        module: ModuleDigest,
        /// Why not.
        #[source]
        source: CompileError,
    },
    /// The folder could not be read or written.
    #[error("cannot use the compiled policies in {path}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
}

const MAC_BYTES: usize = 32;
/// Makes the MAC one of these files and of nothing else that the host's key authenticates.
const MAC_DOMAIN: &[u8] = b"lapse compiled policy 1\0";

impl Cache {
    /// A cache in this folder, which is made when first needed; `key` is the host's, or derived from it.
    pub fn new(folder: impl Into<PathBuf>, key: [u8; 32]) -> Cache {
        Cache { folder: folder.into(), key }
    }

    /// The compiled form of a module: from the cache, or else compiled from what `module` reads, and then kept.
    pub fn open(
        &self,
        engine: &Engine,
        compiler: &Compiler,
        digest: ModuleDigest,
        module: impl FnOnce() -> io::Result<Vec<u8>>,
    ) -> Result<(Compiled, Cached), CacheError> {
        let cached = match self.load(engine, digest)? {
            Ok(compiled) => return Ok((compiled, Cached::Found)),
            Err(cached) => cached,
        };
        let module = module().map_err(|source| CacheError::Module { module: digest, source })?;
        let found = ModuleDigest::of(&module);
        if found != digest {
            return Err(CacheError::OtherModule { wanted: digest, found });
        }
        let compiled = compiler.compile(&module).map_err(|source| CacheError::Compile { module: digest, source })?;
        self.store(engine, &compiled)?;
        Ok((compiled, cached))
    }

    /// The compiled form of a module, if the cache has it and it is authentic.
    pub fn find(&self, engine: &Engine, digest: ModuleDigest) -> Result<Option<Compiled>, CacheError> {
        Ok(self.load(engine, digest)?.ok())
    }

    /// Keeps compiled code, in place of what there was.
    pub fn store(&self, engine: &Engine, compiled: &Compiled) -> Result<(), CacheError> {
        let name = FileName::new(engine, compiled.digest());
        let tag = self.mac(&name, compiled.code()).finalize().into_bytes();
        let path = self.folder.join(&name.0);
        write_whole(&path, &[&tag, compiled.code()]).map_err(|source| CacheError::Io { path, source })
    }

    /// Compiled code, if it is there and authentic; otherwise how it is not.
    fn load(&self, engine: &Engine, digest: ModuleDigest) -> Result<Result<Compiled, Cached>, CacheError> {
        let name = FileName::new(engine, digest);
        let path = self.folder.join(&name.0);
        let file = match read_bounded(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Err(Cached::Missing)),
            Err(source) => return Err(CacheError::Io { path, source }),
        };
        let Some((tag, code)) = file.split_at_checked(MAC_BYTES) else { return Ok(Err(Cached::NotAuthentic)) };
        Ok(match self.mac(&name, code).verify_slice(tag) {
            Ok(()) => Ok(Compiled::vouched(digest, code.to_vec())),
            Err(_) => Err(Cached::NotAuthentic),
        })
    }

    fn mac(&self, name: &FileName, code: &[u8]) -> Hmac<Sha256> {
        let mac = Hmac::<Sha256>::new_from_slice(&self.key).expect("HMAC takes a key of any length");
        mac.chain_update(MAC_DOMAIN).chain_update(&name.0).chain_update(b"\0").chain_update(code)
    }
}

/// Names the code of one module for one engine, so that an update of wasmtime or another processor finds nothing.
struct FileName(String);

impl FileName {
    fn new(engine: &Engine, digest: ModuleDigest) -> FileName {
        let key = Sha256::new().chain_update(digest.as_bytes()).chain_update(engine.code_key()).finalize();
        FileName(format!("{}.cwasm", hex::encode(key)))
    }
}

/// A file longer than any that this writes is cut, and then its MAC is wrong.
fn read_bounded(path: &Path) -> io::Result<Vec<u8>> {
    use io::Read as _;
    let mut file = Vec::new();
    File::open(path)?.take((MAC_BYTES + CODE_BYTES_MAX) as u64 + 1).read_to_end(&mut file)?;
    Ok(file)
}

/// Writes a file so that it is there whole or not at all, whoever else writes it at the same time.
fn write_whole(path: &Path, parts: &[&[u8]]) -> io::Result<()> {
    let folder = path.parent().expect("a file of the cache is in its folder");
    fs::create_dir_all(folder)?;
    let temporary = path.with_extension(format!("{}-{}", std::process::id(), hex::encode(random()?)));
    let written = File::create_new(&temporary).and_then(|mut file| {
        parts.iter().try_for_each(|part| file.write_all(part))?;
        file.sync_all()
    });
    let placed = written.and_then(|()| fs::rename(&temporary, path)).and_then(|()| File::open(folder)?.sync_all());
    if placed.is_err() {
        // What is left is of no use; the error that matters is the first one.
        let _ = fs::remove_file(&temporary);
    }
    placed
}

fn random() -> io::Result<[u8; 8]> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(bytes)
}
