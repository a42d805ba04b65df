//! A target's address belongs to a load balancer: it cannot be a target.

use super::{deregister, told};
use crate::{
    case::Case,
    check::{Check, Finding, Severity},
    snapshot::Observed,
    words,
    words::Phrase,
};

pub(super) const CHECK: Check = Check {
    id: "alb-target-ip-unusable",
    classes: &["target-ip-unusable"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "a target's address is in use by a load balancer",
        ja: "ターゲットの IP アドレスがロードバランサーに使われています",
    },
    explains: &["ecs-tasks-failing-health-checks", "alb-no-healthy-targets"],
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let expected = words!("the address of a task", "タスクの IP アドレス");
    told(case, CHECK.classes, expected, |told| {
        let (target, name) = (told.target, told.name);
        let message = words!(
            "{target} cannot be a target of {name}: the address belongs to a load balancer",
            "{target} は {name} のターゲットになれません。ロードバランサーの IP アドレスです"
        );
        let fix = deregister(
            case,
            told,
            words!(
                "take the address out of the target group; ECS registers its tasks by itself",
                "その IP アドレスを登録解除する (タスクは ECS が自動で登録する)"
            ),
        );
        (message, fix)
    })
}
