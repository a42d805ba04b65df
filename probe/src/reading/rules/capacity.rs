//! Quotas, capacity, placement, throttling.

use crate::reading::rule::{Rule, fault};

pub(super) const RULES: &[Rule] = &[
    fault("fargate-quota", &["reached the limit on the number of|limit on the number of vcpu|limit on the number of tasks|above your limit|vcpu limit|on-demand vcpu|reached your limit|service quota|vcpu quota|reached the limit|quota for|number of tasks you can run|tasks you can run concurrently|run concurrently|memory configuration is above|cpu configuration is above"])
        .unless("pull rate|elastic ip|network interface|connections|platform|target")
        .certain(),
    fault("fargate-quota", &["limitexceeded|exceeded your|servicequotaexceeded|quota exceeded|exceeds your|would exceed", "task|fargate|vcpu|ecs"])
        .unless("throttl|rate exceeded|pull rate|interface|elastic ip|disk"),
    fault("fargate-capacity-unavailable", &["capacity is unavailable|capacity unavailable|insufficient capacity|no capacity|capacity at this time|capacity isn't available|capacity not available|not have enough capacity|not enough capacity|insufficientcapacity|lack of capacity|capacity constraints|capacity is currently unavailable|capacityerror|currently unavailable|capacity is not available|try again later or in a different availability zone"])
        .unless("container instance|ec2|spot interruption|arm|capacity provider strategy"),
    fault("fargate-spot-arm-unsupported", &["spot|capacity provider", "arm64|arm |graviton|cpu architecture|cpuarchitecture|architecture|runtime platform|runtimeplatform"])
        .unless("interrupt|reclaim")
        .strong(),
    fault("ec2-placement-failure", &["no container instance|closest matching|container instance|resource:cpu|resource:memory|resource:gpu|no container instances|missing an attribute|missing attribute|memberof|distinctinstance|placement constraint|no instances found|agentconnected|agent connected|agent disconnected"])
        .unless("fargate|resource:eni|resource:port|network interface|draining|has been deregistered|scaling activity|deregistered container|stopped because")
        .supports(&["host-port-in-use"]),
    fault("ec2-placement-failure", &["unable to place a task because"])
        .weak(),
    fault("spot-interruption", &["spot", "interrupt|reclaim|terminated|two-minute|terminationnotice|being reclaimed|ended"])
        .certain(),
    fault("spot-interruption", &["spotinterruption|spot task was interrupted|spot_interruption"]).certain(),
    fault("ecs-throttled", &["throttlingexception|rate exceeded|throttled|throttling|toomanyrequestsexception|requestlimitexceeded|operations are being throttled|too many concurrent"])
        .unless("docker|cpu")
        .certain(),
];
