//! Signatures: only what was signed, by a key that the tenant trusts, decides for a tenant that refuses the rest; everything else
//! keeps everything.

use lapse::error::{Error, Exit};
use lapse::host::Host;
use lapse::policy::{ModuleDigest, SigningKey};
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::store::look::Look;
use crate::store::people::conversation;
use crate::store::{Scene, options, tenant};
use crate::support::guest;

/// A tenant that trusts one key and refuses what is not signed by it, with the standard policy signed and active, and one
/// conversation that is due.
struct Signed {
    scene: Scene,
    module: ModuleDigest,
    public: String,
}

fn signed() -> Signed {
    let scene = Scene::new("UTC");
    scene.settings(json!({"audio-days": 90}));
    scene.import(&[conversation(1, "2026-01-01T12:00:00Z")]);
    let module = guest("standard");
    let (secret, key, public) = SigningKey::generate(None).expect("a key");
    let signature = SigningKey::parse(&secret, None).and_then(|key| key.sign(&module, "timestamp:1")).expect("signed");
    let host = scene.host();
    let (digest, _) = host.install_signed(&module, &signature.to_text()).expect("installed");
    assert_eq!(host.signed_by(&digest).expect("keys"), [key.id().to_string()]);
    host.trust_key(&tenant(&host), &public).expect("trusted");
    let trust = host.require_signatures(&tenant(&host), true).expect("required");
    assert_eq!((trust.keys.len(), trust.active_is_signed), (1, Some(true)));
    host.settle().expect("settled");
    drop(host);
    Signed { scene, module: digest, public }
}

impl Signed {
    fn change_database(&self, sql: &str) {
        let connection = Connection::open(self.scene.store().join("lapse.db")).expect("a database");
        connection.execute_batch(sql).expect("good SQL");
    }

    /// Neither activated nor run, planned or asked, and nothing is deleted.
    #[track_caller]
    fn is_refused(&self, why: &str) {
        let host = self.scene.host();
        let because = |error: Error| {
            assert_eq!(error.exit(), Exit::Policy, "{error}");
            let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
            assert!(cause.contains(why) && cause.contains(&self.module.to_string()), "{cause}");
        };
        because(host.activate(&tenant(&host), &self.module).expect_err("not activated"));
        because(host.plan(&tenant(&host), &options("2027-06-01"), &mut std::io::sink()).expect_err("no plan"));
        because(host.run(&tenant(&host), &options("2027-06-01")).expect_err("no run"));
        drop(host);
        let look = Look::at(&self.scene.store());
        assert_eq!(look.one("SELECT count(*) FROM conversation WHERE audio IS NOT NULL"), "1", "all is kept");
        let refused = "SELECT count(*) FROM ledger WHERE body LIKE '%\"refused\"%policy-unusable%'";
        assert_eq!(look.one(refused), "1", "the ledger says so");
    }
}

#[test]
fn a_signed_module_decides() {
    let Signed { scene, module, .. } = signed();
    let host = scene.host();
    host.activate(&tenant(&host), &module).expect("activated");
    drop(host);
    assert_eq!(scene.run("2027-06-01").done, 1);
}

#[test]
fn without_a_trusted_key_nothing_decides() {
    let signed = signed();
    let host = signed.scene.host();
    let key = host.trust(&tenant(&host)).expect("trust").keys.remove(0).key;
    let trust = host.distrust_key(&tenant(&host), &key).expect("distrusted");
    assert_eq!((trust.keys.len(), trust.active_is_signed), (0, Some(false)));
    drop(host);
    signed.is_refused("has no signature by a key that the tenant trusts");
    let host = signed.scene.host();
    host.trust_key(&tenant(&host), &signed.public).expect("trusted again");
    drop(host);
    assert_eq!(signed.scene.run("2027-06-01").done, 1);
}

#[test]
fn a_changed_letter_of_the_signature_is_refused() {
    let signed = signed();
    // The second line is the signature proper; its last letters are of the Ed25519 signature.
    let text = Look::at(&signed.scene.store()).one("SELECT signature FROM module_signature");
    let line = text.lines().nth(1).expect("four lines");
    let (at, was) = line.char_indices().nth(60).expect("a letter");
    let other = format!("{}{}{}", &line[..at], if was == 'A' { 'B' } else { 'A' }, &line[at + 1..]);
    signed.change_database(&format!("UPDATE module_signature SET signature = replace(signature, '{line}', '{other}')"));
    signed.is_refused("the signature does not hold");
}

#[test]
fn a_changed_byte_of_the_module_is_refused() {
    let signed = signed();
    let file = signed.scene.store().join("modules").join(format!("{}.wasm", signed.module));
    let mut bytes = std::fs::read(&file).expect("a module");
    *bytes.last_mut().expect("bytes") ^= 1;
    std::fs::write(&file, bytes).expect("written");
    signed.is_refused("is another module");
}

#[test]
fn a_signature_of_another_module_is_refused() {
    let signed = signed();
    let (secret, _, public) = SigningKey::generate(None).expect("a key");
    let other = SigningKey::parse(&secret, None).and_then(|key| key.sign(b"another", "timestamp:1")).expect("signed");
    let host = signed.scene.host();
    host.trust_key(&tenant(&host), &public).expect("trusted");
    let refused = host.install_signed(&guest("standard"), &other.to_text()).expect_err("it is of another module");
    assert_eq!(refused.exit(), Exit::Input);
    assert_eq!(host.signed_by(&signed.module).expect("keys").len(), 1, "it is not kept");
    // As if it had been put there behind the host's back: the first signature still holds, and is enough.
    drop(host);
    let text = other.to_text();
    let (module, key) = (signed.module, other.key());
    signed.change_database(&format!("INSERT INTO module_signature VALUES ('{module}', '{key}', '{text}')"));
    assert_eq!(signed.scene.run("2027-06-01").done, 1);
}

#[test]
fn a_plan_is_not_carried_out_once_its_module_is_not_trusted() {
    let signed = signed();
    let host = signed.scene.host();
    let file = signed.scene.beside("the.plan");
    let mut out = std::fs::File::create(&file).expect("a file");
    host.plan(&tenant(&host), &options("2027-06-01"), &mut out).expect("a plan");
    let key = host.trust(&tenant(&host)).expect("trust").keys.remove(0).key;
    host.distrust_key(&tenant(&host), &key).expect("distrusted");
    let refused = host.apply(&file, None, &lapse::plan::Approval::All).expect_err("not trusted any more");
    assert_eq!(refused.exit(), Exit::Policy);
}

#[test]
fn trust_is_in_the_ledger_and_no_key_that_signs_is() {
    let signed = signed();
    let said = |host: &Host| {
        let mut events = Vec::new();
        host.ledger(None, &mut |row| {
            events.push(serde_json::from_slice::<Value>(&row.body).expect("an entry"));
            true
        })
        .expect("a ledger");
        events.retain(|event| {
            let kind = event["kind"].as_str().unwrap_or_default();
            ["module-signed", "key-trusted", "key-distrusted", "signatures-required"].contains(&kind)
        });
        events
    };
    let host = signed.scene.host();
    let events = said(&host);
    assert_eq!(
        events.iter().map(|event| event["kind"].as_str()).collect::<Vec<_>>(),
        [Some("module-signed"), Some("key-trusted"), Some("signatures-required"),]
    );
    assert_eq!(events[1]["public_key"], Value::Null, "names are in kebab case");
    assert!(signed.public.contains(events[1]["public-key"].as_str().expect("a key")));
    assert_eq!(host.verify_ledger().expect("verified").faults, [""; 0]);
    host.trust_key(&tenant(&host), &signed.public).expect("trusted already");
    assert_eq!(said(&host).len(), events.len(), "nothing has changed, so nothing is written");
}

#[test]
fn a_key_is_made_signs_and_is_trusted_from_the_command_line() {
    let scene = Scene::new("UTC");
    let path = |name: &str| scene.beside(name).display().to_string();
    let (key, module) = (path("ours.key"), path("ours.wasm"));
    std::fs::write(&module, guest("standard")).expect("written");
    let told = |words: &[&str], exit: Exit| {
        let (code, said) = scene.told(words);
        assert_eq!(code, exit as i32, "{words:?}: {said}");
        said
    };
    told(&["policy", "key", "new", &key], Exit::Done);
    let secret = std::fs::read_to_string(&key).expect("a secret key");
    let secret = secret.lines().nth(1).expect("two lines");
    assert!(!told(&["policy", "key", "new", &key], Exit::Failed).contains(secret), "never in place of another");
    #[cfg(unix)]
    assert_eq!(
        std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&key).expect("a file").permissions()) & 0o077,
        0
    );
    told(&["policy", "trust", "refuse-unsigned"], Exit::Done);
    let said = told(&["policy", "trust", "add", &format!("{key}.pub")], Exit::Done);
    assert!(said.contains("signed by none of them"), "{said}");
    told(&["policy", "activate", "standard"], Exit::Policy);
    assert!(!told(&["policy", "sign", &module, "--key", &key], Exit::Done).contains(secret));
    told(&["policy", "sign", &module, "--key", &format!("{key}.pub")], Exit::Input);
    let said = told(&["policy", "install", &module], Exit::Done);
    assert!(said.contains("signature by key"), "{said}");
    told(&["policy", "activate", "standard"], Exit::Done);
    let list: Value =
        serde_json::from_str(&told(&["policy", "trust", "list", "--format", "json"], Exit::Done)).expect("JSON");
    assert_eq!((&list["signatures-required"], &list["active-is-signed"]), (&json!(true), &json!(true)));
    let id = list["keys"][0]["key"].as_str().expect("a key");
    told(&["policy", "trust", "remove", id], Exit::Done);
    told(&["policy", "trust", "remove", id], Exit::NotFound);
    told(&["policy", "trust", "add", "no key"], Exit::Input);
    told(&["plan"], Exit::Policy);
    told(&["policy", "trust", "allow-unsigned"], Exit::Done);
    told(&["plan"], Exit::Done);
    std::fs::write(format!("{module}.minisig"), "no signature").expect("written");
    told(&["policy", "install", &module], Exit::Input);
    let everywhere = Look::at(&scene.store()).rows("SELECT body FROM ledger").concat();
    assert!(!everywhere.contains(secret));
}
