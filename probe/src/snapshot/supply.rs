//! What a task is given when it starts: secrets, parameters, keys, the image, and a place for its log.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Observed, Unobserved};

/// Whether Secrets Manager has a secret. Its value is never kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Secret {
    /// It exists.
    Present {
        /// Name of the secret.
        name: String,
        /// When it was marked for deletion, where it was.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        deleted_at: Option<DateTime<Utc>>,
        /// ARN or id of the customer managed key that encrypts it; `None` for the key of AWS.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        key: Option<String>,
        /// When its value last changed: tasks that started before still have the old one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        changed_at: Option<DateTime<Utc>>,
        /// Staging labels that a version carries, for example `AWSCURRENT`.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        stages: Vec<String>,
        /// Ids of its versions.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        versions: Vec<String>,
        /// What its value looks like, where that was asked for (`--check-secret-keys`).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        shape: Option<Observed<SecretShape>>,
    },
    /// There is no such secret.
    Missing,
}

/// What a secret's value looks like, without any part of the value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecretShape {
    /// A JSON object with these keys.
    Keys(Vec<String>),
    /// Something else.
    NotJson,
}

/// Whether Parameter Store has a parameter. Its value is never read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Parameter {
    /// It exists.
    Present,
    /// It exists, encrypted with a customer managed key.
    Encrypted {
        /// ARN, id or alias of the key.
        key: String,
    },
    /// There is no such parameter in this Region and account.
    Missing,
}

/// A customer managed key of KMS.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// `Enabled`, `Disabled`, `PendingDeletion`, …
    pub state: String,
    /// Its ARN, where KMS told it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
}

/// Whether ECR has an image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Image {
    /// ECR has it.
    Present {
        /// Platforms of an image index, for example `linux/arm64`; empty where the manifest names none.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        platforms: Vec<String>,
        /// Why its platforms are not known, where the manifest was refused.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unread: Option<Unobserved>,
        /// When it was pushed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pushed_at: Option<DateTime<Utc>>,
    },
    /// The repository exists, the tag or digest does not.
    TagMissing,
    /// There is no such repository.
    RepositoryMissing,
}

/// A log group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogGroup {
    /// It exists.
    Present {
        /// Days that it keeps events; `None` means for ever.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retention_days: Option<i32>,
    },
    /// There is no such group.
    Missing,
}
