//! The task definition names a secret by a partial ARN whose name ends like the six random characters of a whole one.

use super::region_of;
use crate::{
    case::Case,
    check::{Check, Evidence, Finding, Fix, Severity},
    evidence::failed_naming,
    snapshot::{Observed, Secret},
    supply::{places, readers},
    words,
    words::Phrase,
};

pub(super) const CHECK: Check = Check {
    id: "secrets-arn-ambiguous",
    classes: &["secret-arn-partial"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "a partial secret ARN is taken for a whole one, because the name ends in a hyphen and six characters",
        ja: "シークレット名の末尾がハイフンと 6 文字のため、部分的な ARN が完全な ARN と解釈されています",
    },
    explains: &[
        "secrets-secret-missing",
        "iam-secret-read-denied",
        "ecs-service-under-capacity",
        "ecs-deployment-failing",
    ],
    find,
};

/// The six characters that are taken for the random end of an ARN.
fn six(arn: &str) -> Option<&str> {
    let (_, six) = arn.rsplit(':').next()?.rsplit_once('-')?;
    (six.len() == 6 && six.chars().all(|c| c.is_ascii_alphanumeric())).then_some(six)
}

/// Whether somebody chose them: Secrets Manager draws from both cases and the digits, and hits lower case or digits
/// alone about once in two hundred times.
fn is_chosen(six: &str) -> bool {
    six.chars().all(|c| c.is_ascii_lowercase()) || six.chars().all(|c| c.is_ascii_digit())
}

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let definition = case.task_definition()?;
    let finding = |(arn, secret): (&String, &Observed<Secret>)| {
        let (six, name) = (six(arn)?, arn.rsplit(':').next()?);
        let told = failed_naming(case, arn);
        match secret {
            Ok(Secret::Missing) if is_chosen(six) => {}
            // A whole ARN has another six characters behind the name. One that works is no fault.
            Ok(Secret::Present { name: real, .. }) if real == name && told.is_some() => {}
            _ => return None,
        }
        let region = region_of(case, arn);
        let used = places(readers(definition, arn).into_iter());
        let mut evidence = vec![Evidence {
            source: "secretsmanager:DescribeSecret",
            saw: words!(
                "{arn}: -{six} is taken for the random end of a whole ARN",
                "{arn}: -{six} が完全な ARN 末尾のランダムな文字列とみなされる"
            ),
            expected: words!("the whole ARN: {name}-??????", "完全な ARN: {name}-??????"),
        }];
        evidence.extend(told);
        Some(Finding {
            subject: arn.clone(),
            message: words!(
                "{used} names {name} by a partial ARN, and Secrets Manager takes its -{six} for the random end of a whole one",
                "{used} が部分的な ARN で {name} を参照しているため、Secrets Manager が末尾の -{six} をランダムな文字列とみなしています"
            ),
            evidence,
            fix: vec![
                Fix {
                    title: words!("find the whole ARN", "完全な ARN を調べる"),
                    command: format!(
                        "aws secretsmanager list-secrets --filters Key=name,Values={name} --query 'SecretList[].ARN' --output text --region {region}"
                    ),
                },
                Fix {
                    title: words!(
                        "then write it into the task definition, or refer to the secret in the template, and deploy",
                        "タスク定義に完全な ARN を書くか、テンプレートでシークレットを参照してデプロイする"
                    ),
                    command: format!(
                        "Secrets:\n- Name: {}\n  ValueFrom: {arn}-<six characters>",
                        used.split(['/', ',']).nth(1).unwrap_or("DB_PASSWORD")
                    ),
                },
            ],
        })
    };
    Ok(case.secrets.iter().filter_map(finding).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chosen_words_are_told_from_random_ends() {
        for (arn, chosen) in [
            ("arn:aws:secretsmanager:r:1:secret:app-secret", true),
            ("arn:aws:secretsmanager:r:1:secret:app-202401", true),
            ("arn:aws:secretsmanager:r:1:secret:app-AbCd01", false),
            ("arn:aws:secretsmanager:r:1:secret:app-password", false),
            ("arn:aws:secretsmanager:r:1:secret:secret", false),
        ] {
            assert_eq!(six(arn).is_some_and(is_chosen), chosen, "{arn}");
        }
    }

    #[test]
    fn a_secret_that_is_there_is_a_fault_only_where_its_name_is_the_end_and_a_task_failed() {
        let found = |name: &str, failed: bool| {
            let mut snapshot = crate::scenario::snapshot(CHECK.id).unwrap().unwrap();
            if !failed {
                snapshot.tasks.as_mut().unwrap().clear();
            }
            for secret in snapshot.secrets.values_mut() {
                *secret = Ok(Secret::Present {
                    name: name.into(),
                    deleted_at: None,
                    key: None,
                    changed_at: None,
                    stages: vec![],
                    versions: vec![],
                    shape: None,
                });
            }
            find(&Case::new(&snapshot)).unwrap().len()
        };
        assert_eq!(found("events-data-secret", true), 1);
        assert_eq!(found("events-data-secret", false), 0);
        assert_eq!(found("events-data", true), 0);
    }
}
