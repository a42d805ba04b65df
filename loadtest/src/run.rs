//! One run from beginning to end: prepare, load, verify, clean up, judge.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use chrono::Utc;

use crate::aftermath::{Aftermath, When};
use crate::capacity::{Search, metrics};
use crate::drive::{Crew, Ring};
use crate::judge::judge;
use crate::lang::Lang;
use crate::ledger::{HALLS, Ledger, Verified};
use crate::manifest::Manifest;
use crate::order::Order;
use crate::overwrite::Overwrite;
use crate::pacer::Pacer;
use crate::pacer::schedule::Tally;
use crate::part::Part;
use crate::personas::Stage;
use crate::preflight::{self, Ready};
use crate::record::line::{self, Line};
use crate::record::{Evidence, Recorder};
use crate::report::{End, Findings, Report};
use crate::stop::Stop;
use crate::target::Target;
use crate::usage::UsageError;

mod after;
mod load;
mod observe;

pub use observe::{observe, rules};

use after::{clean_in_time, verify_in_time};
use load::load;

/// So long it takes until all users are there; see [`crate::drive`].
const ASSEMBLY: Duration = Duration::from_secs(1);

/// What a load has left, before anybody judges it.
pub struct Session {
    /// What ran.
    pub crew: Arc<Crew>,
    /// What the requests met.
    pub evidence: Evidence,
    /// What is known beside it.
    pub aftermath: Aftermath,
    /// Of what, by what and on what.
    pub manifest: Manifest,
}

/// A search for the capacity, as far as the load concerns it.
#[derive(Clone, Copy)]
pub struct Searching<'a> {
    /// The search.
    pub search: &'a Search,
    /// Who asks the service for its own figures.
    pub metrics: Option<&'a metrics::Watch>,
}

/// Runs a plan and judges it, and says whether its NDJSON file was written: without that there is still a report.
/// A usage error is something to mend before there can be a run.
pub async fn run(
    order: &Order,
    stop: &Stop,
    lang: Lang,
) -> anyhow::Result<Result<(Report, anyhow::Result<()>), UsageError>> {
    let file = match file(order) {
        Ok(file) => file,
        Err(error) => return Ok(Err(error)),
    };
    let session = match session(order, stop, None, file, lang).await? {
        Ok(session) => session,
        Err(error) => return Ok(Err(error)),
    };
    let Session {
        crew,
        evidence,
        mut aftermath,
        manifest,
    } = session;
    let observed = observe(&evidence, &aftermath, order);
    let judgement = judge(&observed, &rules(order));
    aftermath.verdict = Some(judgement.verdict);
    let written = close(order, &crew, &aftermath);
    let findings = Findings {
        evidence,
        end: match aftermath.stopped {
            Some(_) => End::Cancelled,
            None => End::Complete,
        },
        aftermath,
        manifest,
    };
    let report = Report::new(order, &judgement, &findings);
    Ok(Ok((report, written)))
}

/// Writes the last line of the NDJSON file, and says whether all of it was written.
pub fn close(order: &Order, crew: &Crew, aftermath: &Aftermath) -> anyhow::Result<()> {
    crew.recorder.write(&Line::End(Box::new(aftermath.clone())));
    let Some(error) = crew.recorder.file_error() else {
        return Ok(());
    };
    // A worker writes to a place of its own, without being asked for a file.
    Err(error).with_context(|| match &order.ndjson {
        Some(path) => format!("{} could not be written", path.display()),
        None => "the results could not be written".to_owned(),
    })
}

/// Somebody to write each second to.
pub type Sink = Box<dyn Write + Send>;

/// The NDJSON file of an order, if it wants one.
pub fn file(order: &Order) -> Result<Option<Sink>, UsageError> {
    let file = order.ndjson.as_deref().map(Overwrite::open).transpose()?;
    Ok(file.map(|file| Box::new(file) as Sink))
}

/// Prepares, makes the load, verifies and cleans up; each second goes to the `sink`.
pub async fn session(
    order: &Order,
    stop: &Stop,
    searching: Option<Searching<'_>>,
    sink: Option<Sink>,
    lang: Lang,
) -> anyhow::Result<Result<Session, UsageError>> {
    let plan = &order.plan;
    // Who is asked to stop before there is a load goes on without one, to the report that says so.
    let ready = tokio::select! {
        ready = preflight::check(order) => match ready {
            Ok(ready) => ready,
            Err(error) => return Ok(Err(error)),
        },
        () = stop.asked() => Ready::default(),
    };
    let target =
        Target::new(order.host.clone(), plan.timeout).context("the HTTP client cannot be made")?;
    let stage = Stage {
        ledger: Ledger::default(),
        run: order.run.clone(),
        seed: plan.seed,
        mixes: plan.phases.iter().map(|phase| phase.mix).collect(),
        event_date: order.event_date(),
    };
    let prepared = tokio::select! {
        biased;
        () = stop.asked() => Ok(()),
        prepared = prepare(&stage, &target) => prepared,
    };
    if let Err(error) = prepared {
        // Whatever was made before the fault goes again.
        clean_in_time(&target, order, stop).await;
        return Ok(Err(error));
    }
    let part = order.part.clone().map(|part| Part {
        clock: ready.clock,
        ..part
    });
    let awaited = part.as_ref().filter(|_| stop.why().is_none());
    let gate = match awaited.map(gate).transpose() {
        Ok(gate) => gate,
        Err(error) => {
            clean_in_time(&target, order, stop).await;
            return Ok(Err(error));
        }
    };
    let tally = Tally::of(plan, order.slots());
    let crew = Arc::new(Crew {
        pacer: Pacer::new(plan, order.slots(), gate, stop.clone()),
        stage,
        run: part
            .as_ref()
            .map_or_else(|| order.run.clone(), |part| part.run.clone()),
        host: order.host.clone(),
        ring: Ring::new(plan).context("the HTTP client cannot be made")?,
        recorder: Recorder::new(plan, tally.seconds.clone(), sink),
        stop: stop.clone(),
    });
    let (service, task) = (ready.service.clone(), ready.task.clone());
    let manifest = Manifest::new(std::env::args(), Path::new("."), service, task);
    crew.recorder.write(&Line::Run {
        version: line::VERSION,
        run: order.run.clone(),
        host: order.host.to_string(),
        started_at: order.made_at.to_rfc3339(),
        plan: Box::new(plan.clone()),
        manifest: manifest.clone(),
        terms: Box::new(order.terms.clone()),
        part: part.map(Box::new),
    });

    let cutting = tokio::spawn(stop.clone().watch());
    let health = load(order, &crew, &ready, &target, searching, lang).await;
    // By the clock as it is now: if somebody has set it meanwhile, that shows.
    let began_at = crew
        .pacer
        .started()
        .map(|begin| Utc::now() - begin.elapsed());
    let evidence = crew.recorder.finish();
    let verified = match began_at {
        Some(_) => verify_in_time(&crew.stage, &target, order, stop).await,
        // Without a load nothing was promised.
        None => Verified::default(),
    };
    let cleaned = clean_in_time(&target, order, stop).await;
    cutting.abort();

    let aftermath = Aftermath {
        sent: crew.recorder.sent(),
        beside: ready.calls + target.calls(),
        when: began_at.map(|began_at| When {
            began_at,
            ended_at: Utc::now(),
        }),
        unsent: tally.requests().saturating_sub(crew.recorder.sent()),
        stopped: stop.why().cloned(),
        health: health.context("the users could not be run")?,
        acknowledged: crew.stage.ledger.acknowledged(),
        verified,
        cleaned,
        verdict: None,
    };
    Ok(Ok(Session {
        crew,
        evidence,
        aftermath,
        manifest,
    }))
}

/// The moment at which a worker's schedule begins; an error if its users cannot be there by then.
fn gate(part: &Part) -> Result<Instant, UsageError> {
    let (now, instant) = (Utc::now(), Instant::now());
    let left = (part.begins_at - now).to_std().ok();
    match left.filter(|left| *left >= ASSEMBLY) {
        Some(left) => Ok(instant + left),
        None => Err(UsageError::GateMissed {
            begins_at: part.begins_at,
            now,
        }),
    }
}

async fn prepare(stage: &Stage, target: &Target) -> Result<(), UsageError> {
    for hall in HALLS {
        let opened = stage.open(hall, target).await;
        opened.map_err(|error| UsageError::NotPrepared(error.to_string()))?;
    }
    Ok(())
}
