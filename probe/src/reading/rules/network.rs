//! The task's path to AWS and to registries.

use super::{DENIED, NO_NAME, NO_PATH, SILENCE};
use crate::reading::rule::{Rule, fault};

/// An API of AWS that a task calls before its containers run.
const AWS_API: &str = "api.ecr|dkr.ecr|ecr.dkr|dkr-ecr|secretsmanager.|//ssm.| ssm.|//kms.|//sts.| sts.|retrieve secret from asm|retrieve secrets from ssm|ecr registry auth|registry auth from amazon ecr|from amazon ecr|amazon ecr.|from secrets manager|and secrets manager|from aws secrets manager|and aws secrets manager|parameter store|retrieve ecr registry|pull secrets or registry auth|s3.amazonaws.com|and amazon ecr|and the registry|env files|environment files|and amazon s3";
/// What ECS itself concludes.
const CONCLUDED: &str = "there is a connection issue|check your task network configuration|check your network configuration|send request failed|could not connect to the endpoint url|unable to reach|httpclient/timeout|failed to connect";
const PUBLIC_REGISTRY: &str = "registry-1.docker.io|docker.io/|auth.docker.io|index.docker.io|hub.docker.com|production.cloudflare.docker.com|public.ecr.aws|dockerhub|docker hub";
const OTHER_REGISTRY: &str = "quay.io|ghcr.io|gcr.io|pkg.dev|registry.gitlab.com|mcr.microsoft.com|registry.k8s.io|azurecr.io|docker.elastic.co|registry.redhat|nvcr.io|jfrog.io|harbor|nexus|/v2/|failed to do request: head|failed to resolve ref|failed to resolve reference";
const AWS_REGISTRY: &str = "dkr.ecr|api.ecr|dkr-ecr";

pub(super) const RULES: &[Rule] = &[
    fault("no-route-to-aws-api", &[AWS_API, SILENCE])
        .unless("public.ecr.aws|mount.nfs4|cloudwatch log")
        .supports(&["vpc-endpoint-misconfigured", "task-egress-sg-blocked", "nacl-blocked", "nat-not-forwarding"]),
    fault("no-route-to-aws-api", &[AWS_API, NO_PATH])
        .unless("mount.nfs4|cloudwatch log"),
    fault("no-route-to-aws-api", &[AWS_API, CONCLUDED])
        .unless("accessdenied|mount.nfs4|cloudwatch log")
        .supports(&["vpc-endpoint-misconfigured", "task-egress-sg-blocked", "nacl-blocked", "nat-not-forwarding"]),
    // A refusal is not tried again: many tries mean that nothing answered.
    fault("no-route-to-aws-api", &["failed to fetch|retrieve secret|registry auth", "{retried-often}"])
        .unless("accessdenied|did not contain|notfound|invalid|not found|denied")
        .possible()
        .weak()
        .supports(&["exec-role-missing-secret-permission", "vpc-endpoint-misconfigured"]),
    fault("no-route-to-aws-api", &["dockertimeouterror|docker timeout|unable transition start|could not transition to started; timed out|could not transition to created; timed out"])
        .possible(),
    fault("no-route-to-aws-api", &["retrieval failed|cannotpullcontainer|pull secrets or registry auth", "context deadline exceeded|i/o timeout|client.timeout exceeded|context canceled"])
        .weak()
        .possible(),
    // A private address is an interface endpoint's: the name resolves, its security group or subnet drops the packets.
    fault("vpc-endpoint-misconfigured", &[AWS_API, SILENCE, "{private-ip}"])
        .unless("lookup|read udp|mount.nfs4|:53: |cloudwatch log")
        .strong()
        .supports(&["no-route-to-aws-api", "task-egress-sg-blocked", "nacl-blocked"]),
    fault("vpc-endpoint-misconfigured", &["vpc endpoint policy|vpc endpoint does not|vpce-|endpoint policy", DENIED])
        .certain()
        .strong(),
    fault("vpc-endpoint-misconfigured", &["no such host| enotfound|could not resolve|name or service not known", AWS_API])
        .unless("rds.amazonaws.com|.efs.")
        .strong()
        .supports(&["no-route-to-aws-api"]),
    fault("eni-provisioning-timeout", &["network interface", "provisioning|timeout waiting|timed out waiting|failed to provision|could not be provisioned"])
        .unless("unmanaged|deprovision"),
    fault("eni-provisioning-timeout", &["resource:eni|eni provisioning|insufficient free addresses|not enough free ip|insufficientfreeaddresses|does not have enough free addresses|no available ip address|not enough ip space|networkinterfacelimitexceeded|failed to create the network interface|unable to create network interface"]),
    fault("no-route-to-internet", &[PUBLIC_REGISTRY, SILENCE])
        .supports(&["registry-unreachable", "nat-not-forwarding", "task-egress-sg-blocked"]),
    fault("no-route-to-internet", &[PUBLIC_REGISTRY, NO_PATH]),
    fault("no-route-to-internet", &[PUBLIC_REGISTRY, NO_NAME]),
    fault("no-route-to-internet", &[PUBLIC_REGISTRY, CONCLUDED]),
    fault("no-route-to-internet", &["https://|http://|api.|.com", "no route to host|network is unreachable|enetunreach"])
        .unless(":5432|rds.amazonaws.com|postgres|database|logs.|mount.nfs4|amazonaws.com")
        .weak()
        .possible(),
    fault("registry-unreachable", &[OTHER_REGISTRY, SILENCE])
        .unless(AWS_REGISTRY)
        .supports(&["no-route-to-internet", "nat-not-forwarding", "task-egress-sg-blocked"])
        .weak(),
    fault("registry-unreachable", &[OTHER_REGISTRY, NO_PATH])
        .unless(AWS_REGISTRY)
        .weak(),
    fault("registry-unreachable", &["pull|resolve ref|resolve reference|manifests|/v2/", "no such host|connection refused|could not resolve|server misbehaving"])
        .unless(AWS_REGISTRY)
        .weak(),
    fault("registry-unreachable", &["cannotpullcontainer|failed to resolve ref|/v2/", "connection reset by peer|unexpected eof|503 service unavailable|502 bad gateway|x509:|server gave http response|http: server gave"])
        .unless(AWS_REGISTRY)
        .weak()
        .possible(),
    fault("nat-not-forwarding", &["nat gateway|nat instance|nat device", "not forward|blackhole|source/dest|timed out|deleted|failed|erroport|port allocation"]),
    fault("nacl-blocked", &["network acl|nacl|subnet_acl_restriction", "block|den|drop|restrict|reject|refus|does not allow"]),
    fault("task-egress-sg-blocked", &["security group", "outbound|egress", " no |not|block|den|missing|lack|restrict"]),
    fault("ecr-layer-download-failed", &["httpreaderseeker|starport-layer|prod-us-|layer-bucket"])
        .unless("no space left")
        .supports(&["no-route-to-aws-api"]),
    fault("ecr-layer-download-failed", &["failed to copy|failed to download|error pulling image configuration|download failed|layer", "s3.|starport|unexpected status code|failed open|x-amz"])
        .unless("no space left|docker.io|toomanyrequests|429|apply layer|register layer|extract layer"),
    fault("ecr-layer-download-failed", &["failed to copy|blobs|layer", AWS_REGISTRY, SILENCE])
        .unless("no space left"),
    fault("subnet-az-unsupported", &["availability zone|availability-zone| az ", "not supported|unsupported|isn't supported|does not support|doesn't support", "fargate|subnet|task"])
        .unless("load balancer"),
    fault("subnet-az-unsupported", &["unable to place a task|failed to launch|runtask", "internal error"])
        .possible(),
];
