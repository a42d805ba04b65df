//! Log groups and the way to them.

use super::{NO_NAME, NO_PATH, SILENCE};
use crate::reading::rule::{Rule, fault};

const LOGS: &str = "cloudwatch|logger args|logging driver|awslogs|log stream|log group|logs.|create stream has been|putlogevents|createlogstream|log events";

pub(super) const RULES: &[Rule] = &[
    fault("log-group-missing", &["log group|loggroup|log-group|log stream|logging driver|logger args", "does not exist|doesn't exist|not found|resourcenotfound|cannot find|can't find|could not find|no such"])
        .unless("connection issue|i/o timeout|timed out|signal: killed|no such host|secrets manager")
        .certain()
        .refutes(&["no-route-to-logs", "exec-role-missing-logs-permission"]),
    fault("log-group-missing", &["the task cannot find the amazon cloudwatch log group"])
        .weak()
        .supports(&["no-route-to-logs"]),
    fault("no-route-to-logs", &["cloudwatch|log group|log stream|awslogs|logger args|logging driver", "connection issue|signal: killed|check your network|check your task network|unable to reach"])
        .strong(),
    fault("no-route-to-logs", &[LOGS, SILENCE])
        .unless("postgres|:5432|efs|no such file|.rds.|database|secretsmanager.|catalogs.|blogs.|dialogs.")
        .strong()
        .supports(&["vpc-endpoint-misconfigured", "task-egress-sg-blocked"]),
    fault("no-route-to-logs", &[LOGS, NO_PATH]).unless(":5432|.rds.").strong(),
    fault("no-route-to-logs", &[LOGS, NO_NAME]).unless(":5432|.rds.|secretsmanager.").strong(),
    fault("no-route-to-logs", &["logger args|logging driver|cloudwatch log stream|create log", "requesterror|send request failed|requestcanceled"])
        .strong(),
];
