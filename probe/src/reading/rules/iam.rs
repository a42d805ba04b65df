//! Permissions of the execution role, the task role and ECS itself.

use super::DENIED;
use crate::reading::rule::{Rule, fault};

pub(super) const RULES: &[Rule] = &[
    fault("role-not-assumable", &["unable to assume|not able to assume|cannot assume|could not assume|unable to be assumed|can't be assumed|cannot be assumed|failed to assume|not authorized to perform: sts:assumerole|assumerole operation|trust relationship|trust policy|can not be assumed"])
        .unless("validate the specified targetgrouparn")
        .strong()
        .certain(),
    fault("role-not-assumable", &["passrole|role is not valid|role arn is invalid|invalid role|role with name|role does not exist|nosuchentity|unable to fetch credentials|credentials for the role|retrieve credentials", "role"])
        .unless("pg_|postgres|fatal"),
    fault("exec-role-missing-logs-permission", &["logs:createlogstream|logs:createloggroup|logs:putlogevents|logs:describelogstreams|logs:"])
        .unless("arn:aws:logs:|on resource")
        .weak(),
    fault("exec-role-missing-logs-permission", &["logs:createlogstream|logs:createloggroup|logs:putlogevents|logs:describe|log stream|log group|logger args|logging driver|awslogs|putlogevents|createlogstream|create stream has been|log router|cloudwatch", DENIED])
        .unless("secretsmanager:|ecr:|ssm:|endpoint policy|kms:|mount.nfs4")
        .certain()
        .refutes(&["no-route-to-logs", "log-group-missing"]),
    fault("exec-role-missing-logs-permission", &["role", "permission", "log stream|log group|cloudwatch logs|create log"])
        .unless("connection issue|timeout"),
    fault("exec-role-missing-ecr-permission", &["ecr:getauthorizationtoken|ecr:batchgetimage|ecr:getdownloadurlforlayer|ecr:batchchecklayeravailability|ecr:get|ecr:batch|ecr:describe"])
        .unless("no resource-based policy|endpoint policy")
        .certain(),
    fault("exec-role-missing-ecr-permission", &["registry auth|ecr registry|dkr.ecr|resolve ref|amazon ecr|getauthorizationtoken|batchgetimage", "accessdenied|not authorized to perform|access denied|403 forbidden|status code 403|is not authorized|denied: user"])
        .unless("secret from asm|secrets from ssm|from secrets manager|secretsmanager:|s3.|starport|httpreaderseeker|endpoint policy|docker.io|pull access denied for "),
    fault("exec-role-missing-ecr-permission", &["role has the permissions to pull|permissions to pull images|permission to pull"])
        .certain(),
    fault("exec-role-missing-secret-permission", &["secretsmanager:|getsecretvalue", DENIED])
        .unless("kms:|access to kms|endpoint policy")
        .certain()
        .supports(&["iam-eventual-consistency"]),
    fault("exec-role-missing-secret-permission", &["secret from asm|from secrets manager|secrets manager|fetch secret", DENIED])
        .unless("kms|endpoint policy|marked for deletion|ssm:|ecr:")
        .supports(&["exec-role-missing-kms-decrypt", "iam-eventual-consistency"]),
    fault("exec-role-missing-secret-permission", &["failed to fetch secret|retrieve secret from asm"])
        .last()
        .possible()
        .supports(&["exec-role-missing-kms-decrypt", "no-route-to-aws-api"]),
    fault("exec-role-missing-ssm-permission", &["ssm:getparameter|ssm:getparameters|ssm:|secrets from ssm|parameter store|from ssm|systems manager|getparameters", DENIED])
        .unless("kms:|access to kms|endpoint policy|ssmmessages")
        .certain()
        .strong(),
    fault("exec-role-missing", &["execution role|executionrolearn|task execution role|executionrole", "must specify|you must|null|required|requires|missing|has no|without|does not have an|not specified|is empty|should be provided|must be"])
        .unless("assume|not authorized to perform|accessdenied|permission")
        .certain(),
    fault("exec-role-missing-kms-decrypt", &["kms:decrypt|kms:|access to kms|kms key|ciphertext|kms is not allowed|accessdeniedexception: the ciphertext|kms exception|kms.", DENIED])
        .unless("endpoint policy|i/o timeout|timed out")
        .strong()
        .certain(),
    fault("exec-role-missing-kms-decrypt", &["kms", "can't access|cannot access|could not access|not accessible|can't decrypt|failed to decrypt|decrypt the secret|decryptionfailure|invalidciphertext|kmsaccessdenied|not allowed|unable to decrypt"])
        .strong(),
    fault("iam-eventual-consistency", &["eventual|propagat|not yet been|recently created|just created|try again in a few", "role|policy|permission|iam"])
        .unless("draining|deployment"),
];
