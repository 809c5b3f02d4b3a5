//! Wraps a core module, which is what a compiler makes, as a component, which is what a policy is.
//!
//! The module exports the contract's functions under their names in the canonical ABI. If its toolchain has described their
//! types in a section of the module, as Rust's does, that description is used; otherwise the contract's own is.

use wasmparser::{Parser, Payload};
use wit_component::{ComponentEncoder, StringEncoding};
use wit_parser::Resolve;

use crate::policy::GuestText;

/// The contract that a module without a description is taken to be for.
pub(super) const CONTRACT: &str = include_str!("../../../wit/1.0.0/policy.wit");
/// Its world.
const WORLD: &str = "retention-policy";
/// How the sections begin that describe a module's types.
const DESCRIPTION: &str = "component-type";

/// A core module that cannot become a policy component.
#[derive(Debug, thiserror::Error)]
pub enum ComponentError {
    /// It is one already.
    #[error("the file is a component already")]
    Component,
    /// Not WebAssembly, or broken.
    #[error("the file is not a WebAssembly module: {0}")]
    Unreadable(GuestText),
    /// Its exports are not the contract's, or it imports something.
    #[error("the module does not fit the contract: {0}")]
    Misfit(GuestText),
}

/// Makes a component of a core module.
pub fn component(module: &[u8]) -> Result<Vec<u8>, ComponentError> {
    let misfit = |error| ComponentError::Misfit(GuestText::new(&format!("{error:#}")));
    let mut module = module.to_vec();
    if !is_described(&module)? {
        let mut contract = Resolve::default();
        let package = contract.push_source("policy.wit", CONTRACT).expect("the contract is valid WIT");
        let world = contract.select_world(&[package], Some(WORLD)).expect("the contract has its world");
        wit_component::embed_component_metadata(&mut module, &contract, world, StringEncoding::UTF8).map_err(misfit)?;
    }
    let mut encoder = ComponentEncoder::default();
    encoder.validate(true).module(&module).and_then(|encoder| encoder.encode()).map_err(misfit)
}

fn is_described(module: &[u8]) -> Result<bool, ComponentError> {
    let unreadable =
        |error: wasmparser::BinaryReaderError| ComponentError::Unreadable(GuestText::new(&error.to_string()));
    if Parser::is_component(module) {
        return Err(ComponentError::Component);
    }
    let mut is_described = false;
    for payload in Parser::new(0).parse_all(module) {
        if let Payload::CustomSection(section) = payload.map_err(unreadable)? {
            is_described |= section.name().starts_with(DESCRIPTION);
        }
    }
    Ok(is_described)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(module: &[u8]) -> String {
        component(module).expect_err("no policy").to_string()
    }

    #[test]
    fn what_is_no_module_is_refused() {
        assert!(refusal(b"").starts_with("the file is not a WebAssembly module"));
        assert!(refusal(b"\x7fELF").starts_with("the file is not a WebAssembly module"));
        assert_eq!(refusal(b"\0asm\x0d\0\x01\0"), "the file is a component already");
    }

    #[test]
    fn a_module_without_the_contract_s_functions_is_refused_by_their_name() {
        let error = refusal(b"\0asm\x01\0\0\0");
        assert!(error.contains("lapse:policy/policy@1.0.0"), "{error}");
    }
}
