//! What a report says of calls that did not answer.

use schemars::JsonSchema;
use serde::Serialize;

use super::Report;
use crate::{
    check::Check,
    snapshot::Unobserved,
    words,
    words::{Lang, Words},
};

/// A check that could not tell.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Unknown {
    /// Id of the check.
    pub check: &'static str,
    /// The call that did not answer.
    pub operation: String,
    /// Its error code.
    pub code: String,
    /// Its words.
    pub message: String,
    /// What to do about it.
    pub action: String,
}

/// A call that did not answer, with all that it leaves open.
#[derive(Debug)]
pub struct Unseen<'a> {
    /// The call, its error code and its words.
    pub call: String,
    /// What to do about it.
    pub action: &'a str,
    /// Ids of the checks that could not tell.
    pub checks: Vec<&'static str>,
}

impl Report {
    /// What could not be seen, by call: one denied call leaves many checks without an answer.
    pub fn unseen(&self) -> Vec<Unseen<'_>> {
        let mut calls: Vec<Unseen<'_>> = vec![];
        for unknown in &self.unknown {
            let call = format!(
                "{}: {}: {}",
                unknown.operation, unknown.code, unknown.message
            );
            match calls.iter_mut().find(|known| known.call == call) {
                Some(known) => known.checks.push(unknown.check),
                None => calls.push(Unseen {
                    call,
                    action: &unknown.action,
                    checks: vec![unknown.check],
                }),
            }
        }
        calls
    }
}

impl Unknown {
    pub(super) fn new(check: &Check, unobserved: &Unobserved, lang: Lang) -> Self {
        let Unobserved {
            operation,
            code,
            message,
        } = unobserved;
        let action = action(unobserved).unwrap_or_else(|| {
            words!(
                "the message says what was not seen; check it by hand, or correct it and run again",
                "メッセージの内容を手動で確認するか、修正してからもう一度実行する"
            )
        });
        Self {
            check: check.id,
            operation: operation.clone(),
            code: code.clone(),
            message: message.to_string(),
            action: action.in_lang(lang).to_owned(),
        }
    }
}

/// Codes of AWS for credentials that it does not know or that have run out.
const NOT_LOGGED_IN: [&str; 7] = [
    "AuthFailure",
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidClientTokenId",
    "RequestExpired",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
];

/// Whether a person has to log in again before anything else is seen.
pub fn is_not_logged_in(unobserved: &Unobserved) -> bool {
    let code = unobserved.code.as_str();
    NOT_LOGGED_IN.contains(&code)
        || code == "CallFailed" && unobserved.message.contains("credential")
}

/// What to do about a call that did not answer; `None` where only its message can tell.
pub fn action(unobserved: &Unobserved) -> Option<Words> {
    let Unobserved {
        operation,
        code,
        message,
    } = unobserved;
    let code = code.as_str();
    Some(match code {
        _ if unobserved.is_denied() && operation == "rds:RebootDBInstance" => words!(
            "nothing was done. The role of probe only looks; who tests a failover needs rds:RebootDBInstance on this one instance, for as long as the test takes: aws iam put-role-policy --role-name <YOUR_ROLE> --policy-name failover-test --policy-document '{{\"Version\":\"2012-10-17\",\"Statement\":[{{\"Effect\":\"Allow\",\"Action\":\"rds:RebootDBInstance\",\"Resource\":\"<ARN_OF_THE_INSTANCE>\"}}]}}', and afterwards aws iam delete-role-policy --role-name <YOUR_ROLE> --policy-name failover-test",
            "何も変更していません。probe のロールは参照専用です。フェイルオーバーテストの間だけ、対象インスタンスへの rds:RebootDBInstance を許可してください: aws iam put-role-policy --role-name <YOUR_ROLE> --policy-name failover-test --policy-document '{{\"Version\":\"2012-10-17\",\"Statement\":[{{\"Effect\":\"Allow\",\"Action\":\"rds:RebootDBInstance\",\"Resource\":\"<ARN_OF_THE_INSTANCE>\"}}]}}'。終わったら aws iam delete-role-policy --role-name <YOUR_ROLE> --policy-name failover-test で取り消します"
        ),
        _ if unobserved.is_denied() => words!(
            "allow the action {operation} (all that probe calls: probe list --actions)",
            "アクション {operation} を許可する (probe が呼び出すアクションの一覧: probe list --actions)"
        ),
        "Timeout" | "ConnectionFailed" => words!(
            "check the network to AWS and run it again",
            "AWS へのネットワークを確認し、もう一度実行する"
        ),
        "ThrottlingException" | "Throttling" | "RequestLimitExceeded" => words!(
            "run it again in a minute",
            "1 分ほど待って、もう一度実行する"
        ),
        "ResourceNotFoundException" if operation == "logs:FilterLogEvents" => words!(
            "the log group does not exist, so that every line is lost: probe explain logs-group-missing",
            "ロググループが存在しないため、ログは保存されていない: probe explain logs-group-missing"
        ),
        "ResourceNotFoundException" if operation == "logs:StartQuery" => words!(
            "the log group does not exist: of tasks, probe explain logs-group-missing tells more; that of Container Insights is there once aws ecs update-cluster-settings has enabled it",
            "ロググループが存在しない。タスクのログについては probe explain logs-group-missing を参照する。Container Insights のロググループは、aws ecs update-cluster-settings で有効化すると作成される"
        ),
        "LimitExceededException" if operation == "logs:StartQuery" => words!(
            "too many queries run in this account; run it again in a minute",
            "このアカウントで同時に実行中のクエリが多すぎるため、1 分ほど待って、もう一度実行する"
        ),
        _ if NOT_LOGGED_IN.contains(&code) => words!(
            "log in to AWS again (for example aws sso login); aws sts get-caller-identity tells whether AWS knows the credentials",
            "AWS にログインし直す (例: aws sso login)。認証情報が有効かどうかは aws sts get-caller-identity で確認できる"
        ),
        "CallFailed" if message.contains("credential") => words!(
            "log in to AWS: aws sso login, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; looked at: with --profile that profile alone, else these variables, the profile AWS_PROFILE or default in ~/.aws, and the role of the container or instance",
            "AWS にログインする: aws sso login を実行するか、AWS_ACCESS_KEY_ID と AWS_SECRET_ACCESS_KEY を設定する。確認した場所: --profile を指定した場合はそのプロファイルのみ、指定しない場合はこれらの環境変数、~/.aws のプロファイル (AWS_PROFILE または default)、コンテナまたはインスタンスのロール"
        ),
        _ => return None,
    })
}
