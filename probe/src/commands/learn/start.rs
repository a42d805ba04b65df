//! `probe learn start`: something breaks, and the learner sees what people see.

use super::{Desk, local_aws, note, quoted, refused};
use crate::{
    cli::{self, Global},
    collect::{self, Clients, Options, SecretValues, collect as look_at_all, find_by_stack},
    commands::{Error, Exit, now},
    diagnose::{Verdict, diagnose},
    lesson::{
        Lesson,
        local_aws::{LocalAws, Refusal},
        progress::{Current, Place},
    },
    render::{self, Briefing},
    report::is_not_logged_in,
    scenario,
    snapshot::{Sight, Snapshot, Subject},
    views::{LearnView, LessonStart, Status},
    words,
};

/// Where the local AWS deploys when nothing names a Region.
const REGION: &str = "ap-northeast-1";

pub(super) async fn run(mut desk: Desk, args: &cli::Start, global: &Global) -> Result<Exit, Error> {
    let lesson = chosen(&desk, args.lesson.as_deref())?;
    let (place, status) = match address(args, global) {
        Some(address) => in_local_aws(&desk, lesson, args, global, &address).await?,
        None => recorded(&desk, lesson)?,
    };
    let (lang, set) = (desk.lang, ways(&place));
    let text = render::briefing(
        &Briefing {
            number: lesson.order,
            title: lesson.title.in_lang(lang),
            story: lesson.story.in_lang(lang),
            status: &status,
            stack: match &place {
                Place::LocalAws { stack, .. } => Some(stack.as_str()),
                Place::Recording { .. } => None,
            },
            recording: match &place {
                Place::Recording { file } => Some(quoted(file)),
                Place::LocalAws { .. } => None,
            },
            set,
        },
        lang,
        desk.screen(),
    );
    let view = LearnView::Start(LessonStart {
        version: 1,
        lesson: lesson.name.clone(),
        title: lesson.title.in_lang(lang).to_owned(),
        story: lesson.story.in_lang(lang).to_owned(),
        place: place.clone(),
        tasks: status.tasks,
        deployments: status.deployments,
        targets: status.targets,
        events: status.events,
    });
    let current = Current {
        lesson: lesson.name.clone(),
        place,
        started_at: now(),
        hints: 0,
        misses: 0,
        solution_shown: false,
    };
    desk.progress.current = Some(current);
    desk.save()?;
    desk.show(&text, &view)?;
    Ok(Exit::Healthy)
}

/// The lesson of that name, else the first that is not done.
fn chosen<'a>(desk: &'a Desk, name: Option<&str>) -> Result<&'a Lesson, Error> {
    if let Some(name) = name {
        return desk.lesson(name);
    }
    let is_open = |lesson: &&Lesson| !desk.progress.done.contains_key(&lesson.name);
    desk.lessons.iter().find(is_open).ok_or_else(|| {
        Error::Usage(words!(
            "all lessons are done\nhint: name one to do it again: probe learn list",
            "すべてのレッスンが完了しています\nヒント: もう一度行うには名前を指定してください: probe learn list"
        ))
    })
}

/// Where the local AWS is said to be.
fn address(args: &cli::Start, global: &Global) -> Option<String> {
    if args.recorded {
        return None;
    }
    let set = std::env::var("AWS_ENDPOINT_URL").ok();
    let named = global.endpoint_url.clone().or(set);
    named.filter(|address| !address.is_empty())
}

/// What still has to be set so that the commands of the learner find the local AWS.
fn ways(place: &Place) -> Vec<String> {
    let Place::LocalAws {
        endpoint_url,
        service,
        ..
    } = place
    else {
        return vec![];
    };
    // The AWS CLI reads the one name of the Region, the SDK both.
    let wanted = [
        ("AWS_ENDPOINT_URL", endpoint_url),
        ("AWS_REGION", &service.region),
        ("AWS_DEFAULT_REGION", &service.region),
    ];
    let missing = wanted
        .into_iter()
        .filter(|(name, value)| std::env::var(name).ok().as_ref() != Some(value));
    missing
        .map(|(name, value)| format!("export {name}={value}"))
        .collect()
}

async fn in_local_aws(
    desk: &Desk,
    lesson: &Lesson,
    args: &cli::Start,
    global: &Global,
    address: &str,
) -> Result<(Place, Status), Error> {
    let lang = desk.lang;
    // Refused before anything is asked of it.
    local_aws(address, &args.stack, REGION)?;
    let clients = clients(global, address, None).await?;
    let aws = local_aws(address, &args.stack, &clients.region)?;
    match aws.greet().await {
        Ok(()) => {}
        Err(silent @ Refusal::Silent(_)) => {
            note(
                &words!(
                    "{silent}, so this lesson uses its recording; where make demo runs: . .data/demo/env && probe learn start",
                    "{address} から応答がないため、記録を使います。make demo が動いている場合は、この端末で設定し直してください: . .data/demo/env && probe learn start"
                ),
                lang,
            );
            return recorded(desk, lesson);
        }
        Err(refusal) => return Err(refused(&refusal)),
    }
    prepare(desk, args, &clients, &aws, address).await?;
    let broken = aws.break_with(&lesson.fault).await;
    broken.map_err(|refusal| refused(&refusal))?;
    let service = find_by_stack(&clients, &args.stack).await?;
    let sight = collect::status(&clients, &service, now()).await;
    let place = Place::LocalAws {
        endpoint_url: address.to_owned(),
        stack: args.stack.clone(),
        service,
    };
    Ok((place, Status::new(&sight, lang)))
}

/// Sees to it that what is broken next is the only thing that is broken.
async fn prepare(
    desk: &Desk,
    args: &cli::Start,
    clients: &Clients,
    aws: &LocalAws,
    address: &str,
) -> Result<(), Error> {
    let refused = |refusal| super::refused(&refusal);
    let found = match find_by_stack(clients, &args.stack).await {
        Err(why) if is_not_logged_in(&why) => {
            return Err(Error::Usage(words!(
                "there are no credentials; the local AWS takes any\nhint: export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test",
                "認証情報がありません。ローカル AWS ではどのような値でも使えます\nヒント: export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test"
            )));
        }
        found => found.ok(),
    };
    let is_healthy = match &found {
        Some(service) => verdict(clients, service).await == Verdict::Healthy,
        None => false,
    };
    // What an unfinished lesson has broken may be thrown away; what somebody else made of the stack may not.
    let is_ours = desk.progress.current.as_ref().is_some_and(|current| {
        matches!(&current.place, Place::LocalAws { endpoint_url, stack, .. }
            if endpoint_url == address && *stack == args.stack)
    });
    match found {
        Some(_) if is_healthy && !args.reset => return Ok(()),
        Some(_) if !is_ours && !args.reset => {
            let stack = &args.stack;
            return Err(Error::Usage(words!(
                "the stacks {stack} are not healthy, so a lesson would show two faults at once\nhint: mend them (probe diagnose --stack {stack}), or let the local AWS be emptied and set up anew: probe learn start --reset",
                "スタック {stack} は正常ではないため、このまま始めると 2 つの障害が重なります\nヒント: 修復する (probe diagnose --stack {stack}) か、ローカル AWS を空にして作り直してください: probe learn start --reset"
            )));
        }
        Some(_) => {
            note(
                &words!(
                    "emptying the local AWS and deploying the stacks anew",
                    "ローカル AWS を空にして、スタックをデプロイし直しています"
                ),
                desk.lang,
            );
            aws.reset().await.map_err(refused)?;
        }
        None => note(
            &words!(
                "deploying the stacks into the local AWS",
                "ローカル AWS にスタックをデプロイしています"
            ),
            desk.lang,
        ),
    }
    aws.deploy().await.map_err(refused)
}

/// The clients for the local AWS: in that Region, else in the one of the environment.
pub(super) async fn clients(
    global: &Global,
    address: &str,
    region: Option<&str>,
) -> Result<Clients, Error> {
    let mut connection = global.connection();
    connection.endpoint_url = Some(address.to_owned());
    if let Some(region) = region {
        connection.region = Some(region.to_owned());
    }
    if let Some(clients) = Clients::connect(connection.clone()).await {
        return Ok(clients);
    }
    connection.region = Some(REGION.to_owned());
    let clients = Clients::connect(connection).await;
    clients.ok_or_else(|| anyhow::anyhow!("no Region").into())
}

/// Everything that is seen of a service of the local AWS.
pub(super) async fn seen(clients: &Clients, service: &Subject) -> Snapshot {
    let options = Options {
        secret_values: SecretValues::Unread,
        stack: None,
    };
    look_at_all(clients, service, &options, now()).await
}

async fn verdict(clients: &Clients, service: &Subject) -> Verdict {
    diagnose(&seen(clients, service).await).verdict()
}

fn recorded(desk: &Desk, lesson: &Lesson) -> Result<(Place, Status), Error> {
    let Some(snapshot) = scenario::snapshot(&lesson.fault) else {
        return Err(anyhow::anyhow!("the lesson {} has no recording", lesson.name).into());
    };
    let snapshot = snapshot?;
    let file = desk.store.record(&snapshot).map_err(super::no_store)?;
    Ok((
        Place::Recording { file },
        Status::new(&Sight::from(snapshot), desk.lang),
    ))
}
