//! What runs out: connections and storage.

use super::{Owner, Told};
use crate::{check::Severity, words};

/// From here on another deployment or a burst can use up the rest.
const CONNECTIONS_FULL_PERCENT: u64 = 80;
/// RDS itself grows storage, where it may, when less than a tenth is free.
/// <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html>
const STORAGE_LOW_PERCENT: f64 = 10.0;

impl Owner<'_> {
    pub(super) fn connections(&self) -> Option<Told> {
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

    pub(super) fn storage(&self) -> Option<Told> {
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
}
