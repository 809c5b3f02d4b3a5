//! What tenants ask about policies before one is in force.

mod author;
mod candidate;
mod impact;
mod picture;

pub(super) use self::author::{ComponentArguments, NewArguments, new, wrap};
pub(super) use self::impact::{ImpactArguments, impact};
