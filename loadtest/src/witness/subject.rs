//! Which service is watched, and the clients that ask for it.

use aws_config::SdkConfig;
use aws_sdk_ecs::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};

use super::Gap;

/// What is watched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// The cluster, by its name.
    pub cluster: String,
    /// The service, by its name.
    pub service: String,
    /// The database, by its identifier, if it is watched too.
    pub database: Option<String>,
}

/// How somebody names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    /// By its names.
    Directly(Subject),
    /// By the prefix of the stacks of this repository.
    Stack(String),
}

/// The clients that a witness asks.
#[derive(Debug, Clone)]
pub(super) struct Clients {
    pub(super) ecs: aws_sdk_ecs::Client,
    pub(super) balancers: aws_sdk_elasticloadbalancingv2::Client,
    pub(super) scaling: aws_sdk_applicationautoscaling::Client,
    pub(super) cloudwatch: aws_sdk_cloudwatch::Client,
}

impl Clients {
    pub(super) fn new(config: &SdkConfig) -> Self {
        Self {
            ecs: aws_sdk_ecs::Client::new(config),
            balancers: aws_sdk_elasticloadbalancingv2::Client::new(config),
            scaling: aws_sdk_applicationautoscaling::Client::new(config),
            cloudwatch: aws_sdk_cloudwatch::Client::new(config),
        }
    }
}

impl Named {
    /// What is meant; of a stack, the outputs say it.
    pub async fn resolve(self, config: &SdkConfig) -> Result<Subject, Gap> {
        let prefix = match self {
            Self::Directly(subject) => return Ok(subject),
            Self::Stack(prefix) => prefix,
        };
        let client = aws_sdk_cloudformation::Client::new(config);
        let (service, data) = (format!("{prefix}-service"), format!("{prefix}-data"));
        Ok(Subject {
            cluster: output(&client, &service, "ClusterName").await?,
            service: output(&client, &service, "ServiceName").await?,
            // A database elsewhere is no fault.
            database: output(&client, &data, "DbInstanceId").await.ok(),
        })
    }
}

async fn output(
    client: &aws_sdk_cloudformation::Client,
    stack: &str,
    key: &str,
) -> Result<String, Gap> {
    const OPERATION: &str = "cloudformation:DescribeStacks";
    let answer = client.describe_stacks().stack_name(stack).send().await;
    let answer = answer.map_err(|error| gap(OPERATION, &error))?;
    let outputs = answer.stacks().first().map(|stack| stack.outputs());
    let mut outputs = outputs.unwrap_or_default().iter();
    outputs
        .find(|output| output.output_key() == Some(key))
        .and_then(|output| output.output_value())
        .map(str::to_owned)
        .ok_or_else(|| Gap {
            operation: OPERATION.to_owned(),
            code: "NotFound".to_owned(),
            message: format!("the stack {stack} has no output {key}"),
        })
}

/// A failed call as a gap.
pub(super) fn gap<E>(operation: &'static str, error: &SdkError<E>) -> Gap
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    let (code, message) = match error {
        SdkError::ServiceError(service) => {
            let (it, status) = (service.err(), service.raw().status().as_u16());
            // A proxy, or an AWS that is none, may answer without the words of AWS.
            let code = it.code().map(str::to_owned);
            (
                code.unwrap_or_else(|| format!("HTTP {status}")),
                it.message().unwrap_or("no message").to_owned(),
            )
        }
        SdkError::TimeoutError(_) => ("Timeout".to_owned(), "no answer in time".to_owned()),
        SdkError::DispatchFailure(_) => {
            let message = DisplayErrorContext(error).to_string();
            // The debug form behind it quotes the whole request.
            let message = message.split(" (").next().unwrap_or_default().to_owned();
            ("NoConnection".to_owned(), message)
        }
        _ => ("NotAnAnswer".to_owned(), error.to_string()),
    };
    Gap {
        operation: operation.to_owned(),
        code,
        message,
    }
}
