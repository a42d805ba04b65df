//! The way from the tasks to an EFS mount target is closed: NFS needs TCP 2049.

use super::failing;
use crate::{
    case::Case,
    check::{Check, Evidence, Finding, Fix, Severity},
    network::{End, Place, lets_out},
    snapshot::{Observed, Service, TaskDefinition},
    words,
    words::{Phrase, Words},
};

const NFS: i32 = 2049;

pub(super) const CHECK: Check = Check {
    id: "storage-efs-network-blocked",
    classes: &["efs-network-blocked"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "tasks do not reach the mount target of an EFS volume at port 2049",
        ja: "タスクから EFS ボリュームのマウントターゲット (ポート 2049) に到達できません",
    },
    explains: &["ecs-service-under-capacity", "ecs-deployment-failing"],
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let expected = words!("the mount target answers", "マウントターゲットが応答する");
    let mount = failing(case, "efs-network-blocked", expected)?;
    let closed = match case.task_definition() {
        Ok(definition) => closed_egress(case, case.service()?, definition)?,
        Err(_) => None,
    };
    if mount.is_none() && closed.is_none() {
        return Ok(vec![]);
    }
    let service = case.service()?;
    let region = &case.target.region;
    let groups = service.security_groups.join(" ");
    let group = service.security_groups.first().cloned().unwrap_or_default();
    let id = mount
        .as_ref()
        .and_then(|mount| mount.file_system.clone())
        .or_else(|| closed.as_ref().map(|(id, _)| id.clone()))
        .unwrap_or("<FILE_SYSTEM_ID>".into());
    let mut fix = vec![Fix {
        title: words!(
            "see the mount targets of {id}, one in each zone of the tasks and available, and their security groups",
            "{id} のマウントターゲットとそのセキュリティグループを確認する。タスクの各アベイラビリティーゾーンに available なものが 1 つずつ必要"
        ),
        command: format!(
            "aws efs describe-mount-targets --file-system-id {id} --query 'MountTargets[].[MountTargetId,AvailabilityZoneName,SubnetId,LifeCycleState]' --output table --region {region}\nfor target in $(aws efs describe-mount-targets --file-system-id {id} --query 'MountTargets[].MountTargetId' --output text --region {region}); do aws efs describe-mount-target-security-groups --mount-target-id $target --query SecurityGroups --output text --region {region}; done"
        ),
    }];
    if closed.is_some() {
        fix.push(Fix {
            title: words!(
                "let the tasks send to the group of the mount targets at port 2049",
                "タスクから、マウントターゲットのセキュリティグループへの 2049 の送信を許可する"
            ),
            command: format!(
                "aws ec2 authorize-security-group-egress --group-id {group} --ip-permissions IpProtocol=tcp,FromPort={NFS},ToPort={NFS},UserIdGroupPairs='[{{GroupId=<MOUNT_TARGET_GROUP>}}]' --region {region}"
            ),
        });
    }
    fix.push(Fix {
        title: words!(
            "let their security group take port 2049 from the tasks",
            "マウントターゲットのセキュリティグループで、タスクからの 2049 を許可する"
        ),
        command: format!(
            "aws ec2 authorize-security-group-ingress --group-id <MOUNT_TARGET_GROUP> --protocol tcp --port {NFS} --source-group {group} --region {region}"
        ),
    });
    let mut evidence: Vec<Evidence> = closed.into_iter().map(|(_, evidence)| evidence).collect();
    evidence.extend(mount.into_iter().flat_map(|mount| mount.evidence));
    Ok(vec![Finding {
        subject: id.clone(),
        message: words!(
            "tasks in {groups} do not reach the EFS file system {id} at port 2049",
            "{groups} のタスクから EFS ファイルシステム {id} のポート 2049 に到達できません"
        ),
        evidence,
        fix,
    }])
}

/// A file system that the tasks mount although their security groups let nothing out to port 2049.
fn closed_egress(
    case: &Case<'_>,
    service: &Service,
    definition: &TaskDefinition,
) -> Observed<Option<(String, Evidence)>> {
    let volumes = &definition.volumes;
    let Some(id) = volumes.iter().find_map(|volume| volume.file_system.clone()) else {
        return Ok(None);
    };
    let groups = case.groups(&service.security_groups)?;
    let is_named = |group: &&crate::snapshot::SecurityGroup| {
        group.egress.iter().any(|rule| {
            let from = rule.from_port.is_none_or(|from| from <= NFS);
            let to = rule.to_port.is_none_or(|to| NFS <= to);
            rule.protocol == "-1" && !rule.groups.is_empty()
                || ["tcp", "6"].contains(&rule.protocol.as_str()) && from && to
        })
    };
    let somewhere = End {
        groups: &[],
        place: Place::Unknown,
    };
    if groups.is_empty()
        || groups.iter().any(is_named)
        || lets_out(&groups, NFS, &somewhere, &case.prefix_lists)?
    {
        return Ok(None);
    }
    let names: Vec<&str> = groups.iter().map(|group| group.id.as_str()).collect();
    let names = names.join(", ");
    Ok(Some((
        id,
        Evidence {
            source: "ec2:DescribeSecurityGroups IpPermissionsEgress",
            saw: words!(
                "{names}: no outbound rule for TCP 2049",
                "{names}: TCP 2049 のアウトバウンドルールがない"
            ),
            expected: Words::verbatim("tcp 2049"),
        },
    )))
}
