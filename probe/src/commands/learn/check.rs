//! `probe learn check`: whether it is mended, or the cause is named.

use super::{Desk, diagnosing, local_aws, recording, refused, start};
use crate::{
    check,
    cli::{self, Global},
    commands::{Error, Exit, now},
    diagnose::{Diagnosis, Verdict, diagnose},
    lesson::{
        judge::{Judgement, judge, named},
        progress::Place,
    },
    render::{self, Grade},
    runbook,
    views::{LearnView, LessonCheck},
    words,
};

pub(super) async fn run(mut desk: Desk, args: &cli::Check, global: &Global) -> Result<Exit, Error> {
    let (lesson, current) = desk.current()?;
    let (name, fault) = (lesson.name.clone(), lesson.fault.clone());
    let place = current.place.clone();
    let help = match current.hints < lesson.hints.len() {
        true => "probe learn hint",
        false => "probe learn solution",
    };
    let grade = match (&place, args.cause.as_deref()) {
        (Place::LocalAws { .. }, None) => mended(&place, &fault, global).await?,
        (Place::LocalAws { .. }, Some(cause)) => {
            let diagnosis = looked(&place, global).await?;
            match answer(cause, &diagnosis)? {
                // Naming it is the first half.
                Grade::Named => Grade::NamedNotMended,
                other => other,
            }
        }
        (Place::Recording { file }, Some(cause)) => answer(cause, &diagnose(&recording(file)?))?,
        (Place::Recording { .. }, None) => {
            return Err(Error::Usage(words!(
                "a recording cannot be mended: name the cause\nhint: probe learn check CAUSE; probe list shows the names, probe explain what each means",
                "記録は修復できないため、原因の名前を答えてください\nヒント: probe learn check 原因 (名前の一覧は probe list、それぞれの意味は probe explain で確認できます)"
            )));
        }
    };
    let exit = match grade {
        Grade::Mended | Grade::Named => Exit::Healthy,
        Grade::Unseen(_) => Exit::Undetermined,
        Grade::NamedNotMended
        | Grade::Symptom
        | Grade::Wrong
        | Grade::StillBroken
        | Grade::OtherFault(_) => Exit::Fault,
    };
    let is_done = exit == Exit::Healthy;
    if is_done {
        desk.progress.finish(now());
        desk.save()?;
    } else if matches!(grade, Grade::Symptom | Grade::Wrong | Grade::StillBroken) {
        desk.change(|current| current.misses += 1)?;
    }
    let lang = desk.lang;
    let lesson = desk.lesson(&name)?;
    let open = desk.lessons.iter();
    let next = open
        .filter(|lesson| !desk.progress.done.contains_key(&lesson.name))
        .find(|lesson| lesson.name != name);
    let text = render::grade(
        &grade,
        &render::After {
            why: is_done.then(|| lesson.explanation.in_lang(lang)),
            fault: &fault,
            help,
            diagnose: &diagnosing(&place),
            next: next.filter(|_| is_done).map(|next| next.name.as_str()),
        },
        lang,
        desk.screen(),
    );
    let why = lesson.explanation.in_lang(lang);
    let view = LearnView::Check(LessonCheck {
        version: 1,
        done: is_done,
        grade: grade.as_str().to_owned(),
        why: is_done.then(|| why.to_owned()),
        runbook: is_done.then(|| runbook::location(&fault, lang)),
        next: next.map(|next| next.name.clone()),
        lesson: name,
    });
    desk.show(&text, &view)?;
    Ok(exit)
}

/// Lets time pass in the local AWS, as a repair needs it, and diagnoses again.
async fn mended(place: &Place, fault: &str, global: &Global) -> Result<Grade, Error> {
    let Place::LocalAws {
        endpoint_url,
        stack,
        service,
    } = place
    else {
        return Err(anyhow::anyhow!("a recording cannot be mended").into());
    };
    let aws = local_aws(endpoint_url, stack, &service.region)?;
    let passed = aws.pass_time().await;
    passed.map_err(|refusal| refused(&refusal))?;
    let diagnosis = looked(place, global).await?;
    Ok(match diagnosis.verdict() {
        Verdict::Healthy => Grade::Mended,
        Verdict::Undetermined => {
            let (_, unseen) = &diagnosis.unknown[0];
            Grade::Unseen(unseen.to_string())
        }
        Verdict::Fault => {
            let causes = || diagnosis.causes.iter().map(|cause| cause.check);
            match causes().any(|check| check.id == fault) {
                true => Grade::StillBroken,
                false => Grade::OtherFault(causes().map(|check| check.id.to_owned()).collect()),
            }
        }
    })
}

async fn looked(place: &Place, global: &Global) -> Result<Diagnosis, Error> {
    let Place::LocalAws {
        endpoint_url,
        service,
        ..
    } = place
    else {
        return Err(anyhow::anyhow!("a recording is not looked at").into());
    };
    let clients = start::clients(global, endpoint_url, Some(&service.region)).await?;
    Ok(diagnose(&start::seen(&clients, service).await))
}

/// What the answer of the learner is worth.
fn answer(cause: &str, diagnosis: &Diagnosis) -> Result<Grade, Error> {
    let check = named(cause).map_err(|offered| {
        let line = |check: &&'static check::Check| format!("  {}", check.id);
        let offered: Vec<String> = offered.iter().map(line).collect();
        let offered = offered.join("\n");
        Error::Usage(match offered.is_empty() {
            true => words!(
                "there is no fault {cause}\nhint: probe list shows the names",
                "「{cause}」に当てはまる障害はありません\nヒント: probe list で名前の一覧を表示できます"
            ),
            false => words!(
                "{cause} is no name of a fault; one of these?\n{offered}",
                "「{cause}」という名前の障害はありません。次のどれかですか?\n{offered}"
            ),
        })
    })?;
    Ok(match judge(check, diagnosis) {
        Judgement::Right => Grade::Named,
        Judgement::Symptom => Grade::Symptom,
        Judgement::Wrong => Grade::Wrong,
    })
}
