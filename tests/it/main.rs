//! What Lapse must do, tested from the outside.

mod authoring;
mod bad_input;
mod bindings;
mod conformance;
mod examples;
mod faults;
mod gone;
mod hostile;
mod impact;
mod kill;
mod layers;
mod reference;
mod standard_policy;
mod store;
mod support;
mod time;
mod trial;
