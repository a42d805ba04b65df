//! What a task takes from another Region than its own: ECS goes to the Region of the ARN, and so does `probe`.

use serde_json::{Value, json};

use crate::{
    lab::{Lab, ids},
    run,
};

/// A revision with a secret in eu-west-1 under a key of the customer there, and a parameter in us-east-1, which its
/// execution role may read.
const PLANT: &str = r#"
export AWS_DEFAULT_REGION=ap-northeast-1
cluster=$(aws ecs list-clusters --query 'clusterArns[0]' --output text)
service=$(aws ecs list-services --cluster "$cluster" --query 'serviceArns[0]' --output text)
definition=$(aws ecs describe-services --cluster "$cluster" --services "$service" \
  --query 'services[0].taskDefinition' --output text)
role=$(aws ecs describe-task-definition --task-definition "$definition" \
  --query 'taskDefinition.executionRoleArn' --output text)
key=$(aws kms create-key --region eu-west-1 --query KeyMetadata.KeyId --output text)
aws kms create-alias --region eu-west-1 --alias-name alias/far --target-key-id "$key"
secret=$(aws secretsmanager create-secret --region eu-west-1 --name far --kms-key-id alias/far \
  --secret-string '{"token": "x"}' --query ARN --output text)
aws ssm put-parameter --region us-east-1 --name /far/port --type String --value 1 >/dev/null
parameter=$(aws ssm get-parameter --region us-east-1 --name /far/port --query Parameter.ARN --output text)
aws iam put-role-policy --role-name "${role##*/}" --policy-name far --policy-document '{
  "Version": "2012-10-17", "Statement": {"Effect": "Allow", "Resource": "*",
  "Action": ["secretsmanager:GetSecretValue", "ssm:GetParameters", "kms:Decrypt"]}}'
aws ecs describe-task-definition --task-definition "$definition" --query taskDefinition | python3 -c '
import json, sys
given = json.load(sys.stdin)
keep = ("family", "taskRoleArn", "executionRoleArn", "networkMode", "requiresCompatibilities", "cpu", "memory", "runtimePlatform")
made = {key: given[key] for key in keep if key in given}
made["containerDefinitions"] = given["containerDefinitions"]
made["containerDefinitions"][0]["secrets"] += [
    {"name": "FAR_TOKEN", "valueFrom": sys.argv[2] + ":token::"},
    {"name": "FAR_PORT", "valueFrom": sys.argv[3]},
]
json.dump(made, open(sys.argv[1], "w"))
' "$FILE" "$secret" "$parameter"
made=$(aws ecs register-task-definition --cli-input-json "file://$FILE" \
  --query 'taskDefinition.taskDefinitionArn' --output text)
aws ecs update-service --cluster "$cluster" --service "$service" --task-definition "$made" >/dev/null
"#;

const START_AGAIN: &str = r#"
export AWS_DEFAULT_REGION=ap-northeast-1
cluster=$(aws ecs list-clusters --query 'clusterArns[0]' --output text)
service=$(aws ecs list-services --cluster "$cluster" --query 'serviceArns[0]' --output text)
aws ecs update-service --cluster "$cluster" --service "$service" --force-new-deployment >/dev/null
"#;

fn with_far_secrets(lab: &Lab) {
    let file = tempfile::NamedTempFile::new().unwrap();
    lab.shell(&format!("FILE={}\n{PLANT}", file.path().display()));
    lab.recover();
}

/// Removes something of another Region and starts the tasks again; the subject of the one cause.
fn without(lab: &Lab, command: &str, cause: &str) -> Value {
    lab.shell(command);
    lab.shell(START_AGAIN);
    lab.recover();
    let (code, report) = lab.diagnose(&[]);
    assert_eq!(
        (code, ids(&report["causes"])),
        (1, vec![cause]),
        "{report:#}"
    );
    report["causes"][0].clone()
}

#[test]
fn what_is_there_in_another_region_is_seen_there() {
    let lab = Lab::deployed();
    with_far_secrets(&lab);
    let (code, out, err) = run(&mut lab.probe(&["snapshot"]));
    assert_eq!(code, 0, "{err}");
    let snapshot: Value = serde_json::from_str(&out).unwrap();
    let part = |section: &str, mark: &str| {
        let section = snapshot[section].as_object().unwrap();
        let found = section.iter().find(|(name, _)| name.contains(mark));
        found
            .unwrap_or_else(|| panic!("no {mark} in {section:?}"))
            .1
    };
    assert_eq!(part("secrets", "eu-west-1")["Ok"]["present"]["name"], "far");
    assert_eq!(part("parameters", "us-east-1")["Ok"], "present");
    let key = part("keys", "arn:aws:kms:eu-west-1");
    assert_eq!(key["Ok"]["state"], "Enabled");
    assert!(part("key_policies", "arn:aws:kms:eu-west-1")["Ok"].is_object());

    let (code, report) = lab.diagnose(&[]);
    assert_eq!(
        (code, &report["verdict"]),
        (0, &json!("healthy")),
        "{report:#}"
    );
}

#[test]
fn what_is_missing_in_another_region_is_named_with_that_region() {
    let lab = Lab::deployed();
    with_far_secrets(&lab);
    let secret = without(
        &lab,
        "aws secretsmanager delete-secret --region eu-west-1 --secret-id far --force-delete-without-recovery >/dev/null
         aws secretsmanager create-secret --region ap-northeast-1 --name far --secret-string '{\"token\": \"x\"}' >/dev/null",
        "secrets-secret-missing",
    );
    let subject = secret["subject"].as_str().unwrap();
    assert!(
        subject.starts_with("arn:aws:secretsmanager:eu-west-1:"),
        "{subject}"
    );
    let command = secret["fix"][0]["command"].as_str().unwrap();
    assert!(command.ends_with("--region eu-west-1"), "{command}");
}

#[test]
fn a_parameter_that_is_missing_in_another_region_is_named() {
    let lab = Lab::deployed();
    with_far_secrets(&lab);
    let parameter = without(
        &lab,
        "aws ssm delete-parameter --region us-east-1 --name /far/port
         aws ssm put-parameter --region ap-northeast-1 --name /far/port --type String --value 1 >/dev/null",
        "secrets-parameter-missing",
    );
    let subject = parameter["subject"].as_str().unwrap();
    assert!(subject.starts_with("arn:aws:ssm:us-east-1:"), "{subject}");
}
