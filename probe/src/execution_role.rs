//! Whether the execution role may do what the start of its tasks needs: as IAM simulates it, else as its policies read.
//!
//! Policies can prove that nothing allows an action. That something allows it they cannot prove alone: a permissions
//! boundary or an organisation's policy may still forbid it, so without the simulation that stays unknown.

mod grant;
mod key;

use crate::{
    case::{Case, Said},
    check::Evidence,
    evidence::{denial, name_of},
    permission::{Decision, decide},
    snapshot::{Observed, Permission, Policy, Role, Unobserved},
    supply::Need,
    words,
};

pub use key::{Decryption, decryption};

/// Whether the execution role may do one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// IAM says so.
    Allowed,
    /// Its policies allow it, but this is why IAM could not be asked.
    Unforbidden(Unobserved),
    /// It may not: the proof, and whether a policy forbids it rather than none allowing it.
    Denied(Evidence, bool),
    /// Neither IAM nor the policies could be asked.
    Unknown(Unobserved),
}

/// What the execution role lacks.
#[derive(Debug)]
pub struct Lack<'a> {
    /// ARN of the execution role.
    pub role: &'a str,
    /// What it may not do; where only a message tells, all that this part of the start needs.
    pub needs: Vec<Need>,
    /// The proof.
    pub evidence: Vec<Evidence>,
    /// ARN of the task role, where it has the permission in the execution role's place.
    pub swapped: Option<&'a str>,
    /// Whether a policy forbids it, so that allowing it elsewhere does not help.
    pub is_forbidden: bool,
}

/// The answer for one need of the execution role.
pub fn answer(case: &Case<'_>, role: &str, need: &Need) -> Answer {
    let same = |permission: &&Permission| {
        permission.action == need.action && need.is_on(&permission.resource)
    };
    let simulated = match &case.permissions {
        Ok(permissions) => permissions.iter().find(same),
        Err(_) => None,
    };
    if let Some(permission) = simulated {
        return match permission.is_allowed() {
            true => Answer::Allowed,
            false => Answer::Denied(denial(permission), permission.decision == "explicitDeny"),
        };
    }
    let (policies, unread) = match case.roles.get(role) {
        Some(Ok(Role::Present {
            policies, unread, ..
        })) => (policies, unread),
        Some(Ok(Role::Missing)) => {
            return Answer::Unknown(unseen(role, "NoSuchEntity", "there is no such role"));
        }
        Some(Err(unobserved)) => return Answer::Unknown(unobserved.clone()),
        None => return Answer::Unknown(unseen(role, "NotCollected", "its policies were not read")),
    };
    let decision = decided(policies.values(), need);
    // Of a part of the policies a denial alone is proof.
    match (decision, unread.values().next()) {
        (Decision::ExplicitDeny, _) | (_, None) => {}
        (Decision::Allowed, Some(why)) => return Answer::Unforbidden(why.clone()),
        (_, Some(why)) => return Answer::Unknown(why.clone()),
    }
    match (decision, &case.permissions) {
        (Decision::Allowed, Ok(_)) => Answer::Allowed,
        (Decision::Allowed, Err(unobserved)) => Answer::Unforbidden(unobserved.clone()),
        (Decision::Unknown, Err(unobserved)) => Answer::Unknown(unobserved.clone()),
        (Decision::Unknown, Ok(_)) => Answer::Unknown(unseen(
            role,
            "Conditional",
            "its policies decide by conditions that only a simulation knows",
        )),
        (denied, _) => {
            let is_forbidden = denied == Decision::ExplicitDeny;
            Answer::Denied(reading(role, need, is_forbidden), is_forbidden)
        }
    }
}

/// What policies decide. A statement on a log group speaks of the streams in it.
fn decided<'a>(policies: impl Iterator<Item = &'a Policy>, need: &Need) -> Decision {
    let resource = match need.resource.strip_suffix(":*") {
        Some(group) => format!("{group}:log-stream:stream"),
        None => need.resource.clone(),
    };
    decide(policies, need.action, &resource, &[])
}

/// What the execution role lacks of these needs; messages of these classes count where IAM could not be asked, and
/// where they name a policy that does not belong to the role.
///
/// # Errors
/// When nothing was found to be lacking, but not everything could be asked.
pub fn lacking<'a>(
    case: &Case<'a>,
    needs: Vec<Need>,
    class: &'static str,
) -> Observed<Option<Lack<'a>>> {
    let definition = case.task_definition()?;
    let Some(role) = definition.execution_role.as_deref() else {
        return Ok(None);
    };
    // A role that does not exist is a fault of its own.
    if needs.is_empty() || matches!(case.roles.get(role), Some(Ok(Role::Missing))) {
        return Ok(None);
    }
    let said = case.said(&[class]);
    let heard: Vec<&Said<'_>> = said
        .iter()
        .flatten()
        .copied()
        .filter(|said| !names_what_is_missing(case, said.text))
        .collect();
    let proof = crate::case::proof(&heard, words!("the role may do it", "ロールに権限がある"));
    let (mut lacking, mut evidence, mut is_forbidden) = (vec![], vec![], false);
    let mut unknown = None;
    for need in &needs {
        match answer(case, role, need) {
            Answer::Allowed => {}
            Answer::Denied(proof, forbidden) => {
                is_forbidden |= forbidden;
                lacking.push(need.clone());
                evidence.push(proof);
            }
            Answer::Unforbidden(unobserved) => unknown = unknown.or(Some((unobserved, true))),
            Answer::Unknown(unobserved) => unknown = Some((unobserved, false)),
        }
    }
    let by_others = heard.iter().any(|said| is_forbidden_elsewhere(said.text));
    let only_told = matches!(unknown, Some((_, false)));
    if lacking.is_empty() {
        let Some(proof) = proof.filter(|_| by_others || only_told) else {
            said?;
            return match unknown {
                Some((unobserved, _)) => Err(unobserved),
                None => Ok(None),
            };
        };
        return Ok(Some(Lack {
            role,
            needs,
            evidence: vec![proof],
            swapped: None,
            is_forbidden: by_others,
        }));
    }
    let swapped = definition
        .task_role
        .as_deref()
        .filter(|task_role| *task_role != role && has_all(case, task_role, &lacking));
    evidence.extend(swapped.map(name_of).map(|task_role| Evidence {
        source: "iam:GetRolePolicy",
        saw: words!(
            "the task role {task_role} allows it, but ECS starts tasks with the execution role",
            "タスクロール {task_role} では許可されているが、ECS はタスクの起動にタスク実行ロールを使う"
        ),
        expected: words!("the execution role allows it", "タスク実行ロールで許可されている"),
    }));
    evidence.extend(proof);
    Ok(Some(Lack {
        role,
        needs: lacking,
        evidence,
        swapped,
        is_forbidden,
    }))
}

/// Whether a denial names a policy that is not the role's own: of the resource, the endpoint or the organisation.
pub fn is_forbidden_elsewhere(text: &str) -> bool {
    [
        "explicit deny",
        "resource-based policy",
        "permissions boundary",
        "service control policy",
    ]
    .iter()
    .any(|words| text.contains(words))
}

/// IAM denies what is not there before anybody looks for it: that fault has a check of its own.
fn names_what_is_missing(case: &Case<'_>, text: &str) -> bool {
    crate::supply::missing(case)
        .iter()
        .any(|resource| text.contains(resource.as_str()))
}

fn has_all(case: &Case<'_>, role: &str, needs: &[Need]) -> bool {
    let Some(Ok(Role::Present {
        policies, unread, ..
    })) = case.roles.get(role)
    else {
        return false;
    };
    unread.is_empty()
        && needs
            .iter()
            .all(|need| decided(policies.values(), need) == Decision::Allowed)
}

fn unseen(role: &str, code: &str, message: &str) -> Unobserved {
    Unobserved {
        operation: "iam:GetRole".into(),
        code: code.into(),
        message: format!("{}: {message}", name_of(role)).into(),
    }
}

fn reading(role: &str, need: &Need, is_forbidden: bool) -> Evidence {
    let (name, Need { action, resource }) = (name_of(role), need);
    Evidence {
        source: "iam:GetRolePolicy",
        saw: match is_forbidden {
            true => words!(
                "a policy of {name} denies {action} on {resource}",
                "{name} のポリシーが {resource} に対する {action} を拒否している"
            ),
            false => words!(
                "no policy of {name} allows {action} on {resource}",
                "{resource} に対する {action} を許可するポリシーが {name} にない"
            ),
        },
        expected: words!("a policy allows it", "許可するポリシーがある"),
    }
}
