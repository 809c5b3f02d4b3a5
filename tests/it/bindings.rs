//! The SDK's checked-in bindings are those that the contract generates today.
//!
//! `LAPSE_UPDATE=1 cargo test -p lapse-tests bindings` rewrites them.

use std::path::Path;

use wit_bindgen_core::{Files, WorldGenerator, wit_parser::Resolve};

use crate::support::repository;

#[test]
fn the_bindings_are_those_of_the_contract() {
    let file = repository().join("policy-guest/sdk/src/bindings.rs");
    let generated = generate(&repository().join("wit/1.0.0"));
    if std::env::var_os("LAPSE_UPDATE").is_some() {
        std::fs::write(&file, &generated).expect("the bindings are writable");
    }
    let checked_in = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(checked_in == generated, "policy-guest/sdk/src/bindings.rs is old: LAPSE_UPDATE=1 rewrites it");
}

fn generate(contract: &Path) -> String {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_path(contract).expect("the contract is valid WIT");
    let world = resolve.select_world(&[package], Some("retention-policy")).expect("the contract has its world");
    let mut generator = wit_bindgen_rust::Opts {
        // prettyplease, which is part of the generator: no rustfmt, whose versions differ.
        format: true,
        std_feature: false,
        generate_all: true,
        pub_export_macro: true,
        runtime_path: Some("::wit_bindgen::rt".to_owned()),
        default_bindings_module: Some("lapse_policy_sdk::bindings".to_owned()),
        // For the comparisons of tests.
        additional_derive_attributes: vec!["PartialEq".to_owned(), "Eq".to_owned()],
        // Nothing may be imported, so there is nothing to describe but at the place of export.
        disable_custom_section_link_helpers: true,
        ..Default::default()
    }
    .build();
    let mut files = Files::default();
    generator.generate(&mut resolve, world, &mut files).expect("the bindings are generated");
    let (_, contents) = files.iter().next().expect("one file");
    String::from_utf8(contents.to_vec()).expect("Rust is UTF-8")
}
