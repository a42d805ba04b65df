//! Task definitions that ECS refuses.

use crate::reading::rule::{Rule, fault};

pub(super) const RULES: &[Rule] = &[
    fault("task-size-invalid", &["invalid 'cpu' setting|invalid 'memory' setting|no fargate configuration exists|invalid cpu|invalid memory|cpu value|memory value|cpu or memory value|invalid 'cpu'|invalid 'memory'|combination of cpu and memory|cpu and memory"])
        .unless("quota|limit on|utilization|average|memory address|pull")
        .certain(),
    fault("task-size-invalid", &["container|task", "cpu|memory", "greater than|exceeds the task|less than or equal|sum of|must be less|higher than|invalid|not supported|not valid|must be between|at least"])
        .unless("above your limit|container instance|killed|utilization|outofmemory|reserved|scaling|alarm|placement|run concurrently|quota|capacity|memory address|cannotpull"),
    fault("target-group-arn-invalid", &["target group|targetgroup|target-group|targetgrouparn", "not a valid|invalid arn|not found|does not exist|is not in the correct format|unable to find|cannot be found|arn is invalid|malformed|not valid|should be of the form|could not be found"])
        .unless("associated load balancer|is unhealthy|container "),
    // What ECS says of a name where an ARN belongs; no role is the reason.
    fault("target-group-arn-invalid", &["validate the specified targetgrouparn"])
        .strong()
        .certain(),
    fault("target-group-arn-invalid", &["unable to describe target|targetgroupnotfound|describe target groups", "target"])
        .certain(),
];
