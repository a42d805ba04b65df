//! The two things that a run wants of AWS: a task stopped as a fault, and an alarm that stops the run.
//!
//! Region and credentials are those of the environment, as for every tool of AWS.

use std::time::Duration;

use anyhow::{Context, anyhow};
use aws_config::{BehaviorVersion, SdkConfig};
use aws_sdk_cloudwatch::types::{AlarmType, StateValue};
use aws_sdk_ecs::types::DesiredStatus;
use aws_smithy_types::timeout::TimeoutConfig;

use crate::events::What;
use crate::stop::Stop;

/// How long a call may take, repetitions included.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often the alarms are looked at; CloudWatch looks at its metrics no oftener.
const LOOK: Duration = Duration::from_secs(10);

/// What the environment says of AWS.
pub async fn environment() -> SdkConfig {
    let patience = TimeoutConfig::builder().operation_timeout(PATIENCE).build();
    aws_config::defaults(BehaviorVersion::latest())
        .timeout_config(patience)
        .load()
        .await
}

/// A service of ECS whose tasks may be stopped.
#[derive(Debug, Clone)]
pub struct Ecs {
    client: aws_sdk_ecs::Client,
    cluster: String,
    service: String,
}

impl Ecs {
    /// The service of this name in a cluster.
    pub fn new(config: &SdkConfig, cluster: String, service: String) -> Self {
        Self {
            client: aws_sdk_ecs::Client::new(config),
            cluster,
            service,
        }
    }

    /// One of its running tasks, by its ARN.
    pub async fn a_task(&self) -> anyhow::Result<String> {
        let (cluster, service) = (&self.cluster, &self.service);
        let tasks = self
            .client
            .list_tasks()
            .cluster(cluster)
            .service_name(service)
            .desired_status(DesiredStatus::Running)
            .send()
            .await
            .map_err(|error| anyhow!("{}", aws_sdk_ecs::error::DisplayErrorContext(error)))
            .context("ecs:ListTasks failed")?;
        tasks
            .task_arns()
            .first()
            .cloned()
            .with_context(|| format!("service {service} in cluster {cluster} has no running task"))
    }

    /// Stops one of its running tasks, and gives its ARN.
    pub async fn stop_a_task(&self, run: &str) -> anyhow::Result<String> {
        let task = self.a_task().await?;
        self.client
            .stop_task()
            .cluster(&self.cluster)
            .task(&task)
            .reason(format!("fault of load test {run}"))
            .send()
            .await
            .map_err(|error| anyhow!("{}", aws_sdk_ecs::error::DisplayErrorContext(error)))
            .context("ecs:StopTask failed")?;
        Ok(task)
    }
}

/// Alarms of CloudWatch that stop the run.
#[derive(Debug, Clone)]
pub struct Alarms {
    client: aws_sdk_cloudwatch::Client,
    names: Vec<String>,
}

impl Alarms {
    /// The alarms of these names.
    pub fn new(config: &SdkConfig, names: Vec<String>) -> Self {
        Self {
            client: aws_sdk_cloudwatch::Client::new(config),
            names,
        }
    }

    /// The first of them that is in alarm, with its reason; an error if one of them is not there.
    pub async fn ringing(&self) -> anyhow::Result<Option<(String, String)>> {
        let answer = self
            .client
            .describe_alarms()
            .set_alarm_names(Some(self.names.clone()))
            .alarm_types(AlarmType::MetricAlarm)
            .alarm_types(AlarmType::CompositeAlarm)
            .send()
            .await
            .map_err(|error| anyhow!("{}", aws_sdk_cloudwatch::error::DisplayErrorContext(error)))
            .context("cloudwatch:DescribeAlarms failed")?;
        let metric = answer
            .metric_alarms()
            .iter()
            .map(|it| (it.alarm_name(), it.state_value(), it.state_reason()));
        let composite = answer
            .composite_alarms()
            .iter()
            .map(|it| (it.alarm_name(), it.state_value(), it.state_reason()));
        let alarms: Vec<_> = metric.chain(composite).collect();
        for name in &self.names {
            if !alarms.iter().any(|(found, ..)| *found == Some(name)) {
                return Err(anyhow!("there is no alarm {name}"));
            }
        }
        Ok(alarms
            .into_iter()
            .find(|(_, state, _)| *state == Some(&StateValue::Alarm))
            .map(|(name, _, why)| {
                let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
                (text(name), text(why))
            }))
    }

    /// Asks for a stop when one of them rings, and notes when they cannot be seen; runs for ever.
    pub async fn watch(&self, stop: &Stop, note: impl Fn(What)) {
        let look = async || {
            tokio::time::sleep(LOOK).await;
            self.ringing().await
        };
        watch(look, stop, note).await;
    }
}

/// A look that fails is no alarm: the next one may succeed, and who watches the load is told once.
async fn watch(
    mut look: impl AsyncFnMut() -> anyhow::Result<Option<(String, String)>>,
    stop: &Stop,
    note: impl Fn(What),
) {
    let mut lost = false;
    loop {
        let seen = look().await;
        match &seen {
            Err(error) if !lost => note(What::AlarmsLost {
                why: format!("{error:#}"),
            }),
            Ok(_) if lost => note(What::AlarmsBack),
            _ => {}
        }
        lost = seen.is_err();
        if let Ok(Some((name, why))) = seen {
            stop.ask(What::Alarm { name, why });
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    #[tokio::test]
    async fn looks_that_fail_are_told_once_and_stop_nothing() {
        let stop = Stop::default();
        let failed = || Err(anyhow!("ExpiredToken").context("cloudwatch:DescribeAlarms failed"));
        let rings = ("errors".to_owned(), "3 datapoints".to_owned());
        let mut looks = vec![Ok(None), failed(), failed(), Ok(None), failed()];
        looks.push(Ok(Some(rings)));
        let mut looks = looks.into_iter();
        let noted = RefCell::new(vec![]);
        let look = async || match looks.next() {
            Some(seen) => {
                assert_eq!(stop.why(), None);
                seen
            }
            None => std::future::pending().await,
        };
        tokio::select! {
            () = watch(look, &stop, |what| noted.borrow_mut().push(what)) => {}
            () = stop.asked() => {}
        }
        assert!(matches!(stop.why(), Some(What::Alarm { name, .. }) if name == "errors"));
        let lost = What::AlarmsLost {
            why: "cloudwatch:DescribeAlarms failed: ExpiredToken".to_owned(),
        };
        let back = What::AlarmsBack;
        assert_eq!(noted.take(), [lost.clone(), back.clone(), lost, back]);
    }
}
