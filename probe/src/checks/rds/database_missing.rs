//! The server has no database of the name that the application asks for.

use super::{DATABASE_SYMPTOMS, heard, release};
use crate::{
    case::Case,
    check::{Check, Evidence, Finding, Fix, Severity},
    snapshot::Observed,
    words,
    words::{Phrase, Words},
};

pub(super) const CHECK: Check = Check {
    id: "rds-database-missing",
    classes: &["db-name-missing"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "the database of that name does not exist on the server",
        ja: "指定された名前のデータベースがサーバーに存在しません",
    },
    explains: DATABASE_SYMPTOMS,
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let expected = words!("a database of that name", "その名前のデータベース");
    let Some(mut heard) = heard(case, CHECK.classes, expected)? else {
        return Ok(vec![]);
    };
    if let Some(made) = heard.database.and_then(|database| database.name.clone()) {
        heard.evidence.push(Evidence {
            source: "rds:DescribeDBInstances DBName",
            saw: Words::verbatim(made),
            expected: words!("the name that the tasks ask for", "タスクが指定する名前"),
        });
    }
    let name = heard.name.clone();
    let wanted = heard
        .newest
        .reading
        .object
        .clone()
        .unwrap_or_else(|| "<DB_NAME>".into());
    Ok(vec![heard.finding(
        words!(
            "{name} has no database {wanted}",
            "{name} にデータベース {wanted} がありません"
        ),
        vec![
            release(words!(
                "name the right database in DB_NAME and deploy",
                "DB_NAME に正しいデータベース名を設定してデプロイする"
            )),
            Fix {
                title: words!(
                    "or create it, from a client in the VPC",
                    "または、VPC 内のクライアントから作成する"
                ),
                command: format!("CREATE DATABASE {wanted};"),
            },
        ],
    )])
}
