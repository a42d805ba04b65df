//! The driver does not know the password encryption of the server (SCRAM).

use super::{DATABASE_SYMPTOMS, heard, release};
use crate::{
    case::Case,
    check::{Check, Finding, Severity},
    snapshot::Observed,
    words,
    words::Phrase,
};

pub(super) const CHECK: Check = Check {
    id: "rds-client-too-old",
    classes: &["db-client-too-old"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "the application's database driver is too old for the server",
        ja: "アプリケーションのデータベースドライバーが古く、サーバーに対応していません",
    },
    explains: DATABASE_SYMPTOMS,
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let expected = words!(
        "a driver that knows SCRAM-SHA-256",
        "SCRAM-SHA-256 に対応したドライバー"
    );
    let Some(heard) = heard(case, CHECK.classes, expected)? else {
        return Ok(vec![]);
    };

    let name = heard.name.clone();
    Ok(vec![heard.finding(
        words!(
            "the driver in the image cannot log in to {name}: it does not know SCRAM-SHA-256",
            "イメージ内のドライバーが SCRAM-SHA-256 に対応していないため、{name} にログインできません"
        ),
        vec![release(words!("update the driver (libpq 10 or newer, JDBC 42.2 or newer) and deploy the image", "ドライバーを更新し (libpq 10 以降、JDBC 42.2 以降)、イメージをデプロイする"))],
    )])
}
