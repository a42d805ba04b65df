//! PostgreSQL refuses a connection without TLS: `rds.force_ssl` is 1, the default from version 15.

use super::{DATABASE_SYMPTOMS, heard, release};
use crate::{
    case::Case,
    check::{Check, Evidence, Finding, Severity},
    snapshot::Observed,
    words,
    words::{Phrase, Words},
};

pub(super) const CHECK: Check = Check {
    id: "rds-ssl-required",
    classes: &["db-ssl-required"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "the database only accepts connections with TLS, and the application asks for none",
        ja: "データベースは TLS 接続のみを受け付けますが、アプリケーションが TLS を使っていません",
    },
    explains: DATABASE_SYMPTOMS,
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let expected = words!("a connection with TLS", "TLS による接続");
    let Some(mut heard) = heard(case, CHECK.classes, expected)? else {
        return Ok(vec![]);
    };
    if let Some(Ok(parameters)) = heard
        .database
        .and_then(|database| database.parameters.as_ref())
        && let Some(value) = parameters.get("rds.force_ssl")
    {
        heard.evidence.push(Evidence {
            source: "rds:DescribeDBParameters rds.force_ssl",
            saw: Words::verbatim(value.clone()),
            expected: words!(
                "1, and an application that uses TLS",
                "1 (アプリケーションも TLS を使う)"
            ),
        });
    }
    let name = heard.name.clone();
    Ok(vec![heard.finding(
        words!(
            "{name} enforces TLS, and the tasks connect without it; the network path is open",
            "{name} は TLS を必須としていますが、タスクが TLS なしで接続しています (ネットワーク経路は開いています)"
        ),
        vec![release(words!("ask for TLS in the connection settings (PGSSLMODE=verify-full with the RDS certificate bundle; at least require), and deploy", "接続設定で TLS を有効にしてデプロイする (RDS の証明書バンドルを使い PGSSLMODE=verify-full、最低でも require)"))],
    )])
}
