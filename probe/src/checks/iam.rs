//! Faults of the roles: who may do what.

catalogue! {
    image_pull_denied,
    secret_read_denied,
}
