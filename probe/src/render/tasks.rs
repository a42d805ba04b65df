//! Tasks: a table of those that run, and of those that stopped why, the same reasons together.

use super::{
    moment::{Clock, span},
    not_seen::not_seen,
    page::{Page, Paint, Screen},
    rows::rows,
    wrap::FIRM,
};
use crate::{
    views::{LiveTask, Stop, Tasks},
    words::Lang,
};

/// So many tasks of one reason are named; all are in the JSON.
const NAMED: usize = 3;

/// The tasks for a person.
pub fn tasks(view: &Tasks, screen: Screen) -> String {
    let (mut page, paint) = Page::new(screen);
    let lang = view.lang();
    let clock = Clock::new(view.taken_at, lang, screen);
    if !view.running.is_empty() {
        let header = match lang {
            Lang::En => [
                "task", "status", "health", "age", "revision", "zone", "address",
            ],
            Lang::Ja => [
                "タスク",
                "状態",
                "ヘルス",
                "経過",
                "リビジョン",
                "AZ",
                "アドレス",
            ],
        };
        let table = view
            .running
            .iter()
            .map(|task| row(task, lang, &clock))
            .collect();
        page.text += &rows(&header, table, screen.width);
    }
    if !view.stopped.is_empty() {
        if !view.running.is_empty() {
            page.verbatim("");
        }
        let (strong, dim) = (paint.strong, paint.dim);
        let total: usize = view.stopped.iter().map(|stop| stop.count).sum();
        let forgotten = view
            .stopped
            .iter()
            .flat_map(|stop| &stop.tasks)
            .filter(|task| task.forgotten)
            .count();
        page.prose("", &match (lang, forgotten) {
            (Lang::En, 0) => format!("{strong}STOPPED {total}{strong:#}"),
            (Lang::Ja, 0) => format!("{strong}停止済み {total} 件{strong:#}"),
            (Lang::En, _) => format!("{strong}STOPPED {total}{strong:#} {dim}({forgotten} that ECS has forgotten, from the event log){dim:#}"),
            (Lang::Ja, _) => format!("{strong}停止済み {total} 件{strong:#} {dim}(うち {forgotten} 件は ECS から消えており、イベントログから取得){dim:#}"),
        });
        for stop in &view.stopped {
            stopped(&mut page, stop, lang, &paint, &clock);
        }
    }
    if view.running.is_empty() && view.stopped.is_empty() && view.not_seen.is_empty() {
        page.prose("", match lang {
            Lang::En => "no task runs, and none stopped within the last hour; older ones are in no event log of the stacks",
            Lang::Ja => "実行中のタスクも、直近 1 時間に停止したタスクもありません。それ以前のタスクはスタックのイベントログにもありません",
        });
    }
    for line in view.not_seen.iter().flat_map(|call| not_seen(call, &paint)) {
        page.prose("? ", &line);
    }
    page.text
}

fn row(task: &LiveTask, lang: Lang, clock: &Clock) -> Vec<String> {
    let mut status = task.status.clone();
    if task.desired_status != "RUNNING" {
        status += match lang {
            Lang::En => " (stopping)",
            Lang::Ja => " (停止中)",
        };
    }
    let mut revision = task.revision.clone();
    if task.current_revision == Some(false) {
        revision += match lang {
            Lang::En => " (not current)",
            Lang::Ja => " (旧)",
        };
    }
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let since = task.started_at.or(task.created_at);
    vec![
        task.task.clone(),
        status,
        text(&task.health),
        since.map(|at| clock.ago(at)).unwrap_or_default(),
        revision,
        text(&task.availability_zone),
        text(&task.address),
    ]
}

fn stopped(page: &mut Page, stop: &Stop, lang: Lang, paint: &Paint, clock: &Clock) {
    let dim = paint.dim;
    let (style, sign) = if stop.normal {
        (paint.plain, "·")
    } else {
        (paint.bad, "✗")
    };
    let (count, code) = (stop.count, stop.stop_code.as_deref().unwrap_or_default());
    let reason = match (stop.reason.as_str(), lang) {
        ("", Lang::En) => "no reason given",
        ("", Lang::Ja) => "理由なし",
        (reason, _) => reason,
    };
    let normal = match (stop.normal, lang) {
        (false, _) => "",
        (true, Lang::En) => " (normal)",
        (true, Lang::Ja) => " (正常)",
    };
    let when = stop.last_at.map(|at| clock.ago(at)).unwrap_or_default();
    page.prose(
        &format!("{style}{sign} {count} × "),
        &format!("{reason}{style:#}{normal} {dim}{code} {when}{dim:#}"),
    );
    if let Some(exited) = &stop.culprit {
        let mut parts = vec![];
        parts.extend(exited.exit_code.map(|code| {
            let meaning = exited
                .meaning
                .as_ref()
                .map(|meaning| format!(" ({meaning})"))
                .unwrap_or_default();
            match lang {
                Lang::En => format!("exit code {code}{meaning}"),
                Lang::Ja => format!("終了コード {code}{meaning}"),
            }
        }));
        parts.extend(exited.reason.clone());
        page.prose(&format!("    {}: ", exited.container), &parts.join(" · "));
    }
    if let (Some(fault), Some(explain)) = (&stop.fault, &stop.explain) {
        page.prose(
            "    → ",
            &format!("{fault} {dim}· probe{FIRM}explain{FIRM}{explain}{dim:#}"),
        );
    }
    let counted = |counts: &std::collections::BTreeMap<String, usize>| {
        let each = counts
            .iter()
            .map(|(name, count)| format!("{name} ×{count}"));
        each.collect::<Vec<_>>().join(", ")
    };
    let ran = stop.ran_seconds.map(|(least, most)| {
        let (least, most) = (span(least, lang), span(most, lang));
        match lang {
            _ if least == most && lang == Lang::En => format!("ran {most}"),
            _ if least == most => format!("稼働 {most}"),
            Lang::En => format!("ran {least} to {most}"),
            Lang::Ja => format!("稼働 {least}～{most}"),
        }
    });
    let where_and_how_long = [
        Some(counted(&stop.by_revision)),
        Some(counted(&stop.by_zone)),
        ran,
    ];
    let parts: Vec<String> = where_and_how_long
        .into_iter()
        .flatten()
        .filter(|part| !part.is_empty())
        .collect();
    page.prose("    ", &parts.join(" · "));
    let named: Vec<&str> = stop
        .tasks
        .iter()
        .take(NAMED)
        .map(|task| task.task.as_str())
        .collect();
    let more = stop.tasks.len() - named.len();
    let more = match (more, lang) {
        (0, _) => String::new(),
        (more, Lang::En) => format!(" and {more} more"),
        (more, Lang::Ja) => format!(" ほか {more} 件"),
    };
    page.prose("    ", &format!("{dim}{}{more}{dim:#}", named.join(" ")));
}
