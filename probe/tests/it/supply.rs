//! What a task is given at its start: configuration that decides over words, and one cause where AWS says two things.

use probe::{
    diagnose::diagnose,
    report::Report,
    scenario,
    snapshot::{
        Key, Observed, Parameter, Permission, Role, Secret, SecretReference, SecretShape, Snapshot,
        Unobserved, View,
    },
    words::Lang,
};

fn report(name: &str, change: impl FnOnce(&mut Snapshot)) -> Report {
    let mut snapshot = scenario::snapshot(name).unwrap().unwrap();
    change(&mut snapshot);
    Report::new(&snapshot, &diagnose(&snapshot), Lang::En)
}

fn causes(report: &Report) -> Vec<&str> {
    report.causes.iter().map(|cause| cause.id).collect()
}

fn refused<T>() -> Observed<T> {
    Err(Unobserved {
        operation: "x:Y".into(),
        code: "AccessDenied".into(),
        message: "no".into(),
    })
}

fn secret(snapshot: &mut Snapshot) -> &mut Observed<Secret> {
    snapshot.secrets.values_mut().next().unwrap()
}

fn shape(snapshot: &mut Snapshot, seen: SecretShape) {
    if let Ok(Secret::Present { shape, .. }) = secret(snapshot) {
        *shape = Some(Ok(seen));
    }
}

#[test]
fn policies_decide_where_the_simulation_is_refused() {
    let report = report("iam-secret-read-denied", |s| s.permissions = refused());
    assert_eq!(causes(&report), ["iam-secret-read-denied"]);
    assert_eq!(report.causes[0].evidence[0].source, "iam:GetRolePolicy");
}

/// The healthy stack, in which the policies of the roles that allow reading the secret were not read.
fn without_policy(change: impl Fn(&mut Snapshot, &mut Role)) -> Report {
    report("healthy", |s| {
        let mut roles = std::mem::take(&mut s.roles);
        for role in roles.values_mut().flatten() {
            if let Role::Present {
                policies, unread, ..
            } = role
                && policies.remove("read-secret").is_some()
            {
                unread.insert("read-secret".into(), refused::<()>().unwrap_err());
                change(s, role);
            }
        }
        s.roles = roles;
    })
}

#[test]
fn a_policy_that_was_not_read_may_allow_what_the_others_do_not() {
    assert_eq!(without_policy(|_, _| {}).verdict, "healthy");
    let report = without_policy(|s, _| s.permissions = refused());
    assert_eq!((causes(&report), report.verdict), (vec![], "undetermined"));
}

#[test]
fn a_policy_that_was_not_read_takes_no_denial_back() {
    let report = without_policy(|s, role| {
        s.permissions = refused();
        if let Role::Present { policies, .. } = role {
            let statement = &mut policies.get_mut("pull-image").unwrap().statements[0];
            statement.allow = false;
            statement.actions = vec!["secretsmanager:*".into()];
        }
    });
    assert_eq!(causes(&report), ["iam-secret-read-denied"]);
}

#[test]
fn a_denial_is_believed_where_neither_can_be_asked() {
    let report = report("iam-secret-read-denied", |s| {
        s.permissions = refused();
        s.roles.values_mut().for_each(|role| *role = refused());
    });
    assert_eq!(causes(&report), ["iam-secret-read-denied"]);
}

#[test]
fn what_is_allowed_by_now_was_late() {
    let healthy = scenario::snapshot("healthy").unwrap().unwrap();
    for denied in ["iam-secret-read-denied", "iam-logs-write-denied"] {
        let report = report(denied, |s| {
            s.permissions = healthy.permissions.clone();
            s.roles = healthy.roles.clone();
        });
        assert_eq!(causes(&report), ["iam-policy-not-propagated"], "{denied}");
    }
}

#[test]
fn a_denial_of_what_is_missing_is_one_cause() {
    let report = report("iam-secret-read-denied", |s| {
        *secret(s) = Ok(Secret::Missing)
    });
    assert_eq!(causes(&report), ["secrets-secret-missing"]);
}

#[test]
fn what_was_seen_of_a_secret_outranks_what_ecs_says_of_it() {
    let keys = |keys: &[&str]| SecretShape::Keys(keys.iter().map(|key| (*key).into()).collect());
    let seen = |name, seen| report(name, |s| shape(s, seen));
    let healed = seen("secrets-not-json", keys(&["username", "password"]));
    assert!(!causes(&healed).contains(&"secrets-not-json"));
    assert_eq!(
        causes(&seen("healthy", SecretShape::NotJson)),
        ["secrets-not-json"]
    );
    assert_eq!(
        causes(&seen("healthy", keys(&["username"]))),
        ["secrets-json-key-missing"]
    );
    assert!(causes(&seen("healthy", keys(&["username", "password"]))).is_empty());
}

#[test]
fn a_key_that_is_switched_off_needs_no_permission() {
    let report = report("iam-key-decrypt-denied", |s| {
        let key = s.keys.values_mut().next().unwrap();
        *key = Ok(Key {
            state: "PendingDeletion".into(),
            arn: None,
        });
    });
    assert_eq!(causes(&report), ["iam-key-decrypt-denied"]);
    let first = &report.causes[0].fix[0].command;
    assert!(first.starts_with("aws kms cancel-key-deletion"), "{first}");
}

/// The scenario, with everything that runs as in the healthy one.
fn while_tasks_run(name: &str, change: impl FnOnce(&mut Snapshot)) -> Report {
    let healthy = scenario::snapshot("healthy").unwrap().unwrap();
    report(name, |s| {
        (s.service, s.tasks, s.target_groups, s.logs) = (
            healthy.service,
            healthy.tasks,
            healthy.target_groups,
            healthy.logs,
        );
        change(s);
    })
}

fn principal(snapshot: &mut Snapshot, named: &str) {
    for policy in snapshot.key_policies.values_mut().flatten() {
        policy.statements[0].principals = vec![named.into()];
    }
}

fn denied_calls(report: &Report) -> Vec<&str> {
    report
        .unknown
        .iter()
        .map(|unknown| unknown.operation.as_str())
        .collect()
}

#[test]
fn the_policy_of_a_key_decides_with_that_of_the_role() {
    let allow = |s: &mut Snapshot| {
        for permission in s.permissions.as_mut().unwrap() {
            permission.decision = "allowed".into();
        }
    };
    const OTHER: &str = "arn:aws:iam::123456789012:role/administrator";
    let of_key = report("iam-key-decrypt-denied", |s| {
        allow(s);
        principal(s, OTHER);
    });
    assert_eq!(causes(&of_key), ["iam-key-decrypt-denied"]);
    assert_eq!(of_key.causes[0].evidence[0].source, "kms:GetKeyPolicy");
    assert!(
        of_key.causes[0].fix[0]
            .command
            .contains("aws kms put-key-policy")
    );
    let latent = while_tasks_run("iam-key-decrypt-denied", |s| principal(s, OTHER));
    assert_eq!(causes(&latent), ["iam-key-decrypt-denied"]);
    let by_role = while_tasks_run("iam-key-decrypt-denied", |_| {});
    assert_eq!(causes(&by_role), ["iam-key-decrypt-denied"]);
    assert_eq!(
        by_role.causes[0].evidence[0].source,
        "iam:SimulatePrincipalPolicy"
    );
    let named = while_tasks_run("iam-key-decrypt-denied", |s| {
        let role = s.task_definition.as_ref().unwrap().execution_role.clone();
        principal(s, &role.unwrap());
    });
    assert_eq!((causes(&named), denied_calls(&named)), (vec![], vec![]));
    let both = while_tasks_run("iam-key-decrypt-denied", allow);
    assert_eq!((causes(&both), denied_calls(&both)), (vec![], vec![]));
}

#[test]
fn a_key_whose_policy_was_not_seen_is_unknown_until_a_start_fails() {
    let refuse = |s: &mut Snapshot| {
        s.key_policies
            .values_mut()
            .for_each(|policy| *policy = refused())
    };
    let running = while_tasks_run("iam-key-decrypt-denied", refuse);
    assert_eq!(
        (causes(&running), denied_calls(&running)),
        (vec![], vec!["x:Y"])
    );
    let failed = report("iam-key-decrypt-denied", refuse);
    assert_eq!(causes(&failed), ["iam-key-decrypt-denied"]);
    let forbidden = while_tasks_run("iam-key-decrypt-denied", |s| {
        refuse(s);
        for permission in s.permissions.as_mut().unwrap() {
            if permission.action == "kms:Decrypt" {
                permission.decision = "explicitDeny".into();
            }
        }
    });
    assert_eq!(causes(&forbidden), ["iam-key-decrypt-denied"]);
}

#[test]
fn a_key_of_a_parameter_is_judged_as_that_of_a_secret() {
    let encrypted = |s: &mut Snapshot| {
        let key = s.keys.keys().next().unwrap().clone();
        if let Ok(Secret::Present { key, .. }) = secret(s) {
            *key = None;
        }
        let name = "/events/mail-key";
        let reference = SecretReference {
            name: "MAIL_KEY".into(),
            value_from: name.into(),
        };
        s.task_definition.as_mut().unwrap().containers[0]
            .secrets
            .push(reference);
        s.parameters = [(name.to_owned(), Ok(Parameter::Encrypted { key }))].into();
        s.permissions.as_mut().unwrap().push(Permission {
            action: "ssm:GetParameters".into(),
            resource: "arn:aws:ssm:ap-northeast-1:123456789012:parameter/events/mail-key".into(),
            decision: "allowed".into(),
            view: View::Simulated,
        });
    };
    let report = while_tasks_run("iam-key-decrypt-denied", encrypted);
    assert_eq!(causes(&report), ["iam-key-decrypt-denied"]);
    assert!(
        report.causes[0].fault.contains("/events/mail-key"),
        "{}",
        report.causes[0].fault
    );
}

#[test]
fn a_parameter_of_another_region_is_named_with_it() {
    let report = report("secrets-parameter-missing", |s| {
        let arn = "arn:aws:ssm:us-east-1:123456789012:parameter/events/mail-key";
        let reference = &mut s.task_definition.as_mut().unwrap().containers[0].secrets;
        reference.last_mut().unwrap().value_from = arn.into();
        s.parameters = [(arn.to_owned(), Ok(Parameter::Missing))].into();
    });
    assert_eq!(causes(&report), ["secrets-parameter-missing"]);
    let saw = report.causes[0]
        .evidence
        .iter()
        .any(|proof| proof.saw.contains("us-east-1, account"));
    assert!(saw, "{:#?}", report.causes[0]);
}
