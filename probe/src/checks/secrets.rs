//! Faults of what the containers are given: secrets and parameters.

catalogue! {
    secret_missing,
    scheduled_for_deletion,
    arn_ambiguous,
    version_missing,
    not_json,
    json_key_missing,
    parameter_missing,
}
