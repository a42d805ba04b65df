//! The password stands in a connection URL with characters that mean something there.

use super::{DATABASE_SYMPTOMS, heard, release};
use crate::{
    case::Case,
    check::{Check, Finding, Severity},
    snapshot::Observed,
    words,
    words::Phrase,
};

pub(super) const CHECK: Check = Check {
    id: "rds-password-not-encoded",
    classes: &["db-password-special-chars"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "the password in the connection URL is not percent-encoded",
        ja: "接続 URL のパスワードがパーセントエンコードされていません",
    },
    explains: DATABASE_SYMPTOMS,
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let expected = words!(
        "a URL that the driver can read",
        "ドライバーが解釈できる URL"
    );
    let Some(heard) = heard(case, CHECK.classes, expected)? else {
        return Ok(vec![]);
    };

    let name = heard.name.clone();
    Ok(vec![heard.finding(
        words!(
            "the connection URL of the tasks is cut by a special character in the password for {name}",
            "{name} のパスワードに含まれる記号のため、タスクの接続 URL が正しく解釈されません"
        ),
        vec![release(words!("pass host, user and password apart (DB_HOST, DB_USER, DB_PASSWORD), or percent-encode the password, and deploy", "ホスト、ユーザー、パスワードを個別に渡すか (DB_HOST、DB_USER、DB_PASSWORD)、パスワードをパーセントエンコードしてデプロイする"))],
    )])
}
