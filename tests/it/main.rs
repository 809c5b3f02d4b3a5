//! What Lapse must do, tested from the outside.

mod anonymise;
mod authoring;
mod bad_input;
mod bindings;
mod conformance;
mod costs;
mod examples;
mod faults;
mod gone;
mod hostile;
mod impact;
mod kill;
mod layers;
mod migration;
mod reference;
mod replay;
mod signing;
mod snippets;
mod standard_policy;
mod statistics;
mod store;
mod support;
mod time;
mod trial;
