//! A VPC endpoint is there and of no use to the tasks: its name, its security group or its policy is in the way.

use std::collections::BTreeSet;

use super::{NOT_STARTING, findings, list};
use crate::{
    case::Case,
    check::{Check, Finding, Fix, Severity},
    network::{EndpointFault, Kind, Refusal, Repair, at_start},
    remedy::joined,
    snapshot::Observed,
    words,
    words::Phrase,
};

pub(super) const CHECK: Check = Check {
    id: "network-endpoint-unusable",
    classes: &["vpc-endpoint-misconfigured"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "a VPC endpoint that the tasks need cannot be used",
        ja: "タスクに必要な VPC エンドポイントが利用できません",
    },
    explains: &[
        "ecs-service-under-capacity",
        "ecs-deployment-failing",
        "alb-no-healthy-targets",
    ],
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let paths = at_start(case)?;
    let kinds = &[Kind::Endpoint, Kind::GroupIn];
    findings(case, CHECK.id, &paths, kinds, NOT_STARTING, |refused| {
        let goals = refused.goals();
        let ids = list(
            refused
                .paths
                .iter()
                .filter_map(|path| path.endpoint.clone()),
        );
        let mut repaired: BTreeSet<String> = BTreeSet::new();
        let fix = refused.refusals.iter().flat_map(|refusal| {
            let fixes = fixes(case, &ids, refusal);
            let is_new = fixes.iter().any(|fix| repaired.insert(fix.command.clone()));
            if is_new { fixes } else { vec![] }
        });
        let fix = joined(fix);
        let message = words!(
            "the tasks cannot use the VPC endpoint for {goals}: {ids}",
            "{goals} のための VPC エンドポイント {ids} を、タスクから利用できません"
        );
        Some((ids, message, fix))
    })
}

fn fixes(case: &Case<'_>, ids: &str, refusal: &Refusal) -> Vec<Fix> {
    let region = &case.target.region;
    let (id, fault) = match refusal {
        Refusal::GroupIn(closed) => return Repair(case).group(closed, false),
        Refusal::Endpoint { id, fault } => (id, fault),
        _ => return vec![],
    };
    let (title, command) = match fault {
        EndpointFault::PrivateDns => (
            words!(
                "let the service's own name resolve to the endpoint",
                "サービスの名前がエンドポイントに解決されるよう、プライベート DNS を有効にする"
            ),
            format!(
                "aws ec2 modify-vpc-endpoint --vpc-endpoint-id {id} --private-dns-enabled --region {region}"
            ),
        ),
        EndpointFault::VpcDns(vpc) => (
            words!(
                "let the VPC resolve private names (one attribute a call)",
                "VPC の DNS 属性を有効にする (1 回の呼び出しで 1 属性)"
            ),
            format!(
                "aws ec2 modify-vpc-attribute --vpc-id {vpc} --enable-dns-support Value=true --region {region}\naws ec2 modify-vpc-attribute --vpc-id {vpc} --enable-dns-hostnames Value=true --region {region}"
            ),
        ),
        EndpointFault::NoInterface => {
            let subnets = case.service.as_ref().map(|s| s.subnets.join(" "));
            let subnets = subnets.unwrap_or_default();
            (
                words!(
                    "put it into the tasks' subnets",
                    "タスクのサブネットに追加する"
                ),
                format!(
                    "aws ec2 modify-vpc-endpoint --vpc-endpoint-id {id} --add-subnet-ids {subnets} --region {region}"
                ),
            )
        }
        EndpointFault::Policy { .. } => (
            words!(
                "go back to the policy that allows every call, and leave it to IAM to decide",
                "すべてを許可するポリシーに戻し、制御は IAM に任せる"
            ),
            format!(
                "aws ec2 modify-vpc-endpoint --vpc-endpoint-id {id} --reset-policy --region {region}"
            ),
        ),
        EndpointFault::State(_) => (
            words!(
                "see why it is not available; one that failed or was rejected must be made anew",
                "利用できない理由を確認する (failed や rejected の場合は作り直す)"
            ),
            format!("aws ec2 describe-vpc-endpoints --vpc-endpoint-ids {ids} --region {region}"),
        ),
    };
    vec![Fix { title, command }]
}
