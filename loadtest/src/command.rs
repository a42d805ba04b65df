//! The subcommands: they print and give the exit code.

use std::io::{ErrorKind, Write, stderr, stdout};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Context;
use chrono::{DateTime, Utc};

use crate::aws;
use crate::capacity::outcome::Outcome;
use crate::capacity::{cpu, metrics};
use crate::clean::clean;
use crate::cli::{
    CapacityArguments, CleanupArguments, ForecastArguments, MergeArguments, Output,
    RecommendArguments, ReportArguments, RunArguments, WatchArguments, WorkArguments,
};
use crate::events::What;
use crate::forecast::{self, Forecast};
use crate::lang::{Lang, count};
use crate::merge;
use crate::order::{self, Order};
use crate::overwrite::Overwrite;
use crate::preflight;
use crate::publish::{Outlet, exit_code, show};
use crate::recommend;
use crate::report::{json, read};
use crate::run::{self, Searching, Session};
use crate::stop::Stop;
use crate::target::Target;
use crate::usage::UsageError;
use crate::witness::{self, Clock, Notebook, Origin, Subject};
use crate::work;

/// The exit code of wrong usage, and of whatever keeps a run from taking place.
pub const USAGE: u8 = 3;

/// How long a look-up or a deletion may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Runs a load test.
pub async fn run(
    arguments: RunArguments,
    now: DateTime<Utc>,
    random: u64,
    lang: Lang,
) -> anyhow::Result<u8> {
    let order = match Order::new(arguments, now, random) {
        Ok(order) => order,
        Err(error) => return refuse(&error, lang),
    };
    let outlet = match Outlet::open(&order.reports) {
        Ok(outlet) => outlet,
        Err(error) => return refuse(&error, lang),
    };
    let stop = Stop::default();
    stop.on_signals()
        .context("signals cannot be listened for")?;
    let (report, written) = match run::run(&order, &stop, lang).await? {
        Ok(done) => done,
        Err(error) => return refuse(&error, lang),
    };
    outlet.publish(&report, lang).and(written)?;
    Ok(exit_code(&report))
}

/// Searches for the capacity.
pub async fn capacity(
    mut arguments: CapacityArguments,
    now: DateTime<Utc>,
    random: u64,
    lang: Lang,
) -> anyhow::Result<u8> {
    let (json, url) = (arguments.json.take(), arguments.metrics.take());
    if url.as_ref().is_some_and(|url| url.as_str().contains('@')) {
        return refuse(&UsageError::Credentials("--metrics"), lang);
    }
    let named = arguments.watched.named();
    let (order, search) = match Order::search(arguments, now, random) {
        Ok(order) => order,
        Err(error) => return refuse(&error, lang),
    };
    let json = match json.as_deref().map(Overwrite::open).transpose() {
        Ok(json) => json,
        Err(error) => return refuse(&error, lang),
    };
    let metrics = url.map(metrics::Watch::new).transpose()?;
    if let Some(metrics) = &metrics
        && metrics.ask().await.is_none()
    {
        return refuse(&UsageError::NoMetrics, lang);
    }
    let witness = match named {
        Some(named) => match preflight::cpu_witness(named).await {
            Ok(witness) => Some(witness),
            Err(error) => return refuse(&error, lang),
        },
        None => None,
    };
    let stop = Stop::default();
    stop.on_signals()
        .context("signals cannot be listened for")?;
    let searching = Searching {
        search: &search,
        metrics: metrics.as_ref(),
    };
    let file = match run::file(&order) {
        Ok(file) => file,
        Err(error) => return refuse(&error, lang),
    };
    let session = match run::session(&order, &stop, Some(searching), file, lang).await? {
        Ok(session) => session,
        Err(error) => return refuse(&error, lang),
    };
    let written = run::close(&order, &session.crew, &session.aftermath);
    let pools = metrics.map(|metrics| metrics.seconds()).unwrap_or_default();
    let Session {
        crew,
        evidence,
        aftermath,
        ..
    } = session;
    let mut outcome = Outcome::new(&order, &search, &evidence, aftermath, &pools);
    if let Some(witness) = &witness
        && let Some(step) = outcome.open_step(&search)
        && let (Some(instant), Some(when)) = (crew.pacer.started(), outcome.aftermath.when)
    {
        let waits = lang.pick(
            "waiting for the CPU in CloudWatch, for some minutes at most",
            "CloudWatch の CPU の値を待っています (数分かかることがあります)",
        );
        writeln!(stderr(), "loadtest: {waits}")?;
        let utc = when.began_at;
        let cpu = cpu::ask(witness, &Clock { instant, utc }, search.held(step), &stop).await;
        outcome.limit = outcome.limit.map(|limit| limit.with(cpu));
    }
    let mut done = stdout()
        .write_all(outcome.text(lang).as_bytes())
        .context("the result could not be printed");
    if let Some(mut file) = json {
        let text = serde_json::to_string_pretty(&outcome)? + "\n";
        done = done.and(
            file.write_all(text.as_bytes())
                .context("the result could not be written"),
        );
    }
    done.and(written)?;
    Ok(outcome.exit_code())
}

/// Makes another form of a report.
pub fn report(arguments: &ReportArguments, lang: Lang) -> anyhow::Result<u8> {
    let Some(path) = &arguments.file else {
        stdout().write_all(json::schema()?.as_bytes())?;
        return Ok(0);
    };
    let report = match read(path) {
        Ok(report) => report,
        Err(error) => {
            let (path, why) = (path.clone(), error.to_string());
            return refuse(&UsageError::Report { path, why }, lang);
        }
    };
    match &arguments.out {
        None => show(arguments.output, &report, lang)?,
        Some(path) => {
            let text = arguments.output.render(&report, lang, None)?;
            std::fs::write(path, text)
                .with_context(|| format!("{} could not be written", path.display()))?;
        }
    }
    Ok(exit_code(&report))
}

/// Says what a plan will do.
pub fn forecast(arguments: &ForecastArguments, random: u64, lang: Lang) -> anyhow::Result<u8> {
    let plan = match order::plan(&arguments.plan, random) {
        Ok(plan) => plan,
        Err(error) => return refuse(&error, lang),
    };
    let forecast = Forecast::new(&plan);
    let text = match arguments.output {
        Output::Text => forecast::text::render(&forecast, lang),
        Output::Json => serde_json::to_string_pretty(&forecast)? + "\n",
    };
    stdout().write_all(text.as_bytes())?;
    Ok(0)
}

/// Says what to set for an event day.
pub fn recommend(arguments: &RecommendArguments, lang: Lang) -> anyhow::Result<u8> {
    match recommend::recommend(arguments, lang)? {
        Ok(code) => Ok(code),
        Err(error) => refuse(&error, lang),
    }
}

/// Watches a service until a stop is asked for, and says each change.
pub async fn watch(
    arguments: WatchArguments,
    now: DateTime<Utc>,
    lang: Lang,
) -> anyhow::Result<u8> {
    let Some(named) = arguments.watched.named() else {
        return refuse(&UsageError::NothingToWatch, lang);
    };
    let config = aws::environment().await;
    let witness = match preflight::witness(&config, named).await {
        Ok(witness) => witness,
        Err(error) => return refuse(&error, lang),
    };
    let mut file: Box<dyn Write + Send> = match arguments.ndjson.as_deref().map(Overwrite::open) {
        None => Box::new(stdout()),
        Some(Ok(file)) => Box::new(file),
        Some(Err(error)) => return refuse(&error, lang),
    };
    let Subject {
        cluster, service, ..
    } = witness.subject().clone();
    let source = concat!("loadtest ", env!("CARGO_PKG_VERSION")).to_owned();
    let origin = Origin::new(source, cluster, service, now.to_rfc3339());
    witness::write(&origin, &mut file)?;
    let stop = Stop::default();
    stop.on_signals()
        .context("signals cannot be listened for")?;
    let clock = Clock {
        instant: Instant::now(),
        utc: now,
    };
    let file = Mutex::new((file, None));
    let notes = Notebook::new(clock, |sighting| {
        let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = witness::write(&sighting, &mut file.0) {
            // Nobody reads any more, or the disk is full.
            file.1.get_or_insert(error);
            stop.ask(What::StopAsked);
        }
    });
    let over = tokio::time::sleep(arguments.duration.unwrap_or(Duration::MAX));
    tokio::select! {
        () = witness.watch(&notes) => {}
        () = stop.asked() => {}
        () = over => {}
    }
    notes.end();
    drop(notes);
    let (_, lost) = file.into_inner().unwrap_or_else(PoisonError::into_inner);
    match lost {
        Some(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(error).context("what was seen could not be written")
        }
        _ => Ok(0),
    }
}

/// Does one worker's part of a run.
pub async fn work(arguments: WorkArguments, now: DateTime<Utc>, lang: Lang) -> anyhow::Result<u8> {
    let stop = Stop::default();
    stop.on_signals()
        .context("signals cannot be listened for")?;
    match work::work(arguments, now, &stop, lang).await? {
        Ok(code) => Ok(code),
        Err(error) => refuse(&error, lang),
    }
}

/// Adds up what the workers of a run have written, and judges it.
pub fn merge(mut arguments: MergeArguments, lang: Lang) -> anyhow::Result<u8> {
    let outlet = match Outlet::open(&std::mem::take(&mut arguments.files).reports()) {
        Ok(outlet) => outlet,
        Err(error) => return refuse(&error, lang),
    };
    let report = match merge::merge(&arguments) {
        Ok(report) => report,
        Err(error) => return refuse(&error, lang),
    };
    outlet.publish(&report, lang)?;
    Ok(exit_code(&report))
}

/// Deletes what a run left behind.
pub async fn cleanup(arguments: CleanupArguments, lang: Lang) -> anyhow::Result<u8> {
    let host = match order::run_id(&arguments.run).and_then(|_| order::target(&arguments.target)) {
        Ok(host) => host,
        Err(error) => return refuse(&error, lang),
    };
    let deleted = clean(&Target::new(host, TIMEOUT)?, &arguments.run).await?;
    let (run, deleted) = (arguments.run, count(deleted));
    let said = lang.pick(
        format!("{deleted} events of run {run} deleted"),
        format!("実行 {run} のイベントを {deleted} 件削除しました"),
    );
    writeln!(stdout(), "{said}")?;
    Ok(0)
}

fn refuse(error: &UsageError, lang: Lang) -> anyhow::Result<u8> {
    writeln!(stderr(), "loadtest: {}", error.text(lang))?;
    Ok(USAGE)
}
