//! How it is set: parameters, encryption, backups.

use super::{Owner, Told};
use crate::{check::Severity, words};

impl Owner<'_> {
    pub(super) fn parameters_wait(&self) -> Option<Told> {
        let mut groups = self.view.parameter_groups.iter();
        let (group, _) = groups.find(|(_, status)| *status == "pending-reboot")?;
        let (id, region) = (self.id, self.region);
        Some((
            Severity::Warning,
            None,
            words!(
                "changed parameters of {group} are not in effect: they wait for a restart",
                "{group} のパラメータ変更が未反映です (再起動待ち)"
            ),
            vec![(
                words!(
                    "restart it when nobody uses it; the database is away for about a minute",
                    "利用者のいない時間に再起動する (約 1 分間接続できない)"
                ),
                format!(
                    "aws rds reboot-db-instance --db-instance-identifier {id} --region {region}"
                ),
            )],
        ))
    }

    pub(super) fn encryption(&self) -> Option<Told> {
        let is_off = self.view.parameters.get("rds.force_ssl")? == "0";
        let group = self.view.parameter_groups.keys().next()?;
        let region = self.region;
        is_off.then(|| {
            (
                Severity::Advice,
                None,
                words!(
                    "the database accepts connections without TLS (rds.force_ssl is 0)",
                    "TLS なしの接続を受け付けています (rds.force_ssl が 0)"
                ),
                vec![(
                    words!(
                        "refuse them, once every client uses TLS",
                        "すべてのクライアントが TLS を使うことを確認してから拒否する"
                    ),
                    format!("aws rds modify-db-parameter-group --db-parameter-group-name {group} --parameters ParameterName=rds.force_ssl,ParameterValue=1,ApplyMethod=immediate --region {region}"),
                )],
            )
        })
    }

    pub(super) fn backups(&self) -> Option<Told> {
        let keeping = self.keeping?;
        if keeping.backup_days == 0 {
            return Some((
                Severity::Warning,
                None,
                words!(
                    "there are no automated backups: what is lost stays lost",
                    "自動バックアップが無効です。失われたデータは復元できません"
                ),
                vec![(
                    words!("keep them for a week", "7 日間保持する"),
                    self.modify("--backup-retention-period 7 --apply-immediately"),
                )],
            ));
        }
        (!keeping.deletion_protection).then(|| {
            (
                Severity::Advice,
                None,
                words!(
                    "deletion protection is off: one command deletes the database (right for an exercise, not for production)",
                    "削除保護が無効です。コマンド 1 つでデータベースが削除されます (演習なら問題ないが、本番では有効にする)"
                ),
                vec![(
                    words!("turn it on", "有効にする"),
                    self.modify("--deletion-protection --apply-immediately"),
                )],
            )
        })
    }
}
