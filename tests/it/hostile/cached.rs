//! Compiled code on disk: whatever is done to its file, nothing is loaded that this host did not write.

use lapse::policy::{Cache, CacheError, Cached, ModuleDigest, Policy};

use super::{compiler, engine, skeleton};

#[test]
fn compiled_code_is_loaded_only_where_it_is_authentic() {
    let folder = tempfile::tempdir().expect("a folder");
    let module = skeleton::honest();
    let digest = ModuleDigest::of(&module);
    let cache = |key| Cache::new(folder.path().join("compiled"), [key; 32]);
    let open = |cache: Cache| {
        let (compiled, cached) =
            cache.open(engine(), &compiler(), digest, || Ok(module.clone())).expect("it is compiled");
        assert!(Policy::load(engine(), &compiled).is_ok());
        cached
    };
    assert_eq!(open(cache(1)), Cached::Missing);
    assert_eq!(open(cache(1)), Cached::Found);
    assert_eq!(open(cache(2)), Cached::NotAuthentic, "another host's key");
    assert_eq!(open(cache(1)), Cached::NotAuthentic, "which has written its own meanwhile");

    let entries = || {
        std::fs::read_dir(folder.path().join("compiled"))
            .expect("the folder")
            .map(|entry| entry.expect("a file").path())
    };
    let file = entries().next().expect("one file");
    assert_eq!(entries().count(), 1, "no temporary file is left");
    let whole = std::fs::read(&file).expect("it is readable");
    for spoiled in [&whole[..whole.len() - 1], &whole[..31], &[], &[&whole[..], &[0]].concat()] {
        std::fs::write(&file, spoiled).expect("it is writable");
        assert_eq!(open(cache(1)), Cached::NotAuthentic);
    }
    for at in [0, 31, 32, whole.len() / 2, whole.len() - 1] {
        let mut changed = whole.clone();
        changed[at] ^= 1;
        std::fs::write(&file, changed).expect("it is writable");
        assert_eq!(open(cache(1)), Cached::NotAuthentic, "byte {at}");
    }

    let other = skeleton::module("remembers");
    let found = ModuleDigest::of(&other);
    std::fs::remove_file(&file).expect("it is removable");
    let error = cache(1).open(engine(), &compiler(), digest, || Ok(other)).map(drop).expect_err("another module");
    assert!(matches!(error, CacheError::OtherModule { wanted, found: module } if wanted == digest && module == found));
}
