//! What Lapse must do, tested from the outside.

mod bindings;
mod support;
