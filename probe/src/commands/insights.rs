//! `probe logs --insights`: a query of CloudWatch Logs Insights, from start to answer.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    time::{Duration, Instant},
};

use chrono::TimeDelta;
use tokio::signal::unix::{SignalKind, signal};

use super::{
    Error, Exit, connect, now, print, screen,
    watch::{Shown, show},
};
use crate::{
    cli::{self, Global},
    collect::{Clients, LogSource, QueryCall, log_sources, query_answer, start_query, stop_query},
    insights::{Logs, Query, Wrong, stored},
    render::{self, Format},
    snapshot::{QueryAnswer, Subject, Unobserved},
    views::{Asked, Insights},
    words,
    words::Lang,
};

/// Between two looks at a query that runs.
const PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(3);
/// A query that takes longer reads too much for somebody who waits.
const PATIENCE: Duration = Duration::from_secs(300);

pub(super) async fn run(args: &cli::Logs, query: &str, global: &Global) -> Result<Exit, Error> {
    let lang = global.lang();
    if query == "list" {
        print(&list(global.output, lang)?)?;
        return Ok(Exit::Healthy);
    }
    let query = find(query)?;
    let given: BTreeMap<String, String> = args.set.iter().cloned().collect();
    // What is wrong with the command line is told before AWS is asked.
    query
        .filled(&[], "", &given)
        .map_err(|wrong| refuse(&query, wrong))?;

    let (clients, subject) = connect(&args.target, global).await?;
    let sources = match query.logs {
        Logs::Tasks => log_sources(&clients, &subject, None).await?,
        Logs::ContainerInsights => vec![],
    };
    let call = call(args, &query, &given, &subject, &sources)?;
    let asked = Asked {
        target: subject,
        query: query.name.clone(),
        text: call.text.clone(),
        log_groups: call.groups.clone(),
        from: call.from,
        until: call.until,
    };
    let answer = ask(&clients, &call).await?;
    let view = Insights::new(asked, answer, lang);
    if view.rows.is_empty() && global.output != Format::Json {
        let minutes = (view.until - view.from).num_minutes();
        let nothing = words!(
            "the query found nothing in the last {minutes} min\nhint: --since 1d looks further back",
            "直近 {minutes} 分間に該当するログはありません\nヒント: --since 1d でさらに過去を検索できます"
        );
        super::tell(nothing.in_lang(lang));
    }
    show(
        Shown {
            text: render::insights(&view, screen()),
            lines: vec![],
            json: serde_json::to_value(&view)?,
            failed: None,
        },
        global.output,
    )
}

/// A stored query by name, or one in a file.
fn find(name: &str) -> Result<Query, Error> {
    if name.contains('/') {
        let file = fs::read_to_string(name).map_err(|error| {
            Error::Usage(words!(
                "{name} cannot be read: {error}",
                "{name} を読み込めません: {error}"
            ))
        })?;
        let stem = std::path::Path::new(name).file_stem().unwrap_or_default();
        return Ok(Query::read(&stem.to_string_lossy(), &file));
    }
    let queries = stored();
    let names: Vec<&str> = queries.iter().map(|query| query.name.as_str()).collect();
    let names = names.join(", ");
    let found = queries.iter().find(|query| query.name == name).cloned();
    found.ok_or_else(|| {
        Error::Usage(words!(
            "there is no stored query {name}; there are: {names}\nhint: for one of your own name its file with a slash, for example ./{name}.query",
            "保存済みクエリ {name} はありません。利用できるクエリ: {names}\nヒント: 自作のクエリは ./{name}.query のように / を含むファイル名で指定してください"
        ))
    })
}

fn refuse(query: &Query, wrong: Wrong) -> Error {
    let name = &query.name;
    Error::Usage(match wrong {
        Wrong::Missing(value) => words!(
            "the query {name} needs a value for {value}\nhint: --set {value}=...",
            "クエリ {name} には {value} の値が必要です\nヒント: --set {value}=... で指定してください"
        ),
        Wrong::Unknown(value) => {
            let wanted = query.parameters().join(", ");
            words!(
                "the query {name} has no place for {value}\nhint: it takes: {wanted}",
                "クエリ {name} に {value} という値はありません\nヒント: 指定できる値: {wanted}"
            )
        }
        Wrong::Unsafe(value) => words!(
            "the value of {value} has a quotation mark, a backslash or a line break, which would end the text that it stands in",
            "{value} の値に引用符、バックスラッシュ、改行は使えません (クエリの文字列が途中で終わるため)"
        ),
    })
}

fn call(
    args: &cli::Logs,
    query: &Query,
    given: &BTreeMap<String, String>,
    subject: &Subject,
    sources: &[LogSource],
) -> Result<QueryCall, Error> {
    let regions: BTreeSet<Option<&str>> = sources.iter().map(LogSource::region).collect();
    if regions.len() > 1 {
        let groups: Vec<&str> = sources.iter().map(|source| source.group.as_str()).collect();
        let groups = groups.join(", ");
        return Err(Error::Usage(words!(
            "the containers write to several Regions, which one query cannot read: {groups}",
            "コンテナのログが複数のリージョンにあるため、1 つのクエリでは検索できません: {groups}"
        )));
    }
    let groups: BTreeSet<String> = match query.logs {
        Logs::Tasks => sources.iter().map(|source| source.group.clone()).collect(),
        Logs::ContainerInsights => {
            let cluster = &subject.cluster;
            [format!("/aws/ecs/containerinsights/{cluster}/performance")].into()
        }
    };
    // Where streams have no common beginning, every stream may be the service's.
    let prefixes: Option<Vec<String>> = sources
        .iter()
        .map(|source| source.prefix().map(ToOwned::to_owned))
        .collect();
    let filled = query.filled(&prefixes.unwrap_or_default(), &subject.service, given);
    let until = now();
    Ok(QueryCall {
        region: regions.into_iter().flatten().next().map(ToOwned::to_owned),
        groups: groups.into_iter().collect(),
        text: filled.map_err(|wrong| refuse(query, wrong))?,
        from: until - TimeDelta::from_std(args.since).map_err(anyhow::Error::from)?,
        until,
    })
}

/// Waits for the answer. Whatever ends the waiting before, the query is stopped, so that nobody is charged for the rest.
async fn ask(clients: &Clients, call: &QueryCall) -> Result<QueryAnswer, Error> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let id = start_query(clients, call).await.map_err(malformed)?;
    let waited = tokio::select! {
        answer = answer(clients, call, &id) => answer,
        _ = interrupt.recv() => Err(stopped()),
        _ = terminate.recv() => Err(stopped()),
    };
    if waited.is_err() {
        // It may have ended by itself; then there is nothing to stop.
        let _ = stop_query(clients, call, &id).await;
    }
    waited
}

async fn answer(clients: &Clients, call: &QueryCall, id: &str) -> Result<QueryAnswer, Error> {
    let began = Instant::now();
    let mut pause = PAUSE;
    loop {
        let answer = query_answer(clients, call, id).await?;
        match answer.status.as_str() {
            "Complete" => return Ok(answer),
            "Scheduled" | "Running" | "Unknown" if began.elapsed() < PATIENCE => {}
            "Scheduled" | "Running" | "Unknown" => {
                let minutes = PATIENCE.as_secs() / 60;
                return Err(Error::Unfinished(words!(
                    "the query still ran after {minutes} min and was stopped\nhint: --since with a shorter time reads less",
                    "クエリが {minutes} 分以内に終わらなかったため停止しました\nヒント: --since を短くすると検索範囲が狭くなります"
                )));
            }
            status => {
                return Err(Error::Unobserved(Unobserved {
                    operation: "logs:GetQueryResults".to_owned(),
                    code: status.to_owned(),
                    message: "CloudWatch ended the query without an answer".into(),
                }));
            }
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

fn stopped() -> Error {
    Error::Unfinished(words!(
        "stopped, and the query with it",
        "中断し、クエリも停止しました"
    ))
}

/// A query that CloudWatch does not understand is the person's to mend.
fn malformed(why: Unobserved) -> Error {
    if why.code != "MalformedQueryException" {
        return why.into();
    }
    let message = &why.message;
    Error::Usage(words!(
        "CloudWatch does not understand the query: {message}",
        "クエリの構文が正しくありません: {message}"
    ))
}

fn list(format: Format, lang: Lang) -> Result<String, Error> {
    let queries = stored();
    if format == Format::Json {
        let all = queries.iter().map(|query| {
            let about = query.about.in_lang(lang);
            serde_json::json!({ "name": query.name, "about": about, "values": query.parameters() })
        });
        return Ok(serde_json::to_string_pretty(&all.collect::<Vec<_>>())? + "\n");
    }
    let header = match lang {
        Lang::En => ["query", "answers"],
        Lang::Ja => ["クエリ", "内容"],
    };
    let row = |query: &Query| vec![query.name.clone(), query.about.in_lang(lang).to_owned()];
    let text = render::rows(&header, queries.iter().map(row).collect(), screen().width);
    Ok(match format {
        Format::Markdown => render::fenced(&text),
        _ => text,
    })
}
