//! Whether the execution role may decrypt with a key: its own policies and the key's, together.
//!
//! A grant of KMS may allow it too. Those are not looked at: Secrets Manager and Parameter Store need none.

use super::{Answer, answer, unseen};
use crate::{
    case::Case,
    check::Evidence,
    evidence::name_of,
    permission::{Decision, KeyRequest, decide, decide_with_key},
    snapshot::{Policy, Role, Unobserved},
    supply::{KeyUse, Need, not_read},
    words,
};

/// Whether the execution role may decrypt with a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decryption {
    /// It may.
    Allowed,
    /// Nothing that was seen forbids it, but this was not seen.
    Unforbidden(Unobserved),
    /// The key's own policy refuses: the proof, and whether a statement denies it rather than none allowing it.
    OfKey(Evidence, bool),
    /// The key leaves it to the role's policies, and those do not allow it.
    OfRole,
    /// This would have to be seen.
    Unknown(Unobserved),
}

/// The answer for one key of a role.
pub fn decryption(case: &Case<'_>, role: &str, used: &KeyUse<'_>) -> Decryption {
    let (Some(arn), Some(need)) = (&used.arn, used.need()) else {
        let seen = case.keys.get(used.key).and_then(|seen| seen.as_ref().err());
        let why = seen.cloned();
        return Decryption::Unknown(why.unwrap_or_else(|| not_read("kms:DescribeKey", used.key)));
    };
    let account = role.split(':').nth(4).unwrap_or_default();
    let context = [
        ("kms:ViaService", used.service.as_str()),
        ("kms:CallerAccount", account),
    ];
    let request = KeyRequest {
        role,
        key: arn,
        context: &context,
    };
    let own = by_role(case, &need, &request);
    let policy = match case.key_policies.get(used.key) {
        Some(Ok(policy)) => policy,
        unread => {
            let why = unread.and_then(|seen| seen.as_ref().err()).cloned();
            let why = why.unwrap_or_else(|| not_read("kms:GetKeyPolicy", used.key));
            return match own {
                Answer::Denied(_, true) => Decryption::OfRole,
                Answer::Allowed | Answer::Unforbidden(_) => Decryption::Unforbidden(why),
                _ => Decryption::Unknown(why),
            };
        }
    };
    let by_key = decide_with_key(policy, Decision::Allowed, &request);
    if let Decision::ImplicitDeny | Decision::ExplicitDeny = by_key {
        let is_forbidden = by_key == Decision::ExplicitDeny;
        return Decryption::OfKey(refusal(policy, used, role, is_forbidden), is_forbidden);
    }
    let decided = match own {
        Answer::Allowed => Decision::Allowed,
        Answer::Denied(_, true) => Decision::ExplicitDeny,
        Answer::Denied(_, false) => Decision::ImplicitDeny,
        Answer::Unforbidden(_) | Answer::Unknown(_) => Decision::Unknown,
    };
    match (decide_with_key(policy, decided, &request), own) {
        (Decision::Allowed, _) => Decryption::Allowed,
        (Decision::ImplicitDeny | Decision::ExplicitDeny, _) => Decryption::OfRole,
        (Decision::Unknown, Answer::Unforbidden(why)) => Decryption::Unforbidden(why),
        (Decision::Unknown, Answer::Unknown(why)) => Decryption::Unknown(why),
        (Decision::Unknown, _) => Decryption::Unknown(Unobserved {
            operation: "kms:GetKeyPolicy".into(),
            code: "Conditional".into(),
            message: format!(
                "{}: its policy decides by conditions that only KMS knows",
                name_of(arn)
            )
            .into(),
        }),
    }
}

/// What the role's own policies say. A simulation without the values of a condition takes it for one that does not
/// hold.
fn by_role(case: &Case<'_>, need: &Need, request: &KeyRequest<'_>) -> Answer {
    let answer = answer(case, request.role, need);
    let Some(Ok(Role::Present {
        policies, unread, ..
    })) = case.roles.get(request.role)
    else {
        return answer;
    };
    let by_documents = || decide(policies.values(), need.action, request.key, request.context);
    match (answer, unread.values().next()) {
        (Answer::Denied(_, false), Some(why)) => Answer::Unknown(why.clone()),
        (Answer::Denied(_, false), None) if by_documents() == Decision::Unknown => {
            Answer::Unknown(unseen(
                request.role,
                "Conditional",
                "its policies decide by conditions that only KMS knows",
            ))
        }
        (answer, _) => answer,
    }
}

fn refusal(policy: &Policy, used: &KeyUse<'_>, role: &str, is_forbidden: bool) -> Evidence {
    let (key, name, service) = (name_of(used.key), name_of(role), &used.service);
    let account = role.split(':').nth(4).unwrap_or_default();
    let mut named: Vec<&str> = policy
        .statements
        .iter()
        .filter(|statement| statement.allow)
        .flat_map(|statement| &statement.principals)
        .map(|principal| &**principal)
        .collect();
    named.sort_unstable();
    named.dedup();
    let named = named.join(", ");
    Evidence {
        source: "kms:GetKeyPolicy",
        saw: match is_forbidden {
            true => words!(
                "the policy of the key {key} denies kms:Decrypt to {name}",
                "キー {key} のキーポリシーが {name} に対して kms:Decrypt を拒否している"
            ),
            false => words!(
                "no statement in the policy of the key {key} lets {name} or the account {account} decrypt through {service}; it names: {named}",
                "キー {key} のキーポリシーに、{service} 経由の復号を {name} またはアカウント {account} に許可する文がない (許可しているプリンシパル: {named})"
            ),
        },
        expected: words!(
            "it names the role, or leaves it to the account's IAM policies",
            "ロールを直接許可するか、アカウントの IAM ポリシーに委任している"
        ),
    }
}
