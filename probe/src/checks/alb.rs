//! Faults between the load balancer and its targets.

use crate::{
    case::{Case, proof},
    check::{Finding, Fix},
    snapshot::Observed,
    words::Words,
};

catalogue! {
    target_group_not_attached,
    zone_not_enabled,
    target_not_registered,
    target_ip_unusable,
    target_invalid_state,
    internal_error,
    health_check_disabled,
    health_check_host_rejected,
    health_check_path_wrong,
    health_check_port_wrong,
    health_check_server_error,
    health_check_timeout,
    health_check_failed,
    keep_alive_too_short,
    no_healthy_targets,
}

/// A target whose state is the fault itself, and its target group.
struct Told<'a> {
    target: &'a str,
    name: &'a str,
    arn: &'a str,
}

/// What a check finds in a target's state: the load balancer's words prove it, the check says what they mean.
fn told(
    case: &Case<'_>,
    classes: &[&str],
    expected: Words,
    say: impl FnOnce(&Told<'_>) -> (Words, Fix),
) -> Observed<Vec<Finding>> {
    let groups = case.target_groups()?;
    let said = case.said(classes)?;
    let (Some(first), Some((arn, group))) = (said.first(), groups.iter().next()) else {
        return Ok(vec![]);
    };
    let told = Told {
        target: &first.by,
        name: &group.name,
        arn,
    };
    let (message, fix) = say(&told);
    Ok(vec![Finding {
        subject: group.name.clone(),
        message,
        evidence: proof(&said, expected).into_iter().collect(),
        fix: vec![fix],
    }])
}

/// Takes a target out of its group.
fn deregister(case: &Case<'_>, told: &Told<'_>, title: Words) -> Fix {
    let (arn, region) = (told.arn, &case.target.region);
    // A port that is not the group's own must be named: without it nothing is taken out, and nothing is said.
    let target = match told.target.rsplit_once(':') {
        Some((id, port)) => format!("Id={id},Port={port}"),
        None => format!("Id={}", told.target),
    };
    Fix {
        title,
        command: format!(
            "aws elbv2 deregister-targets --target-group-arn {arn} --targets {target} --region {region}"
        ),
    }
}
