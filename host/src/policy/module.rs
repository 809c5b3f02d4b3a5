//! A module as bytes: its digest, and what can be said about it before anything of it is compiled or run.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use wasmparser::{Encoding, Parser, Payload, Validator};

use super::text::GuestText;
use super::{engine, v1};

/// The versions of the contract that this host speaks, as the name of the interface that a component exports.
pub const CONTRACTS: &[&str] = &[v1::EXPORT];

/// The interface without its version, to recognise a component that is for another one.
const INTERFACE: &str = "lapse:policy/policy@";
/// How many names an error lists.
const NAMES_LISTED_MAX: usize = 8;

/// Names a module: SHA-256 of its bytes. Two builds of one source are two modules.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ModuleDigest([u8; 32]);

impl ModuleDigest {
    /// The digest of a module.
    pub fn of(module: &[u8]) -> ModuleDigest {
        ModuleDigest(Sha256::digest(module).into())
    }

    /// The bytes of the digest.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for ModuleDigest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for ModuleDigest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "ModuleDigest({self})")
    }
}

/// Text that is no digest.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("a module's digest is 64 hexadecimal digits")]
pub struct DigestError;

impl FromStr for ModuleDigest {
    type Err = DigestError;

    fn from_str(text: &str) -> Result<ModuleDigest, DigestError> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| DigestError)?;
        Ok(ModuleDigest(bytes))
    }
}

impl TryFrom<String> for ModuleDigest {
    type Error = DigestError;

    fn try_from(text: String) -> Result<ModuleDigest, DigestError> {
        text.parse()
    }
}

impl From<ModuleDigest> for String {
    fn from(digest: ModuleDigest) -> String {
        digest.to_string()
    }
}

/// A file that is no policy, as far as reading it tells.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum ShapeError {
    /// Nothing in it.
    #[error("the file is empty")]
    Empty,
    /// Larger than the limit.
    #[error("the file has {bytes} bytes; a module has {limit} at the most")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// Text, perhaps WebAssembly's text format.
    #[error("the file is text, not a WebAssembly component; compile it first")]
    Text,
    /// Neither text nor WebAssembly.
    #[error("the file is not WebAssembly")]
    NotWebAssembly,
    /// A core module.
    #[error("the file is a core module, not a component; wrap it with `lapse policy component`")]
    CoreModule,
    /// WebAssembly that the validator refuses: broken, or using a feature that is not in the engine profile.
    #[error("the module is not valid in the engine profile: {0}")]
    Invalid(GuestText),
    /// It imports something; a policy imports nothing, not even types.
    #[error("the module imports {0}; a policy imports nothing: build it without WASI, or with its imports stubbed")]
    Imports(NameList),
    /// It is a policy, but for another version of the contract.
    #[error("the module exports {found}; this host speaks {}", CONTRACTS.join(", "))]
    OtherVersion {
        /// The policy interfaces it exports.
        found: NameList,
    },
    /// It exports something else.
    #[error("the module exports {exports}; a policy exports {}", CONTRACTS.join(" or "))]
    NoPolicy {
        /// What it exports.
        exports: NameList,
    },
}

/// Names that a module chose: the first few, and how many more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameList {
    names: Vec<GuestText>,
    more: usize,
}

impl NameList {
    fn new<'a>(names: impl IntoIterator<Item = &'a str>) -> NameList {
        let mut names = names.into_iter();
        let listed: Vec<GuestText> = names.by_ref().take(NAMES_LISTED_MAX).map(GuestText::new).collect();
        NameList { names: listed, more: names.count() }
    }
}

impl fmt::Display for NameList {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.names.is_empty() {
            return formatter.write_str("nothing");
        }
        let names: Vec<&str> = self.names.iter().map(GuestText::as_str).collect();
        formatter.write_str(&names.join(", "))?;
        if self.more > 0 {
            write!(formatter, " and {} more", self.more)?;
        }
        Ok(())
    }
}

/// Reads a module's shape: a valid component, no imports, exporting a contract that this host speaks.
pub(super) fn check_shape(module: &[u8], bytes_max: usize) -> Result<(), ShapeError> {
    check_kind(module, bytes_max)?;
    let mut validator = Validator::new_with_features(engine::features());
    validator.validate_all(module).map_err(|error| ShapeError::Invalid(GuestText::new(&error.to_string())))?;
    let (imports, exports) = names(module).map_err(|error| ShapeError::Invalid(GuestText::new(&error.to_string())))?;
    if !imports.is_empty() {
        return Err(ShapeError::Imports(NameList::new(imports)));
    }
    if exports.iter().any(|export| CONTRACTS.contains(export)) {
        return Ok(());
    }
    let other: Vec<&str> = exports.iter().copied().filter(|export| export.starts_with(INTERFACE)).collect();
    if other.is_empty() {
        return Err(ShapeError::NoPolicy { exports: NameList::new(exports) });
    }
    Err(ShapeError::OtherVersion { found: NameList::new(other) })
}

fn check_kind(module: &[u8], bytes_max: usize) -> Result<(), ShapeError> {
    if module.is_empty() {
        return Err(ShapeError::Empty);
    }
    if module.len() > bytes_max {
        return Err(ShapeError::TooLarge { bytes: module.len(), limit: bytes_max });
    }
    if Parser::is_component(module) {
        return Ok(());
    }
    if Parser::is_core_wasm(module) {
        return Err(ShapeError::CoreModule);
    }
    let is_text = std::str::from_utf8(module).is_ok_and(|text| !text.contains('\0'));
    Err(if is_text { ShapeError::Text } else { ShapeError::NotWebAssembly })
}

/// The names that the outermost component imports and exports.
fn names(module: &[u8]) -> Result<(Vec<&str>, Vec<&str>), wasmparser::BinaryReaderError> {
    let (mut imports, mut exports) = (Vec::new(), Vec::new());
    let mut depth = 0;
    for payload in Parser::new(0).parse_all(module) {
        match payload? {
            Payload::Version { encoding, .. } => {
                debug_assert!(depth > 0 || encoding == Encoding::Component, "the kind is checked before");
                depth += 1;
            }
            Payload::End(_) => depth -= 1,
            Payload::ComponentImportSection(section) if depth == 1 => {
                for import in section {
                    imports.push(import?.name.name);
                }
            }
            Payload::ComponentExportSection(section) if depth == 1 => {
                for export in section {
                    exports.push(export?.name.name);
                }
            }
            _ => {}
        }
    }
    Ok((imports, exports))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_survives_text() {
        let digest = ModuleDigest::of(b"a module");
        assert_eq!(digest.to_string().parse(), Ok(digest));
        assert_eq!("af".parse::<ModuleDigest>(), Err(DigestError));
    }

    #[test]
    fn what_is_no_component_is_named_for_what_it_is() {
        let check = |bytes: &[u8]| check_shape(bytes, 100).expect_err("no component");
        assert_eq!(check(b""), ShapeError::Empty);
        assert_eq!(check(&[0; 101]), ShapeError::TooLarge { bytes: 101, limit: 100 });
        assert_eq!(check(b"(component)"), ShapeError::Text);
        assert_eq!(check(b"\x7fELF\x02\x01\x01\0"), ShapeError::NotWebAssembly);
        assert_eq!(check(b"\0asm\x01\0\0\0"), ShapeError::CoreModule);
        assert_eq!(
            check(b"\0asm\x0d\0\x01\0").to_string(),
            format!("the module exports nothing; a policy exports {}", v1::EXPORT)
        );
    }
}
