//! Health checks of load balancers and containers, and what targets say of themselves.

use crate::reading::{
    message::Place,
    rule::{Rule, fault},
};

const CHECKED: &[Place] = &[
    Place::TargetHealth,
    Place::ServiceEvent,
    Place::StoppedReason,
    Place::CfnEvent,
];
const SAID_BY_ECS: &[Place] = &[
    Place::ServiceEvent,
    Place::StoppedReason,
    Place::ContainerReason,
    Place::CfnEvent,
    Place::TargetHealth,
];

pub(super) const RULES: &[Rule] = &[
    fault("target-group-not-attached", &["not configured to receive traffic|not have an associated load balancer|not associated with a load balancer|not associated with any load balancer|no associated load balancer|not used by any|isn't associated with|must be associated with a load balancer|target group is not attached|not attached to a load balancer|not in use by"])
        .strong()
        .certain(),
    fault("target-group-not-attached", &["target.notinuse|target.unused"])
        .weak()
        .supports(&["lb-az-not-enabled"]),
    fault("lb-az-not-enabled", &["availability zone", "not enabled for|isn't enabled|is not enabled|disabled", "load balancer"])
        .strong()
        .certain(),
    fault("target-not-registered", &["target.notregistered|not registered to the target group|not registered with|isn't registered|target is not registered|not registered"])
        .unless("unregistered|container instance")
        .certain(),
    fault("target-ip-unusable", &["target.ipunusable|ip address can't be used|can't be used as a target|in use by a load balancer|cannot be used as a target|used by a load balancer|unusable"])
        .certain(),
    fault("target-invalid-state", &["target.invalidstate|stopped state|terminated state|stopped or terminated|in the stopped|in the terminated"])
        .certain(),
    fault("elb-internal-error", &["elb.internalerror|internal error|internalerror"])
        .only(&[Place::TargetHealth])
        .certain(),
    fault("health-check-disabled", &["healthcheckdisabled|health checks are disabled|health check is disabled|health checks disabled|health checks are not enabled"])
        .strong()
        .certain(),
    fault("health-check-timeout", &["target.timeout|request timed out|connection timed out|timed out|request timeout|no response"])
        .only(&[Place::TargetHealth]),
    fault("health-check-timeout", &["unhealthy|health check|healthcheck|healthy", "request timed out|timed out|request timeout|timeout|no response from the target"])
        .only(CHECKED)
        .unless("{code-4}|{code-5}|{code-3}|starttimeout|database|with these codes"),
    fault("health-check-code-mismatch", &["responsecodemismatch|health checks failed with these codes|with these codes|failed with code|response code mismatch|unexpected status code|response codes"])
        .unless("pull|resolve ref|httpreaderseeker|failed to copy|starport"),
    fault("health-check-code-mismatch", &["health check|unhealthy", "{code-4}|{code-5}|{code-3}"])
        .unless("pull|resolve ref|status=200|container health check|healthcheck command"),
    fault("health-check-failed-generic", &["target.failedhealthchecks|health checks failed|failed elb health checks|failed health checks|number of health checks consecutively|unhealthythreshold|is unhealthy in|failed elb health|failed load balancer health|failing health checks|elb health checks|load balancer health check"])
        .unless("container health check|{code-4}|{code-5}|{code-3}|timed out")
        .weak()
        .supports(&["health-check-too-aggressive", "app-slow-start", "health-check-port-wrong"]),
    fault("health-check-too-aggressive", &["grace period|graceperiod|threshold|interval", "too short|too low|too aggressive|expired|before"])
        .only(SAID_BY_ECS)
        .weak(),
    fault("health-check-port-wrong", &["health check port|healthcheckport|health-check port|wrong port|port mismatch"])
        .unless("container port|mapping"),
    fault("app-slow-start", &["slow start|slow to start|still starting|not ready yet|startup took|start-up|took too long to start"])
        .only(SAID_BY_ECS)
        .weak(),
    fault("health-check-host-header-rejected", &["invalid http_host header|allowed_hosts|disallowedhost|blocked host|blocked hosts|host not allowed|hostauthorization|host is not allowed|invalid host header|disallowed host|bad request - invalid hostname|host header is not|not allowed. add|invalid host"])
        .strong()
        .certain(),
    fault("container-health-check-tool-missing", &["curl|wget|healthcheck|grpc_health_probe|nc: |pg_isready", "not found|no such file or directory|executable file not found|command not found|exec: "])
        .unless("manifest|repository|exec format|could not resolve|404|secret|log group|invalid http")
        .strong(),
    fault("container-health-check-failed", &["failed container health checks|container health checks|container health check|container failed health|failed container health|health check command|healthcheck command|container is unhealthy|containers are unhealthy"])
        .supports(&["container-health-check-tool-missing"]),
    fault("container-health-check-failed", &["curl: (|wget: ", "failed to connect|connection refused|couldn't connect|can't connect|empty reply|returned error|timed out|server returned", "{loopback}|health"])
        .supports(&["health-check-port-wrong"]),
    fault("keepalive-shorter-than-alb-idle", &["keep-alive|keepalive|keep alive|keepalivetimeout|idle timeout", "502|bad gateway|alb|load balancer|shorter|reset|closed|timeout"])
        .unless("idle in transaction|idle-in-transaction|idle_in_transaction|tcp_keepalives|database|postgres|terminating connection|idle-session"),
    fault("keepalive-shorter-than-alb-idle", &[" -1 502 - | -1 502 -1| 502 - "]),
    fault("keepalive-shorter-than-alb-idle", &["prematurely closed connection|upstream prematurely|connection reset by peer) while reading response|closed keepalive connection|502 bad gateway|before a response was|reading response header"])
        .unless("v2/|pull|postgres")
        .weak(),
];
