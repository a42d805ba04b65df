//! The healthy scenario is written by hand: here it is held to the shape of what is collected from a real API.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{lab::Lab, run};

/// The sections that name no task and no deployment, whose number differs with the moment.
const SECTIONS: [&str; 12] = [
    "vpcs",
    "subnets",
    "route_tables",
    "network_acls",
    "nat_gateways",
    "endpoints",
    "security_groups",
    "prefix_lists",
    "load_balancers",
    "target_groups",
    "database",
    "scaling",
];

/// Ids of AWS, which differ from stack to stack.
const IDS: [&str; 9] = [
    "arn:", "sg-", "vpc-", "subnet-", "rtb-", "acl-", "nat-", "vpce-", "pl-",
];

fn add_paths(value: &Value, path: &str, paths: &mut BTreeSet<String>) {
    match value {
        Value::Object(parts) => {
            for (name, part) in parts {
                let is_id = IDS.iter().any(|id| name.starts_with(id))
                    || path.ends_with("/parameter_groups");
                let name = if is_id { "*" } else { name };
                add_paths(part, &format!("{path}/{name}"), paths);
            }
        }
        Value::Array(parts) => {
            for part in parts {
                add_paths(part, &format!("{path}[]"), paths);
            }
        }
        _ => {
            paths.insert(path.to_owned());
        }
    }
}

#[test]
fn the_healthy_scenario_has_the_shape_of_the_healthy_stack() {
    let lab = Lab::deployed();
    let (code, collected, err) = run(&mut lab.probe(&["snapshot"]));
    assert_eq!(code, 0, "{err}");
    let collected: Value = serde_json::from_str(&collected).unwrap();
    let written: Value =
        serde_json::from_str(include_str!("../../scenarios/healthy.json")).unwrap();
    for section in SECTIONS {
        let paths = |snapshot: &Value| {
            let mut paths = BTreeSet::new();
            add_paths(&snapshot[section], "", &mut paths);
            paths
        };
        let paths = (paths(&collected), paths(&written));
        assert!(!paths.0.is_empty(), "{section} is empty");
        assert_eq!(paths.0, paths.1, "{section}: collected, written");
    }
}
