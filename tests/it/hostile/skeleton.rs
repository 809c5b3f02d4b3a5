//! Turns a file of `tests/hostile` into a module: a fragment takes its place in `skeleton.wat` and is wrapped as a component
//! of the contract; a whole component or core module is taken as it is.

use std::path::PathBuf;

use wit_bindgen_core::wit_parser::Resolve;
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};

use crate::support::repository;

/// The version that the skeleton exports.
const VERSION: &str = "@1.0.0";

/// Where the hostile modules are.
pub(super) fn folder() -> PathBuf {
    repository().join("tests/hostile")
}

/// The text of a file.
pub(super) fn text(name: &str) -> String {
    let file = folder().join(name).with_extension("wat");
    std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// The skeleton itself: an honest policy.
pub(crate) fn honest() -> Vec<u8> {
    component("", VERSION, |wit| wit)
}

/// The module that a file makes.
pub(crate) fn module(name: &str) -> Vec<u8> {
    let text = text(name);
    let code = || text.lines().filter(|line| !line.starts_with(";;"));
    let is_whole = code().any(|line| line.starts_with("(component") || line.starts_with("(module"));
    if is_whole {
        wat::parse_str(&text).expect("the file is WebAssembly")
    } else {
        component(&text, VERSION, |wit| wit)
    }
}

/// The component that the skeleton makes with a fragment, of a version of the contract, or of something like it.
pub(crate) fn component(fragment: &str, version: &str, contract: impl FnOnce(String) -> String) -> Vec<u8> {
    let wit = std::fs::read_to_string(repository().join("wit/1.0.0/policy.wit")).expect("the contract is there");
    let wit = contract(wit.replace(VERSION, version));
    let mut resolve = Resolve::default();
    let package = resolve.push_str("policy.wit", &wit).expect("the contract is valid WIT");
    let world = resolve.select_world(&[package], Some("retention-policy")).expect("the contract has its world");
    let mut module =
        wat::parse_str(core_module(fragment).replace(VERSION, version)).expect("the module is WebAssembly");
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).expect("the module has a world");
    // Not validated here: some are not valid, and that is for the host to find.
    let mut encoder = ComponentEncoder::default();
    let encoder = encoder.validate(false).module(&module).expect("the module has its exports");
    encoder.encode().expect("the module is wrapped")
}

/// The skeleton's fields without those that the fragment has its own of, then the fragment.
fn core_module(fragment: &str) -> String {
    let replaced = |field: &str| {
        let name = field.split_whitespace().nth(1).filter(|name| name.starts_with('$'));
        let is_own = |kind: &str| {
            field.starts_with(kind) && name.is_some_and(|name| fragment.contains(&format!("{kind} {name} ")))
        };
        is_own("(func") || is_own("(memory")
    };
    let skeleton = text("skeleton");
    let without_comments =
        |field: &str| field.lines().filter(|line| !line.starts_with(";;")).collect::<Vec<_>>().join("\n");
    let fields: Vec<String> = skeleton.split("\n\n").map(without_comments).filter(|field| !replaced(field)).collect();
    format!("(module\n{}\n{fragment}\n)", fields.join("\n"))
}
