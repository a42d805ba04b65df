//! `probe learn`: lessons, in the local AWS or with recordings.

mod check;
mod start;

use std::{
    io::{self, Write},
    path::Path,
};

use super::{Error, Exit, diagnose, print, screen, screen_of};
use crate::{
    checks,
    cli::{Global, Learn, Step},
    lesson::{
        self, Lesson,
        local_aws::{LocalAws, Refusal},
        progress::{Current, Place, Progress},
        store::{self, Store},
    },
    render::{self, Format, Screen, complaint},
    runbook,
    snapshot::Snapshot,
    views::{LearnView, LessonHint, LessonList, LessonRow, LessonSolution, LessonState},
    words,
    words::{Lang, Words},
};

pub(super) async fn run(args: Learn, global: &Global) -> Result<Exit, Error> {
    let lang = global.lang();
    let store = Store::of_environment().map_err(no_store)?;
    let read = store.read().map_err(no_store)?;
    if let Some(aside) = read.set_aside {
        let aside = aside.display();
        note(
            &words!(
                "what you have done so far could not be read; the file is now {aside}, and the lessons begin anew",
                "これまでの進捗を読み込めませんでした。ファイルを {aside} に移し、最初から始めます"
            ),
            lang,
        );
    }
    let desk = Desk {
        store,
        progress: read.progress,
        lessons: lesson::all()?,
        lang,
        format: global.output,
    };
    match args.step.unwrap_or(Step::List) {
        Step::List => list(&desk),
        Step::Start(args) => start::run(desk, &args, global).await,
        Step::Hint => hint(desk),
        Step::Check(args) => check::run(desk, &args, global).await,
        Step::Solution => solution(desk),
    }
}

/// What every step works with.
struct Desk {
    store: Store,
    progress: Progress,
    lessons: Vec<Lesson>,
    lang: Lang,
    format: Format,
}

impl Desk {
    fn lesson(&self, name: &str) -> Result<&Lesson, Error> {
        let found = self.lessons.iter().find(|lesson| lesson.name == name);
        found.ok_or_else(|| {
            Error::Usage(words!(
                "there is no lesson {name}\nhint: probe learn list shows them",
                "レッスン {name} はありません\nヒント: probe learn list で一覧を表示できます"
            ))
        })
    }

    /// The lesson that was begun, and where it stands.
    fn current(&self) -> Result<(&Lesson, &Current), Error> {
        let Some(current) = &self.progress.current else {
            return Err(Error::Usage(words!(
                "no lesson has been begun\nhint: probe learn start",
                "始めたレッスンがありません\nヒント: probe learn start"
            )));
        };
        Ok((self.lesson(&current.lesson)?, current))
    }

    /// Writes down what has changed of the current lesson.
    fn change(&mut self, change: impl FnOnce(&mut Current)) -> Result<(), Error> {
        if let Some(current) = &mut self.progress.current {
            change(current);
        }
        self.save()
    }

    fn save(&self) -> Result<(), Error> {
        self.store.write(&self.progress).map_err(no_store)
    }

    /// Prints text for people, or the view for programs.
    fn show(&self, text: &str, view: &LearnView) -> Result<(), Error> {
        match self.format {
            Format::Json => print(&(serde_json::to_string_pretty(view)? + "\n")),
            Format::Table | Format::Markdown => print(text),
        }
    }

    /// Where the text goes: Markdown has no colours and no width.
    fn screen(&self) -> Screen {
        match self.format {
            Format::Table => screen(),
            Format::Json | Format::Markdown => Screen::PIPE,
        }
    }
}

fn list(desk: &Desk) -> Result<Exit, Error> {
    let (lang, progress) = (desk.lang, &desk.progress);
    let row = |lesson: &Lesson| {
        let is_current = progress.current.as_ref();
        let is_current = is_current.is_some_and(|current| current.lesson == lesson.name);
        LessonRow {
            name: lesson.name.clone(),
            level: lesson.level,
            exercise: lesson.exercise,
            title: lesson.title.in_lang(lang).to_owned(),
            state: match progress.done.get(&lesson.name) {
                _ if is_current => LessonState::Begun,
                Some(done) if done.solution_shown => LessonState::DoneWithSolution,
                Some(done) => LessonState::Done { hints: done.hints },
                None => LessonState::Open,
            },
        }
    };
    let rows: Vec<LessonRow> = desk.lessons.iter().map(row).collect();
    let text = render::lessons(&rows, lang, desk.screen());
    let view = LearnView::List(LessonList {
        version: 1,
        lessons: rows,
    });
    desk.show(&text, &view)?;
    Ok(Exit::Healthy)
}

fn hint(mut desk: Desk) -> Result<Exit, Error> {
    let lang = desk.lang;
    let (lesson, current) = desk.current()?;
    let count = lesson.hints.len();
    // After the last one the last one stands.
    let number = (current.hints + 1).min(count);
    let Some(hint) = lesson.hints.get(number - 1) else {
        return Err(anyhow::anyhow!("the lesson {} has no hints", lesson.name).into());
    };
    let text = match lang {
        Lang::En => &hint.en,
        Lang::Ja => &hint.ja,
    };
    let look = look(hint, &current.place);
    let shown = render::hint(number, count, text, look.as_deref(), lang, desk.screen());
    let view = LearnView::Hint(LessonHint {
        version: 1,
        lesson: lesson.name.clone(),
        hint: number,
        of: count,
        text: text.clone(),
        look,
    });
    desk.show(&shown, &view)?;
    desk.change(|current| current.hints = number)?;
    Ok(Exit::Healthy)
}

/// The command that shows what a hint speaks of.
fn look(hint: &lesson::Hint, place: &Place) -> Option<String> {
    match place {
        Place::LocalAws { stack, service, .. } => {
            let look = hint.look.as_ref()?.replace("{stack}", stack);
            let look = look.replace("{cluster}", &service.cluster);
            Some(look.replace("{service}", &service.service))
        }
        Place::Recording { file } => {
            let path = hint.jq.as_ref()?;
            Some(format!("jq '{path}' {}", quoted(file)))
        }
    }
}

/// The command that shows the proof of the cause.
fn diagnosing(place: &Place) -> String {
    match place {
        Place::LocalAws { stack, .. } => format!("probe diagnose --stack {stack}"),
        Place::Recording { file } => format!("probe diagnose --from {}", quoted(file)),
    }
}

/// As a shell takes it.
fn quoted(file: &Path) -> String {
    let path = file.display().to_string();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    match path.chars().all(is_plain) {
        true => path,
        false => format!("'{}'", path.replace('\'', r"'\''")),
    }
}

fn solution(mut desk: Desk) -> Result<Exit, Error> {
    let lang = desk.lang;
    let (lesson, current) = desk.current()?;
    let (Some(check), Some(section)) = (
        checks::by_id(&lesson.fault),
        runbook::section(&lesson.fault, lang),
    ) else {
        return Err(anyhow::anyhow!("the lesson {} has no runbook", lesson.name).into());
    };
    let diagnose = diagnosing(&current.place);
    let (fault, why) = (check.fault.in_lang(lang), lesson.explanation.in_lang(lang));
    let is_local = matches!(current.place, Place::LocalAws { .. });
    let shown = render::solution(
        &render::Solution {
            fault,
            id: check.id,
            why,
            diagnose: &diagnose,
            is_local,
            section: &section,
        },
        lang,
        desk.screen(),
    );
    let view = LearnView::Solution(LessonSolution {
        version: 1,
        lesson: lesson.name.clone(),
        cause: check.id.to_owned(),
        fault: fault.to_owned(),
        why: why.to_owned(),
        diagnose,
        runbook: runbook::location(check.id, lang),
        text: section.to_string(),
    });
    desk.show(&shown, &view)?;
    desk.change(|current| current.solution_shown = true)?;
    Ok(Exit::Healthy)
}

/// The recording of the current lesson.
fn recording(file: &Path) -> Result<Snapshot, Error> {
    diagnose::read(file).map_err(|error| match error {
        Error::Usage(Words { en, ja }) => {
            let en = en.lines().next().unwrap_or_default().to_owned();
            let ja = ja.lines().next().unwrap_or_default().to_owned();
            Error::Usage(words!(
                "{en}\nhint: begin the lesson again: probe learn start",
                "{ja}\nヒント: レッスンを始め直してください: probe learn start"
            ))
        }
        other => other,
    })
}

fn note(text: &Words, lang: Lang) {
    let text = text.in_lang(lang);
    let _ = io::stderr().write_all(complaint(text, screen_of(&io::stderr())).as_bytes()); // nowhere left to complain to
}

fn no_store(error: store::Error) -> Error {
    Error::Usage(match error {
        store::Error::NoFolder => words!(
            "there is no place to keep what you have done\nhint: set HOME or XDG_STATE_HOME to a folder",
            "進捗を保存する場所がありません\nヒント: HOME または XDG_STATE_HOME にフォルダーを設定してください"
        ),
        store::Error::Newer(file) => {
            let file = file.display();
            words!(
                "{file} was written by a later version of probe\nhint: use that one, or move the file away",
                "{file} は、より新しいバージョンの probe で作成されています\nヒント: そのバージョンを使うか、ファイルを別の場所に移してください"
            )
        }
        store::Error::Io(file, error) => {
            let file = file.display();
            words!(
                "cannot use {file}: {error}\nhint: set XDG_STATE_HOME to a folder that you may write to",
                "{file} を使えません: {error}\nヒント: 書き込めるフォルダーを XDG_STATE_HOME に設定してください"
            )
        }
    })
}

/// What to do about a local AWS that did not do what it should.
fn refused(refusal: &Refusal) -> Error {
    match refusal {
        Refusal::NotLoopback(address) => Error::Usage(words!(
            "{address} is not on this machine, and lessons break nothing elsewhere\nhint: name the local AWS, for example --endpoint-url http://127.0.0.1:5000, or take a recording: probe learn start --recorded",
            "{address} はこのマシンのアドレスではありません。レッスンがほかの場所のものを壊すことはありません\nヒント: ローカル AWS を指定する (例: --endpoint-url http://127.0.0.1:5000) か、記録を使ってください: probe learn start --recorded"
        )),
        Refusal::Silent(address) => Error::Usage(words!(
            "nothing answers at {address}\nhint: make demo runs the local AWS, each time at another address: . .data/demo/env && probe learn start; or take a recording: probe learn start --recorded",
            "{address} から応答がありません\nヒント: ローカル AWS は make demo で起動します。アドレスは起動のたびに変わるため、この端末で設定し直してください: . .data/demo/env && probe learn start (記録を使う場合: probe learn start --recorded)"
        )),
        Refusal::Stranger(address) => Error::Usage(words!(
            "what answers at {address} is not the local AWS of this repository\nhint: take a recording: probe learn start --recorded",
            "{address} で応答しているのは、このリポジトリのローカル AWS ではありません\nヒント: 記録を使ってください: probe learn start --recorded"
        )),
        Refusal::Failed { .. } => Error::Other(anyhow::anyhow!("{refusal}")),
    }
}

/// The local AWS at an address.
fn local_aws(address: &str, stack: &str, region: &str) -> Result<LocalAws, Error> {
    LocalAws::at(address, stack, region).map_err(|refusal| refused(&refusal))
}
