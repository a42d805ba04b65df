//! The AWS clients, and the limits that every call shares.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use aws_config::{
    BehaviorVersion, Region, default_provider::region::DefaultRegionChain,
    profile::ProfileFileCredentialsProvider, provider_config::ProviderConfig, retry::RetryConfig,
    timeout::TimeoutConfig,
};
use aws_sdk_ecs::config::retry::{RetryPartition, TokenBucket};

use super::whole::Whole;

/// How often one call is tried: throttling and lost connections are waited out, longer each time.
const ATTEMPTS: u32 = 4;
/// How many failed tries may be repeated at a time, all calls to all services together: an AWS that throttles
/// everything gets this many calls more, not four times as many.
const RETRIES: usize = 40;

/// Where and how to call AWS.
#[derive(Debug, Clone)]
pub struct Connection {
    /// Region; the environment's or the profile's where `None`.
    pub region: Option<String>,
    /// Named profile; its credentials come before those of the environment.
    pub profile: Option<String>,
    /// Endpoint that stands in for every AWS service.
    pub endpoint_url: Option<String>,
    /// How long one call may take, retries included.
    pub call_timeout: Duration,
}

/// One client for each AWS service that is looked at.
#[derive(Debug, Clone)]
pub struct Clients {
    /// The Region that the calls go to.
    pub region: String,
    pub(super) cloudformation: aws_sdk_cloudformation::Client,
    pub(super) cloudwatch: aws_sdk_cloudwatch::Client,
    pub(super) ec2: aws_sdk_ec2::Client,
    pub(super) ecr: aws_sdk_ecr::Client,
    pub(super) ecs: aws_sdk_ecs::Client,
    pub(super) elbv2: aws_sdk_elasticloadbalancingv2::Client,
    pub(super) iam: aws_sdk_iam::Client,
    pub(super) kms: aws_sdk_kms::Client,
    pub(super) logs: aws_sdk_cloudwatchlogs::Client,
    pub(super) rds: aws_sdk_rds::Client,
    pub(super) scaling: aws_sdk_applicationautoscaling::Client,
    pub(super) secrets: aws_sdk_secretsmanager::Client,
    pub(super) ssm: aws_sdk_ssm::Client,
    pub(super) sts: aws_sdk_sts::Client,
    pub(super) tagging: aws_sdk_resourcegroupstagging::Client,
    /// Those of other Regions, as far as something led there.
    elsewhere: Arc<Mutex<BTreeMap<String, Self>>>,
}

impl Clients {
    /// Reads the environment and the profile and makes the clients; `None` when no Region is given anywhere.
    pub async fn connect(connection: Connection) -> Option<Self> {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(Duration::from_secs(3).min(connection.call_timeout))
            .operation_timeout(connection.call_timeout)
            .build();
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            .timeout_config(timeouts)
            .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS));
        let mut region = connection.region.map(Region::new);
        if let Some(profile) = connection.profile {
            if region.is_none() {
                let chain = DefaultRegionChain::builder().profile_name(&profile);
                region = chain.build().region().await;
            }
            // The SDK takes keys of the environment before those of the profile; who names one on the command line
            // means it.
            let of_profile = ProfileFileCredentialsProvider::builder()
                .configure(&ProviderConfig::default().with_region(region.clone()))
                .profile_name(&profile)
                .build();
            loader = loader
                .credentials_provider(of_profile)
                .profile_name(profile);
        }
        if let Some(region) = region {
            loader = loader.region(region);
        }
        if let Some(url) = connection.endpoint_url {
            loader = loader.endpoint_url(url);
        }
        let config = loader.load().await;
        let region = config.region()?.to_string();
        let tokens = TokenBucket::builder()
            .capacity(RETRIES)
            .retry_cost(1)
            .throttling_retry_cost(1)
            .timeout_retry_cost(1)
            .build();
        let partition = RetryPartition::custom("probe").token_bucket(tokens).build();
        macro_rules! client {
            ($sdk:ident) => {
                $sdk::Client::from_conf(
                    $sdk::config::Builder::from(&config)
                        .retry_partition(partition.clone())
                        .interceptor(Whole)
                        .build(),
                )
            };
        }
        Some(Self {
            region,
            cloudformation: client!(aws_sdk_cloudformation),
            cloudwatch: client!(aws_sdk_cloudwatch),
            ec2: client!(aws_sdk_ec2),
            ecr: client!(aws_sdk_ecr),
            ecs: client!(aws_sdk_ecs),
            elbv2: client!(aws_sdk_elasticloadbalancingv2),
            iam: client!(aws_sdk_iam),
            kms: client!(aws_sdk_kms),
            logs: client!(aws_sdk_cloudwatchlogs),
            rds: client!(aws_sdk_rds),
            scaling: client!(aws_sdk_applicationautoscaling),
            secrets: client!(aws_sdk_secretsmanager),
            ssm: client!(aws_sdk_ssm),
            sts: client!(aws_sdk_sts),
            tagging: client!(aws_sdk_resourcegroupstagging),
            elsewhere: Arc::default(),
        })
    }

    /// Those for what a task may take from another Region: images, secrets, parameters and their keys.
    ///
    /// ECS goes to the Region of the ARN; what is named without one it looks for in its own.
    pub(super) fn at(&self, region: Option<&str>) -> Self {
        let Some(region) = region.filter(|region| *region != self.region && is_region(region))
        else {
            return self.clone();
        };
        let mut elsewhere = self
            .elsewhere
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let there = elsewhere
            .entry(region.to_owned())
            .or_insert_with(|| self.moved(region));
        there.clone()
    }

    fn moved(&self, region: &str) -> Self {
        macro_rules! client {
            ($sdk:ident, $client:ident) => {{
                let there = self.$client.config().to_builder();
                $sdk::Client::from_conf(there.region(Region::new(region.to_owned())).build())
            }};
        }
        Self {
            region: region.to_owned(),
            ecr: client!(aws_sdk_ecr, ecr),
            kms: client!(aws_sdk_kms, kms),
            secrets: client!(aws_sdk_secretsmanager, secrets),
            ssm: client!(aws_sdk_ssm, ssm),
            tagging: client!(aws_sdk_resourcegroupstagging, tagging),
            elsewhere: Arc::default(),
            ..self.clone()
        }
    }
}

/// The Region in an ARN.
pub(super) fn region_of(arn: &str) -> Option<&str> {
    arn.strip_prefix("arn:")?.split(':').nth(2)
}

/// Whether it can be one. It becomes part of a host's name: anything else could name another host.
fn is_region(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !text.is_empty() && text.bytes().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_region_becomes_part_of_a_host_name() {
        for (arn, region) in [
            (
                "arn:aws:ssm:eu-west-1:123456789012:parameter/db",
                Some("eu-west-1"),
            ),
            (
                "arn:aws-cn:kms:cn-north-1:123456789012:key/1",
                Some("cn-north-1"),
            ),
            ("arn:aws:secretsmanager::123456789012:secret:db", None),
            ("arn:aws:secretsmanager:evil.example/:1:secret:db", None),
            ("/app/db", None),
        ] {
            assert_eq!(
                region_of(arn).filter(|region| is_region(region)),
                region,
                "{arn}"
            );
        }
    }
}
