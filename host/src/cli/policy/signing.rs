//! `lapse policy sign`, `key` and `trust`. A secret key is read from its file and written to its file, and is nowhere else.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde_json::json;

use crate::cli::Reply;
use crate::cli::commands::{Caller, read_module, value};
use crate::error::Error;
use crate::host::Trust;
use crate::policy::{ModuleDigest, SIGNATURE_BYTES_MAX, SignatureError, SigningKey};
use crate::store::Access;

/// The environment variable with the password of a secret key.
const PASSWORD: &str = "LAPSE_KEY_PASSWORD";

#[derive(Args)]
pub(in crate::cli) struct SignArguments {
    /// A WebAssembly component
    module: PathBuf,
    /// The secret key's file; its password, if it has one, comes from LAPSE_KEY_PASSWORD
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
}

#[derive(Subcommand)]
pub(in crate::cli) enum KeyCommand {
    /// Make a key: FILE is the secret one, FILE.pub the public one
    ///
    /// Without LAPSE_KEY_PASSWORD the secret file has no password: whoever can read it can sign. That is for build machines that
    /// keep secrets; everywhere else set a password.
    New {
        /// Where the secret key goes; there must be no such file
        file: PathBuf,
    },
}

#[derive(Subcommand)]
pub(in crate::cli) enum TrustCommand {
    /// Let the tenant trust a key
    Add {
        /// A public key's file, or the one line of letters in it
        key: String,
    },
    /// Say which keys the tenant trusts, and whether it refuses unsigned modules
    List,
    /// Let the tenant no longer trust a key
    Remove {
        /// Sixteen hexadecimal digits, from `lapse policy trust list`
        key: String,
    },
    /// From now on only a module signed by a trusted key may decide; anything else keeps everything
    RefuseUnsigned,
    /// From now on any installed module may decide
    AllowUnsigned,
}

pub(in crate::cli) fn sign(caller: &Caller, arguments: &SignArguments) -> Result<Reply, Error> {
    let SignArguments { module: path, key } = arguments;
    let module = read_module(path)?;
    let refused = |error: SignatureError| Error::Input(format!("{}: {error}", key.display()));
    let signing = SigningKey::parse(&read_small(key)?, password()).map_err(refused)?;
    let comment =
        format!("timestamp:{}\tmodule:{}", (caller.surroundings()?.now)().timestamp(), ModuleDigest::of(&module));
    let signature = signing.sign(&module, &comment).map_err(refused)?;
    let file = with_suffix(path, ".minisig");
    write(&file, &signature.to_text())?;
    let text = format!("{} is the signature by key {}; keep it beside the module", file.display(), signature.key());
    let json = json!({
        "module": ModuleDigest::of(&module).to_string(),
        "key": signature.key().to_string(),
        "signature": file.display().to_string(),
    });
    Ok(Reply::done(text, json))
}

pub(in crate::cli) fn key(command: &KeyCommand) -> Result<Reply, Error> {
    let KeyCommand::New { file } = command;
    let (secret, key, public) = SigningKey::generate(password()).map_err(|error| Error::Input(error.to_string()))?;
    write_secret(file, &secret).map_err(failed("writing", file))?;
    let public_file = with_suffix(file, ".pub");
    write(&public_file, &public)?;
    let id = key.id().to_string();
    let text = format!(
        "key {id}: {} signs, and stays with you; {} is for whoever is to trust it:\n  lapse policy trust add {}",
        file.display(),
        public_file.display(),
        key.to_line()
    );
    let json = json!({ "key": id, "public-key": key.to_line(), "public-file": public_file.display().to_string() });
    Ok(Reply::done(text, json))
}

pub(in crate::cli) fn trust(caller: &Caller, command: &TrustCommand) -> Result<Reply, Error> {
    let access = if matches!(command, TrustCommand::List) { Access::Read } else { Access::Write };
    let host = caller.open(access)?;
    let tenant = caller.tenant(&host)?;
    let trust = match command {
        TrustCommand::List => host.trust(&tenant)?,
        TrustCommand::Add { key } => host.trust_key(&tenant, &public_key(key)?)?,
        TrustCommand::Remove { key } => host.distrust_key(&tenant, key)?,
        TrustCommand::RefuseUnsigned => host.require_signatures(&tenant, true)?,
        TrustCommand::AllowUnsigned => host.require_signatures(&tenant, false)?,
    };
    if access == Access::Write {
        host.settle()?;
    }
    Ok(Reply::done(text(&trust), value(&trust)))
}

/// The signature that lies beside a module, if one does.
pub(in crate::cli) fn beside(module: &Path) -> Result<Option<String>, Error> {
    let file = with_suffix(module, ".minisig");
    if file.is_file() { read_small(&file).map(Some) } else { Ok(None) }
}

fn text(trust: &Trust) -> String {
    let rule = if trust.signatures_required {
        "only a module signed by one of these keys decides; nothing is deleted by any other"
    } else {
        "any installed module may decide"
    };
    let mut text = format!("tenant {}: {rule}\n", trust.tenant);
    for key in &trust.keys {
        text.push_str(&format!("  {}  since {}  {}\n", key.key, key.trusted_at.date_naive(), key.public_key));
    }
    if trust.keys.is_empty() {
        text.push_str("  no key is trusted; add one with `lapse policy trust add FILE`\n");
    }
    if trust.signatures_required && trust.active_is_signed == Some(false) {
        text.push_str("  the active module is signed by none of them: its next run will fail, and keep everything\n");
    }
    text
}

fn public_key(key: &str) -> Result<String, Error> {
    let path = Path::new(key);
    if path.is_file() { read_small(path) } else { Ok(key.to_owned()) }
}

fn password() -> Option<String> {
    std::env::var(PASSWORD).ok().filter(|password| !password.is_empty())
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    PathBuf::from(name)
}

fn failed(what: &'static str, path: &Path) -> impl Fn(io::Error) -> Error {
    let path = path.display().to_string();
    move |source| Error::File { what, path: path.clone(), source }
}

/// Keys and signatures are short; of anything longer the beginning is enough to be refused.
fn read_small(path: &Path) -> Result<String, Error> {
    let mut text = Vec::new();
    let file = File::open(path).map_err(failed("reading", path))?;
    file.take(SIGNATURE_BYTES_MAX as u64 + 1).read_to_end(&mut text).map_err(failed("reading", path))?;
    String::from_utf8(text).map_err(|_| Error::Input(format!("{} is no key and no signature", path.display())))
}

fn write(path: &Path, text: &str) -> Result<(), Error> {
    fs::write(path, text).map_err(failed("writing", path))
}

/// For its owner alone, and never in place of another.
fn write_secret(path: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.create_new(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}
