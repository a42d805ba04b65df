//! `probe logs`: what the tasks write, interleaved, each line once.

mod line;
mod quiet;
mod reader;

use std::{
    io::Write,
    time::{Duration, Instant},
};

use chrono::TimeDelta;
use regex::Regex;

use self::{
    line::Lines,
    reader::{Patience, Reader},
};
use super::{Error, Exit, connect, ending::ended, insights, now, print, screen};
use crate::{
    cli::{self, Global},
    collect::{self, Clients, LogSource, LogWindow, log_sources},
    follow::Shown,
    snapshot::{Observed, Subject},
    views::Tasks,
    words,
};

/// Between two looks: soon after new lines, later while it is quiet.
const SOON: Duration = Duration::from_secs(1);
const QUIET: Duration = Duration::from_secs(5);
/// Between two long looks, at least; a long look that takes long comes less often.
const LONG_LOOK: Duration = Duration::from_secs(30);

pub(super) async fn run(args: cli::Logs, global: &Global) -> Result<Exit, Error> {
    if let Some(query) = &args.insights {
        return insights::run(&args, query, global).await;
    }
    let grep = args.grep.as_deref().map(Regex::new).transpose();
    let grep = grep.map_err(|error| {
        Error::Usage(words!(
            "--grep is no regular expression: {error}",
            "--grep の正規表現が正しくありません: {error}"
        ))
    })?;
    tokio::select! {
        done = read(&args, grep, global) => done,
        () = ended() => Ok(Exit::Healthy),
    }
}

async fn read(args: &cli::Logs, grep: Option<Regex>, global: &Global) -> Result<Exit, Error> {
    let (clients, subject) = connect(&args.target, global).await?;
    let mut since = now() - TimeDelta::from_std(args.since).map_err(anyhow::Error::from)?;
    let lang = global.lang();
    let wanted = wanted(&clients, &subject, args, global).await?;
    if let Some(Wanted {
        first: Some(first), ..
    }) = &wanted
    {
        since = *first;
    }
    let tasks = wanted.as_ref().map(|wanted| wanted.tasks.as_slice());
    let sources = log_sources(&clients, &subject, tasks).await?;
    let mut lines = Lines::new(grep, args.json.clone(), global.output, screen().style);
    let mut shown = Shown::new(since);
    let patience = if args.follow {
        Patience::Endless
    } else {
        Patience::UntilThrottled
    };
    let mut reader = Reader::new(&clients, patience, lang);

    let window = |from| LogWindow {
        from,
        pattern: args.filter.clone(),
    };
    round(&mut reader, &sources, window(since), &mut shown, &mut lines).await?;
    if lines.count() == 0 && !args.follow {
        let why = quiet::why(&clients, &subject, args, lines.read(), now()).await;
        for sentence in why {
            writeln!(std::io::stderr(), "{}", sentence.in_lang(lang))?;
        }
    }
    if !args.follow {
        return Ok(Exit::Healthy);
    }
    let (mut last_long, mut took) = (Instant::now(), Duration::ZERO);
    let mut pause = SOON;
    loop {
        tokio::time::sleep(pause).await;
        let is_long = last_long.elapsed() >= LONG_LOOK.max(took * 4);
        let from = if is_long {
            shown.long_from()
        } else {
            shown.from()
        };
        let (began, before) = (Instant::now(), lines.read());
        round(&mut reader, &sources, window(from), &mut shown, &mut lines).await?;
        if is_long {
            shown.forget();
            (last_long, took) = (Instant::now(), began.elapsed());
        }
        pause = match lines.read() > before {
            true => SOON,
            false => (pause * 2).min(QUIET),
        };
    }
}

/// Reads the window of every source to its end and shows what was not shown yet.
async fn round(
    reader: &mut Reader<'_>,
    sources: &[LogSource],
    window: LogWindow,
    shown: &mut Shown,
    lines: &mut Lines,
) -> Result<(), Error> {
    let mut merge = reader.window(sources, window);
    while let Some(events) = merge.next().await? {
        let mut text = String::new();
        for event in events.iter().filter(|event| shown.is_fresh(event)) {
            lines.add(event, &mut text)?;
        }
        if !text.is_empty() {
            print(&text)?;
        }
    }
    Ok(())
}

/// The tasks whose lines are wanted, and from when, where that does not follow from `--since`.
struct Wanted {
    tasks: Vec<String>,
    first: Option<chrono::DateTime<chrono::Utc>>,
}

/// `--task` and `--previous` name tasks; without them the lines of all tasks are read, also of those that are yet to come.
async fn wanted(
    clients: &Clients,
    subject: &Subject,
    args: &cli::Logs,
    global: &Global,
) -> Result<Option<Wanted>, Error> {
    if args.task.is_none() && !args.previous {
        return Ok(None);
    }
    let snapshot = collect::tasks(clients, subject, now()).await;
    let view = Tasks::new(&snapshot, global.lang());
    if let Some(id) = &args.task {
        let known = snapshot.tasks.iter().chain(&snapshot.older_tasks).flatten();
        let mut tasks: Vec<String> = known
            .map(|(known, _)| known.clone())
            .filter(|known| known.starts_with(id.as_str()))
            .collect();
        // ECS forgets; the log does not.
        if tasks.is_empty() && id.len() == 32 {
            tasks.push(id.clone());
        }
        if tasks.is_empty() {
            known_tasks(snapshot.tasks)?;
            return Err(Error::Usage(words!(
                "no task of the service begins with {id}\nhint: probe tasks shows them; one that ECS has forgotten needs its whole id",
                "{id} で始まるタスクはありません\nヒント: probe tasks で一覧を表示できます。ECS から消えたタスクは ID 全体を指定してください"
            )));
        }
        return Ok(Some(Wanted { tasks, first: None }));
    }
    // The tasks that died; where none did, those that were stopped.
    let dead = |normal: bool| {
        view.stopped
            .iter()
            .filter(move |stop| stop.normal == normal)
    };
    let stops: Vec<_> = match dead(false).next() {
        Some(_) => dead(false).collect(),
        None => dead(true).collect(),
    };
    let mut tasks: Vec<_> = stops.iter().flat_map(|stop| &stop.tasks).collect();
    tasks.sort_by_key(|task| std::cmp::Reverse(task.stopped_at));
    tasks.truncate(PREVIOUS);
    if tasks.is_empty() {
        known_tasks(snapshot.tasks)?;
        return Err(Error::Usage(words!(
            "no task has stopped within the last hour, nor does the stacks' event log tell of one\nhint: leave --previous out to read the tasks that run",
            "直近 1 時間に停止したタスクはなく、スタックのイベントログにも記録がありません\nヒント: 実行中のタスクのログは --previous を付けずに表示できます"
        )));
    }
    let first = tasks.iter().filter_map(|task| task.created_at).min();
    let tasks = tasks.iter().map(|task| task.task.clone()).collect();
    Ok(Some(Wanted { tasks, first }))
}

/// So many tasks that died are read.
const PREVIOUS: usize = 5;

fn known_tasks<T>(tasks: Observed<T>) -> Result<(), Error> {
    tasks.map(|_| ()).map_err(Error::Unobserved)
}
