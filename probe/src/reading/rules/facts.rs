//! Words that prove or refute causes, whatever else a message means.

use crate::reading::rule::{Rule, fact};

pub(super) const RULES: &[Rule] = &[
    // PostgreSQL answered: the way to its port is open.
    fact(&["pg_hba.conf|password authentication failed|pam authentication|remaining connection slots|too many clients|permission denied for schema|read-only transaction|administrator command|database system is|requires libpq|idle-in-transaction"])
        .refutes(&["db-sg-ingress-missing", "db-unreachable-network", "db-connection-refused", "db-hostname-malformed"]),
    // A reset is an answer too: dropped packets give none.
    fact(&["econnrefused|connection refused"])
        .refutes(&["nacl-blocked", "task-egress-sg-blocked"]),
    // AWS answered: the path to its API is open.
    fact(&["accessdenied|not authorized to perform|resourcenotfoundexception|did not contain json key|marked for deletion|looking for beginning of value|parameternotfound"])
        .refutes(&["no-route-to-aws-api", "nat-not-forwarding", "eni-provisioning-timeout"]),
    fact(&["did not contain json key|looking for beginning of value|associated with jsonkey"])
        .refutes(&["exec-role-missing-secret-permission", "exec-role-missing-kms-decrypt", "secret-scheduled-for-deletion"]),
    // The registry knows the role: only the image is missing.
    fact(&["manifest unknown|requested image not found"])
        .refutes(&["exec-role-missing-ecr-permission", "registry-auth-failed", "registry-unreachable", "no-route-to-aws-api"]),
    // The container runs, so its image was pulled and its network is up.
    fact(&["failed container health checks|essential container in task exited|failed elb health checks"])
        .refutes(&["image-tag-missing", "image-repository-missing", "exec-role-missing-ecr-permission", "eni-provisioning-timeout"]),
    // An answer, although the wrong one, came from the target.
    fact(&["with these codes|responsecodemismatch"])
        .refutes(&["health-check-timeout", "health-check-port-wrong"]),
    fact(&["{code-400}", "health check|healthcheck|unhealthy"]).supports(&["health-check-host-header-rejected"]),
    fact(&["{code-5}", "unhealthy|health checks"]).supports(&["app-slow-start", "db-connect-timeout-unspecified"]),
];
