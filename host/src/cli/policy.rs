//! What tenants ask about policies before one is in force.

mod author;
mod bench;
mod candidate;
mod impact;
mod picture;
mod signing;

pub(super) use self::author::{ComponentArguments, NewArguments, new, wrap};
pub(super) use self::bench::{BenchArguments, bench};
pub(super) use self::impact::{ImpactArguments, impact};
pub(super) use self::signing::{KeyCommand, SignArguments, TrustCommand, beside, key, sign, trust};
