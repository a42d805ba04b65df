//! With all the tasks that a deployment may run at once, the pools together want more than the database gives.

use super::{advice, finding};
use crate::{
    case::Case,
    check::{Check, Finding, Fix},
    snapshot::{Observed, Subject},
    words,
    words::{Phrase, Words},
};

pub(super) const CHECK: Check = advice(
    "advice-connections-may-run-out",
    Phrase {
        en: "a deployment at full size wants more connections than the database gives",
        ja: "最大規模でのデプロイ中にデータベースの接続数が不足するおそれがあります",
    },
    find,
);

/// What ECS allows during a deployment where the service does not say.
const DEFAULT_MAXIMUM_PERCENT: i64 = 200;

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let (service, definition) = (case.service()?, case.task_definition()?);
    let Some(database) = case.database()? else {
        return Ok(vec![]);
    };
    // RDS for PostgreSQL may hold a formula here: then the number is not known.
    let limit = database
        .parameters
        .as_ref()
        .and_then(|parameters| parameters.as_ref().ok()?.get("max_connections"))
        .and_then(|value| value.parse::<i64>().ok());
    let pools = definition
        .containers
        .iter()
        .filter_map(|container| container.database.as_ref()?.pool);
    let pool: i64 = pools.map(i64::from).sum();
    let (Some(limit), true) = (limit, pool > 0) else {
        return Ok(vec![]);
    };
    let scaling = case.scaling()?;
    let most = scaling
        .as_ref()
        .map_or(service.desired, |s| s.max.max(service.desired));
    let percent = service.deployment_configuration.maximum_percent;
    let percent = percent.map_or(DEFAULT_MAXIMUM_PERCENT, i64::from);
    // ECS rounds the upper limit down.
    let tasks = i64::from(most) * percent / 100;
    let wanted = tasks * pool;
    if wanted <= limit {
        return Ok(vec![]);
    }
    let (id, share) = (&database.id, (limit / tasks).max(1));
    let Subject {
        region,
        cluster,
        service,
    } = &case.target;
    let mut fix = vec![Fix {
        title: words!(
            "give each task a pool of at most {share} (some connections are kept for administrators)",
            "1 タスクあたりのプールを {share} 以下にする (一部の接続は管理者用に予約される)"
        ),
        command: format!(
            "aws ecs describe-task-definition --task-definition {} --query 'taskDefinition.containerDefinitions[].environment' --region {region}",
            definition.arn
        ),
    }];
    if let Some(scaling) = scaling {
        let fewer = limit * 100 / (percent * pool);
        if fewer >= i64::from(scaling.min) {
            fix.push(Fix {
                title: words!(
                    "or let it scale to {fewer} tasks at most",
                    "またはタスク数の上限を {fewer} にする"
                ),
                command: format!(
                    "aws application-autoscaling register-scalable-target --service-namespace ecs --scalable-dimension ecs:service:DesiredCount --resource-id service/{cluster}/{service} --min-capacity {} --max-capacity {fewer} --region {region}",
                    scaling.min
                ),
            });
        }
    }
    Ok(vec![finding(
        id,
        words!(
            "a deployment at full size runs {tasks} tasks with {pool} connections each, {wanted} in all; {id} gives {limit}",
            "最大規模でのデプロイ中は {tasks} タスク × {pool} 接続 = {wanted} 接続になりますが、{id} の上限は {limit} です"
        ),
        (
            "rds:DescribeDBParameters max_connections",
            Words::verbatim(format!("{tasks} x {pool} = {wanted} > {limit}")),
            words!("at most {limit}", "{limit} 以下"),
        ),
        fix,
    )])
}
