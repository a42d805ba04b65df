//! What the application itself says.

catalogue! {
    database_unreachable,
}
