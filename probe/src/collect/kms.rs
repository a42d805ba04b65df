//! KMS: the customer managed keys that encrypt secrets and parameters, and their policies.

use std::collections::BTreeMap;

use aws_sdk_kms::types::KeyManagerType;
use futures::future::join_all;

use super::{Clients, clients::region_of, failure::unobserved, policy};
use crate::snapshot::{Key, Observed, Policy};

/// The keys as the snapshot keeps them, with the ARNs by which IAM judges.
#[derive(Default)]
pub(super) struct Keys {
    pub(super) shown: BTreeMap<String, Observed<Key>>,
    arns: BTreeMap<String, String>,
}

impl Keys {
    /// ARN of a key, as far as it is known.
    pub(super) fn arn(&self, key: &str) -> Option<&String> {
        self.arns.get(key)
    }
}

/// What KMS says of a key.
enum Described {
    Customers(Key),
    /// AWS manages it, and lets its own service use it for everyone in the account.
    OfAws,
}

/// The keys, by ARN, id or alias; each is named with the ARN of something that it encrypts.
pub(super) async fn keys(clients: &Clients, named: &BTreeMap<String, String>) -> Keys {
    let observe = |(id, encrypted): (&String, &String)| {
        let (id, encrypted) = (id.clone(), encrypted.clone());
        async move {
            let described = describe(clients, &id).await;
            (id, encrypted, described)
        }
    };
    let mut keys = Keys::default();
    for (id, encrypted, described) in join_all(named.iter().map(observe)).await {
        let (shown, arn) = match described {
            Ok(Described::OfAws) => continue,
            Ok(Described::Customers(key)) => {
                let arn = key.arn.clone();
                (Ok(key), arn)
            }
            Err(unobserved) => (Err(unobserved), None),
        };
        if let Some(arn) = arn.or_else(|| arn_of(&id, &encrypted)) {
            keys.arns.insert(id.clone(), arn);
        }
        keys.shown.insert(id, shown);
    }
    keys
}

/// How the snapshot names a key: in another Region than the service's by its ARN, since an alias or id alone would be
/// one of the service's.
pub(super) fn named(clients: &Clients, key: &str, encrypted: &str) -> String {
    let is_home = region_of(encrypted).is_none_or(|region| region == clients.region);
    match is_home || key.starts_with("arn:") {
        true => key.to_owned(),
        false => arn_there(key, encrypted).unwrap_or_else(|| key.to_owned()),
    }
}

async fn describe(clients: &Clients, id: &str) -> Observed<Described> {
    let clients = clients.at(region_of(id));
    let answer = clients.kms.describe_key().key_id(id).send().await;
    let answer = answer.map_err(|error| unobserved("kms:DescribeKey", &error))?;
    let about = answer.key_metadata();
    if about.and_then(|about| about.key_manager()) == Some(&KeyManagerType::Aws) {
        return Ok(Described::OfAws);
    }
    let state = about.and_then(|about| about.key_state());
    Ok(Described::Customers(Key {
        state: state
            .map(|state| state.as_str().to_owned())
            .unwrap_or_default(),
        arn: about.and_then(|about| about.arn()).map(ToOwned::to_owned),
    }))
}

/// The keys' own policies. KMS takes no alias here: without its ARN there is nothing to ask for.
pub(super) async fn policies(clients: &Clients, keys: &Keys) -> BTreeMap<String, Observed<Policy>> {
    let read = |(id, arn): (&String, &String)| {
        let (id, arn) = (id.clone(), arn.clone());
        async move {
            let policy = policy(clients, &arn).await;
            (id, policy)
        }
    };
    let read = join_all(keys.arns.iter().map(read)).await;
    read.into_iter().collect()
}

async fn policy(clients: &Clients, arn: &str) -> Observed<Policy> {
    const OPERATION: &str = "kms:GetKeyPolicy";
    let clients = clients.at(region_of(arn));
    // A key has one policy, of this name.
    let call = clients
        .kms
        .get_key_policy()
        .key_id(arn)
        .policy_name("default");
    let answer = call.send().await;
    let answer = answer.map_err(|error| unobserved(OPERATION, &error))?;
    policy::read(OPERATION, answer.policy().unwrap_or_default())
}

/// The ARN of a key that only what it encrypts tells of; an alias does not say which key it stands for.
fn arn_of(id: &str, encrypted: &str) -> Option<String> {
    if id.contains("alias/") {
        return None;
    }
    if id.starts_with("arn:") {
        return Some(id.to_owned());
    }
    arn_there(id, encrypted)
}

/// The ARN of the key or alias in Region and account of what it encrypts.
fn arn_there(name: &str, encrypted: &str) -> Option<String> {
    let parts: Vec<&str> = encrypted.split(':').collect();
    let [_, partition, _, region, account, ..] = parts[..] else {
        return None;
    };
    let kind = if name.starts_with("alias/") {
        ""
    } else {
        "key/"
    };
    Some(format!(
        "arn:{partition}:kms:{region}:{account}:{kind}{name}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arn_of_a_key_is_drawn_from_its_secret() {
        let secret = "arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:db-AbCdEf";
        let key = "arn:aws:kms:ap-northeast-1:123456789012:key/1234";
        assert_eq!(arn_of("1234", secret).as_deref(), Some(key));
        assert_eq!(arn_of(key, secret).as_deref(), Some(key));
        assert_eq!(arn_of("alias/app", secret), None);
        let alias = "arn:aws:kms:ap-northeast-1:123456789012:alias/app";
        assert_eq!(arn_there("alias/app", secret).as_deref(), Some(alias));
    }
}
