//! What Lapse must do, tested from the outside.

mod bindings;
mod standard_policy;
mod faults;
mod hostile;
mod store;
mod support;
