//! A lesson on its way: the symptom at the beginning, and the hints.

use super::{
    page::{Page, Paint, Screen},
    status::first_look,
    wrap::width,
};
use crate::{
    views::Status,
    words::{Lang, phrases},
};

phrases! {
    LOOK = "Look around as you would on AWS, find the cause, and mend it:", "実際の AWS と同じように調べて原因を見つけ、修復してください。";
    SET = "so that they find the local AWS", "ローカル AWS に接続するための設定";
    ANSWER = "Find the cause, and name it:", "原因を見つけて、その名前を答えてください。";
    NAMES = "the names of all faults; probe explain tells what one means", "障害の名前の一覧 (意味は probe explain で確認)";
    pub(super) STUCK = "when you are stuck", "行き詰まったとき";
    DONE_YET = "when you have mended it", "修復できたと思ったら";
    AWS = "the AWS CLI works as on AWS", "AWS CLI も本物と同じように使えます";
    EXPLAINS = "explains what it shows, which may be the answer", "説明付きで表示 (答えが分かることもあります)";
    ALL = "all that was seen of the stack, as JSON", "スタックから取得した全情報 (JSON)";
    NO_MORE = "That was the last hint. How to go on:", "ヒントはこれで最後です。このあとは:";
    SURE = "whether that is the cause (probe list shows the names)", "答え合わせ (名前の一覧は probe list)";
    ANSWERED = "the answer, and what to do about it", "答えと対処方法を表示";
}

/// What a learner is told at the beginning.
#[derive(Debug)]
pub struct Briefing<'a> {
    /// Its place among the lessons.
    pub number: usize,
    /// What it is called.
    pub title: &'a str,
    /// What people tell.
    pub story: &'a str,
    /// The service as it is now.
    pub status: &'a Status,
    /// Prefix of the stacks in the local AWS; `None` with a recording.
    pub stack: Option<&'a str>,
    /// The file of the recording, as a shell takes it.
    pub recording: Option<String>,
    /// Commands that lead the learner's tools to the local AWS.
    pub set: Vec<String>,
}

/// The symptom as people meet it, and what can be done.
pub fn briefing(briefing: &Briefing<'_>, lang: Lang, screen: Screen) -> String {
    let (mut page, paint) = Page::new(screen);
    let (strong, number, title) = (paint.strong, briefing.number, briefing.title);
    page.prose("", &format!("{strong}{number}. {title}{strong:#}"));
    page.verbatim("");
    page.prose("", briefing.story);
    page.verbatim("");
    first_look(briefing.status, screen, &mut page, &paint);
    page.verbatim("");
    let mut to_do: Vec<(String, &str)> = vec![];
    if let Some(stack) = briefing.stack {
        page.prose("", LOOK.in_lang(lang));
        let set = briefing.set.iter().cloned();
        to_do.extend(set.map(|command| (command, SET.in_lang(lang))));
        to_do.push(("aws ...".to_owned(), AWS.in_lang(lang)));
        for (command, what) in [
            ("status", ""),
            ("logs", ""),
            ("targets", EXPLAINS.in_lang(lang)),
            ("tasks", EXPLAINS.in_lang(lang)),
        ] {
            to_do.push((format!("probe {command} --stack {stack}"), what));
        }
        to_do.push(("probe learn check".to_owned(), DONE_YET.in_lang(lang)));
    }
    if let Some(file) = &briefing.recording {
        page.prose("", ANSWER.in_lang(lang));
        to_do.push((format!("jq . {file}"), ALL.in_lang(lang)));
        to_do.push(("probe list".to_owned(), NAMES.in_lang(lang)));
        to_do.push((naming(lang), ""));
    }
    to_do.push(("probe learn hint".to_owned(), STUCK.in_lang(lang)));
    side_by_side(&mut page, &paint, &to_do);
    page.text
}

/// How the cause is named.
fn naming(lang: Lang) -> String {
    let cause = match lang {
        Lang::En => "CAUSE",
        Lang::Ja => "原因の名前",
    };
    format!("probe learn check {cause}")
}

/// Commands to copy, and what they are for: below each other where there is room.
fn side_by_side(page: &mut Page, paint: &Paint, commands: &[(String, &str)]) {
    let column = commands.iter().map(|(command, _)| width(command)).max();
    let column = column.unwrap_or_default();
    let row = |(command, what): &(String, &str)| match what.is_empty() {
        true => alone(paint, command),
        false => explained(paint, command, column, what),
    };
    let rows: Vec<String> = commands.iter().map(row).collect();
    if rows.iter().all(|row| page.fits(row)) {
        rows.iter().for_each(|row| page.verbatim(row));
    } else {
        for (command, what) in commands {
            commanded(page, paint, command, what);
        }
    }
}

/// A command to copy, and what it is for: behind it, or above it where that is too long.
pub(super) fn commanded(page: &mut Page, paint: &Paint, command: &str, what: &str) {
    let line = alone(paint, command);
    if what.is_empty() {
        return page.verbatim(&line);
    }
    let whole = explained(paint, command, width(command), what);
    if page.fits(&whole) {
        return page.verbatim(&whole);
    }
    let dim = paint.dim;
    page.prose("  # ", &format!("{dim}{what}{dim:#}"));
    page.verbatim(&line);
}

fn alone(paint: &Paint, command: &str) -> String {
    let colour = paint.command;
    format!("  {colour}{command}{colour:#}")
}

/// What the command is for begins behind that column of commands.
fn explained(paint: &Paint, command: &str, column: usize, what: &str) -> String {
    let (line, dim) = (alone(paint, command), paint.dim);
    let gap = " ".repeat(column - width(command));
    format!("{line}{gap}  {dim}# {what}{dim:#}")
}

/// A hint, and the command that shows what it speaks of.
pub fn hint(
    number: usize,
    count: usize,
    text: &str,
    look: Option<&str>,
    lang: Lang,
    screen: Screen,
) -> String {
    let (mut page, paint) = Page::new(screen);
    let strong = paint.strong;
    let head = match lang {
        Lang::En => format!("Hint {number} of {count}"),
        Lang::Ja => format!("ヒント {number}/{count}"),
    };
    page.prose("", &format!("{strong}{head}{strong:#}"));
    page.prose("", text);
    if let Some(command) = look {
        page.verbatim("");
        commanded(&mut page, &paint, command, "");
    }
    if number == count {
        page.verbatim("");
        page.prose("", NO_MORE.in_lang(lang));
        let answer = (naming(lang), SURE.in_lang(lang));
        let solution = ("probe learn solution".to_owned(), ANSWERED.in_lang(lang));
        side_by_side(&mut page, &paint, &[answer, solution]);
    }
    page.text
}
