//! The end of a lesson: what `check` says, and the solution.

use super::{
    lesson::{STUCK, commanded},
    manual::manual,
    page::{Page, Screen},
};
use crate::words::{Lang, phrases};

phrases! {
    PROOF = "Its proof, and the command that mends it:", "証拠と、修復するためのコマンド:";
    PROOF_RECORDED = "Its proof:", "証拠:";
    MEND = "when you have mended it", "修復できたと思ったら";
    FINISH = "ends the lesson", "レッスンを終える";
    RIGHT = "Right, that is the cause.", "正解です。これが原因です。";
    MENDED = "Mended: probe finds nothing wrong any more.", "修復できました。probe は異常を検出していません。";
    NAMED_NOT_MENDED = "Right, that is the cause. Now mend it.", "正解です。これが原因です。次は修復してください。";
    HOW = "its proof, and the command that mends it", "証拠と、修復するためのコマンド";
    SYMPTOM = "That is there, but something else causes it: ask why once more.", "その症状は確かにありますが、それを引き起こしている原因がほかにあります。「なぜ」をもう一度考えてみてください。";
    WRONG = "No: nothing in this stack shows that.", "違います。このスタックに、それを示すものはありません。";
    STILL = "Not yet: five minutes have passed in the local AWS, and the cause is still there.", "まだ直っていません。ローカル AWS で 5 分が経過しましたが、原因は残ったままです。";
    OTHER = "What you were to find is gone, but now something else is wrong:", "探していた障害はなくなりましたが、別の障害が起きています:";
    UNSEEN = "It cannot be told, because something was not seen:", "確認できない情報があるため、判定できません:";
    NEXT = "next", "次のレッスン";
    MORE = "more", "詳しくは";
    ALL_DONE = "That was the last one: all lessons are done.", "これですべてのレッスンが完了しました。";
}

/// The cause and what to do about it.
#[derive(Debug)]
pub struct Solution<'a> {
    /// What is wrong.
    pub fault: &'a str,
    /// Id of the fault.
    pub id: &'a str,
    /// Why it looked as it did.
    pub why: &'a str,
    /// Command that shows the proof.
    pub diagnose: &'a str,
    /// Whether it can be mended.
    pub is_local: bool,
    /// The section of the runbook.
    pub section: &'a str,
}

/// The cause, why it looked as it did, the runbook, and what is left to do.
pub fn solution(solution: &Solution<'_>, lang: Lang, screen: Screen) -> String {
    let (mut page, paint) = Page::new(screen);
    let (bad, dim) = (paint.bad, paint.dim);
    let Solution { fault, id, .. } = solution;
    page.prose("", &format!("{bad}✗ {fault}{bad:#} {dim}({id}){dim:#}"));
    page.verbatim("");
    page.prose("", solution.why);
    page.verbatim("");
    let proof = if solution.is_local {
        PROOF
    } else {
        PROOF_RECORDED
    };
    page.prose("", proof.in_lang(lang));
    commanded(&mut page, &paint, solution.diagnose, "");
    page.verbatim("");
    page.text += &manual(solution.section, screen);
    page.verbatim("");
    let (command, what) = match solution.is_local {
        true => ("probe learn check".to_owned(), MEND),
        false => (format!("probe learn check {id}"), FINISH),
    };
    commanded(&mut page, &paint, &command, what.in_lang(lang));
    page.text
}

/// What `check` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Grade {
    /// Nothing is wrong any more.
    Mended,
    /// The cause was named.
    Named,
    /// The cause was named and is still there.
    NamedNotMended,
    /// A symptom was named.
    Symptom,
    /// Something was named that is not there.
    Wrong,
    /// The cause is still there.
    StillBroken,
    /// The cause is gone, and these faults are there.
    OtherFault(Vec<String>),
    /// Something was not seen, for this reason.
    Unseen(String),
}

impl Grade {
    /// Its name for programs.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Mended => "mended",
            Self::Named => "named",
            Self::NamedNotMended => "named_not_mended",
            Self::Symptom => "symptom",
            Self::Wrong => "wrong",
            Self::StillBroken => "still_broken",
            Self::OtherFault(_) => "other_fault",
            Self::Unseen(_) => "unseen",
        }
    }
}

/// What is said after a lesson.
#[derive(Debug)]
pub struct After<'a> {
    /// Why it looked as it did; `None` where the lesson is not done.
    pub why: Option<&'a str>,
    /// Id of the fault.
    pub fault: &'a str,
    /// Command that helps along where the lesson is not done.
    pub help: &'a str,
    /// Command that shows the proof of the cause and what mends it.
    pub diagnose: &'a str,
    /// The next lesson that is not done.
    pub next: Option<&'a str>,
}

/// Whether it is mended, or the cause was named.
pub fn grade(grade: &Grade, after: &After<'_>, lang: Lang, screen: Screen) -> String {
    let (mut page, paint) = Page::new(screen);
    let (style, sign, phrase) = match grade {
        Grade::Mended => (paint.good, "✓", MENDED),
        Grade::Named => (paint.good, "✓", RIGHT),
        Grade::NamedNotMended => (paint.good, "✓", NAMED_NOT_MENDED),
        Grade::Symptom => (paint.unsure, "✗", SYMPTOM),
        Grade::Wrong => (paint.bad, "✗", WRONG),
        Grade::StillBroken => (paint.bad, "✗", STILL),
        Grade::OtherFault(_) => (paint.unsure, "✗", OTHER),
        Grade::Unseen(_) => (paint.unsure, "?", UNSEEN),
    };
    let text = phrase.in_lang(lang);
    page.prose(&format!("{style}{sign}{style:#} "), text);
    match grade {
        Grade::OtherFault(faults) => faults
            .iter()
            .for_each(|id| page.verbatim(&format!("  {id}"))),
        Grade::Unseen(why) => page.prose("  ", why),
        _ => {}
    }
    let Some(why) = after.why else {
        if *grade == Grade::NamedNotMended {
            commanded(&mut page, &paint, after.diagnose, HOW.in_lang(lang));
            commanded(&mut page, &paint, "probe learn check", MEND.in_lang(lang));
        } else {
            commanded(&mut page, &paint, after.help, STUCK.in_lang(lang));
        }
        return page.text;
    };
    page.verbatim("");
    page.prose("", why);
    page.verbatim("");
    let fault = after.fault;
    commanded(
        &mut page,
        &paint,
        &format!("probe explain {fault}"),
        MORE.in_lang(lang),
    );
    match after.next {
        Some(next) => {
            let command = format!("probe learn start {next}");
            commanded(&mut page, &paint, &command, NEXT.in_lang(lang));
        }
        None => page.prose("", ALL_DONE.in_lang(lang)),
    }
    page.text
}
