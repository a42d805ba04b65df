//! The catalogue of known faults: the failure model of the product, from the network to the deployment.
//!
//! A check is a file here, a line in both lists below, a scenario in `probe/scenarios/`
//! and a section in `runbooks/`; the catalogue test holds the four in step.

use crate::{
    check::{Check, Fix},
    snapshot::{Snapshot, Subject},
    words,
};

mod alb_health_check_failed;
mod alb_health_check_path_wrong;
mod alb_health_check_port_wrong;
mod alb_health_check_server_error;
mod alb_health_check_timeout;
mod alb_no_healthy_targets;
mod ecs_container_exited;
mod ecs_container_out_of_memory;
mod ecs_deployment_failing;
mod ecs_grace_period_too_short;
mod ecs_image_tag_missing;
mod ecs_service_under_capacity;
mod ecs_tasks_failing_health_checks;
mod iam_image_pull_denied;
mod iam_secret_read_denied;
mod network_database_port_closed;
mod network_target_port_closed;
mod secrets_json_key_missing;
mod secrets_secret_missing;
mod service_database_unreachable;

/// Every check, causes before what they cause.
pub const ALL: &[&Check] = &[
    &network_database_port_closed::CHECK,
    &network_target_port_closed::CHECK,
    &iam_image_pull_denied::CHECK,
    &iam_secret_read_denied::CHECK,
    &secrets_secret_missing::CHECK,
    &secrets_json_key_missing::CHECK,
    &ecs_image_tag_missing::CHECK,
    &ecs_container_out_of_memory::CHECK,
    &service_database_unreachable::CHECK,
    &ecs_container_exited::CHECK,
    &alb_health_check_path_wrong::CHECK,
    &alb_health_check_port_wrong::CHECK,
    &alb_health_check_server_error::CHECK,
    &ecs_grace_period_too_short::CHECK,
    &alb_health_check_timeout::CHECK,
    &alb_health_check_failed::CHECK,
    &ecs_tasks_failing_health_checks::CHECK,
    &ecs_service_under_capacity::CHECK,
    &ecs_deployment_failing::CHECK,
    &alb_no_healthy_targets::CHECK,
];

/// The check of that id.
pub fn by_id(id: &str) -> Option<&'static Check> {
    ALL.iter().copied().find(|check| check.id == id)
}

/// Where to look when a symptom stands alone: what the tasks wrote.
fn read_logs(snapshot: &Snapshot) -> Fix {
    let Subject {
        region,
        cluster,
        service,
    } = &snapshot.target;
    Fix {
        title: words!("read what the tasks say", "タスクのログを読む"),
        command: format!(
            "probe logs --cluster {cluster} --service {service} --since 15m --region {region}"
        ),
    }
}

/// Where to look when a symptom stands alone: how the tasks ended.
fn read_tasks(snapshot: &Snapshot) -> Fix {
    let Subject {
        region,
        cluster,
        service,
    } = &snapshot.target;
    Fix {
        title: words!("see how the tasks ended", "タスクがどう終了したか確認する"),
        command: format!("probe tasks --cluster {cluster} --service {service} --region {region}"),
    }
}
