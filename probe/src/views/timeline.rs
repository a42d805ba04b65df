//! `probe tasks --timeline`: what happened to tasks, deployments and targets, and what the tasks said, on one time axis.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use super::{Missing, NotSeen, health};
use crate::{
    evidence::revision_of,
    reading::{End, Place, classify, end_of, says_ready},
    snapshot::{LogLine, ServiceDeployment, Snapshot, Subject, Task},
    words,
    words::{Lang, Words},
};

/// How many of the last lines of a task that stopped are shown, whatever they say.
const LAST_WORDS: usize = 3;

/// What happened, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Timeline {
    /// Version of this format: 1.
    pub version: u32,
    /// Which service was looked at.
    pub target: Subject,
    /// When.
    pub taken_at: DateTime<Utc>,
    /// The first moment that is shown.
    pub since: DateTime<Utc>,
    /// The moments, oldest first.
    pub moments: Vec<Moment>,
    /// The calls that did not answer.
    pub not_seen: Vec<NotSeen>,
    #[serde(skip)]
    lang: Option<Lang>,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Moment {
    /// When.
    pub at: DateTime<Utc>,
    /// Who tells of it.
    pub source: Source,
    /// Id of the task that it happened to, where it happened to one.
    pub task: Option<String>,
    /// What happened.
    pub text: String,
    /// Whether it is a fault.
    pub fault: bool,
}

/// Who tells of a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A service deployment.
    Deployment,
    /// An event of the service.
    Event,
    /// A task.
    Task,
    /// The log of a task: what tells of its start or of a fault, and the last words of those that stopped.
    Log,
    /// The health of a target, as it is now: the load balancer does not say since when.
    Health,
}

impl Timeline {
    /// Merges what was seen since a moment.
    pub fn new(snapshot: &Snapshot, since: DateTime<Utc>, lang: Lang) -> Self {
        let mut missing = Missing::new(lang);
        let service = missing.seen(&snapshot.service);
        let deployments = missing.seen(&snapshot.service_deployments);
        let groups = missing.seen(&snapshot.target_groups);
        let logs = missing.seen(&snapshot.logs);
        let (tasks, older) = (
            missing.seen(&snapshot.tasks),
            missing.seen(&snapshot.older_tasks),
        );
        let mut moments = vec![];
        for event in service.into_iter().flat_map(|service| &service.events) {
            let fault = classify(&event.message, Some(Place::ServiceEvent))
                .fault()
                .is_some();
            moments.push(Moment {
                at: event.at,
                source: Source::Event,
                task: None,
                text: event.message.to_string(),
                fault,
            });
        }
        for deployment in deployments.into_iter().flatten() {
            moments.extend(of_deployment(deployment, lang));
        }
        for (id, task) in tasks.into_iter().chain(older).flatten() {
            let definition = snapshot.task_definition.as_ref().ok();
            let end = end_of(
                task,
                definition.filter(|each| each.arn == task.task_definition),
            );
            moments.extend(of_task(id, task, &end, lang));
            if let Some(lines) = logs.and_then(|logs| logs.get(id)) {
                moments.extend(of_log(id, task, lines));
            }
        }
        for group in groups.into_iter().flatten().map(|(_, group)| group) {
            for target in group
                .targets
                .iter()
                .filter(|target| target.state != "healthy")
            {
                let (name, address, state) = (&group.name, &target.id, &target.state);
                let why =
                    health::meaning(target, group).map(|why| format!(": {}", why.in_lang(lang)));
                let why = why.unwrap_or_default();
                let mut behind = tasks.into_iter().flatten();
                let behind = behind.find(|(_, task)| task.private_ip.as_ref() == Some(address));
                moments.push(Moment {
                    at: snapshot.taken_at,
                    source: Source::Health,
                    task: behind.map(|(id, _)| id.clone()),
                    text: format!("{address} {state} ({name}){why}"),
                    fault: state == "unhealthy",
                });
            }
        }
        moments.retain(|moment| since <= moment.at);
        // What happens at once is told in the order of cause and effect: deployment, event, task, log.
        moments.sort();
        Self {
            version: 1,
            target: snapshot.target.clone(),
            taken_at: snapshot.taken_at,
            since,
            moments,
            not_seen: missing.calls,
            lang: Some(lang),
        }
    }

    /// The language it is written in.
    pub fn lang(&self) -> Lang {
        self.lang.unwrap_or(Lang::En)
    }
}

fn of_deployment(deployment: &ServiceDeployment, lang: Lang) -> impl Iterator<Item = Moment> {
    let revision = deployment
        .task_definition
        .as_deref()
        .map_or("?", revision_of);
    let began = words!(
        "deployment of {revision} begins",
        "{revision} のデプロイ開始"
    );
    let (status, reason) = (&deployment.status, deployment.status_reason.as_deref());
    let reason = deployment.rollback_reason.as_deref().or(reason);
    let reason = reason
        .map(|reason| format!(": {reason}"))
        .unwrap_or_default();
    let over = words!(
        "deployment of {revision} ends, {status}{reason}",
        "{revision} のデプロイ終了、{status}{reason}"
    );
    let fault = status != "SUCCESSFUL";
    let moment = move |at: Option<DateTime<Utc>>, text: Words, fault| {
        let text = text.in_lang(lang).to_owned();
        at.map(|at| Moment {
            at,
            source: Source::Deployment,
            task: None,
            text,
            fault,
        })
    };
    let began = moment(deployment.created_at, began, false);
    began
        .into_iter()
        .chain(moment(deployment.finished_at, over, fault))
}

fn of_task(id: &str, task: &Task, end: &End, lang: Lang) -> Vec<Moment> {
    let revision = revision_of(&task.task_definition);
    let zone = task.availability_zone.as_deref().unwrap_or("?");
    let reason = task.stopped_reason.as_deref().unwrap_or_default();
    let culprit = end.container.as_ref().map(|name| {
        let said = task
            .containers
            .get(name)
            .and_then(|container| container.reason.as_deref());
        let said = said.map(|said| format!(", {said}")).unwrap_or_default();
        match end.exit_code {
            Some(code) => format!(" [{name}: exit code {code}{said}]"),
            None => format!(" [{name}{said}]"),
        }
    });
    let culprit = culprit.unwrap_or_default();
    let stopped = words!("stopped: {reason}{culprit}", "停止: {reason}{culprit}");
    let steps = [
        (
            task.created_at,
            words!("created, {revision} in {zone}", "作成 ({revision}、{zone})"),
            false,
        ),
        (task.started_at, words!("started", "起動完了"), false),
        (
            task.stopping_at,
            words!("is being stopped", "停止処理を開始"),
            false,
        ),
        (task.stopped_at, stopped, end.class.is_some()),
    ];
    let step = |(at, text, fault): (Option<DateTime<Utc>>, Words, bool)| {
        let (task, text) = (Some(id.to_owned()), text.in_lang(lang).to_owned());
        at.map(|at| Moment {
            at,
            source: Source::Task,
            task,
            text,
            fault,
        })
    };
    steps.into_iter().filter_map(step).collect()
}

fn of_log(id: &str, task: &Task, lines: &[LogLine]) -> Vec<Moment> {
    let last = match task.stopped_at {
        Some(_) => lines.len().saturating_sub(LAST_WORDS),
        None => lines.len(),
    };
    let telling = lines.iter().enumerate().filter_map(|(place, line)| {
        let fault = classify(&line.message, Some(Place::AppLog))
            .fault()
            .is_some();
        (fault || place >= last || says_ready(&line.message)).then(|| Moment {
            at: line.at,
            source: Source::Log,
            task: Some(id.to_owned()),
            text: line.message.trim_end().to_owned(),
            fault,
        })
    });
    telling.collect()
}
