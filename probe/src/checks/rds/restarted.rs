//! The database was restarted or failed over, and cut its connections.

use super::{DATABASE_SYMPTOMS, heard, rds_event};
use crate::{
    case::Case,
    check::{Check, Finding, Fix, Severity},
    remedy::start_again,
    snapshot::Observed,
    words,
    words::Phrase,
};

pub(super) const CHECK: Check = Check {
    id: "rds-restarted",
    classes: &["db-restarted"],
    severity: Severity::Warning,
    fault: Phrase {
        en: "the database was restarted and cut the connections of the tasks",
        ja: "データベースが再起動し、タスクの接続が切断されました",
    },
    explains: DATABASE_SYMPTOMS,
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let expected = words!("connections stay open", "接続が維持される");
    let Some(mut heard) = heard(case, CHECK.classes, expected)? else {
        return Ok(vec![]);
    };
    heard.evidence.extend(rds_event(
        case,
        &["restart", "failover", "shutdown", "Recovery"],
    ));
    let name = heard.name.clone();
    let region = &case.target.region;
    Ok(vec![heard.finding(
        words!(
            "{name} cut the connections of the tasks: it was restarted or failed over",
            "{name} がタスクの接続を切断しました。再起動またはフェイルオーバーが発生しています"
        ),
        vec![Fix { title: words!("see what happened; a pool reconnects by itself within a minute", "発生した事象を確認する (接続プールは 1 分以内に再接続する)"), command: format!("aws rds describe-events --source-type db-instance --source-identifier {name} --duration 120 --region {region}") }, start_again(case, words!("if the tasks do not reconnect, replace them", "再接続しない場合はタスクを入れ替える"))],
    )])
}
