//! The load balancer: whether it sends requests to each task.

use aws_sdk_elasticloadbalancingv2::types::TargetHealthStateEnum as State;

use super::{Notebook, Witness, gap};
use crate::witness::{Gap, Seen, Targets};

const HEALTH: &str = "elasticloadbalancing:DescribeTargetHealth";
const GROUPS: &str = "elasticloadbalancing:DescribeTargetGroups";

pub(super) async fn look(witness: &Witness, notes: &Notebook<'_>) -> Result<(), Gap> {
    let groups = witness.known().target_groups;
    if groups.is_empty() {
        return Ok(());
    }
    let mut targets = Targets::default();
    for group in groups {
        let answer = witness
            .clients
            .balancers
            .describe_target_health()
            .target_group_arn(group)
            .send()
            .await
            .map_err(|error| gap(HEALTH, &error))?;
        for target in answer.target_health_descriptions() {
            let state = target.target_health().and_then(|health| health.state());
            match state {
                Some(State::Healthy) => targets.healthy += 1,
                Some(State::Initial) => targets.initial += 1,
                Some(State::Draining) => targets.draining += 1,
                _ => targets.unhealthy += 1,
            }
        }
    }
    notes.looked(HEALTH, vec![(String::new(), Seen::Targets(targets))]);
    Ok(())
}

/// Which load balancer it is, once: its metrics go by that.
pub(super) async fn balancer(witness: &Witness, notes: &Notebook<'_>) -> Result<(), Gap> {
    let known = witness.known();
    if known.target_groups.is_empty() || known.balancer.is_some() {
        return Ok(());
    }
    let answer = witness
        .clients
        .balancers
        .describe_target_groups()
        .set_target_group_arns(Some(known.target_groups))
        .send()
        .await
        .map_err(|error| gap(GROUPS, &error))?;
    let mut arns = answer
        .target_groups()
        .iter()
        .flat_map(|group| group.load_balancer_arns());
    let name = arns.find_map(|arn| arn.split_once(":loadbalancer/"));
    witness.learn(|known| known.balancer = name.map(|(_, name)| name.to_owned()));
    notes.looked(GROUPS, vec![]);
    Ok(())
}
