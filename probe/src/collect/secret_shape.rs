//! What a secret's value looks like. The only place that reads a value, and only when a person asks for it
//! (`--check-secret-keys`): of the value nothing but the names of its JSON keys leaves this file.

use std::collections::BTreeMap;

use serde::de::IgnoredAny;

use super::{Clients, failure::unobserved};
use crate::snapshot::{Observed, SecretShape};

pub(super) async fn shape(clients: &Clients, arn: &str) -> Observed<SecretShape> {
    let call = clients.secrets.get_secret_value().secret_id(arn);
    match call.send().await {
        Ok(answer) => Ok(shape_of(answer.secret_string())),
        Err(error) => Err(unobserved("secretsmanager:GetSecretValue", &error)),
    }
}

/// A binary secret has no text.
fn shape_of(value: Option<&str>) -> SecretShape {
    // The error of the parser would quote the value: it is dropped with it.
    match serde_json::from_str::<BTreeMap<String, IgnoredAny>>(value.unwrap_or_default()) {
        Ok(object) => SecretShape::Keys(object.into_keys().collect()),
        Err(_) => SecretShape::NotJson,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_names_of_keys_are_kept() {
        let shape = shape_of(Some(
            r#"{"username": "app", "password": "hunter2", "port": {"a": 1}}"#,
        ));
        let keys = ["password", "port", "username"].map(ToOwned::to_owned);
        assert_eq!(shape, SecretShape::Keys(keys.to_vec()));
    }

    #[test]
    fn every_other_value_is_no_json_object() {
        for value in [
            None,
            Some(""),
            Some("hunter2"),
            Some("\"hunter2\""),
            Some("[1]"),
            Some("{\"a\":"),
        ] {
            assert_eq!(shape_of(value), SecretShape::NotJson, "{value:?}");
        }
    }
}
