//! The application found no host name and tried its own machine.

use super::{DATABASE_SYMPTOMS, heard, release};
use crate::{
    case::Case,
    check::{Check, Finding, Severity},
    snapshot::Observed,
    words,
    words::Phrase,
};

pub(super) const CHECK: Check = Check {
    id: "rds-host-unset",
    classes: &["db-host-env-unset"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "the application has no host name for its database and tries localhost",
        ja: "データベースのホスト名が設定されておらず、アプリケーションが localhost に接続しています",
    },
    explains: DATABASE_SYMPTOMS,
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let expected = words!("the database's endpoint", "データベースのエンドポイント");
    let Some(heard) = heard(case, CHECK.classes, expected)? else {
        return Ok(vec![]);
    };

    let name = heard.name.clone();
    let host = heard
        .database
        .and_then(|database| database.address.clone())
        .unwrap_or_else(|| "<DB_ENDPOINT>".into());
    Ok(vec![heard.finding(
        words!(
            "the tasks look for their database on themselves: the variable with the host of {name} is not set",
            "タスクが自分自身に接続しています。{name} のホストを指定する環境変数がありません"
        ),
        vec![release(words!("set DB_HOST to {host} in the task definition and deploy", "タスク定義で DB_HOST に {host} を設定してデプロイする"))],
    )])
}
