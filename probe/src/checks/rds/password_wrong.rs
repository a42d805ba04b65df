//! The server refuses the password: it was changed, or the tasks have an old or another one.

use super::{DATABASE_SYMPTOMS, heard, secret_of};
use crate::{
    case::Case,
    check::{Check, Evidence, Finding, Fix, Severity},
    remedy::start_again,
    snapshot::Observed,
    words,
    words::Phrase,
};

pub(super) const CHECK: Check = Check {
    id: "rds-password-wrong",
    classes: &["db-password-mismatch"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "the database refuses the application's password",
        ja: "データベースがアプリケーションのパスワードを拒否しています",
    },
    explains: DATABASE_SYMPTOMS,
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let expected = words!("the password is accepted", "パスワードが受け付けられる");
    let Some(mut heard) = heard(case, CHECK.classes, expected)? else {
        return Ok(vec![]);
    };
    let changed = case.secrets.values().find_map(|secret| match secret {
        Ok(crate::snapshot::Secret::Present { changed_at, .. }) => *changed_at,
        _ => None,
    });
    let started = case.tasks.as_ref().ok().and_then(|tasks| {
        tasks
            .values()
            .filter(|task| task.stopped_at.is_none())
            .filter_map(|task| task.started_at)
            .min()
    });
    if let (Some(changed), Some(started)) = (changed, started)
        && changed > started
    {
        let (changed, started) = (changed.format("%m-%d %H:%M"), started.format("%m-%d %H:%M"));
        heard.evidence.push(Evidence {
            source: "secretsmanager:DescribeSecret LastChangedDate",
            saw: words!(
                "changed {changed}, after tasks had started ({started})",
                "タスクの起動 ({started}) より後の {changed} に変更"
            ),
            expected: words!(
                "tasks that started after the change",
                "変更後に起動したタスク"
            ),
        });
    }
    let name = heard.name.clone();
    let region = &case.target.region;
    let secret = secret_of(case)
        .map_or("<SECRET_ARN>", String::as_str)
        .to_owned();
    Ok(vec![heard.finding(
        words!(
            "{name} refuses the password of the tasks; the network path is open",
            "{name} がタスクのパスワードを拒否しています (ネットワーク経路は開いています)"
        ),
        vec![start_again(case, words!("let new tasks read the secret again: running ones keep the value of their start", "新しいタスクにシークレットを読み直させる (実行中のタスクは起動時の値を使い続ける)")), Fix { title: words!("if that does not help, set the password of the database to that of the secret {secret}", "それでも直らない場合は、データベースのパスワードをシークレット {secret} の値に合わせる"), command: format!("aws secretsmanager get-secret-value --secret-id {secret} --query SecretString --output text --region {region} | jq -j .password |\n  aws rds modify-db-instance --db-instance-identifier {name} --apply-immediately --master-user-password file:///dev/stdin --region {region}") }],
    )])
}
