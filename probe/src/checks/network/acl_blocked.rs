//! A network ACL drops packets or their answers. It is stateless: answers need rules of their own.

use super::{DATABASE_AWAY, NOT_STARTING, Refused, database_paths, refused};
use crate::{
    case::Case,
    check::{Check, Finding, Severity},
    network::{Denied, Kind, Refusal, Repair, at_start, from_clients, to_tasks},
    snapshot::Observed,
    words,
    words::Phrase,
};

pub(super) const CHECK: Check = Check {
    id: "network-acl-blocked",
    classes: &["nacl-blocked"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "a network ACL blocks traffic that the service needs",
        ja: "ネットワーク ACL がサービスに必要な通信を遮断しています",
    },
    explains: &[
        "service-database-unreachable",
        "ecs-container-exited",
        "ecs-service-under-capacity",
        "ecs-deployment-failing",
        "ecs-tasks-failing-health-checks",
        "alb-health-check-server-error",
        "alb-health-check-timeout",
        "alb-health-check-failed",
        "alb-no-healthy-targets",
    ],
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    // Each kind of path may be unseen for a reason of its own; what another shows is still shown.
    let (mut paths, mut unseen) = (vec![], None);
    for found in [
        database_paths(case),
        at_start(case),
        to_tasks(case),
        from_clients(case),
    ] {
        match found {
            Ok(found) => paths.extend(found),
            Err(unobserved) => unseen = unseen.or(Some(unobserved)),
        }
    }
    let refused = refused(CHECK.id, &paths, &[Kind::Acl])?;
    if let (true, Some(unobserved)) = (refused.is_empty(), unseen) {
        return Err(unobserved);
    }
    let classes = [NOT_STARTING, DATABASE_AWAY, &["health-check-timeout"]].concat();
    let finding = |refused: Refused<'_>| {
        let denied: Vec<&Denied> = refused
            .refusals
            .iter()
            .filter_map(|refusal| match refusal {
                Refusal::Acl(denied) => Some(denied),
                _ => None,
            })
            .collect();
        let acl = denied.first().map(|denied| denied.acl.clone());
        let acl = acl.unwrap_or_default();
        let acls = case.network_acls.as_ref().ok();
        let guarded = acls
            .and_then(|acls| acls.get(&acl))
            .map(|acl| acl.subnets.join(", "));
        let subnets = guarded.unwrap_or_default();
        Finding {
            message: words!(
                "the network ACL {acl} of {subnets} denies traffic that the service needs, or the answers to it",
                "サブネット {subnets} のネットワーク ACL {acl} が、サービスに必要な通信かその応答を拒否しています"
            ),
            evidence: refused.evidence(case, &classes),
            fix: Repair(case).acl(&denied),
            subject: acl,
        }
    };
    Ok(refused.into_iter().map(finding).collect())
}
