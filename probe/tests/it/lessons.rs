//! The lessons: each is held against the catalogue, and done with its recording as a learner does it.

mod steps;

use std::{collections::BTreeSet, fs, path::Path};

use probe::{
    check::Severity,
    checks::by_id,
    diagnose::diagnose,
    lesson::{Lesson, all},
    render::{self, After, Briefing, Grade, Solution},
    runbook,
    snapshot::Sight,
    views::{LessonRow, LessonState, Status},
    words::{Lang, Words},
};
use serde_json::Value;

use crate::{
    causes,
    views::{golden, of},
};

#[test]
fn every_lesson_has_a_fault_a_recording_and_a_runbook() {
    let lessons = all().unwrap();
    assert!(lessons.len() >= 12, "{}", lessons.len());
    let injected = injected();
    for (place, lesson) in lessons.iter().enumerate() {
        let Lesson { name, fault, .. } = lesson;
        assert_eq!(lesson.order, place + 1, "{name}");
        let check = by_id(fault).unwrap_or_else(|| panic!("{name}: no fault {fault}"));
        assert_ne!(check.severity, Severity::Advice, "{name}");
        assert!(
            injected.contains(fault),
            "{name}: the local AWS has no {fault}"
        );
        assert_eq!(causes(&diagnose(&of(fault))), [fault.as_str()], "{name}");
        for lang in [Lang::En, Lang::Ja] {
            assert!(runbook::section(fault, lang).is_some(), "{name}");
        }
    }
    assert!(
        lessons.is_sorted_by_key(|lesson| lesson.level),
        "from easy to hard"
    );
    let of_exercise: Vec<u32> = lessons.iter().filter_map(|each| each.exercise).collect();
    assert_eq!(of_exercise, [1, 2, 3]);
    let faults: BTreeSet<&String> = lessons.iter().map(|lesson| &lesson.fault).collect();
    assert_eq!(faults.len(), lessons.len(), "a fault stands twice");
}

/// The faults that the local AWS makes.
fn injected() -> BTreeSet<String> {
    let lab = Path::new(env!("CARGO_MANIFEST_DIR")).join("lab");
    let files = fs::read_dir(lab).unwrap().map(|file| file.unwrap().path());
    let name = regex::Regex::new(r#"@scenario\("([a-z0-9-]+)"\)"#).unwrap();
    let mut names = BTreeSet::new();
    for file in files.filter(|file| file.extension().is_some_and(|found| found == "py")) {
        let text = fs::read_to_string(file).unwrap();
        names.extend(name.captures_iter(&text).map(|found| found[1].to_owned()));
    }
    names
}

#[test]
fn no_answer_is_given_away_before_the_last_hint() {
    for lesson in all().unwrap() {
        let name = &lesson.name;
        assert!(lesson.hints.len() >= 3, "{name}");
        let [(first, _), .., (last, _)] = &texts(&lesson)[..] else {
            panic!("{name}: no hints");
        };
        let gives_away = &lesson.gives_away;
        for (lang, words) in [(Lang::En, &gives_away.en), (Lang::Ja, &gives_away.ja)] {
            assert!(!words.is_empty(), "{name}");
            let early = [&lesson.title, &lesson.story, first].map(|text| text.in_lang(lang));
            for word in words {
                for text in early {
                    assert!(!text.contains(word), "{name}: {word} in: {text}");
                }
                assert!(last.in_lang(lang).contains(word), "{name}: {word}");
            }
        }
        let class = by_id(&lesson.fault).unwrap().class();
        for (text, _) in texts(&lesson) {
            for secret in class.into_iter().chain([lesson.fault.as_str()]) {
                assert!(
                    !text.en.contains(secret) && !text.ja.contains(secret),
                    "{name}"
                );
            }
        }
        assert!(!lesson.fault.contains(name.as_str()), "{name}");
    }
}

/// The hints with their paths into the recording.
fn texts(lesson: &Lesson) -> Vec<(Words, Option<&String>)> {
    let text = |hint: &probe::lesson::Hint| Words {
        en: hint.en.clone(),
        ja: hint.ja.clone(),
    };
    let hints = lesson.hints.iter();
    hints.map(|hint| (text(hint), hint.jq.as_ref())).collect()
}

#[test]
fn every_hint_points_at_something() {
    for lesson in all().unwrap() {
        let recording = serde_json::to_value(of(&lesson.fault)).unwrap();
        for hint in &lesson.hints {
            assert_eq!(hint.look.is_some(), hint.jq.is_some(), "{}", lesson.name);
            let Some(path) = &hint.jq else { continue };
            let parts = path.strip_prefix('.').unwrap().split('.');
            let found = parts.fold(&recording, |value: &Value, part| &value[part]);
            let is_empty = found.as_object().is_some_and(serde_json::Map::is_empty);
            assert!(!found.is_null() && !is_empty, "{}: {path}", lesson.name);
            let look = hint.look.as_ref().unwrap();
            let known = ["{stack}", "{cluster}", "{service}"];
            let filled = known
                .iter()
                .fold(look.clone(), |text, name| text.replace(name, "x"));
            assert!(!filled.contains('{'), "{}: {look}", lesson.name);
            assert!(
                filled.starts_with("probe ") || filled.contains("aws "),
                "{look}"
            );
        }
    }
}

#[test]
fn the_list_of_lessons_says_how_far_one_is() {
    golden("lessons", |lang, screen| {
        let row = |lesson: &Lesson| LessonRow {
            name: lesson.name.clone(),
            level: lesson.level,
            exercise: lesson.exercise,
            title: lesson.title.in_lang(lang).to_owned(),
            state: match lesson.order {
                1 => LessonState::Done { hints: 0 },
                2 => LessonState::Done { hints: 2 },
                3 => LessonState::DoneWithSolution,
                4 => LessonState::Begun,
                _ => LessonState::Open,
            },
        };
        let rows: Vec<LessonRow> = all().unwrap().iter().map(row).collect();
        render::lessons(&rows, lang, screen)
    });
}

fn lesson(name: &str) -> Lesson {
    let lessons = all().unwrap();
    lessons.into_iter().find(|each| each.name == name).unwrap()
}

#[test]
fn a_learner_sees_what_people_see() {
    for (name, stack) in [
        ("events-do-not-load", Some("events")),
        ("tasks-do-not-start", None),
        ("targets-unhealthy", None),
    ] {
        let lesson = lesson(name);
        let sight = Sight::from(of(&lesson.fault));
        golden(&format!("lesson.{name}"), |lang, screen| {
            let recording = "/home/ann/.local/state/probe/lesson.json";
            let briefing = Briefing {
                number: lesson.order,
                title: lesson.title.in_lang(lang),
                story: lesson.story.in_lang(lang),
                status: &Status::new(&sight, lang),
                stack,
                recording: stack.is_none().then(|| recording.to_owned()),
                set: vec!["export AWS_ENDPOINT_URL=http://127.0.0.1:5000".to_owned()],
            };
            let text = render::briefing(&briefing, lang, screen);
            assert!(!text.contains(&lesson.fault), "{text}");
            text
        });
    }
}

#[test]
fn hints_grades_and_solutions_read_well() {
    let lesson = lesson("targets-unhealthy");
    golden("lesson.hints", |lang, screen| {
        let count = lesson.hints.len();
        let each = lesson.hints.iter().enumerate().map(|(index, hint)| {
            let text = if lang == Lang::En { &hint.en } else { &hint.ja };
            let look = hint
                .jq
                .as_ref()
                .map(|path| format!("jq '{path}' lesson.json"));
            render::hint(index + 1, count, text, look.as_deref(), lang, screen)
        });
        each.collect::<Vec<_>>().join("\n")
    });
    golden("lesson.grades", |lang, screen| {
        let grades = [
            Grade::StillBroken,
            Grade::Wrong,
            Grade::Symptom,
            Grade::NamedNotMended,
            Grade::OtherFault(vec!["ecs-container-exited".to_owned()]),
            Grade::Unseen("rds:DescribeEvents: Timeout: no answer".to_owned()),
            Grade::Named,
            Grade::Mended,
        ];
        let each = grades.iter().map(|grade| {
            let is_done = matches!(grade, Grade::Named | Grade::Mended);
            let after = After {
                why: is_done.then(|| lesson.explanation.in_lang(lang)),
                fault: &lesson.fault,
                help: "probe learn hint",
                diagnose: "probe diagnose --stack events",
                next: (*grade == Grade::Named).then_some("release-does-not-arrive"),
            };
            render::grade(grade, &after, lang, screen)
        });
        each.collect::<Vec<_>>().join("\n")
    });
    golden("lesson.solution", |lang, screen| {
        let section = runbook::section(&lesson.fault, lang).unwrap();
        let solution = Solution {
            fault: by_id(&lesson.fault).unwrap().fault.in_lang(lang),
            id: &lesson.fault,
            why: lesson.explanation.in_lang(lang),
            diagnose: "probe diagnose --stack events",
            is_local: true,
            section: section.split("### ").next().unwrap(),
        };
        render::solution(&solution, lang, screen)
    });
}
