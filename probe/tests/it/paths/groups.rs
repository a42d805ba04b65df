//! Security groups on the paths.

use super::{ALB, DATABASE, TASK, group, is_harmless, refuses};

#[test]
fn a_group_without_rules_is_named() {
    let code = "SG_HAS_NO_RULES";
    refuses(
        code,
        &["network-database-port-closed"],
        &[("database ingress", |s| group(s, DATABASE).ingress.clear())],
    );
    refuses(
        code,
        &["network-target-port-closed"],
        &[("ingress of the tasks", |s| group(s, TASK).ingress.clear())],
    );
    refuses(
        code,
        &["network-client-port-closed"],
        &[("ingress of the load balancer", |s| {
            group(s, ALB).ingress.clear()
        })],
    );
}

#[test]
fn a_group_whose_rules_are_for_others_is_named() {
    let code = "ENI_SG_RULES_MISMATCH";
    refuses(
        code,
        &["network-database-port-closed"],
        &[("database ingress for others only", |s| {
            group(s, DATABASE).ingress[0].groups = vec!["sg-x".into()]
        })],
    );
    refuses(
        code,
        &["network-database-egress-closed"],
        &[("egress to the database", |s| {
            drop(group(s, TASK).egress.remove(1))
        })],
    );
    refuses(
        code,
        &["network-api-egress-closed"],
        &[("egress to the internet", |s| {
            drop(group(s, TASK).egress.remove(2))
        })],
    );
    refuses(
        code,
        &["network-target-port-closed"],
        &[("egress of the load balancer", |s| {
            drop(group(s, ALB).egress.remove(1))
        })],
    );
    refuses(
        code,
        &["network-client-port-closed"],
        &[("private clients only", |s| {
            group(s, ALB).ingress[0].cidrs = vec!["10.0.0.0/8".into()]
        })],
    );
}

#[test]
fn an_office_may_be_the_only_client() {
    is_harmless(&[("an office alone", |s| {
        group(s, ALB).ingress[0].cidrs = vec!["203.0.113.7/32".into()]
    })]);
}
