//! The list of lessons.

use super::{
    page::{Page, Screen},
    rows::rows,
};
use crate::{
    lesson::Level,
    views::{LessonRow, LessonState},
    words::{Lang, phrases},
};

phrases! {
    BEGIN = "begin with: probe learn start", "始めるには: probe learn start";
    GO_ON = "go on with: probe learn hint, probe learn check", "続けるには: probe learn hint、probe learn check";
}

/// The list of lessons.
pub fn lessons(lessons: &[LessonRow], lang: Lang, screen: Screen) -> String {
    let (mut page, _) = Page::new(screen);
    let header = match lang {
        Lang::En => ["lesson", "level", "state", "what people say"],
        Lang::Ja => ["レッスン", "難易度", "状態", "状況"],
    };
    let row = |lesson: &LessonRow| {
        let exercise = lesson.exercise.map(|number| match lang {
            Lang::En => format!(" (problem {number} of the exercise)"),
            Lang::Ja => format!(" (演習の問題 {number})"),
        });
        vec![
            lesson.name.clone(),
            level(lesson.level, lang).to_owned(),
            state(lesson.state, lang),
            format!("{}{}", lesson.title, exercise.unwrap_or_default()),
        ]
    };
    page.text += &rows(&header, lessons.iter().map(row).collect(), screen.width);
    page.verbatim("");
    let is_begun = lessons.iter().any(|each| each.state == LessonState::Begun);
    page.prose("", if is_begun { GO_ON } else { BEGIN }.in_lang(lang));
    page.text
}

fn level(level: Level, lang: Lang) -> &'static str {
    match (level, lang) {
        (Level::Easy, Lang::En) => "easy",
        (Level::Medium, Lang::En) => "medium",
        (Level::Hard, Lang::En) => "hard",
        (Level::Easy, Lang::Ja) => "初級",
        (Level::Medium, Lang::Ja) => "中級",
        (Level::Hard, Lang::Ja) => "上級",
    }
}

fn state(state: LessonState, lang: Lang) -> String {
    match (state, lang) {
        (LessonState::Open, _) => String::new(),
        (LessonState::Begun, Lang::En) => "begun".into(),
        (LessonState::Begun, Lang::Ja) => "進行中".into(),
        (LessonState::Done { hints }, lang) => after_hints(hints, lang),
        (LessonState::DoneWithSolution, Lang::En) => "✓ solution seen".into(),
        (LessonState::DoneWithSolution, Lang::Ja) => "✓ 解答を参照".into(),
    }
}

fn after_hints(hints: usize, lang: Lang) -> String {
    match (hints, lang) {
        (0, Lang::En) => "✓ no hint".into(),
        (1, Lang::En) => "✓ 1 hint".into(),
        (hints, Lang::En) => format!("✓ {hints} hints"),
        (0, Lang::Ja) => "✓ ヒントなし".into(),
        (hints, Lang::Ja) => format!("✓ ヒント {hints} 回"),
    }
}
