//! VPC endpoints in the place of a way to the internet.

use probe::{
    network::Path,
    snapshot::{Endpoint, Policy, Rule, SecurityGroup, Snapshot, Statement},
};

use super::{PRIVATE, TASK, ZONE_A, ZONE_C, broken, group, paths, refuses, table, unroute};

const S3: &str = "vpce-0a000000000000001";

fn any_policy() -> Policy {
    Policy {
        statements: vec![Statement {
            allow: true,
            actions: vec!["*".into()],
            not_actions: vec![],
            resources: vec!["*".into()],
            not_resources: vec![],
            principals: vec!["*".into()],
            conditions: vec![],
            tests: vec![],
        }],
    }
}

/// Takes the way to the internet away and puts interface endpoints in its place.
fn isolate(s: &mut Snapshot) {
    unroute(s, PRIVATE);
    let https = Rule {
        protocol: "tcp".into(),
        from_port: Some(443),
        to_port: Some(443),
        cidrs: vec![],
        groups: vec![TASK.into()],
        prefix_lists: vec![],
    };
    let own = SecurityGroup {
        id: "sg-endpoint".into(),
        name: "endpoint".into(),
        ingress: vec![https],
        egress: vec![],
    };
    s.security_groups
        .as_mut()
        .unwrap()
        .insert("sg-endpoint".into(), own);
    for (i, api) in ["ecr.api", "ecr.dkr", "logs", "secretsmanager"]
        .iter()
        .enumerate()
    {
        let endpoint = Endpoint {
            service: format!("com.amazonaws.ap-northeast-1.{api}"),
            kind: "Interface".into(),
            state: "available".into(),
            private_dns: true,
            subnets: vec![ZONE_A.into(), ZONE_C.into()],
            security_groups: vec!["sg-endpoint".into()],
            route_tables: vec![],
            policy: Some(any_policy()),
        };
        let endpoints = s.endpoints.as_mut().unwrap();
        endpoints.insert(format!("vpce-{i}"), endpoint);
    }
}

fn endpoints(s: &mut Snapshot) -> impl Iterator<Item = &mut Endpoint> {
    let all = s.endpoints.as_mut().unwrap().values_mut();
    all.filter(|endpoint| endpoint.kind == "Interface")
}

fn public_image(s: &mut Snapshot) {
    s.task_definition.as_mut().unwrap().containers[0].image = "nginx:1".into();
}

#[test]
fn endpoints_open_what_the_internet_would() {
    assert!(paths(&broken(isolate)).iter().all(Path::is_open));
}

#[test]
fn a_public_registry_has_no_endpoint() {
    let code = "NO_ROUTE_TO_DESTINATION";
    refuses(
        code,
        &["network-no-route-to-internet"],
        &[("no way to it", |s| {
            isolate(s);
            public_image(s);
        })],
    );
    refuses(
        code,
        &["network-no-route-to-aws"],
        &[("no way to anything", |s| {
            unroute(s, PRIVATE);
            public_image(s);
        })],
    );
}

#[test]
fn an_endpoint_that_cannot_be_used_is_named() {
    let check = &["network-endpoint-unusable"];
    refuses(
        "SG_HAS_NO_RULES",
        check,
        &[("lets nobody in", |s| {
            isolate(s);
            group(s, "sg-endpoint").ingress.clear();
        })],
    );
    refuses(
        "BAD_STATE",
        check,
        &[("not available", |s| {
            isolate(s);
            endpoints(s).for_each(|e| e.state = "failed".into());
        })],
    );
    refuses(
        "",
        check,
        &[
            ("without private DNS", |s| {
                isolate(s);
                endpoints(s).for_each(|e| e.private_dns = false);
            }),
            ("in no subnet", |s| {
                isolate(s);
                endpoints(s).for_each(|e| e.subnets.clear());
            }),
            ("in a VPC without DNS names", |s| {
                isolate(s);
                let vpcs = s.vpcs.as_mut().unwrap().values_mut();
                vpcs.for_each(|vpc| vpc.dns_hostnames = false);
            }),
            ("with a policy that allows nothing", |s| {
                isolate(s);
                endpoints(s).for_each(|e| e.policy = Some(Policy::default()));
            }),
        ],
    );
    refuses(
        "ENI_SG_RULES_MISMATCH",
        &["network-api-egress-closed"],
        &[("out of the tasks' reach", |s| {
            isolate(s);
            group(s, TASK).egress[2].cidrs = vec!["192.0.2.0/24".into()];
        })],
    );
}

#[test]
fn the_layers_have_an_endpoint_of_their_own() {
    let check = &["network-layer-download-blocked"];
    refuses(
        "",
        check,
        &[("a policy that allows nothing", |s| {
            s.endpoints.as_mut().unwrap().get_mut(S3).unwrap().policy = Some(Policy::default());
        })],
    );
    refuses(
        "NO_ROUTE_TO_DESTINATION",
        check,
        &[("none", |s| {
            isolate(s);
            s.endpoints.as_mut().unwrap().remove(S3);
            table(s, PRIVATE).routes.truncate(1);
        })],
    );
    refuses(
        "BAD_STATE_ROUTE",
        check,
        &[("gone", |s| {
            s.endpoints.as_mut().unwrap().remove(S3);
            table(s, PRIVATE).routes[2].state = "blackhole".into();
        })],
    );
}
