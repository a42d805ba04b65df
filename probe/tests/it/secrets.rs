//! No secret leaves AWS with `probe`: they are planted wherever people leave them, and looked for in all it says.

use serde_json::json;

use crate::{lab::Lab, run};

/// What every planted secret begins with.
const MARK: &str = "PLANTED";

/// A revision with secrets in values, entry point, command, health check, labels and tags; a role whose policy has
/// them in its comments and conditions; a secret whose value must not be read; tags on the service.
const PLANT: &str = r#"
export AWS_DEFAULT_REGION=ap-northeast-1
cluster=$(aws ecs list-clusters --query 'clusterArns[0]' --output text)
service=$(aws ecs list-services --cluster "$cluster" --query 'serviceArns[0]' --output text)
definition=$(aws ecs describe-services --cluster "$cluster" --services "$service" \
  --query 'services[0].taskDefinition' --output text)
role=$(aws ecs describe-task-definition --task-definition "$definition" \
  --query 'taskDefinition.executionRoleArn' --output text)
secret=$(aws ecs describe-task-definition --task-definition "$definition" \
  --query 'taskDefinition.containerDefinitions[0].secrets[0].valueFrom' --output text | cut -d: -f1-7)
aws ssm put-parameter --name /events/token --type SecureString --value PLANTED-parameter >/dev/null
aws secretsmanager put-secret-value --secret-id "$secret" \
  --secret-string '{"username": "PLANTED-user", "password": "PLANTED-value"}' >/dev/null
aws iam put-role-policy --role-name "${role##*/}" --policy-name planted --policy-document '{
  "Version": "2012-10-17", "Statement": {"Sid": "PLANTEDsid", "Effect": "Allow", "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::bucket/key?X-Amz-Signature=PLANTED-resource",
  "Condition": {"StringEquals": {"sts:ExternalId": "PLANTED-condition"}}}}'
aws ecs tag-resource --resource-arn "$service" --tags key=note,value=PLANTED-service-tag
aws ecs describe-task-definition --task-definition "$definition" --query taskDefinition | python3 -c '
import json, sys
given = json.load(sys.stdin)
keep = ("family", "taskRoleArn", "executionRoleArn", "networkMode", "requiresCompatibilities", "cpu", "memory", "runtimePlatform")
made = {key: given[key] for key in keep if key in given}
[container] = given["containerDefinitions"]
container["environment"] += [
    {"name": "PLAIN", "value": "PLANTED-plain"},
    {"name": "SMTP_PASSWORD", "value": "PLANTED-password"},
    {"name": "DATABASE_URL", "value": "postgres://app:PLANTED/w?rd#@x@db.example:5432/events"},
    {"name": "CACHE_DSN", "value": "host=cache password=PLANTED-dsn"},
    {"name": "LAYER", "value": "https://b.s3.amazonaws.com/k?X-Amz-Security-Token=PLANTED-presigned"},
]
container["secrets"].append({"name": "TOKEN", "valueFrom": "/events/token"})
container["entryPoint"] = ["/service", "--password=PLANTED-entry-point"]
container["command"] = ["--token", "PLANTED-command", "--url", "mysql://u:PLANTED-url@h/x"]
container["healthCheck"]["command"] = ["CMD-SHELL", "curl -u probe:PLANTED-basic -H \"Authorization: Bearer PLANTED-bearer\" http://localhost/health --api-key PLANTED-key"]
container["dockerLabels"] = {"note": "PLANTED-label"}
made["containerDefinitions"] = [container]
made["tags"] = [{"key": "note", "value": "PLANTED-tag"}]
json.dump(made, open(sys.argv[1], "w"))
' "$FILE"
made=$(aws ecs register-task-definition --cli-input-json "file://$FILE" \
  --query 'taskDefinition.taskDefinitionArn' --output text)
aws ecs update-service --cluster "$cluster" --service "$service" --task-definition "$made" >/dev/null
"#;

/// What a program, the agent and CloudFormation are known to print.
const SAYINGS: [&str; 7] = [
    "FATAL: cannot connect to postgres://app:PLANTED-log@db.example:5432/events: timeout",
    r#"{"level":"error","msg":"login failed","password":"PLANTED-json","user":"app"}"#,
    "DB_PASSWORD=PLANTED-env PGPASSWORD=PLANTED-pg exec /service",
    "GET https://b.s3.ap-northeast-1.amazonaws.com/k?X-Amz-Credential=PLANTED-c&X-Amz-Signature=PLANTED-s 403",
    "Authorization: Bearer PLANTED-bearer.token.value",
    "running: psql --password PLANTED-argument -h db",
    "curl: (22) https://app:PLANTED-userinfo@api.example/v1 returned 401",
];

#[test]
fn planted_secrets_are_in_no_output_and_in_no_snapshot() {
    let lab = Lab::deployed();
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("definition.json");
    lab.shell(&format!("FILE={}\n{PLANT}", file.display()));
    lab.lab("recover", &json!({}));
    lab.lab("log", &json!({ "lines": SAYINGS }));
    let event = "(service x) was unable to place a task: https://b.example/k?token=PLANTED-event";
    lab.lab("event", &json!({ "message": event }));
    let stop = json!({
        "stoppedReason": format!("CannotPullContainerError: {}", SAYINGS[3]),
        "containerReason": SAYINGS[0],
        "stopCode": "EssentialContainerExited",
        "exitCode": 1,
    });
    lab.lab("stop", &stop);

    let mut outputs: Vec<(String, String)> = vec![];
    let mut see = |args: &[&str]| {
        let (_, out, err) = run(&mut lab.probe(args));
        outputs.push((args.join(" "), out.clone() + &err));
        out
    };
    let snapshot = see(&["snapshot", "--check-secret-keys"]);
    for format in ["table", "json", "markdown"] {
        for lang in ["en", "ja"] {
            see(&["diagnose", "-o", format, "--lang", lang]);
        }
        see(&["tasks", "-o", format]);
        see(&["targets", "-o", format]);
    }
    see(&["snapshot"]);
    see(&["logs", "--since", "1h"]);
    see(&["logs", "--since", "1h", "--filter", "password"]);

    let saved = dir.path().join("snapshot.json");
    std::fs::write(&saved, &snapshot).unwrap();
    let mut offline = |args: &[&str]| {
        let (_, out, err) = run(crate::probe().args(args));
        outputs.push((args.join(" "), out + &err));
    };
    for format in ["table", "json", "markdown"] {
        offline(&["diagnose", "-o", format, "--from", saved.to_str().unwrap()]);
        for saying in SAYINGS {
            offline(&["explain", "--message", saying, "-o", format]);
        }
    }

    for (command, output) in &outputs {
        let leaks: Vec<&str> = output.lines().filter(|line| line.contains(MARK)).collect();
        // The command line itself is the caller's own.
        let is_echo = command.starts_with("explain") && output.contains("unexpected argument");
        assert!(leaks.is_empty() || is_echo, "{command}: {leaks:#?}");
    }
    // What was planted did come by: the places are there, without the secrets.
    for told in [
        "\"SMTP_PASSWORD\"",
        "\"DATABASE_URL\"",
        "\"CACHE_DSN\"",
        "db.example",
        "sts:ExternalId",
        "\"/events/token\"",
        "\"username\"",
        "[redacted]@db.example",
        "unable to place a task",
        "--password=[redacted]",
        "CannotPullContainerError",
    ] {
        assert!(
            snapshot.contains(told),
            "no {told} in the snapshot:\n{snapshot}"
        );
    }
}
