//! The host answers that nothing listens at that port: wrong host, wrong port, or a database that is down.

use super::{DATABASE_SYMPTOMS, heard, release};
use crate::{
    case::Case,
    check::{Check, Evidence, Finding, Severity},
    snapshot::Observed,
    words,
    words::{Phrase, Words},
};

pub(super) const CHECK: Check = Check {
    id: "rds-connection-refused",
    classes: &["db-connection-refused"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "the connection to the database is refused",
        ja: "データベースへの接続が拒否されています",
    },
    explains: DATABASE_SYMPTOMS,
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let expected = words!(
        "something listens at the host and port",
        "指定のホストとポートで待ち受けている"
    );
    let Some(mut heard) = heard(case, CHECK.classes, expected)? else {
        return Ok(vec![]);
    };
    let settings = case.task_definition.as_ref().ok().and_then(|definition| {
        definition
            .containers
            .iter()
            .find_map(|container| container.database.clone())
    });
    if let Some(settings) = settings {
        let (host, port) = (
            settings.host.unwrap_or_default(),
            settings.port.unwrap_or_default(),
        );
        heard.evidence.push(Evidence {
            source: "ecs:DescribeTaskDefinition environment",
            saw: Words::verbatim(format!("{host} {port}")),
            expected: words!(
                "the endpoint of the instance",
                "インスタンスのエンドポイント"
            ),
        });
    }
    let name = heard.name.clone();
    let endpoint = heard.database.map_or_else(
        || "<DB_ENDPOINT>:5432".into(),
        |database| {
            format!(
                "{}:{}",
                database.address.as_deref().unwrap_or("<DB_ENDPOINT>"),
                database.port
            )
        },
    );
    Ok(vec![heard.finding(
        words!(
            "the host that the tasks ask refuses the connection: it is reached, so no security group is closed; {name} listens at {endpoint}",
            "タスクの接続先が接続を拒否しています。到達はしているため、セキュリティグループの問題ではありません。{name} は {endpoint} で待ち受けています"
        ),
        vec![release(words!("set DB_HOST and DB_PORT to {endpoint} and deploy", "DB_HOST と DB_PORT を {endpoint} に合わせてデプロイする"))],
    )])
}
