//! Listeners of load balancers and the target groups that they forward to.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_elasticloadbalancingv2::types::Action;
use futures::future::{join_all, try_join_all};

use crate::{
    collect::{Clients, failure::unobserved},
    snapshot::{Listener, LoadBalancer, Observed, Unobserved},
};

/// The listeners of each load balancer with their ARNs, forwarding by their default actions only.
pub(in crate::collect) type Heard = BTreeMap<String, Observed<BTreeMap<String, Listener>>>;

pub(in crate::collect) async fn listeners(
    clients: &Clients,
    balancers: Result<&BTreeSet<String>, &Unobserved>,
) -> Heard {
    let of = |balancer: String| async move {
        let listeners = of_balancer(clients, &balancer).await;
        (balancer, listeners)
    };
    let balancers = balancers.into_iter().flatten().cloned();
    join_all(balancers.map(of)).await.into_iter().collect()
}

async fn of_balancer(clients: &Clients, arn: &str) -> Observed<BTreeMap<String, Listener>> {
    let listeners: Vec<aws_sdk_elasticloadbalancingv2::types::Listener> = clients
        .elbv2
        .describe_listeners()
        .load_balancer_arn(arn)
        .into_paginator()
        .items()
        .send()
        .try_collect()
        .await
        .map_err(|error| unobserved("elasticloadbalancing:DescribeListeners", &error))?;
    let listener = |listener: &aws_sdk_elasticloadbalancingv2::types::Listener| {
        let shown = Listener {
            port: listener.port()?,
            protocol: listener
                .protocol()
                .map(|protocol| protocol.as_str().to_owned())
                .unwrap_or_default(),
            target_groups: forwards(listener.default_actions()).collect(),
        };
        Some((listener.listener_arn()?.to_owned(), shown))
    };
    Ok(listeners.iter().filter_map(listener).collect())
}

/// Adds to each listener what its rules forward to, and puts the listeners into their load balancers. Without the
/// rules, nobody can say that a listener does not forward to a target group: then the listeners are unknown.
pub(in crate::collect) async fn with_rules(
    clients: &Clients,
    heard: Heard,
    balancers: &mut BTreeMap<String, LoadBalancer>,
) {
    let with_rules = |(balancer, listeners)| async move {
        let listeners: Observed<BTreeMap<String, Listener>> = listeners;
        let listeners = match listeners {
            Ok(listeners) => {
                let parts = listeners.into_iter();
                try_join_all(parts.map(|(arn, listener)| complete(clients, arn, listener))).await
            }
            Err(why) => Err(why),
        };
        (balancer, listeners)
    };
    for (arn, listeners) in join_all(heard.into_iter().map(with_rules)).await {
        let Some(balancer) = balancers.get_mut(&arn) else {
            continue;
        };
        match listeners {
            Ok(mut listeners) => {
                listeners.sort_by_key(|listener| listener.port);
                balancer.listeners = Some(listeners);
            }
            Err(why) => balancer.unseen.push(why),
        }
    }
}

async fn complete(clients: &Clients, arn: String, listener: Listener) -> Observed<Listener> {
    let rules: Vec<aws_sdk_elasticloadbalancingv2::types::Rule> = clients
        .elbv2
        .describe_rules()
        .listener_arn(arn)
        .into_paginator()
        .items()
        .send()
        .try_collect()
        .await
        .map_err(|error| unobserved("elasticloadbalancing:DescribeRules", &error))?;
    let by_rules = rules.iter().flat_map(|rule| forwards(rule.actions()));
    let groups: BTreeSet<String> = listener.target_groups.into_iter().chain(by_rules).collect();
    Ok(Listener {
        target_groups: groups.into_iter().collect(),
        ..listener
    })
}

/// The target groups of forward actions, weighted ones too. One without weight gets no request: it does not count.
fn forwards(actions: &[Action]) -> impl Iterator<Item = String> {
    let of = |action: &Action| {
        let weighted = action
            .forward_config()
            .map(|forward| forward.target_groups())
            .unwrap_or_default();
        let single = action.target_group_arn().filter(|_| weighted.is_empty());
        weighted
            .iter()
            .filter(|group| group.weight() != Some(0))
            .filter_map(|group| group.target_group_arn())
            .chain(single)
            .map(ToOwned::to_owned)
            .collect::<Vec<_>>()
    };
    actions
        .iter()
        .flat_map(of)
        .collect::<BTreeSet<_>>()
        .into_iter()
}

#[cfg(test)]
mod tests {
    use aws_sdk_elasticloadbalancingv2::types::{
        ActionTypeEnum, ForwardActionConfig, TargetGroupTuple,
    };

    use super::*;

    fn forward(groups: &[(&str, i32)]) -> Action {
        let config = groups
            .iter()
            .fold(ForwardActionConfig::builder(), |config, (arn, weight)| {
                let group = TargetGroupTuple::builder()
                    .target_group_arn(*arn)
                    .weight(*weight);
                config.target_groups(group.build())
            });
        Action::builder()
            .r#type(ActionTypeEnum::Forward)
            .forward_config(config.build())
            .build()
    }

    #[test]
    fn a_group_counts_by_its_name_or_by_its_weight() {
        let plain = Action::builder()
            .r#type(ActionTypeEnum::Forward)
            .target_group_arn("tg-0")
            .build();
        let fixed = Action::builder()
            .r#type(ActionTypeEnum::FixedResponse)
            .build();
        let weighted = forward(&[("tg-2", 90), ("tg-1", 10), ("tg-3", 0)]);
        let found: Vec<String> = forwards(&[plain, fixed, weighted]).collect();
        assert_eq!(found, ["tg-0", "tg-1", "tg-2"]);
    }
}
