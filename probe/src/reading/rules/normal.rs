//! Events that are no faults.

use crate::reading::{
    message::Place,
    rule::{Rule, normal},
};

/// The database can be reached again.
pub(in crate::reading) const BACK: &str = "is reachable again|connection restored|reconnected|connection re-established|connection reestablished|back online";

pub(super) const RULES: &[Rule] = &[
    normal("ok-steady-state", &["has reached a steady state|steady state|reached steady state"])
        .unless("unable|not reach|did not|failed|isn't|has not|hasn't|never"),
    normal("ok-steady-state", &["deployment", "completed|rolloutstate\":\"completed|was successful|successfully"])
        .unless("fail|circuit breaker|rolled back|rolling back|rollback|alarm detected"),
    normal("ok-steady-state", &["has started 1 tasks|has started|registered 1 targets|registered", "tasks:|task |targets in|instances in"])
        .unless("unable|fail|deregistered|unhealthy|not registered|unregistered|could not|target.notregistered|is not registered")
        .only(&[Place::ServiceEvent]),
    normal("ok-steady-state", &["create_complete|update_complete|create_in_progress|update_in_progress|delete_complete"])
        .unless("failed|rollback"),
    normal("ok-steady-state", &[BACK])
        .unless("not reconnected|never reconnected"),
    normal("ok-steady-state", &["recovered|connection established|connected to the database|connected to postgres|successfully connected|connection ready|0 failed|0 errors|no errors|connection successful|start completed|connected successfully|succeeded after|connection reestablished|healthy again|is healthy|passed"])
        .unless("unable|not connected|cannot|could not|unhealthy|connection failed|unrecovered|not recovered|econnre|is not healthy|no pg_hba"),
    normal("ok-steady-state", &["listening on|listening at|ready to accept connections|server started|started in|ready to accept"])
        .unless("fail|error|not ready|refused|is the server|eaddrinuse|already in use|timed out|timeout"),
    normal("normal-scale-in", &["scaling activity|deployment completed|stopped by user|user initiated|userinitiated|stopped by the user|service scheduler|serviceschedulerinitiated|has stopped|task stopped by|desired count|desiredcount|set to 0|rebalanc|scaling in|scale-in|scale in"])
        .unless("unable|fail|unhealthy|protect|health check|alarm detected|circuit|throttl|spot|unavailable|insufficient|did not|error|sigkill"),
    normal("normal-scale-in", &["{exit-143}|sigterm|graceful shutdown|shutting down gracefully|gracefully|signal 15"])
        .unless("sigkill|not stop|did not|not exit|timeout|timed out|ignored|not handled|failed|{exit-137}|database system|administrator command"),
    normal("normal-exit", &["{exit-0}"])
        .unless("oom|outofmemory|out of memory|memory usage"),
    normal("target-draining", &["deregistrationinprogress|deregistration is in progress|begun draining|draining|connection draining|deregistered|deregistering"])
        .unless("unhealthy|unable|fail|not registered|target.notregistered|container instance|error"),
    normal("target-initializing", &["registrationinprogress|registration is in progress|initialhealthchecking|initial health check|initial health checks|initializing"])
        .unless("deregistration|unhealthy|fail|error|timed out|module"),
    normal("ok-steady-state", &["target.healthy|health checks passed|state: healthy|is now healthy"])
        .unless("unhealthy"),
];
