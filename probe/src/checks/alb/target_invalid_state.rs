//! A target has stopped or is gone, and is still registered.

use super::{deregister, told};
use crate::{
    case::Case,
    check::{Check, Finding, Severity},
    snapshot::Observed,
    words,
    words::Phrase,
};

pub(super) const CHECK: Check = Check {
    id: "alb-target-invalid-state",
    classes: &["target-invalid-state"],
    severity: Severity::Warning,
    fault: Phrase {
        en: "a target has stopped and is still registered",
        ja: "停止したターゲットが登録されたままになっています",
    },
    explains: &["alb-no-healthy-targets"],
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let expected = words!("a running target", "実行中のターゲット");
    told(case, CHECK.classes, expected, |told| {
        let (target, name) = (told.target, told.name);
        let message = words!(
            "{target} is registered with {name}, but has stopped",
            "{target} は停止していますが、{name} に登録されたままです"
        );
        let fix = deregister(
            case,
            told,
            words!(
                "take it out of the target group",
                "ターゲットグループから登録解除する"
            ),
        );
        (message, fix)
    })
}
