//! Faults of what AWS has to give: quotas, capacity, placement.

use super::told;

catalogue! {
    ec2_placement_failed,
    ecs_throttled,
    fargate_quota,
    fargate_unavailable,
    spot_architecture_unsupported,
    spot_interrupted,
}
