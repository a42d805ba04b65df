//! The catalogue of known faults: the failure model of the product, from the network to the deployment.
//!
//! A check is a file `<component>/<rest of its id>.rs`, a line in `<component>.rs`, a scenario in `probe/scenarios/`
//! and a section in `runbooks/`; the catalogue test holds them in step.

use crate::{
    case::{Case, Said},
    check::{Check, Finding, Fix},
    reading::Place,
    remedy,
    snapshot::{Observed, Subject},
    words,
};

/// The checks of one component: a module each, and their list.
macro_rules! catalogue {
    ($($name:ident),* $(,)?) => {
        $(mod $name;)*
        pub(super) const ALL: &[&crate::check::Check] = &[$(&$name::CHECK),*];
    };
}

mod advice;
mod alb;
mod capacity;
mod ecs;
mod iam;
mod image;
mod logs;
mod network;
mod rds;
mod secrets;
mod service;
mod storage;

const COMPONENTS: &[&[&Check]] = &[
    network::ALL,
    iam::ALL,
    secrets::ALL,
    rds::ALL,
    image::ALL,
    logs::ALL,
    service::ALL,
    storage::ALL,
    capacity::ALL,
    ecs::ALL,
    alb::ALL,
    advice::ALL,
];

/// What a lost database shows by.
const DATABASE_SYMPTOMS: &[&str] = &[
    "service-database-unreachable",
    "ecs-container-exited",
    "alb-health-check-server-error",
    "alb-health-check-timeout",
    "alb-health-check-failed",
    "ecs-tasks-failing-health-checks",
];

/// How a check looks for its fault.
type Find = fn(&Case<'_>) -> Observed<Vec<Finding>>;

/// Every check, by component.
pub fn all() -> impl Iterator<Item = &'static Check> {
    COMPONENTS.iter().copied().flatten().copied()
}

/// The check of that id.
pub fn by_id(id: &str) -> Option<&'static Check> {
    all().find(|check| check.id == id)
}

/// The check that stands for a class of the corpus: the one that names it first, else any that covers it.
pub fn by_class(class: &str) -> Option<&'static Check> {
    all()
        .find(|check| check.class() == Some(class))
        .or_else(|| all().find(|check| check.classes.contains(&class)))
}

/// What AWS itself says of these classes: an application's log may say the same of something else.
fn told<'a, 'c>(case: &'c Case<'a>, classes: &[&str]) -> Observed<Vec<&'c Said<'a>>> {
    let mut said = case.said(classes)?;
    said.retain(|said| said.place != Place::AppLog);
    Ok(said)
}

/// Where to look when a symptom stands alone: what the tasks wrote.
fn read_logs(case: &Case<'_>) -> Fix {
    remedy::read_logs(
        case,
        words!("read what the tasks say", "タスクのログを読む"),
    )
}

/// Where to look when a symptom stands alone: how the tasks ended.
fn read_tasks(case: &Case<'_>) -> Fix {
    let Subject {
        region,
        cluster,
        service,
    } = &case.target;
    Fix {
        title: words!("see how the tasks ended", "タスクがどう終了したか確認する"),
        command: format!("probe tasks --cluster {cluster} --service {service} --region {region}"),
    }
}
