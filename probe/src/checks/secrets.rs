//! Faults of what the containers are given: secrets and parameters.

catalogue! {
    json_key_missing,
    secret_missing,
}
