//! What its owner has to plan for: the ends of support and of the authority, and maintenance.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Owner, Told};
use crate::{check::Severity, words, words::Words};

/// Time to plan the upgrade to another major version.
const SUPPORT_ENDS_SOON: TimeDelta = TimeDelta::days(180);
/// Time to bring another authority to all clients.
const AUTHORITY_ENDS_SOON: TimeDelta = TimeDelta::days(365);

impl Owner<'_> {
    pub(super) fn support(&self) -> Option<Told> {
        let support = self.view.support.as_ref()?;
        let left = support.standard_until - self.view.taken_at;
        if left > SUPPORT_ENDS_SOON {
            return None;
        }
        let (day, engine) = (
            day(support.standard_until),
            self.view.instance.as_ref()?.engine.clone()?,
        );
        let (what, then) = match left.num_seconds() {
            ..0 => (
                words!(
                    "standard support of {engine} ended on {day}",
                    "{engine} の標準サポートは {day} に終了しました"
                ),
                match support.extended_support {
                    Some(false) => words!(
                        "RDS upgrades it by itself in a maintenance window",
                        "RDS がメンテナンスウィンドウで自動的にアップグレードします"
                    ),
                    _ => words!(
                        "extended support is billed for each vCPU and hour",
                        "延長サポートの料金が vCPU・時間ごとに発生します"
                    ),
                },
            ),
            _ => (
                words!(
                    "standard support of {engine} ends on {day}",
                    "{engine} の標準サポートは {day} に終了します"
                ),
                words!(
                    "plan the upgrade to a newer major version",
                    "新しいメジャーバージョンへのアップグレードを計画してください"
                ),
            ),
        };
        let region = self.region;
        let (name, version) = engine.split_once(' ').unwrap_or((&engine, ""));
        Some((
            Severity::Warning,
            None,
            Words {
                en: format!("{}; {}", what.en, then.en),
                ja: format!("{}。{}", what.ja, then.ja),
            },
            vec![(
                words!(
                    "see to which versions it can go",
                    "アップグレード先のバージョンを確認する"
                ),
                format!(
                    "aws rds describe-db-engine-versions --engine {name} --engine-version {version} --query 'DBEngineVersions[].ValidUpgradeTarget[?IsMajorVersionUpgrade].EngineVersion' --region {region}"
                ),
            )],
        ))
    }

    pub(super) fn authority(&self) -> Option<Told> {
        let certificate = self.view.certificate.as_ref()?;
        let ends = certificate.authority_valid_until?;
        if ends - self.view.taken_at > AUTHORITY_ENDS_SOON {
            return None;
        }
        let (name, day) = (certificate.authority.as_deref()?, day(ends));
        Some((
            Severity::Warning,
            Some("advice-certificate-expiring"),
            words!(
                "the certificate authority {name} ends on {day}: give the clients the new authority first, then the server",
                "認証局 {name} は {day} に失効します。先にクライアントへ新しい認証局を配布し、その後サーバーを切り替えてください"
            ),
            vec![(
                words!(
                    "change the authority in the next maintenance window",
                    "次のメンテナンスウィンドウで認証局を切り替える"
                ),
                self.modify("--ca-certificate-identifier rds-ca-rsa2048-g1 --no-apply-immediately"),
            )],
        ))
    }

    pub(super) fn maintenance(&self) -> Vec<Told> {
        let planned = self.view.maintenance.iter().flatten();
        let told = planned.map(|planned| {
            let action = &planned.action;
            let message = match planned.forced_after.or(planned.applied_at).map(day) {
                Some(day) => words!(
                    "maintenance waits: {action}, done by RDS on {day} at the latest",
                    "保留中のメンテナンスがあります: {action} (遅くとも {day} に RDS が実施)"
                ),
                None => words!(
                    "maintenance waits until somebody agrees: {action}",
                    "承認待ちのメンテナンスがあります: {action}"
                ),
            };
            let arn = self.keeping.map_or(self.id, |keeping| &keeping.arn);
            let region = self.region;
            let apply = |when: &str| {
                format!("aws rds apply-pending-maintenance-action --resource-identifier {arn} --apply-action {action} --opt-in-type {when} --region {region}")
            };
            (
                Severity::Advice,
                None,
                message,
                vec![
                    (
                        words!("let it be done in the next maintenance window", "次のメンテナンスウィンドウで実施する"),
                        apply("next-maintenance"),
                    ),
                    (
                        words!("or now, while nobody uses it", "または、利用者がいなければ今すぐ実施する"),
                        apply("immediate"),
                    ),
                ],
            )
        });
        told.collect()
    }
}

fn day(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d").to_string()
}
