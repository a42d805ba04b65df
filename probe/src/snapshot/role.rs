//! What the execution role may do, and what it is meant to read: secrets and images.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The answer of `iam:SimulatePrincipalPolicy` for one action on one resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Permission {
    /// For example `secretsmanager:GetSecretValue`.
    pub action: String,
    /// ARN of the resource, or `*`.
    pub resource: String,
    /// `allowed`, `implicitDeny` or `explicitDeny`.
    pub decision: String,
}

impl Permission {
    /// Whether the role may do it.
    pub fn is_allowed(&self) -> bool {
        self.decision == "allowed"
    }
}

/// Whether Secrets Manager has a secret. Its value is never read.
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
    },
    /// There is no such secret.
    Missing,
}

/// Whether ECR has an image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Image {
    /// ECR has it.
    Present,
    /// The repository exists, the tag or digest does not.
    TagMissing,
    /// There is no such repository.
    RepositoryMissing,
}
