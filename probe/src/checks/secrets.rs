//! Faults of what the containers are given: secrets and parameters.

use crate::{case::Case, check::Evidence, words};

catalogue! {
    secret_missing,
    scheduled_for_deletion,
    arn_ambiguous,
    version_missing,
    not_json,
    json_key_missing,
    parameter_missing,
}

/// The Region that a secret's ARN names.
fn region_of<'a>(case: &'a Case<'_>, arn: &'a str) -> &'a str {
    let there = arn.split(':').nth(3).filter(|region| !region.is_empty());
    there.unwrap_or(&case.target.region)
}

/// The proof that an ARN leads away from the service: to another Region or account.
fn elsewhere(case: &Case<'_>, account: &str, there: &str, owner: &str) -> Option<Evidence> {
    let region = &case.target.region;
    (there != region || owner != account).then(|| Evidence {
        source: "ecs:DescribeTaskDefinition secrets[].valueFrom",
        saw: words!(
            "Region {there}, account {owner}",
            "リージョン {there}、アカウント {owner}"
        ),
        expected: words!(
            "Region {region}, account {account}",
            "リージョン {region}、アカウント {account}"
        ),
    })
}
