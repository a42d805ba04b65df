//! The mount target of an EFS volume is not there yet, or not in the task's zone.

use super::failing;
use crate::{
    case::Case,
    check::{Check, Finding, Fix, Severity},
    remedy,
    snapshot::Observed,
    words,
    words::Phrase,
};

pub(super) const CHECK: Check = Check {
    id: "storage-efs-mount-not-ready",
    classes: &["efs-mount-not-ready"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "the mount target of an EFS volume is not ready",
        ja: "EFS ボリュームのマウントターゲットが利用可能になっていません",
    },
    explains: &["ecs-service-under-capacity", "ecs-deployment-failing"],
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let expected = words!(
        "a mount target that is available in the task's zone",
        "タスクのアベイラビリティーゾーンに利用可能なマウントターゲットがある"
    );
    let Some(mount) = failing(case, "efs-mount-not-ready", expected)? else {
        return Ok(vec![]);
    };
    let (id, region) = (mount.id(), &case.target.region);
    let subnets = &case.service()?.subnets;
    let mut fix = vec![
        Fix {
            title: words!(
                "wait until each zone of the tasks has a mount target that is available (it takes a minute or two)",
                "タスクの各アベイラビリティーゾーンのマウントターゲットが available になるまで待つ (1〜2 分)"
            ),
            command: format!(
                "aws efs describe-mount-targets --file-system-id {id} --query 'MountTargets[].[SubnetId,AvailabilityZoneName,LifeCycleState]' --output table --region {region}"
            ),
        },
        remedy::start_again(
            case,
            words!(
                "then start tasks again at once",
                "その後すぐに、タスクを起動し直す"
            ),
        ),
    ];
    if let Some(subnet) = subnets.first() {
        fix.push(Fix {
            title: words!(
                "where a zone has none, make one (one a zone; these are the tasks' subnets)",
                "マウントターゲットがないゾーンには作成する (ゾーンごとに 1 つ。サブネットはタスクのもの)"
            ),
            command: format!(
                "aws efs create-mount-target --file-system-id {id} --subnet-id {subnet} --security-groups <MOUNT_TARGET_GROUP> --region {region}"
            ),
        });
    }
    Ok(vec![Finding {
        subject: id.to_owned(),
        message: words!(
            "no mount target of the EFS file system {id} was ready when the tasks started",
            "タスクの起動時に、EFS ファイルシステム {id} のマウントターゲットが利用可能ではありませんでした"
        ),
        evidence: mount.evidence,
        fix,
    }])
}
