//! `lapse policy new` and `lapse policy component` through the binary. That the projects build is the gate's own step.

use std::path::Path;
use std::process::{Command, Output};

use crate::store::files;
use crate::support::lapse_binary;

fn lapse(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(lapse_binary()).current_dir(folder).args(arguments).output().expect("lapse starts")
}

#[test]
fn a_project_is_written_whole_or_not_at_all_and_never_over_another() {
    let folder = tempfile::tempdir().expect("a folder");
    let new = |name: &str, language: &str| {
        lapse(folder.path(), &["policy", "new", name, "--language", language]).status.code()
    };
    for language in ["rust", "javascript", "python", "c"] {
        assert_eq!(new(&format!("ours-{language}"), language), Some(0));
        let project = folder.path().join(format!("ours-{language}"));
        assert!(project.join("README.md").exists() && project.join("fixtures/conversations.toml").exists());
    }
    let before = files(folder.path()).len();
    assert_eq!(new("ours-c", "python"), Some(3), "there is one of that name");
    for name in ["Ours", "../ours", "our policy", "", "-c"] {
        assert_eq!(new(name, "c"), Some(2), "{name:?}");
    }
    assert_eq!(new("another", "cobol"), Some(2));
    assert_eq!(files(folder.path()).len(), before);
}

#[test]
fn what_is_no_core_module_of_the_contract_becomes_no_component() {
    let folder = tempfile::tempdir().expect("a folder");
    let (module, component) = (folder.path().join("module"), folder.path().join("component"));
    let arguments = ["policy", "component", "module", "--output", "component"];
    for bytes in [&b""[..], b"text", b"\0asm\x01\0\0\0", b"\0asm\x0d\0\x01\0"] {
        std::fs::write(&module, bytes).expect("a file");
        assert_eq!(lapse(folder.path(), &arguments).status.code(), Some(3), "{bytes:?}");
        assert!(!component.exists());
    }
}
