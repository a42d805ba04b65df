//! Faults of the place where the containers' output goes.

catalogue! {
    group_missing,
}
