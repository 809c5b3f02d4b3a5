//! What Lapse must do, tested from the outside.
