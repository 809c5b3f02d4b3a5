//! Trying a policy out before it decides anything: on fixtures, and on generated records that look for what is wrong with it.
//!
//! Absent here: the store, tenants, plans. A policy that is tried out is admitted and asked exactly as in production, in the same
//! engine profile; nothing is ever done with its answers but to look at them.

pub mod answers;
pub mod fixtures;
pub mod record;
pub mod test;
pub mod verify;
