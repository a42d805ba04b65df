//! The user is in `rds_iam`, so that its password is no longer accepted.

use super::{DATABASE_SYMPTOMS, heard_if, logs_in_with_password};
use crate::{
    case::Case,
    check::{Check, Finding, Fix, Severity},
    snapshot::Observed,
    words,
    words::Phrase,
};

pub(super) const CHECK: Check = Check {
    id: "rds-iam-role-blocks-password",
    classes: &["db-rds-iam-role-blocks-password"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "the database user may only log in with an IAM token, no longer with its password",
        ja: "データベースユーザーは IAM 認証専用になっており、パスワードではログインできません",
    },
    explains: DATABASE_SYMPTOMS,
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let expected = words!("the password is accepted", "パスワードが受け付けられる");
    let Some(heard) = heard_if(case, logs_in_with_password(case), expected)? else {
        return Ok(vec![]);
    };

    let name = heard.name.clone();
    Ok(vec![heard.finding(
        words!(
            "the user of the tasks is in rds_iam on {name}, which ends the use of its password",
            "タスクのユーザーが {name} で rds_iam ロールを持つため、パスワードが使えません"
        ),
        vec![Fix {
            title: words!(
                "take it out of rds_iam, or let the tasks log in with a token",
                "rds_iam を取り消すか、タスクを IAM 認証に切り替える"
            ),
            command: "REVOKE rds_iam FROM <DB_USER>;".to_string(),
        }],
    )])
}
