//! Where a container takes the value of an environment variable from.

use serde::{Deserialize, Serialize};

/// An environment variable that ECS fills from Secrets Manager or Parameter Store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretReference {
    /// Name of the environment variable.
    pub name: String,
    /// ARN, for Secrets Manager with `:json-key:version-stage:version-id` behind it where given.
    pub value_from: String,
}

impl SecretReference {
    /// The ARN of the secret itself: `arn:aws:secretsmanager:region:account:secret:name`; `None` for other stores.
    pub fn secret_arn(&self) -> Option<String> {
        let parts: Vec<&str> = self.value_from.split(':').collect();
        (parts.len() >= 7 && parts[2] == "secretsmanager").then(|| parts[..7].join(":"))
    }

    /// The JSON key that is read, where one is named.
    pub fn json_key(&self) -> Option<&str> {
        self.part(7)
    }

    /// The staging label of the version that is read, where one is named.
    pub fn version_stage(&self) -> Option<&str> {
        self.part(8)
    }

    /// The id of the version that is read, where one is named.
    pub fn version_id(&self) -> Option<&str> {
        self.part(9)
    }

    fn part(&self, i: usize) -> Option<&str> {
        self.secret_arn()?;
        self.value_from
            .split(':')
            .nth(i)
            .filter(|part| !part.is_empty())
    }

    /// Name or ARN in Parameter Store; `None` for Secrets Manager.
    pub fn parameter(&self) -> Option<&str> {
        match self.secret_arn() {
            Some(_) => None,
            None => Some(&self.value_from),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_reference_is_read_into_arn_and_key() {
        let reference = |value_from: &str| SecretReference {
            name: "X".into(),
            value_from: value_from.into(),
        };
        let arn = "arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:db-AbCdEf";
        for (value_from, secret, key) in [
            (arn.to_owned(), Some(arn), None),
            (format!("{arn}:password::"), Some(arn), Some("password")),
            (format!("{arn}:::"), Some(arn), None),
            (
                "arn:aws:ssm:ap-northeast-1:123456789012:parameter/db".to_owned(),
                None,
                None,
            ),
            ("plain-name".to_owned(), None, None),
        ] {
            let reference = reference(&value_from);
            assert_eq!(reference.secret_arn().as_deref(), secret, "{value_from}");
            assert_eq!(reference.json_key(), key, "{value_from}");
        }
    }
}
