//! A parameter of Parameter Store that the task definition injects does not exist in that account and Region.

use super::elsewhere;
use crate::{
    case::{Case, proof},
    check::{Check, Evidence, Finding, Fix, Severity},
    snapshot::{Observed, Parameter, TaskDefinition},
    supply::{home, places},
    words,
    words::Phrase,
};

pub(super) const CHECK: Check = Check {
    id: "secrets-parameter-missing",
    classes: &["ssm-parameter-not-found"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "a parameter that the containers need does not exist",
        ja: "コンテナが必要とするパラメータが存在しません",
    },
    explains: &[
        "iam-parameter-read-denied",
        "ecs-service-under-capacity",
        "ecs-deployment-failing",
    ],
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let definition = case.task_definition()?;
    let mut names: Vec<&str> = definition
        .secrets()
        .filter_map(|(_, reference)| reference.parameter())
        .collect();
    names.sort_unstable();
    names.dedup();
    if names.is_empty() {
        return Ok(vec![]);
    }
    let said = case.said(&["ssm-parameter-not-found"]);
    let told = |name: &str| {
        let short = name
            .rsplit(":parameter/")
            .next()
            .unwrap_or(name)
            .trim_start_matches('/');
        let said = said.as_deref().unwrap_or_default();
        let mine: Vec<_> = said
            .iter()
            .copied()
            .filter(|said| said.text.contains(short))
            .collect();
        proof(
            &mine,
            words!("the parameter is found", "パラメータが見つかる"),
        )
    };
    let (mut findings, mut unseen) = (vec![], None);
    for name in names {
        match case.parameters.get(name) {
            Some(Ok(Parameter::Missing)) => {
                let seen = Evidence {
                    source: "ssm:DescribeParameters",
                    saw: words!("{name}: none", "{name}: なし"),
                    expected: words!("the parameter exists", "パラメータが存在する"),
                };
                let evidence = std::iter::once(seen).chain(told(name)).collect();
                findings.push(finding(case, definition, name, evidence));
            }
            Some(Err(unobserved)) => match told(name) {
                Some(evidence) => findings.push(finding(case, definition, name, vec![evidence])),
                None => unseen = Some(unobserved.clone()),
            },
            Some(Ok(Parameter::Present | Parameter::Encrypted { .. })) => {}
            None => unseen = Some(crate::supply::not_read("ssm:DescribeParameters", name)),
        }
    }
    match (findings.is_empty(), unseen) {
        (true, Some(unobserved)) => Err(unobserved),
        _ => Ok(findings),
    }
}

fn finding(
    case: &Case<'_>,
    definition: &TaskDefinition,
    name: &str,
    mut evidence: Vec<Evidence>,
) -> Finding {
    let region = &case.target.region;
    let users = definition
        .secrets()
        .filter(|(_, reference)| reference.parameter() == Some(name));
    let used = places(users);
    // An ARN may name another Region or account: a parameter made there is not here.
    let (account, mut parts) = (home(definition).1, name.split(':'));
    let (there, owner) = match name.starts_with("arn:") {
        true => (
            parts.nth(3).unwrap_or(region),
            parts.next().unwrap_or(account),
        ),
        false => (region.as_str(), account),
    };
    evidence.extend(elsewhere(case, account, there, owner));
    let short = name.rsplit(":parameter").next().unwrap_or(name);
    let last = short.rsplit('/').next().unwrap_or(short);
    Finding {
        message: words!(
            "the parameter {short}, which the task definition injects as {used}, does not exist in account {owner}, {there}",
            "タスク定義が {used} として参照しているパラメータ {short} が、アカウント {owner} の {there} に存在しません"
        ),
        subject: name.to_owned(),
        evidence,
        fix: vec![
            Fix {
                title: words!(
                    "look for it under another path, then correct valueFrom in the template and deploy",
                    "別のパスにないか探し、テンプレートの valueFrom を直してデプロイする"
                ),
                command: format!(
                    "aws ssm describe-parameters --parameter-filters Key=Name,Option=Contains,Values={last} --query 'Parameters[].Name' --region {there}"
                ),
            },
            Fix {
                title: words!(
                    "or make it here, with the value from the account or Region where it was made by mistake",
                    "別のアカウントやリージョンに作成していた場合は、同じ値でここに作成する"
                ),
                command: format!(
                    "read -rs VALUE && aws ssm put-parameter --name {short} --type SecureString --value \"$VALUE\" --region {there}"
                ),
            },
        ],
    }
}
