//! The health of targets: a table, and below it what the reasons mean.

use std::collections::BTreeMap;

use super::{
    moment::Clock,
    not_seen::not_seen,
    page::{Page, Screen},
    rows::rows,
    wrap::FIRM,
};
use crate::{
    views::{GroupHealth, TargetState, Targets},
    words::Lang,
};

/// The targets for a person.
pub fn targets(view: &Targets, screen: Screen) -> String {
    let (mut page, paint) = Page::new(screen);
    let (lang, strong, dim) = (view.lang(), paint.strong, paint.dim);
    let clock = Clock::new(view.taken_at, lang, screen);
    for group in &view.target_groups {
        let name = &group.name;
        page.prose(
            "",
            &format!(
                "{strong}{name}{strong:#} {dim}{}{dim:#}",
                health_check(group, lang)
            ),
        );
        if group.targets.is_empty() {
            page.prose(
                "  ",
                match lang {
                    Lang::En => "no target is registered",
                    Lang::Ja => "登録されたターゲットがありません",
                },
            );
            continue;
        }
        let header = match lang {
            Lang::En => [
                "target", "health", "task", "revision", "zone", "started", "reason",
            ],
            Lang::Ja => [
                "ターゲット",
                "状態",
                "タスク",
                "リビジョン",
                "AZ",
                "起動",
                "理由",
            ],
        };
        let row = |target: &TargetState| {
            let text = |text: &Option<String>| text.clone().unwrap_or_default();
            vec![
                format!("{}:{}", target.address, target.port),
                target.health.clone(),
                text(&target.task),
                text(&target.revision),
                text(&target.availability_zone),
                target
                    .task_started_at
                    .map(|at| clock.ago(at))
                    .unwrap_or_default(),
                reason(target, lang),
            ]
        };
        let table = group.targets.iter().map(row).collect();
        page.text += &rows(&header, table, screen.width);
        // Equal reasons are explained once.
        let mut meanings: BTreeMap<(&str, Option<&str>), usize> = BTreeMap::new();
        for target in &group.targets {
            if let Some(meaning) = &target.meaning {
                *meanings
                    .entry((meaning, target.explain.as_deref()))
                    .or_default() += 1;
            }
        }
        for ((meaning, explain), count) in meanings {
            let more = explain.map(|id| format!(" {dim}· probe{FIRM}explain{FIRM}{id}{dim:#}"));
            page.prose(
                &format!("  {count} × "),
                &format!("{meaning}{}", more.unwrap_or_default()),
            );
        }
    }
    if view.target_groups.is_empty() && view.not_seen.is_empty() {
        page.prose(
            "",
            match lang {
                Lang::En => "the service has no target group: no load balancer sends to it",
                Lang::Ja => {
                    "サービスにターゲットグループがありません (ロードバランサーから転送されません)"
                }
            },
        );
    }
    if !view.unregistered.is_empty() {
        let (unsure, tasks) = (paint.unsure, view.unregistered.join(" "));
        page.prose(
            "",
            &match lang {
                Lang::En => format!("{unsure}running, but no target:{unsure:#} {tasks}"),
                Lang::Ja => format!("{unsure}実行中だがターゲット未登録:{unsure:#} {tasks}"),
            },
        );
    }
    for line in view.not_seen.iter().flat_map(|call| not_seen(call, &paint)) {
        page.prose("? ", &line);
    }
    page.text
}

/// The targets as lines, for a pipe that shows what changes: the address, and the line.
pub fn target_lines(view: &Targets) -> Vec<(String, String)> {
    let groups = view.target_groups.iter();
    let lines = groups.flat_map(|group| {
        group.targets.iter().map(|target| {
            let address = format!("{} {}:{}", group.name, target.address, target.port);
            let parts = [&target.task, &target.revision, &target.availability_zone];
            let parts = parts.into_iter().flatten().map(String::as_str);
            let line: Vec<&str> = [address.as_str(), target.health.as_str()]
                .into_iter()
                .chain(parts)
                .collect();
            let mut line = line.join(" ");
            let why = reason(target, view.lang());
            if !why.is_empty() {
                line += &format!(" ({why})");
            }
            (address, line)
        })
    });
    let (_, plain) = Page::new(Screen::PIPE);
    let unseen = view
        .not_seen
        .iter()
        .map(|call| (call.operation.clone(), not_seen(call, &plain).join(" ")));
    lines.chain(unseen).collect()
}

fn reason(target: &TargetState, lang: Lang) -> String {
    let said = [&target.reason, &target.description].into_iter().flatten();
    let mut reason = said.map(String::as_str).collect::<Vec<_>>().join(": ");
    if target.in_grace_period {
        reason += match lang {
            Lang::En => " (within its grace period)",
            Lang::Ja => " (猶予期間内)",
        };
    }
    reason
}

fn health_check(group: &GroupHealth, lang: Lang) -> String {
    let GroupHealth {
        path,
        port,
        expected,
        interval_seconds,
        timeout_seconds,
        ..
    } = group;
    let (good, bad) = (group.healthy_threshold, group.unhealthy_threshold);
    match lang {
        Lang::En => format!(
            "GET {path} on {port}, expects {expected} within {timeout_seconds} s, every {interval_seconds} s; {good} × good: healthy, {bad} × bad: unhealthy"
        ),
        Lang::Ja => format!(
            "GET {path} ({port})、期待値 {expected}、タイムアウト {timeout_seconds} 秒、間隔 {interval_seconds} 秒、成功 {good} 回で healthy、失敗 {bad} 回で unhealthy"
        ),
    }
}
