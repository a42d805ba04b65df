//! A service on one screen, and in a pipe as lines that say what they are about.

mod availability;
mod database;
mod scaling;

pub(super) use self::availability::share;
use self::{availability::availability, database::database, scaling::scaling};
use super::{
    moment::Clock,
    not_seen::{NOT_SEEN, not_seen},
    page::{Page, Paint, Screen},
    sections::{Section, write},
};
use crate::{
    views::{AlarmState, Rollout, Status},
    words::{Lang, Phrase, phrases},
};

phrases! {
    TASKS = "tasks", "タスク";
    DEPLOYMENT = "deployment", "デプロイ";
    TARGETS = "targets", "ターゲット";
    ALARMS = "alarms", "アラーム";
    SCALING = "scaling", "スケーリング";
    DATABASE = "database", "データベース";
    AVAILABILITY = "availability", "可用性";
    EVENTS = "events", "イベント";
    NO_TARGETS = "no target is registered", "登録されたターゲットなし";
}

/// The whole status for a person.
pub fn status(status: &Status, screen: Screen) -> String {
    let (mut page, paint) = Page::new(screen);
    page.heading_of(&paint, &status.target, status.taken_at);
    page.verbatim("");
    write(&mut page, sections(status, &paint, screen), &paint);
    page.text
}

/// What the console shows of a service first: its tasks, deployments, targets and events.
pub(super) fn first_look(status: &Status, screen: Screen, page: &mut Page, paint: &Paint) {
    let lang = status.lang();
    let first = [TASKS, DEPLOYMENT, TARGETS, EVENTS].map(|label| label.in_lang(lang));
    let mut shown = sections(status, paint, screen);
    shown.retain(|section| first.contains(&section.label));
    write(page, shown, paint);
}

/// The status as lines, each with the part that it is about: for a pipe that shows what changes.
pub fn status_lines(status: &Status) -> Vec<(String, String)> {
    let (_, plain) = Page::new(Screen::PIPE);
    let lines = sections(status, &plain, Screen::PIPE).into_iter();
    lines
        .map(|Section { label, lines }| {
            (label.to_owned(), format!("{label}: {}", lines.join(" | ")))
        })
        .collect()
}

fn sections(status: &Status, paint: &Paint, screen: Screen) -> Vec<Section> {
    let lang = status.lang();
    let clock = Clock::new(status.taken_at, lang, screen);
    let mut sections = vec![];
    let mut add = |label: Phrase, lines: Vec<String>| {
        if !lines.is_empty() {
            let label = label.in_lang(lang);
            sections.push(Section { label, lines });
        }
    };
    if let Some(tasks) = &status.tasks {
        let (desired, running, pending) = (tasks.desired, tasks.running, tasks.pending);
        let style = if running == desired {
            paint.good
        } else {
            paint.unsure
        };
        add(
            TASKS,
            vec![match lang {
                Lang::En => format!(
                    "{style}{running} running{style:#} of {desired} desired · {pending} pending"
                ),
                Lang::Ja => format!(
                    "{style}実行中 {running}{style:#} / 必要数 {desired} · 保留中 {pending}"
                ),
            }],
        );
    }
    let rollouts = status.deployments.iter();
    add(
        DEPLOYMENT,
        rollouts
            .flat_map(|each| rollout(each, lang, paint, &clock))
            .collect(),
    );
    let groups = status.targets.iter().map(|group| {
        let states = group.by_health.iter().map(|(state, count)| {
            let style = paint.of(state);
            format!("{style}{count} {state}{style:#}")
        });
        let states: Vec<String> = states.collect();
        let none = NO_TARGETS.in_lang(lang);
        let states = if states.is_empty() {
            none.to_owned()
        } else {
            states.join(" · ")
        };
        format!("{}: {states}", group.target_group)
    });
    add(TARGETS, groups.collect());
    if let Some(all) = &status.alarms {
        add(ALARMS, alarms(all, lang, paint, &clock));
    }
    add(SCALING, scaling(status, lang, paint, &clock));
    add(
        DATABASE,
        status
            .database
            .iter()
            .map(|it| database(it, lang, paint))
            .collect(),
    );
    let requests = status.availability.iter();
    add(
        AVAILABILITY,
        requests.map(|it| availability(it, lang, paint)).collect(),
    );
    let events = status.events.iter().map(|said| {
        let (at, dim, message) = (clock.at(said.at), paint.dim, &said.message);
        match said.times {
            1 => format!("{dim}{at}{dim:#} {message}"),
            times => format!("{dim}{at} ×{times}{dim:#} {message}"),
        }
    });
    add(EVENTS, events.collect());
    add(
        NOT_SEEN,
        status
            .not_seen
            .iter()
            .flat_map(|call| not_seen(call, paint))
            .collect(),
    );
    sections
}

fn rollout(rollout: &Rollout, lang: Lang, paint: &Paint, clock: &Clock) -> Vec<String> {
    let Rollout {
        status,
        revision,
        running,
        desired,
        failed,
        ..
    } = rollout;
    let state = rollout.rollout_state.as_deref().unwrap_or_default();
    let style = paint.of(state);
    let progress = rollout
        .progress_percent
        .map(|percent| format!(" ({percent} %)"));
    let progress = progress.unwrap_or_default();
    let mut parts = vec![format!("{status} {revision} {style}{state}{style:#}")];
    parts.push(match lang {
        Lang::En => format!("{running} of {desired} running{progress}"),
        Lang::Ja => format!("{desired} 件中 {running} 件が実行中{progress}"),
    });
    if *failed > 0 {
        let bad = paint.bad;
        parts.push(match lang {
            Lang::En => format!("{bad}{failed} failed{bad:#}"),
            Lang::Ja => format!("{bad}失敗 {failed} 件{bad:#}"),
        });
    }
    parts.extend(rollout.created_at.map(|at| clock.ago(at)));
    let mut lines = vec![parts.join(" · ")];
    // Of a deployment that is over its own words add nothing.
    let reason = rollout
        .rollout_reason
        .as_ref()
        .filter(|_| state != "COMPLETED");
    lines.extend(reason.map(|reason| format!("  {}{reason}{:#}", paint.dim, paint.dim)));
    lines
}

fn alarms(alarms: &[AlarmState], lang: Lang, paint: &Paint, clock: &Clock) -> Vec<String> {
    let total = alarms.len();
    let firing: Vec<&AlarmState> = alarms.iter().filter(|alarm| alarm.fires()).collect();
    let blind = alarms
        .iter()
        .filter(|alarm| alarm.state == "INSUFFICIENT_DATA")
        .count();
    let (style, count) = match firing.len() {
        0 => (paint.good, 0),
        count => (paint.bad, count),
    };
    let mut first = match (lang, total) {
        (Lang::En, 0) => "none".to_owned(),
        (Lang::Ja, 0) => "なし".to_owned(),
        (Lang::En, _) => format!("{style}{count} of {total} in ALARM{style:#}"),
        (Lang::Ja, _) => format!("{style}{total} 件中 {count} 件が ALARM{style:#}"),
    };
    if blind > 0 {
        first += &match lang {
            Lang::En => format!(" · {blind} without data"),
            Lang::Ja => format!(" · データ不足 {blind} 件"),
        };
    }
    let line = |alarm: &&AlarmState| {
        let (bad, name) = (paint.bad, &alarm.name);
        let since = alarm.since.map(|at| format!(" · {}", clock.ago(at)));
        let reason = alarm.reason.as_ref().map(|reason| format!(" · {reason}"));
        format!(
            "{bad}{name}{bad:#}{}{}",
            since.unwrap_or_default(),
            reason.unwrap_or_default()
        )
    };
    [first].into_iter().chain(firing.iter().map(line)).collect()
}
