//! What is wrong with a database: what the catalogue's checks find on it, and what only its owner has to know.

use chrono::{DateTime, TimeDelta, Utc};

use super::DatabaseView;
use crate::{
    case::Case,
    check::Severity,
    checks::by_id,
    snapshot::{Keeping, Snapshot},
    views::Concern,
    words,
    words::{Lang, Words},
};

/// The checks of the catalogue that need no more than the database and the service.
const CHECKS: [&str; 9] = [
    "rds-not-available",
    "rds-storage-full",
    "rds-parameters-invalid",
    "rds-memory-low",
    "rds-endpoint-is-replica",
    "advice-certificate-expiring",
    "advice-connections-may-run-out",
    "advice-database-public",
    "advice-database-single-zone",
];
/// From here on another deployment or a burst can use up the rest.
const CONNECTIONS_FULL_PERCENT: u64 = 80;
/// RDS itself grows storage, where it may, when less than a tenth is free.
/// <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html>
const STORAGE_LOW_PERCENT: f64 = 10.0;
/// Time to plan the upgrade to another major version.
const SUPPORT_ENDS_SOON: TimeDelta = TimeDelta::days(180);
/// Time to bring another authority to all clients.
const AUTHORITY_ENDS_SOON: TimeDelta = TimeDelta::days(365);

/// What was found, the worst first.
pub(super) fn concerns(view: &DatabaseView, snapshot: &Snapshot, lang: Lang) -> Vec<Concern> {
    let case = Case::new(snapshot);
    let checks = CHECKS.iter().filter_map(|id| by_id(id));
    // What such a check could not see is among what the view could not see.
    let found = checks.flat_map(|check| {
        let findings = (check.find)(&case).unwrap_or_default();
        findings
            .into_iter()
            .map(|finding| Concern::found(check, finding, lang))
    });
    let database = snapshot.database.as_ref().ok().and_then(Option::as_ref);
    let own = database.into_iter().flat_map(|database| {
        let owner = Owner {
            view,
            id: &database.id,
            region: &view.target.region,
            keeping: database.keeping.as_ref(),
        };
        owner.concerns()
    });
    let own = own.map(|(severity, explain, message, steps)| {
        Concern::new(severity, explain, &message, steps, lang)
    });
    let mut concerns: Vec<Concern> = found.chain(own).collect();
    concerns.sort_by_key(Concern::rank);
    concerns
}

type Told = (Severity, Option<&'static str>, Words, Vec<(Words, String)>);

struct Owner<'a> {
    view: &'a DatabaseView,
    id: &'a str,
    region: &'a str,
    keeping: Option<&'a Keeping>,
}

impl Owner<'_> {
    fn concerns(&self) -> Vec<Told> {
        [
            self.connections(),
            self.storage(),
            self.parameters_wait(),
            self.encryption(),
            self.support(),
            self.authority(),
            self.backups(),
        ]
        .into_iter()
        .flatten()
        .chain(self.maintenance())
        .collect()
    }

    fn modify(&self, what: &str) -> String {
        let (id, region) = (self.id, self.region);
        format!("aws rds modify-db-instance --db-instance-identifier {id} {what} --region {region}")
    }

    fn connections(&self) -> Option<Told> {
        let connections = self.view.connections.as_ref()?;
        let (now, limit) = (
            connections.now?,
            connections.limit.filter(|limit| *limit > 0)?,
        );
        let percent = now * 100 / limit;
        if percent < CONNECTIONS_FULL_PERCENT {
            return None;
        }
        let id = self.id;
        Some((
            Severity::Warning,
            Some("rds-connections-exhausted"),
            words!(
                "{now} of {limit} connections are in use ({percent} %): a deployment or a burst takes the rest",
                "接続数が {limit} 中 {now} ({percent} %) です。デプロイやアクセス集中で上限に達するおそれがあります"
            ),
            vec![(
                words!(
                    "see who holds them, and make the pools smaller or the instance larger",
                    "接続元を確認し、プールを小さくするかインスタンスを大きくする"
                ),
                format!(
                    "psql -h {} -c 'select usename, application_name, client_addr, state, count(*) from pg_stat_activity group by 1, 2, 3, 4 order by 5 desc'",
                    self.view
                        .instance
                        .as_ref()
                        .and_then(|it| it.address.as_deref())
                        .unwrap_or(id)
                ),
            )],
        ))
    }

    fn storage(&self) -> Option<Told> {
        let storage = self.view.storage.as_ref()?;
        let (percent, size) = (storage.free_percent?, storage.size_gib?);
        if percent >= STORAGE_LOW_PERCENT {
            return None;
        }
        let shown = format!("{percent:.0}");
        if let Some(most) = storage.grows_to_gib {
            return Some((
                Severity::Warning,
                Some("rds-storage-full"),
                words!(
                    "{shown} % of the storage is free; RDS lets it grow up to {most} GiB, at most once in six hours",
                    "ストレージの空きが {shown} % です。RDS が {most} GiB まで自動で拡張します (6 時間に 1 回まで)"
                ),
                vec![],
            ));
        }
        let more = size + (size / 2).max(10);
        Some((
            Severity::Critical,
            Some("rds-storage-full"),
            words!(
                "{shown} % of the storage is free, and it does not grow by itself: at 0 the database stops",
                "ストレージの空きが {shown} % で、自動拡張も無効です。空きがなくなるとデータベースは停止します"
            ),
            vec![(
                words!(
                    "give it more, and let it grow by itself from now on",
                    "ストレージを増やし、今後は自動で拡張させる"
                ),
                self.modify(&format!(
                    "--allocated-storage {more} --max-allocated-storage {} --apply-immediately",
                    more * 2
                )),
            )],
        ))
    }

    fn parameters_wait(&self) -> Option<Told> {
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

    fn encryption(&self) -> Option<Told> {
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

    fn support(&self) -> Option<Told> {
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

    fn authority(&self) -> Option<Told> {
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

    fn backups(&self) -> Option<Told> {
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

    fn maintenance(&self) -> Vec<Told> {
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
                        words!("or now, while nobody uses it", "または、利用者のいない今すぐ実施する"),
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
