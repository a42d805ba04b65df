//! What happened, a line a moment.

use super::{
    moment::stamp,
    not_seen::not_seen,
    page::{Page, Screen},
};
use crate::{
    views::{Source, Timeline},
    words::Lang,
};

/// So much of a task's id tells it from the others on a screen.
const SHORT: usize = 8;

/// The timeline for a person: on a screen the times of the day, below the day that they belong to.
pub fn timeline(view: &Timeline, screen: Screen) -> String {
    let (mut page, paint) = Page::new(screen);
    let (lang, dim) = (view.lang(), paint.dim);
    let on_screen = screen.width.is_some();
    let mut day = None;
    for moment in &view.moments {
        let date = moment.at.date_naive();
        if on_screen && day != Some(date) {
            page.prose("", &format!("{}{date} UTC{:#}", paint.strong, paint.strong));
            day = Some(date);
        }
        let at = if on_screen {
            moment.at.format("%H:%M:%S").to_string()
        } else {
            stamp(moment.at)
        };
        let source = source(moment.source, lang);
        let task = moment.task.as_deref().unwrap_or_default();
        let task = if on_screen {
            task.get(..SHORT).unwrap_or(task)
        } else {
            task
        };
        let task = if task.is_empty() {
            String::new()
        } else {
            format!("{task} ")
        };
        let (style, sign) = if moment.fault {
            (paint.bad, "✗")
        } else {
            (paint.plain, " ")
        };
        let head = format!("{dim}{at}{dim:#} {style}{sign}{style:#} ");
        page.prose(
            &head,
            &format!("{dim}{source}{dim:#} {task}{style}{}{style:#}", moment.text),
        );
    }
    if view.moments.is_empty() && view.not_seen.is_empty() {
        page.prose(
            "",
            &match lang {
                Lang::En => format!(
                    "nothing happened since {}; --since looks further back",
                    stamp(view.since)
                ),
                Lang::Ja => format!(
                    "{} 以降の出来事はありません。--since でさらに遡れます",
                    stamp(view.since)
                ),
            },
        );
    }
    for line in view.not_seen.iter().flat_map(|call| not_seen(call, &paint)) {
        page.prose("? ", &line);
    }
    page.text
}

fn source(source: Source, lang: Lang) -> &'static str {
    match (source, lang) {
        (Source::Deployment, Lang::En) => "deploy",
        (Source::Event, Lang::En) => "event ",
        (Source::Task, Lang::En) => "task  ",
        (Source::Log, Lang::En) => "log   ",
        (Source::Health, Lang::En) => "health",
        (Source::Deployment, Lang::Ja) => "デプロイ",
        (Source::Event, Lang::Ja) => "イベント",
        (Source::Task, Lang::Ja) => "タスク  ",
        (Source::Log, Lang::Ja) => "ログ    ",
        (Source::Health, Lang::Ja) => "ヘルス  ",
    }
}
