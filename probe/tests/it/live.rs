//! Faults injected into the deployed stack, diagnosed by the real binary over the wire.

mod commands;
mod daily;
mod database;
mod doctor;
mod insights;
mod learn;
mod logs;
mod money;
mod slo;

pub(crate) use daily::Endless;
use serde_json::{Value, json};

use crate::lab::{Lab, ids};

#[test]
fn a_healthy_stack_gives_no_finding() {
    let lab = Lab::deployed();
    let (code, report) = lab.diagnose(&[]);
    assert_eq!(
        (ids(&report["causes"]), &report["unknown"]),
        (vec![], &json!([]))
    );
    assert_eq!((code, &report["verdict"]), (0, &json!("healthy")));
}

/// Breaks the stack, and expects exactly one cause, with this evidence, these symptoms and a fix that names `fix`.
fn diagnoses(scenario: &str, source: &str, saw: &str, symptoms: &[&str], fix: &str) {
    let lab = Lab::deployed();
    lab.break_it(scenario);
    let (code, report) = lab.diagnose(&[]);
    assert_eq!(ids(&report["causes"]), [scenario], "{report:#}");
    assert_eq!((code, &report["verdict"]), (1, &json!("fault")));
    let cause = &report["causes"][0];
    let proofs = cause["evidence"].as_array().unwrap();
    let proves = |proof: &&Value| {
        proof["source"].as_str().unwrap().starts_with(source)
            && proof["saw"].as_str().unwrap().contains(saw)
    };
    assert!(
        proofs.iter().any(|proof| proves(&proof)),
        "no {source} with {saw}: {cause:#}"
    );
    for symptom in symptoms {
        assert!(
            ids(&cause["symptoms"]).contains(symptom),
            "no symptom {symptom}: {cause:#}"
        );
    }
    assert!(
        cause["fix"][0]["command"].as_str().unwrap().contains(fix),
        "{cause:#}"
    );
}

macro_rules! faults {
    ($($name:ident: $scenario:literal, $source:literal says $saw:literal, $symptoms:expr, fix $fix:literal;)*) => {
        $(#[test]
        fn $name() {
            diagnoses($scenario, $source, $saw, &$symptoms, $fix);
        })*
    };
}

faults! {
    a_closed_database_port: "network-database-port-closed", "ec2:DescribeSecurityGroups" says "sg-",
        ["service-database-unreachable"], fix "aws ec2 authorize-security-group-ingress --group-id sg-";
    a_closed_target_port: "network-target-port-closed", "ec2:DescribeSecurityGroups" says "SG_HAS_NO_RULES",
        ["alb-health-check-timeout"], fix "--protocol tcp --port 8080";
    a_database_that_tasks_may_not_call: "network-database-egress-closed", "ec2:DescribeSecurityGroups" says "sg-",
        ["service-database-unreachable"], fix "aws ec2 authorize-security-group-egress --group-id sg-";
    apis_that_tasks_may_not_call: "network-api-egress-closed", "ec2:DescribeSecurityGroups" says "ENI_SG_RULES_MISMATCH",
        ["ecs-service-under-capacity"], fix "FromPort=443,ToPort=443";
    clients_that_are_kept_out: "network-client-port-closed", "ec2:DescribeSecurityGroups" says "sg-",
        [], fix "--protocol tcp --port 80 --cidr 0.0.0.0/0";
    a_network_acl_that_drops_answers: "network-acl-blocked", "ec2:DescribeNetworkAcls" says "SUBNET_ACL_RESTRICTION",
        ["service-database-unreachable"], fix "aws ec2 create-network-acl-entry --network-acl-id acl-";
    no_route_to_aws: "network-no-route-to-aws", "ec2:DescribeRouteTables" says "NO_ROUTE_TO_DESTINATION",
        ["ecs-service-under-capacity"], fix "aws ec2 create-route --route-table-id rtb-";
    no_route_to_the_registry: "network-no-route-to-internet", "ec2:DescribeRouteTables" says "NO_ROUTE_TO_DESTINATION",
        ["ecs-deployment-failing"], fix "aws ec2 create-route --route-table-id rtb-";
    a_nat_gateway_that_does_not_forward: "network-nat-not-forwarding", "ec2:DescribeRouteTables" says "nat-",
        ["ecs-service-under-capacity"], fix "aws ec2 replace-route --route-table-id rtb-";
    an_endpoint_that_lets_nobody_in: "network-endpoint-unusable", "ec2:DescribeSecurityGroups" says "SG_HAS_NO_RULES",
        ["ecs-service-under-capacity"], fix "aws ec2 authorize-security-group-ingress --group-id sg-";
    a_database_behind_a_wrong_route: "network-database-unroutable", "ec2:DescribeRouteTables" says "MORE_SPECIFIC_ROUTE",
        ["service-database-unreachable"], fix "aws ec2 delete-route --route-table-id rtb-";
    no_free_address: "network-interface-not-provisioned", "ec2:DescribeSubnets" says "no free address",
        ["ecs-service-under-capacity"], fix "aws ec2 describe-network-interfaces";
    an_image_tag_that_does_not_exist: "ecs-image-tag-missing", "ecr:DescribeImages" says "ImageNotFoundException",
        ["ecs-deployment-failing"], fix "aws ecr describe-images";
    an_image_that_may_not_be_pulled: "iam-image-pull-denied", "iam:SimulatePrincipalPolicy" says "ecr:",
        ["ecs-service-under-capacity"], fix "aws iam put-role-policy";
    a_secret_that_may_not_be_read: "iam-secret-read-denied", "iam:SimulatePrincipalPolicy" says "implicitDeny",
        ["ecs-service-under-capacity"], fix "secretsmanager:GetSecretValue";
    a_secret_that_does_not_exist: "secrets-secret-missing", "secretsmanager:DescribeSecret" says "ResourceNotFound",
        ["ecs-deployment-failing"], fix "aws secretsmanager list-secrets";
    a_json_key_that_is_not_in_the_secret: "secrets-json-key-missing", "ecs:DescribeTasks" says "did not contain json key",
        ["ecs-deployment-failing"], fix "jq keys";
    a_container_out_of_memory: "ecs-container-out-of-memory", "ecs:DescribeTasks" says "OutOfMemoryError",
        [], fix "Memory: \"1024\"";
    an_application_that_exits: "ecs-container-exited", "ecs:DescribeTasks" says "exit code 1",
        [], fix "probe logs";
    a_wrong_health_check_path: "alb-health-check-path-wrong", "elasticloadbalancing:DescribeTargetHealth" says "[404]",
        ["alb-no-healthy-targets"], fix "--health-check-path";
    a_wrong_health_check_port: "alb-health-check-port-wrong", "elasticloadbalancing:DescribeTargetGroups" says "9090",
        ["alb-no-healthy-targets"], fix "--health-check-port traffic-port";
    an_application_that_is_too_slow: "alb-health-check-timeout", "elasticloadbalancing:DescribeTargetHealth" says "Target.Timeout",
        ["alb-no-healthy-targets"], fix "probe logs";
    an_application_that_answers_5xx: "alb-health-check-server-error", "elasticloadbalancing:DescribeTargetHealth" says "[50",
        ["alb-no-healthy-targets"], fix "probe logs";
    a_grace_period_that_is_too_short: "ecs-grace-period-too-short", "logs:GetLogEvents" says " s after its start",
        ["ecs-tasks-failing-health-checks"], fix "--health-check-grace-period-seconds";
    a_command_that_cannot_be_executed: "ecs-command-not-executable", "ecs:DescribeTasks" says "executable file not found",
        ["ecs-deployment-failing"], fix "aws ecs update-service";
    a_user_that_the_image_does_not_know: "ecs-container-user-missing", "ecs:DescribeTasks" says "/etc/passwd",
        ["ecs-deployment-failing"], fix "aws ecs update-service";
    a_volume_over_the_program: "ecs-volume-hides-files", "ecs:DescribeTaskDefinition" says "is mounted at /",
        ["ecs-deployment-failing"], fix "aws ecs update-service";
    a_sidecar_that_exits: "ecs-sidecar-exited", "ecs:DescribeTasks" says "collector: 1",
        ["ecs-deployment-failing"], fix "probe logs";
    a_dependency_that_takes_too_long: "ecs-dependency-timeout", "ecs:DescribeTaskDefinition" says "SUCCESS, at most 60 s",
        ["ecs-deployment-failing"], fix "probe logs";
    a_program_that_ignores_sigterm: "ecs-sigterm-not-handled", "ecs:DescribeTasks" says "137",
        [], fix "aws ecs describe-task-definition";
    a_health_check_whose_tool_is_missing: "ecs-health-check-tool-missing", "logs:GetLogEvents" says "curl: not found",
        ["ecs-tasks-failing-health-checks"], fix "aws ecs update-service";
    a_container_health_check_that_fails: "ecs-container-health-check-failed", "ecs:DescribeTasks" says "failed container health checks",
        ["ecs-tasks-failing-health-checks"], fix "probe logs";
    an_alarm_that_ends_a_deployment: "ecs-deployment-alarm-triggered", "ecs:DescribeServiceDeployments" says "alarm",
        ["ecs-deployment-rolled-back"], fix "aws cloudwatch describe-alarms";
    a_deployment_that_cannot_move: "ecs-deployment-deadlocked", "ecs:DescribeServices deploymentConfiguration" says "maximumPercent 100",
        [], fix "maximumPercent=200";
    protected_tasks: "ecs-task-protection-blocks-scale-in", "ecs:DescribeServices events" says "under protection",
        [], fix "aws ecs get-task-protection";
    a_port_that_the_task_definition_does_not_have: "ecs-load-balancer-mapping-wrong", "ecs:DescribeTaskDefinition" says ":8081",
        [], fix "aws ecs update-service";
    a_fargate_quota: "capacity-fargate-quota", "ecs:DescribeServices events" says "vCPUs",
        ["ecs-service-under-capacity"], fix "aws service-quotas";
    a_fargate_without_capacity: "capacity-fargate-unavailable", "ecs:DescribeServices events" says "Capacity is unavailable",
        ["ecs-service-under-capacity"], fix "aws ec2 describe-subnets";
    spot_capacity_that_is_taken_back: "capacity-spot-interrupted", "ecs:DescribeTasks" says "Spot",
        [], fix "capacityProvider=FARGATE,base=";
    an_efs_directory_that_does_not_exist: "storage-efs-path-missing", "ecs:DescribeTasks" says "No such file or directory",
        ["ecs-deployment-failing"], fix "aws efs create-access-point";
    an_efs_mount_that_is_denied: "storage-efs-access-denied", "ecs:DescribeTasks" says "access denied by server",
        ["ecs-deployment-failing"], fix "aws efs describe-file-system-policy";
    an_efs_mount_that_is_dropped: "storage-efs-network-blocked", "ecs:DescribeTasks" says "mount",
        ["ecs-deployment-failing"], fix "aws e";
}

#[test]
fn a_rolled_back_deployment_that_looks_healthy_is_a_symptom_of_what_its_tasks_failed_for() {
    let lab = Lab::deployed();
    lab.break_it("ecs-deployment-rolled-back");
    let (code, report) = lab.diagnose(&[]);
    assert_eq!(
        ids(&report["causes"]),
        ["ecs-container-exited"],
        "{report:#}"
    );
    let symptoms = ids(&report["causes"][0]["symptoms"]);
    assert!(
        symptoms.contains(&"ecs-deployment-rolled-back"),
        "{report:#}"
    );
    assert_eq!(code, 1);
}

#[test]
fn the_printed_fix_heals_the_stack() {
    let lab = Lab::deployed();
    lab.break_it("network-database-port-closed");
    let (code, broken) = lab.diagnose(&[]);
    assert_eq!(code, 1);
    lab.recover();
    assert_eq!(lab.diagnose(&[]).0, 1, "time alone heals nothing");
    lab.shell(broken["causes"][0]["fix"][0]["command"].as_str().unwrap());
    lab.recover();
    let (code, healed) = lab.diagnose(&[]);
    assert_eq!(
        (code, &healed["verdict"]),
        (0, &json!("healthy")),
        "{healed:#}"
    );
}
