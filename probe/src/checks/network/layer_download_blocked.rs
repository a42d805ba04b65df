//! The registry can be reached, but not S3, from where ECR serves the layers of an image.

use std::collections::BTreeSet;

use super::{NOT_STARTING, Refused, findings};
use crate::{
    case::Case,
    check::{Check, Finding, Fix, Severity},
    network::{Kind, Refusal, Repair, at_start},
    snapshot::Observed,
    words,
    words::Phrase,
};

pub(super) const CHECK: Check = Check {
    id: "network-layer-download-blocked",
    classes: &["ecr-layer-download-failed"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "tasks cannot download the layers of their image from S3",
        ja: "イメージのレイヤーを S3 からダウンロードできません",
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
    let kinds = &[Kind::Endpoint, Kind::Route];
    findings(case, CHECK.id, &paths, kinds, NOT_STARTING, |refused| {
        let subnets = refused.subnets();
        let message = words!(
            "tasks in {subnets} reach ECR, but not S3, which holds the layers of their image",
            "{subnets} のタスクは ECR に接続できますが、イメージのレイヤーがある S3 に接続できません"
        );
        Some((subnets, message, fixes(case, refused)))
    })
}

fn fixes(case: &Case<'_>, refused: &Refused<'_>) -> Vec<Fix> {
    let region = &case.target.region;
    let mut tables: BTreeSet<&str> = BTreeSet::new();
    let (mut endpoint, mut policy) = (None, None);
    for refusal in &refused.refusals {
        match refusal {
            Refusal::LayersUnrouted {
                table,
                endpoint: found,
            } => {
                tables.insert(table);
                endpoint = endpoint.or(found.as_ref());
            }
            Refusal::Blackhole { table, .. } => {
                tables.insert(table);
            }
            Refusal::Endpoint { id, .. } => policy = Some(id),
            _ => {}
        }
    }
    if let Some(id) = policy {
        return vec![Fix {
            title: words!(
                "go back to the policy that allows every call; a narrower one must allow s3:GetObject on arn:aws:s3:::prod-{region}-starport-layer-bucket/*",
                "すべてを許可するポリシーに戻す (絞る場合も arn:aws:s3:::prod-{region}-starport-layer-bucket/* への s3:GetObject は許可する)"
            ),
            command: format!(
                "aws ec2 modify-vpc-endpoint --vpc-endpoint-id {id} --reset-policy --region {region}"
            ),
        }];
    }
    let list = tables.iter().copied().collect::<Vec<_>>().join(" ");
    let vpc = tables.first().map(|table| Repair(case).vpc_of(table));
    let vpc = vpc.unwrap_or_default();
    vec![Fix {
        title: words!(
            "lead the tasks' route tables to a gateway endpoint of S3, which costs nothing",
            "タスクのルートテーブルを S3 のゲートウェイエンドポイント (無料) に関連付ける"
        ),
        command: match endpoint {
            Some(id) => format!(
                "aws ec2 modify-vpc-endpoint --vpc-endpoint-id {id} --add-route-table-ids {list} --region {region}"
            ),
            None => format!(
                "aws ec2 create-vpc-endpoint --vpc-id {vpc} --vpc-endpoint-type Gateway --service-name com.amazonaws.{region}.s3 --route-table-ids {list} --region {region}"
            ),
        },
    }]
}
