//! Whether AWS can be asked at all: who is logged in, which APIs answer and how fast, what the clock of AWS says, and
//! which of probe's actions the caller may do.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use aws_sdk_sts::config::{
    ConfigBag, Intercept, RuntimeComponents,
    interceptors::BeforeDeserializationInterceptorContextRef,
};
use aws_sdk_sts::error::BoxError;
use chrono::{DateTime, TimeDelta, Utc};
use tokio::join;

use super::{
    ACTIONS, Clients, MORE_ACTIONS,
    failure::{missing, unobserved},
};
use crate::snapshot::{Observed, Unobserved};

/// The name in questions of which only matters that they are answered: nothing is called so.
const NOBODY: &str = "probe-doctor-asks-whether-you-answer";

/// What AWS answers to somebody who only wants to know whether it answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Examination {
    /// The Region.
    pub region: String,
    /// Who is logged in.
    pub identity: Observed<Identity>,
    /// How far the clock of AWS is ahead of the one of this machine; `None` where no answer had a date.
    pub clock_ahead: Option<TimeDelta>,
    /// The APIs that probe calls.
    pub apis: Vec<Api>,
    /// Those of probe's actions that the caller may not do.
    pub denied: Observed<Vec<String>>,
}

/// Who is logged in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The account.
    pub account: String,
    /// The user, or the role with its session.
    pub arn: String,
}

/// An API and whether it answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Api {
    /// The action that was called.
    pub action: &'static str,
    /// How long it took, repetitions included.
    pub took: Duration,
    /// What it answered instead of what was asked for; an answer all the same, unless it is a time-out or the like.
    pub refused: Option<Unobserved>,
}

/// Calls each API once; what needs a name is asked for one that does not exist.
pub async fn examine(clients: &Clients) -> Examination {
    let clock = Clock::default();
    let one = clients.sts.get_caller_identity().customize();
    let identity = async {
        let answer = one.interceptor(clock.clone()).send().await;
        let answer = answer.map_err(|error| unobserved("sts:GetCallerIdentity", &error))?;
        let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
        Ok(Identity {
            account: text(answer.account()),
            arn: text(answer.arn()),
        })
    };
    let permitted = async {
        let identity: Observed<Identity> = identity.await;
        let denied = match &identity {
            Ok(identity) => denied(clients, &identity.arn).await,
            Err(unobserved) => Err(unobserved.clone()),
        };
        (identity, denied)
    };
    let ((identity, denied), apis) = join!(permitted, apis(clients));
    let clock_ahead = *clock.0.lock().unwrap_or_else(PoisonError::into_inner);
    Examination {
        region: clients.region.clone(),
        identity,
        clock_ahead,
        apis,
        denied,
    }
}

/// Reads the date of an answer, also of one that refuses because of the date.
#[derive(Debug, Clone, Default)]
struct Clock(Arc<Mutex<Option<TimeDelta>>>);

impl Intercept for Clock {
    fn name(&self) -> &'static str {
        "Clock"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let date = context.response().headers().get("date");
        let date = date.and_then(|date| DateTime::parse_from_rfc2822(date).ok());
        if let Some(date) = date {
            let ahead = date.with_timezone(&Utc) - Utc::now();
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(ahead);
        }
        Ok(())
    }
}

async fn apis(clients: &Clients) -> Vec<Api> {
    macro_rules! ask {
        ($client:ident.$call:ident($($set:ident($value:expr)),*), $action:literal) => {
            timed($action, async {
                let answer = clients.$client.$call()$(.$set($value))*.send().await;
                answer.map(drop).map_err(|error| unobserved($action, &error))
            })
        };
    }
    let some = async {
        join!(
            ask!(
                scaling.describe_scalable_targets(
                    service_namespace(aws_sdk_applicationautoscaling::types::ServiceNamespace::Ecs),
                    max_results(1)
                ),
                "application-autoscaling:DescribeScalableTargets"
            ),
            ask!(
                cloudformation.describe_stacks(stack_name(NOBODY)),
                "cloudformation:DescribeStacks"
            ),
            ask!(
                cloudwatch.describe_alarms(max_records(1)),
                "cloudwatch:DescribeAlarms"
            ),
            ask!(
                ec2.describe_nat_gateways(max_results(5)),
                "ec2:DescribeNatGateways"
            ),
            ask!(
                ecr.describe_images(repository_name(NOBODY)),
                "ecr:DescribeImages"
            ),
            ask!(ecs.list_clusters(max_results(1)), "ecs:ListClusters"),
            ask!(
                elbv2.describe_target_groups(page_size(1)),
                "elasticloadbalancing:DescribeTargetGroups"
            ),
        )
    };
    let others = async {
        join!(
            ask!(iam.get_role(role_name(NOBODY)), "iam:GetRole"),
            ask!(
                kms.describe_key(key_id(format!("alias/{NOBODY}"))),
                "kms:DescribeKey"
            ),
            ask!(logs.describe_log_groups(limit(1)), "logs:DescribeLogGroups"),
            ask!(
                rds.describe_db_instances(max_records(20)),
                "rds:DescribeDBInstances"
            ),
            ask!(
                secrets.describe_secret(secret_id(NOBODY)),
                "secretsmanager:DescribeSecret"
            ),
            ask!(
                ssm.describe_parameters(max_results(1)),
                "ssm:DescribeParameters"
            ),
        )
    };
    let (
        (scaling, stacks, alarms, network, images, services, balancers),
        (roles, keys, groups, databases, secrets, parameters),
    ) = join!(some, others);
    vec![
        scaling, stacks, alarms, network, images, services, balancers, roles, keys, groups,
        databases, secrets, parameters,
    ]
}

async fn timed(action: &'static str, call: impl Future<Output = Observed<()>>) -> Api {
    let start = Instant::now();
    let answer = call.await;
    Api {
        action,
        took: start.elapsed(),
        refused: answer.err(),
    }
}

/// Those of probe's actions that the policies of the caller do not allow on everything.
async fn denied(clients: &Clients, caller: &str) -> Observed<Vec<String>> {
    const OPERATION: &str = "iam:SimulatePrincipalPolicy";
    let source = match principal(caller) {
        Principal::Root => return Ok(vec![]),
        Principal::Itself => caller.to_owned(),
        Principal::Role(name) => {
            // The ARN of a session lacks the path of the role.
            let answer = clients.iam.get_role().role_name(name).send().await;
            let answer = answer.map_err(|error| unobserved("iam:GetRole", &error))?;
            let arn = answer.role().map(|role| role.arn().to_owned());
            arn.ok_or_else(|| missing("iam:GetRole", format!("no role {name}")))?
        }
        Principal::Unknown => {
            return Err(missing(
                OPERATION,
                format!("{caller} is neither a user nor a role"),
            ));
        }
    };
    let mut pages = clients
        .iam
        .simulate_principal_policy()
        .policy_source_arn(source)
        .set_action_names(Some(
            ACTIONS
                .iter()
                .chain(MORE_ACTIONS)
                .map(ToString::to_string)
                .collect(),
        ))
        .into_paginator()
        .items()
        .send();
    let mut denied = vec![];
    while let Some(result) = pages.next().await {
        let result = result.map_err(|error| unobserved(OPERATION, &error))?;
        if result.eval_decision().as_str() != "allowed" {
            denied.push(result.eval_action_name().to_owned());
        }
    }
    denied.sort();
    denied.dedup();
    Ok(denied)
}

/// Whose policies decide.
#[derive(Debug, PartialEq, Eq)]
enum Principal<'a> {
    /// The account itself, which may do everything.
    Root,
    /// A user.
    Itself,
    /// The role of a session.
    Role(&'a str),
    /// Somebody else, for example a federated user.
    Unknown,
}

fn principal(arn: &str) -> Principal<'_> {
    let mut parts = arn.splitn(6, ':');
    let (service, resource) = (parts.nth(2), parts.nth(2).unwrap_or_default());
    match (service, resource.split('/').collect::<Vec<_>>().as_slice()) {
        (Some("iam"), ["root"]) => Principal::Root,
        (Some("iam"), ["user", ..]) => Principal::Itself,
        (Some("sts"), ["assumed-role", role, _]) => Principal::Role(role),
        _ => Principal::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policies_are_those_of_the_role_behind_a_session() {
        for (arn, expected) in [
            ("arn:aws:iam::123456789012:root", Principal::Root),
            ("arn:aws:iam::123456789012:user/team/ann", Principal::Itself),
            (
                "arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Ops_0a/ann@example.com",
                Principal::Role("AWSReservedSSO_Ops_0a"),
            ),
            (
                "arn:aws-cn:sts::123456789012:federated-user/ann",
                Principal::Unknown,
            ),
            ("", Principal::Unknown),
        ] {
            assert_eq!(principal(arn), expected, "{arn}");
        }
    }
}
