//! The customer managed keys without which a task is not given its secrets and parameters.

use std::collections::BTreeMap;

use super::{Need, home};
use crate::{
    case::Case,
    snapshot::{Parameter, Secret, Snapshot, TaskDefinition},
};

/// A key, and what a service of AWS decrypts with it for the execution role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyUse<'a> {
    /// ARN, id or alias, as what it encrypts names it.
    pub key: &'a str,
    /// Its ARN; an alias that KMS was not asked about does not tell it.
    pub arn: Option<String>,
    /// The service that decrypts, as `kms:ViaService` has it: `secretsmanager.ap-northeast-1.amazonaws.com`.
    pub service: String,
    /// Names of the secrets and parameters.
    pub encrypts: Vec<&'a str>,
}

impl KeyUse<'_> {
    /// What the execution role must be allowed to do; `None` where the key's ARN is not known.
    pub fn need(&self) -> Option<Need> {
        Some(Need {
            action: "kms:Decrypt",
            resource: self.arn.clone()?,
        })
    }
}

/// The keys of all secrets and parameters that were seen.
pub fn keys_in_use<'a>(case: &Case<'a>, definition: &TaskDefinition) -> Vec<KeyUse<'a>> {
    let snapshot: &'a Snapshot = case;
    let of_secrets = snapshot
        .secrets
        .iter()
        .filter_map(|(arn, secret)| match secret {
            Ok(Secret::Present {
                name,
                key: Some(key),
                ..
            }) => Some((key, "secretsmanager", arn, name)),
            _ => None,
        });
    let of_parameters =
        snapshot
            .parameters
            .iter()
            .filter_map(|(name, parameter)| match parameter {
                Ok(Parameter::Encrypted { key }) => Some((key, "ssm", name, name)),
                _ => None,
            });
    let mut uses: BTreeMap<(&str, String), Vec<&str>> = BTreeMap::new();
    for (key, service, arn, name) in of_secrets.chain(of_parameters) {
        let region = region_of(arn).unwrap_or(&snapshot.target.region);
        let service = format!("{service}.{region}.amazonaws.com");
        uses.entry((key, service)).or_default().push(name);
    }
    let (partition, account) = home(definition);
    let arn = |key: &str, service: &str| {
        let told = snapshot
            .keys
            .get(key)
            .and_then(|seen| seen.as_ref().ok()?.arn.clone());
        told.or_else(|| match key {
            _ if key.contains("alias/") => None,
            _ if key.starts_with("arn:") => Some(key.to_owned()),
            _ => {
                let region = service.split('.').nth(1)?;
                Some(format!("arn:{partition}:kms:{region}:{account}:key/{key}"))
            }
        })
    };
    uses.into_iter()
        .map(|((key, service), encrypts)| KeyUse {
            key,
            arn: arn(key, &service),
            service,
            encrypts,
        })
        .collect()
}

fn region_of(arn: &str) -> Option<&str> {
    arn.strip_prefix("arn:")?.split(':').nth(2)
}
