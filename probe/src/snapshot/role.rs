//! IAM roles: who may use them, and what they may do.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Text, Unobserved};

/// Whether the execution role may do one action on one resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Permission {
    /// For example `secretsmanager:GetSecretValue`.
    pub action: String,
    /// ARN of the resource, or `*`.
    pub resource: String,
    /// `allowed`, `implicitDeny` or `explicitDeny`.
    pub decision: String,
    /// Whose view that is.
    #[serde(default)]
    pub view: View,
}

/// Who decided whether something is permitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum View {
    /// `iam:SimulatePrincipalPolicy`.
    #[default]
    Simulated,
    /// `probe` itself, from the role's policy documents, where the simulation was refused.
    Documents,
}

impl Permission {
    /// Whether the role may do it.
    pub fn is_allowed(&self) -> bool {
        self.decision == "allowed"
    }
}

/// A role of the task definition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// It exists.
    Present {
        /// When it was created.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        created_at: Option<DateTime<Utc>>,
        /// Who may assume it.
        trust: Policy,
        /// What it may do: inline and attached policies, by name.
        policies: std::collections::BTreeMap<String, Policy>,
        /// Those of its policies that could not be read, by name.
        #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
        unread: std::collections::BTreeMap<String, Unobserved>,
    },
    /// There is no such role.
    Missing,
}

/// A policy document, in the parts that decide. Texts of other parts (`Sid`, most condition values) are not kept.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Policy {
    /// Its statements.
    pub statements: Vec<Statement>,
}

/// A statement of a policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// Whether it allows; else it denies.
    pub allow: bool,
    /// Actions, with wildcards.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<Text>,
    /// `NotAction`: every action but these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_actions: Vec<Text>,
    /// Resources, with wildcards.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<Text>,
    /// `NotResource`: every resource but these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_resources: Vec<Text>,
    /// Principals: services, accounts, roles, or `*`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub principals: Vec<Text>,
    /// Keys of its conditions, for example `aws:SourceAccount`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Text>,
    /// Those of the conditions whose values are kept: they ask for nothing but a service of AWS or an account.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tests: Vec<Test>,
}

/// A condition that holds where the request's value is like one of these.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Test {
    /// For example `kms:ViaService`.
    pub key: Text,
    /// The values, with wildcards.
    pub values: Vec<Text>,
}
