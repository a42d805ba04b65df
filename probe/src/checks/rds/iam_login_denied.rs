//! The login with an IAM token is refused: `rds-db:connect` is missing on the task role, or the user is not in `rds_iam`.

use super::{DATABASE_SYMPTOMS, heard_if, logs_in_with_password};
use crate::{
    case::Case,
    check::{Check, Evidence, Finding, Fix, Severity},
    evidence::name_of,
    snapshot::Observed,
    supply::home,
    words,
    words::{Phrase, Words},
};

pub(super) const CHECK: Check = Check {
    id: "rds-iam-login-denied",
    classes: &["db-iam-auth-denied"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "the database refuses the login with an IAM token",
        ja: "IAM 認証によるデータベースへのログインが拒否されています",
    },
    explains: DATABASE_SYMPTOMS,
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let expected = words!("the login succeeds", "ログインに成功する");
    let Some(mut heard) = heard_if(case, !logs_in_with_password(case), expected)? else {
        return Ok(vec![]);
    };
    if let Some(database) = heard.database {
        heard.evidence.push(Evidence {
            source: "rds:DescribeDBInstances IAMDatabaseAuthenticationEnabled",
            saw: Words::verbatim(database.iam_authentication.to_string()),
            expected: Words::verbatim("true"),
        });
    }
    let name = heard.name.clone();
    let region = &case.target.region;
    let definition = case.task_definition.as_ref().ok();
    let account = definition.map_or("<ACCOUNT_ID>", |definition| home(definition).1);
    let role = definition
        .and_then(|definition| definition.task_role.as_deref())
        .map_or("<TASK_ROLE_NAME>", name_of);
    Ok(vec![heard.finding(
        words!(
            "{name} refuses the IAM login of the tasks",
            "{name} がタスクの IAM 認証を拒否しています"
        ),
        vec![Fix { title: words!("allow the task role (not the execution role) to connect as the user", "タスクロール (タスク実行ロールではない) に接続を許可する"), command: format!("aws iam put-role-policy --role-name {role} --policy-name connect-database --policy-document '{{\"Version\":\"2012-10-17\",\"Statement\":[{{\"Effect\":\"Allow\",\"Action\":\"rds-db:connect\",\"Resource\":\"arn:aws:rds-db:{region}:{account}:dbuser:<DB_RESOURCE_ID>/<DB_USER>\"}}]}}' --region {region}") }, Fix { title: words!("and make the user one of rds_iam", "ユーザーに rds_iam ロールを付与する"), command: "GRANT rds_iam TO <DB_USER>;".to_string() }],
    )])
}
