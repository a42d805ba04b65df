//! A task got no network interface: no free address in its subnet, a quota, or too many tasks at once.

use crate::{
    case::{Case, proof},
    check::{Check, Evidence, Finding, Fix, Severity},
    snapshot::Observed,
    words,
    words::Phrase,
};

pub(super) const CHECK: Check = Check {
    id: "network-interface-not-provisioned",
    classes: &["eni-provisioning-timeout"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "tasks get no network interface",
        ja: "タスクのネットワークインターフェイスを作成できません",
    },
    explains: &[
        "ecs-service-under-capacity",
        "ecs-deployment-failing",
        "alb-no-healthy-targets",
    ],
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let service = case.service()?;
    let subnets = case.subnets()?;
    let full: Vec<&String> = service
        .subnets
        .iter()
        .filter(|id| {
            subnets
                .get(*id)
                .is_some_and(|s| s.available_addresses.is_some_and(|free| free <= 0))
        })
        .collect();
    let said = case.said(CHECK.classes);
    let proof = proof(
        said.as_deref().unwrap_or_default(),
        words!(
            "a network interface for each task",
            "タスクごとのネットワークインターフェイス"
        ),
    );
    if full.is_empty() && proof.is_none() {
        said?;
        return Ok(vec![]);
    }
    let region = &case.target.region;
    let mut evidence: Vec<Evidence> = full
        .iter()
        .map(|id| Evidence {
            source: "ec2:DescribeSubnets AvailableIpAddressCount",
            saw: words!("{id} has no free address", "{id} の空きアドレスは 0"),
            expected: words!("an address for each task", "タスクごとに 1 つのアドレス"),
        })
        .collect();
    evidence.extend(proof);
    let (list, name) = (service.subnets.join(","), &case.target.service);
    let none_free = full
        .iter()
        .map(|id| id.as_str())
        .collect::<Vec<_>>()
        .join(",");
    let (message, fix) = match full.first() {
        Some(_) => (
            words!(
                "{none_free} has no free address for the network interface of another task",
                "{none_free} に、新しいタスクのネットワークインターフェイスに割り当てる空きアドレスがありません"
            ),
            vec![Fix {
                title: words!(
                    "see what takes the addresses, delete what nobody uses, or give the service a larger subnet",
                    "アドレスの使用状況を確認し、不要なものを削除するか、より大きいサブネットを追加する"
                ),
                command: format!(
                    "aws ec2 describe-network-interfaces --filters Name=subnet-id,Values={none_free} --query 'NetworkInterfaces[].[NetworkInterfaceId,Status,Description]' --output table --region {region}"
                ),
            }],
        ),
        None => (
            words!(
                "tasks of {name} got no network interface in time, although their subnets have free addresses",
                "サブネットに空きアドレスはありますが、{name} のタスクのネットワークインターフェイスが時間内に作成されませんでした"
            ),
            vec![Fix {
                title: words!(
                    "compare the interfaces in the subnets with the quota of the account, which can be raised",
                    "ネットワークインターフェイスの数とアカウントのクォータを比べる (クォータは引き上げ可能)"
                ),
                command: format!(
                    "aws ec2 describe-network-interfaces --filters Name=subnet-id,Values={list} --query 'length(NetworkInterfaces)' --region {region}\naws service-quotas get-service-quota --service-code vpc --quota-code L-DF5E4CA3 --query Quota.Value --region {region}"
                ),
            }],
        ),
    };
    Ok(vec![Finding {
        subject: if full.is_empty() {
            name.clone()
        } else {
            none_free
        },
        message,
        evidence,
        fix,
    }])
}
