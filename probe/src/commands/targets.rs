//! `probe targets`: the health of the load balancer's targets, joined to the tasks behind them.

use super::{Error, Exit, connect, print, say, screen};
use crate::{
    cli::Global,
    collect,
    evidence::revision_of,
    render::{Format, rows},
    snapshot::{Target as LoadBalancerTarget, TargetGroup},
    target::Target,
    words::Lang,
};

pub(super) async fn run(target: Target, global: &Global) -> Result<Exit, Error> {
    let (clients, subject) = connect(&target, global).await?;
    let (groups, tasks) = collect::targets(&clients, &subject).await?;
    if global.output == Format::Json {
        print(&(serde_json::to_string_pretty(&groups)? + "\n"))?;
        return Ok(Exit::Healthy);
    }
    let lang = global.lang();
    let row = |group: &TargetGroup, target: &LoadBalancerTarget| {
        let behind = tasks
            .iter()
            .find(|(_, task)| task.private_ip.as_deref() == Some(target.id.as_str()));
        let words = [target.reason.as_deref(), target.description.as_deref()]
            .into_iter()
            .flatten();
        vec![
            group.name.clone(),
            format!("{}:{}", target.id, target.port),
            target.state.clone(),
            behind.map(|(id, _)| id.clone()).unwrap_or_default(),
            behind
                .map(|(_, task)| revision_of(&task.task_definition).to_owned())
                .unwrap_or_default(),
            behind
                .and_then(|(_, task)| task.availability_zone.clone())
                .unwrap_or_default(),
            words.collect::<Vec<_>>().join(": "),
        ]
    };
    let found: Vec<_> = groups
        .values()
        .flat_map(|group| group.targets.iter().map(|target| row(group, target)))
        .collect();
    if found.is_empty() {
        print(say(
            lang,
            "the service has no target in any target group\n",
            "ターゲットグループに登録されたターゲットがありません\n",
        ))?;
        return Ok(Exit::Healthy);
    }
    let header = match lang {
        Lang::En => [
            "target group",
            "target",
            "health",
            "task",
            "revision",
            "zone",
            "reason",
        ],
        Lang::Ja => [
            "ターゲットグループ",
            "ターゲット",
            "状態",
            "タスク",
            "リビジョン",
            "AZ",
            "理由",
        ],
    };
    print(&rows(&header, found, screen().width))?;
    Ok(Exit::Healthy)
}
