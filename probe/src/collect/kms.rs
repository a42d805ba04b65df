//! KMS: the customer managed keys that encrypt the secrets.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_kms::types::KeyManagerType;
use futures::future::join_all;

use super::{Clients, failure::unobserved, secrets::Secrets};
use crate::snapshot::{Key, Observed};

/// The keys as the snapshot keeps them, with the ARNs by which IAM judges.
#[derive(Default)]
pub(super) struct Keys {
    pub(super) shown: BTreeMap<String, Observed<Key>>,
    arns: BTreeMap<String, String>,
}

impl Keys {
    /// ARNs of the keys, as far as they are known.
    pub(super) fn arns(&self) -> BTreeSet<String> {
        self.arns.values().cloned().collect()
    }
}

/// What KMS says of a key.
enum Described {
    Customers(Key, Option<String>),
    /// AWS manages it, and lets Secrets Manager use it for everyone in the account.
    OfAws,
}

pub(super) async fn keys(clients: &Clients, secrets: &Secrets) -> Keys {
    let named: BTreeMap<&String, &String> = secrets.keys().collect();
    let observe = |(id, secret): (&String, &String)| {
        let (id, secret) = (id.clone(), secret.clone());
        async move {
            let described = describe(clients, &id).await;
            (id, secret, described)
        }
    };
    let mut keys = Keys::default();
    for (id, secret, described) in join_all(named.into_iter().map(observe)).await {
        let (shown, arn) = match described {
            Ok(Described::OfAws) => continue,
            Ok(Described::Customers(key, arn)) => (Ok(key), arn),
            Err(unobserved) => (Err(unobserved), None),
        };
        if let Some(arn) = arn.or_else(|| arn_of(&id, &secret)) {
            keys.arns.insert(id.clone(), arn);
        }
        keys.shown.insert(id, shown);
    }
    keys
}

async fn describe(clients: &Clients, id: &str) -> Observed<Described> {
    let answer = clients.kms.describe_key().key_id(id).send().await;
    let answer = answer.map_err(|error| unobserved("kms:DescribeKey", &error))?;
    let about = answer.key_metadata();
    if about.and_then(|about| about.key_manager()) == Some(&KeyManagerType::Aws) {
        return Ok(Described::OfAws);
    }
    let state = about.and_then(|about| about.key_state());
    let key = Key {
        state: state
            .map(|state| state.as_str().to_owned())
            .unwrap_or_default(),
    };
    let arn = about.and_then(|about| about.arn()).map(ToOwned::to_owned);
    Ok(Described::Customers(key, arn))
}

/// The ARN of a key that only its secret tells of; an alias does not say which key it stands for.
fn arn_of(id: &str, secret: &str) -> Option<String> {
    if id.contains("alias/") {
        return None;
    }
    if id.starts_with("arn:") {
        return Some(id.to_owned());
    }
    let parts: Vec<&str> = secret.split(':').collect();
    match parts[..] {
        [_, partition, _, region, account, ..] => {
            Some(format!("arn:{partition}:kms:{region}:{account}:key/{id}"))
        }
        _ => None,
    }
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
    }
}
