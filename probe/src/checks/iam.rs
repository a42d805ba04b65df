//! Faults of the roles: who may do what.

catalogue! {
    role_not_assumable,
    execution_role_missing,
    image_pull_denied,
    secret_read_denied,
    parameter_read_denied,
    key_decrypt_denied,
    logs_write_denied,
    policy_not_propagated,
}
