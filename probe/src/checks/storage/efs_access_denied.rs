//! The file system's policy or IAM refuses the mount of an EFS volume.

use super::failing;
use crate::{
    case::Case,
    check::{Check, Evidence, Finding, Fix, Severity},
    evidence::name_of,
    snapshot::Observed,
    words,
    words::{Phrase, Words},
};

pub(super) const CHECK: Check = Check {
    id: "storage-efs-access-denied",
    classes: &["efs-access-denied"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "EFS refuses the mount of a volume",
        ja: "EFS がボリュームのマウントを拒否しています",
    },
    explains: &["ecs-service-under-capacity", "ecs-deployment-failing"],
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let expected = words!(
        "the server lets the task mount it",
        "タスクからのマウントが許可される"
    );
    let Some(mut mount) = failing(case, "efs-access-denied", expected)? else {
        return Ok(vec![]);
    };
    let definition = case.task_definition()?;
    let (id, region) = (mount.id().to_owned(), &case.target.region);
    let role = definition.task_role.as_deref();
    mount.evidence.push(Evidence {
        source: "ecs:DescribeTaskDefinition taskRoleArn",
        saw: Words::verbatim(role.unwrap_or("none")),
        expected: words!(
            "a task role that may elasticfilesystem:ClientMount, with IAM authorization on in the volume",
            "elasticfilesystem:ClientMount を許可されたタスクロール。ボリュームの IAM 認証も有効"
        ),
    });
    let mut fix = vec![Fix {
        title: words!(
            "see whom the file system's policy lets in (PolicyNotFound: everybody who reaches it)",
            "ファイルシステムポリシーが誰に許可しているか確認する (PolicyNotFound なら、到達できる全員に許可)"
        ),
        command: format!(
            "aws efs describe-file-system-policy --file-system-id {id} --region {region}"
        ),
    }];
    if let Some(role) = role {
        let name = name_of(role);
        let (partition, account) = (
            role.split(':').nth(1).unwrap_or("aws"),
            role.split(':').nth(4).unwrap_or_default(),
        );
        let resource =
            format!("arn:{partition}:elasticfilesystem:{region}:{account}:file-system/{id}");
        fix.push(Fix {
            title: words!(
                "let the task role mount and write (not the execution role)",
                "タスクロールにマウントと書き込みを許可する (タスク実行ロールではない)"
            ),
            command: format!(
                "aws iam put-role-policy --role-name {name} --policy-name mount-efs --policy-document '{{\"Version\":\"2012-10-17\",\"Statement\":[{{\"Effect\":\"Allow\",\"Action\":[\"elasticfilesystem:ClientMount\",\"elasticfilesystem:ClientWrite\"],\"Resource\":\"{resource}\"}}]}}'"
            ),
        });
    }
    fix.push(Fix {
        title: words!(
            "and let the volume use that role, in the template",
            "テンプレートで、ボリュームがそのロールを使うようにする"
        ),
        command: format!(
            "EFSVolumeConfiguration:\n  FilesystemId: {id}\n  TransitEncryption: ENABLED\n  AuthorizationConfig:\n    IAM: ENABLED"
        ),
    });
    Ok(vec![Finding {
        subject: id.clone(),
        message: words!(
            "the EFS file system {id} denies the mount to the tasks",
            "EFS ファイルシステム {id} が、タスクからのマウントを拒否しています"
        ),
        evidence: mount.evidence,
        fix,
    }])
}
