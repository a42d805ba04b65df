//! ECS: how many tasks, whether a deployment is under way, and what the service says of itself.

use aws_sdk_ecs::types::{DeploymentRolloutState, Service};

use super::{Notebook, Witness, gap};
use crate::witness::{Event, Gap, Seen, TaskSize, Tasks};

const OPERATION: &str = "ecs:DescribeServices";
const DEFINITION: &str = "ecs:DescribeTaskDefinition";
/// What the service said so long before second 0 is of another day, in seconds.
const OLD_S: f64 = -60.0;

/// The service, if there is one of this name that is not about to go.
pub(super) async fn described(witness: &Witness) -> Result<Option<Service>, Gap> {
    let answer = witness
        .clients
        .ecs
        .describe_services()
        .cluster(&witness.subject.cluster)
        .services(&witness.subject.service)
        .send()
        .await
        .map_err(|error| gap(OPERATION, &error))?;
    let mut services = answer.services.unwrap_or_default().into_iter();
    Ok(services.find(|service| service.status() != Some("INACTIVE")))
}

/// How large the tasks are that the service starts now.
pub(super) async fn task_size(witness: &Witness) -> Result<Option<TaskSize>, Gap> {
    let service = described(witness).await?;
    let Some(definition) = service.and_then(|service| service.task_definition) else {
        return Ok(None);
    };
    let answer = witness
        .clients
        .ecs
        .describe_task_definition()
        .task_definition(definition)
        .send()
        .await
        .map_err(|error| gap(DEFINITION, &error))?;
    let sizes = answer
        .task_definition
        .and_then(|definition| definition.cpu.zip(definition.memory));
    Ok(sizes.map(|(cpu, memory)| TaskSize { cpu, memory }))
}

pub(super) async fn look(witness: &Witness, notes: &Notebook<'_>) -> Result<(), Gap> {
    let Some(service) = described(witness).await? else {
        return Err(Gap {
            operation: OPERATION.to_owned(),
            code: "ServiceNotFound".to_owned(),
            message: format!("there is no service {}", witness.subject.service),
        });
    };
    let groups = service.load_balancers().iter();
    let groups = groups.filter_map(|balancer| balancer.target_group_arn());
    witness.learn(|known| known.target_groups = groups.map(str::to_owned).collect());
    let count = |count: i32| u32::try_from(count).unwrap_or_default();
    let mut deployments = service.deployments().iter();
    let tasks = Tasks {
        desired: count(service.desired_count()),
        running: count(service.running_count()),
        pending: count(service.pending_count()),
        deploying: deployments.any(|deployment| {
            deployment.rollout_state() == Some(&DeploymentRolloutState::InProgress)
        }),
    };
    let mut seen = vec![(String::new(), Seen::Tasks(tasks))];
    for event in service.events() {
        let Some(at) = event.created_at() else {
            continue;
        };
        let of_s = notes.clock.of_s(at);
        if of_s >= OLD_S {
            let message = event.message().unwrap_or_default().to_owned();
            let id = event.id().unwrap_or_default().to_owned();
            seen.push((id, Seen::Event(Event { of_s, message })));
        }
    }
    notes.looked(OPERATION, seen);
    Ok(())
}
