//! Signatures of modules, in the format of minisign: Ed25519 over BLAKE2b-512 of the module's bytes, in a file of its own beside
//! the module. What `minisign` and `rsign` have written is read here, and they read what is written here.
//!
//! Nothing here prints a secret key, nor can it be printed by mistake: [`SigningKey`] has no `Debug` and no `Display`.

use std::fmt;
use std::io::Cursor;

use minisign::{KeyPair, PublicKey, PublicKeyBox, SecretKey, SecretKeyBox, SignatureBox};

/// The longest text of a key or a signature, in bytes: a signature has about four hundred.
pub const SIGNATURE_BYTES_MAX: usize = 4096;

/// What can be wrong with a key or a signature. None of these says anything of what the text was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// Not a public key.
    #[error("this is no public key in minisign's format; give a .pub file, or the one line of letters in it")]
    PublicKey,
    /// Not a secret key, or another password.
    #[error("this is no secret key in minisign's format, or LAPSE_KEY_PASSWORD is not its password")]
    SecretKey,
    /// Not a signature, or one of minisign's first format, which signs the file itself and no comment.
    #[error("this is no signature in minisign's format with a signed comment; sign the module again")]
    Signature,
    /// The signature is by another key.
    #[error("the signature is by key {found}, not by {wanted}")]
    OtherKey {
        /// Whose signature was looked for.
        wanted: KeyId,
        /// Whose it is.
        found: KeyId,
    },
    /// The signature is of other bytes.
    #[error("the signature by key {0} is not of this module; one of them was changed")]
    Broken(KeyId),
    /// No key could be made, or nothing signed.
    #[error("the key could not be made or used; see that the machine has randomness and memory")]
    Machine,
}

/// Which key: eight random bytes that its maker drew, written as minisign writes them. A name, not a proof.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyId(u64);

impl KeyId {
    fn new(bytes: &[u8]) -> KeyId {
        KeyId(u64::from_le_bytes(bytes.try_into().expect("minisign's key numbers have eight bytes")))
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:016X}", self.0)
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// A key that signs.
pub struct SigningKey(SecretKey);

impl SigningKey {
    /// Makes a key: the text of its secret file and of its public one. With a password, the secret file is of no use without it.
    pub fn generate(password: Option<String>) -> Result<(String, VerifyingKey, String), SignatureError> {
        let (pair, comment) = match password {
            None => (KeyPair::generate_unencrypted_keypair(), "secret key without a password: whoever has it can sign"),
            Some(password) => (KeyPair::generate_encrypted_keypair(Some(password)), "secret key, encrypted"),
        };
        let KeyPair { pk, sk } = pair.map_err(|_| SignatureError::Machine)?;
        let secret = sk.to_box(Some(comment)).map_err(|_| SignatureError::Machine)?.into_string();
        let public = pk.to_box().map_err(|_| SignatureError::Machine)?.into_string();
        Ok((secret, VerifyingKey(pk), public))
    }

    /// Reads the text of a secret file.
    pub fn parse(text: &str, password: Option<String>) -> Result<SigningKey, SignatureError> {
        if text.len() > SIGNATURE_BYTES_MAX {
            return Err(SignatureError::SecretKey);
        }
        let key = SecretKeyBox::from_string(text).and_then(|key| match password {
            None => key.into_unencrypted_secret_key(),
            Some(password) => key.into_secret_key(Some(password)),
        });
        key.map(SigningKey).map_err(|_| SignatureError::SecretKey)
    }

    /// Signs a module. The comment is signed too.
    pub fn sign(&self, module: &[u8], comment: &str) -> Result<ModuleSignature, SignatureError> {
        let about = "signature of a Lapse policy";
        let signed = minisign::sign(None, &self.0, Cursor::new(module), Some(comment), Some(about));
        signed.map(ModuleSignature).map_err(|_| SignatureError::Machine)
    }
}

/// A key that verifies.
pub struct VerifyingKey(PublicKey);

impl VerifyingKey {
    /// Reads a public file, or the one line of it that is the key.
    pub fn parse(text: &str) -> Result<VerifyingKey, SignatureError> {
        let text = text.trim();
        let is_short = text.len() <= SIGNATURE_BYTES_MAX;
        let key = match text.lines().count() {
            1 if is_short => PublicKey::from_base64(text),
            2 if is_short => PublicKeyBox::from_string(text).and_then(PublicKeyBox::into_public_key),
            _ => return Err(SignatureError::PublicKey),
        };
        key.map(VerifyingKey).map_err(|_| SignatureError::PublicKey)
    }

    /// Which key this is.
    pub fn id(&self) -> KeyId {
        KeyId::new(self.0.keynum())
    }

    /// The key in one line.
    pub fn to_line(&self) -> String {
        self.0.to_base64()
    }

    /// Whether this key has signed exactly these bytes.
    pub fn verify(&self, module: &[u8], signature: &ModuleSignature) -> Result<(), SignatureError> {
        if signature.key() != self.id() {
            return Err(SignatureError::OtherKey { wanted: self.id(), found: signature.key() });
        }
        let (quiet, output, allow_legacy) = (true, false, false);
        let verified = minisign::verify(&self.0, &signature.0, Cursor::new(module), quiet, output, allow_legacy);
        verified.map_err(|_| SignatureError::Broken(self.id()))
    }
}

/// A signature, read but not yet verified.
pub struct ModuleSignature(SignatureBox);

impl ModuleSignature {
    /// Reads the text of a `.minisig` file.
    pub fn parse(text: &str) -> Result<ModuleSignature, SignatureError> {
        if text.len() > SIGNATURE_BYTES_MAX {
            return Err(SignatureError::Signature);
        }
        let signature = SignatureBox::from_string(text).map_err(|_| SignatureError::Signature)?;
        let is_whole = signature.is_prehashed() && signature.trusted_comment().is_ok();
        if is_whole { Ok(ModuleSignature(signature)) } else { Err(SignatureError::Signature) }
    }

    /// Whose signature it says it is.
    pub fn key(&self) -> KeyId {
        KeyId::new(self.0.keynum())
    }

    /// As a `.minisig` file has it.
    pub fn to_text(&self) -> String {
        self.0.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODULE: &[u8] = b"a module of a few bytes";

    fn key() -> (SigningKey, VerifyingKey, String) {
        let (secret, public, text) = SigningKey::generate(None).expect("a key");
        (SigningKey::parse(&secret, None).expect("the same key"), public, text)
    }

    #[test]
    fn what_was_signed_is_verified_and_nothing_else() {
        let (signing, public, _) = key();
        let signature = signing.sign(MODULE, "timestamp:1").expect("signed");
        assert_eq!(public.verify(MODULE, &signature), Ok(()));
        for at in 0..MODULE.len() {
            let mut other = MODULE.to_vec();
            other[at] ^= 1;
            assert_eq!(public.verify(&other, &signature), Err(SignatureError::Broken(public.id())), "byte {at}");
        }
        assert_eq!(public.verify(&MODULE[1..], &signature), Err(SignatureError::Broken(public.id())));
        let (_, other, _) = key();
        let found = SignatureError::OtherKey { wanted: other.id(), found: public.id() };
        assert_eq!(other.verify(MODULE, &signature), Err(found));
    }

    #[test]
    fn no_letter_of_a_signature_can_be_changed_but_in_the_unsigned_comment() {
        let (signing, public, _) = key();
        let text = signing.sign(MODULE, "timestamp:1").expect("signed").to_text();
        let first_line = text.find('\n').expect("lines");
        let verifies =
            |text: &str| ModuleSignature::parse(text).and_then(|signature| public.verify(MODULE, &signature)).is_ok();
        assert!(verifies(&text));
        // What pads the last letters out means nothing, and is not looked at.
        for at in (first_line + 1..text.trim_end().len()).filter(|at| text.as_bytes()[*at] != b'=') {
            let mut bytes = text.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).expect("letters");
            assert!(!verifies(&changed), "letter {at} of the signature");
        }
    }

    #[test]
    fn keys_are_read_as_they_are_written() {
        let (_, public, text) = key();
        for text in [text.as_str(), &public.to_line()] {
            let again = VerifyingKey::parse(text).expect("a public key");
            assert_eq!((again.id(), again.to_line()), (public.id(), public.to_line()));
        }
        assert!(VerifyingKey::parse("").is_err() && VerifyingKey::parse(&"A".repeat(5000)).is_err());
        assert_eq!(ModuleSignature::parse(&text).err(), Some(SignatureError::Signature));
        assert_eq!(SigningKey::parse(&text, None).err(), Some(SignatureError::SecretKey));
    }

    #[test]
    fn signatures_of_other_tools_are_verified() {
        // Made by minisign 0.11 as Debian has it: `minisign -G -W`, `minisign -S`, of the nine bytes `a module\n`.
        let public = VerifyingKey::parse(include_str!("signature/other.pub")).expect("a public key");
        let signature = ModuleSignature::parse(include_str!("signature/other.minisig")).expect("a signature");
        assert_eq!(public.verify(b"a module\n", &signature), Ok(()));
        assert!(public.verify(b"a module", &signature).is_err());
    }
}
