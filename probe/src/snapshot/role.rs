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

/// A secret, without its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secret {
    /// Name of the secret.
    pub name: String,
    /// When it was marked for deletion, where it was.
    pub deleted_at: Option<DateTime<Utc>>,
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
