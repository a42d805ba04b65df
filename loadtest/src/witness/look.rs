//! The looks: each asks AWS one thing, again and again, and notes what it saw.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use aws_config::SdkConfig;

use super::notebook::Notebook;
use super::subject::{Clients, gap};
use super::{Clock, Gap, Metric, Subject, TaskSize};

mod alarms;
mod metrics;
mod policies;
mod service;
mod targets;

/// Tasks and targets: so well is the time of their changes known.
const OFTEN: Duration = Duration::from_secs(5);
/// Alarms and what scaling does: AWS dates them itself.
const NOW_AND_THEN: Duration = Duration::from_secs(10);
/// Metrics: the finest of them have a value as often.
const METRICS: Duration = Duration::from_secs(20);
/// What changes only by somebody's hand.
const SELDOM: Duration = Duration::from_secs(30);
/// A look that fails again and again waits so long at most.
const LONGEST: Duration = Duration::from_secs(60);
/// No permission comes by waiting, or hardly.
const DENIED: Duration = Duration::from_secs(300);

/// Looks at a service of ECS and at what it works with.
#[derive(Debug)]
pub struct Witness {
    subject: Subject,
    clients: Clients,
    known: Mutex<Known>,
}

/// What one look learns and another one needs.
#[derive(Debug, Clone, Default)]
struct Known {
    target_groups: Vec<String>,
    /// As the dimension of its metrics, `app/name/id`.
    balancer: Option<String>,
    /// The alarms of the policies.
    alarms: Vec<String>,
    /// Whether some policy has a value each 20 seconds.
    is_fine: bool,
}

impl Witness {
    /// One that watches this.
    pub fn new(config: &SdkConfig, subject: Subject) -> Self {
        Self {
            clients: Clients::new(config),
            subject,
            known: Mutex::default(),
        }
    }

    /// What it watches.
    pub fn subject(&self) -> &Subject {
        &self.subject
    }

    /// Whether there is such a service, as far as AWS says.
    pub async fn is_there(&self) -> Result<bool, Gap> {
        Ok(service::described(self).await?.is_some())
    }

    /// How large its tasks are; nothing where their definition leaves that to the containers.
    pub async fn task_size(&self) -> Result<Option<TaskSize>, Gap> {
        service::task_size(self).await
    }

    /// The CPU of its tasks and, where it is watched, of its database in this time, as far as CloudWatch has it by now.
    pub async fn cpu(&self, clock: &Clock, time: (f64, f64)) -> Result<Vec<Metric>, Gap> {
        metrics::cpu(self, clock, time).await
    }

    /// Looks for ever; drop it when there is nothing more to see.
    pub async fn watch(&self, notes: &Notebook<'_>) {
        self.begin(notes).await;
        tokio::join!(
            again(OFTEN, notes, async || service::look(self, notes).await),
            again(OFTEN, notes, async || targets::look(self, notes).await),
            again(OFTEN, notes, async || targets::balancer(self, notes).await),
            again(SELDOM, notes, async || policies::range(self, notes).await),
            again(SELDOM, notes, async || policies::look(self, notes).await),
            again(SELDOM, notes, async || policies::schedules(self, notes)
                .await),
            again(NOW_AND_THEN, notes, async || policies::activities(
                self, notes
            )
            .await),
            again(NOW_AND_THEN, notes, async || alarms::look(self, notes)
                .await),
            again(NOW_AND_THEN, notes, async || alarms::history(self, notes)
                .await),
            again(METRICS, notes, async || metrics::look(self, notes).await),
        );
    }

    /// Learns what other looks ask by, so that their first one sees something too: what is missing is tried again by its own.
    async fn begin(&self, notes: &Notebook<'_>) {
        let (service, policies) =
            tokio::join!(service::look(self, notes), policies::look(self, notes));
        let balancer = targets::balancer(self, notes).await;
        for gap in [service, policies, balancer]
            .into_iter()
            .filter_map(Result::err)
        {
            notes.missed(gap);
        }
    }

    fn known(&self) -> Known {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.clone()
    }

    fn learn(&self, learn: impl FnOnce(&mut Known)) {
        learn(&mut self.known.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// How Application Auto Scaling names the service.
    fn resource(&self) -> String {
        let Subject {
            cluster, service, ..
        } = &self.subject;
        format!("service/{cluster}/{service}")
    }
}

/// Looks again and again, the less often the more it fails.
async fn again(
    every: Duration,
    notes: &Notebook<'_>,
    look: impl AsyncFn() -> Result<(), Gap>,
) -> std::convert::Infallible {
    let mut failures = 0;
    loop {
        let pause = match look().await {
            Ok(()) => {
                failures = 0;
                every
            }
            Err(gap) => {
                failures += 1;
                let denied = gap.is_denied();
                notes.missed(gap);
                pause(every, failures, denied)
            }
        };
        tokio::time::sleep(pause).await;
    }
}

fn pause(every: Duration, failures: u32, denied: bool) -> Duration {
    if denied {
        return DENIED;
    }
    (every * 2_u32.saturating_pow(failures.min(8))).min(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_that_fails_comes_less_and_less_often_and_a_denied_one_hardly() {
        let pauses = [1, 2, 3, 4, 40].map(|failures| pause(OFTEN, failures, false).as_secs());
        assert_eq!(pauses, [10, 20, 40, 60, 60]);
        assert_eq!(pause(OFTEN, 1, true).as_secs(), 300);
    }
}
