//! What tenants ask about policies before one is in force.

mod candidate;
mod impact;
mod picture;

pub(super) use self::impact::{ImpactArguments, impact};
