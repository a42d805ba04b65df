//! The directory of an EFS volume does not exist in its file system.

use super::failing;
use crate::{
    case::Case,
    check::{Check, Finding, Fix, Severity},
    snapshot::Observed,
    words,
    words::Phrase,
};

pub(super) const CHECK: Check = Check {
    id: "storage-efs-path-missing",
    classes: &["efs-path-missing"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "the root directory of an EFS volume does not exist",
        ja: "EFS ボリュームのルートディレクトリが存在しません",
    },
    explains: &["ecs-service-under-capacity", "ecs-deployment-failing"],
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let expected = words!("the directory exists", "ディレクトリが存在する");
    let Some(mount) = failing(case, "efs-path-missing", expected)? else {
        return Ok(vec![]);
    };
    let (id, region) = (mount.id(), &case.target.region);
    let path = directory_in(&mount.text).unwrap_or("<DIRECTORY>");
    let posix = "Uid=1000,Gid=1000";
    let owner = "OwnerUid=1000,OwnerGid=1000,Permissions=755";
    Ok(vec![Finding {
        subject: id.to_owned(),
        message: words!(
            "the EFS file system {id} has no directory {path}, which a volume of the task definition mounts",
            "タスク定義のボリュームがマウントするディレクトリ {path} が、EFS ファイルシステム {id} に存在しません"
        ),
        fix: vec![
            Fix {
                title: words!(
                    "make an access point: EFS creates its directory when it is first mounted (uid and gid are those of the container's user)",
                    "アクセスポイントを作成する。ディレクトリは最初のマウント時に EFS が作成する (uid と gid はコンテナのユーザーに合わせる)"
                ),
                command: format!(
                    "aws efs create-access-point --file-system-id {id} --posix-user {posix} --root-directory 'Path={path},CreationInfo={{{owner}}}' --region {region}"
                ),
            },
            Fix {
                title: words!(
                    "and mount it in the template in place of RootDirectory",
                    "テンプレートでは RootDirectory の代わりにアクセスポイントを指定する"
                ),
                command: format!(
                    "Volumes:\n  - Name: data\n    EFSVolumeConfiguration:\n      FilesystemId: {id}\n      TransitEncryption: ENABLED\n      AuthorizationConfig:\n        AccessPointId: !Ref AccessPoint"
                ),
            },
        ],
        evidence: mount.evidence,
    }])
}

/// The directory that the mount helper asked for: `fs-1.efs.….amazonaws.com:/opt/data failed`.
fn directory_in(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once(".amazonaws.com:")?;
    let path = rest.split([' ', '\'', '"', ',']).next()?;
    path.starts_with('/').then_some(path)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_directory_is_found_in_the_words_of_the_mount_helper() {
        let text = "mounting fs-1.efs.us-east-1.amazonaws.com:/opt/splunk failed, reason given by server: No such file or directory";
        assert_eq!(super::directory_in(text), Some("/opt/splunk"));
        assert_eq!(super::directory_in("No such file or directory"), None);
    }
}
