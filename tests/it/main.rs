//! What Lapse must do, tested from the outside.

mod bad_input;
mod bindings;
mod conformance;
mod faults;
mod gone;
mod hostile;
mod kill;
mod layers;
mod snippets;
mod standard_policy;
mod statistics;
mod store;
mod support;
mod time;
