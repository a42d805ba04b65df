//! One run from beginning to end: prepare, load, verify, clean up, judge.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use rand::SeedableRng;
use rand::rngs::StdRng;
use tokio_util::sync::CancellationToken;

use crate::aftermath::{Aftermath, Cleaned};
use crate::capacity::enough::Enough;
use crate::capacity::{Search, metrics};
use crate::clean::clean;
use crate::drive::{Crew, Ring, drive};
use crate::events::What;
use crate::faults;
use crate::generator::strain::strains;
use crate::generator::{Health, Meter};
use crate::judge::abort::Watches;
use crate::judge::{Observed, Rules, judge, measured};
use crate::lang::Lang;
use crate::ledger::{HALLS, Ledger, Verified, race, upkeep, verify};
use crate::manifest::Manifest;
use crate::order::Order;
use crate::outcome::Outcome;
use crate::pacer::Pacer;
use crate::pacer::schedule::Tally;
use crate::personas::{Stage, organizer};
use crate::plan::rule::{Demand, Scope};
use crate::preflight::{self, Ready};
use crate::progress::Progress;
use crate::record::line::{self, Line};
use crate::record::times::percentile_ms;
use crate::record::{Evidence, Recorder};
use crate::report::{End, Findings, Report};
use crate::stop::Stop;
use crate::target::Target;
use crate::usage::UsageError;
use crate::watch::watch;

/// How long verifying and cleaning up may take, each.
const PATIENCE: Duration = Duration::from_secs(120);
/// How long each may take once a stop was asked for.
const HASTE: Duration = Duration::from_secs(2);

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

/// Runs a plan and judges it. A usage error is something to mend before there can be a run.
pub async fn run(
    order: &Order,
    stop: &Stop,
    lang: Lang,
) -> anyhow::Result<Result<Report, UsageError>> {
    let session = match session(order, stop, None, lang).await? {
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
    close(order, &crew, &aftermath)?;
    let findings = Findings {
        evidence,
        end: match aftermath.stopped {
            Some(_) => End::Cancelled,
            None => End::Complete,
        },
        aftermath,
        manifest,
    };
    Ok(Ok(Report::new(order, &judgement, &findings)))
}

/// Writes the last line of the NDJSON file, and says whether all of it was written.
pub fn close(order: &Order, crew: &Crew, aftermath: &Aftermath) -> anyhow::Result<()> {
    crew.recorder.write(&Line::End(Box::new(aftermath.clone())));
    match (crew.recorder.file_error(), &order.ndjson) {
        (Some(error), Some(path)) => {
            Err(error).with_context(|| format!("{} could not be written", path.display()))
        }
        _ => Ok(()),
    }
}

/// Prepares, makes the load, verifies and cleans up.
pub async fn session(
    order: &Order,
    stop: &Stop,
    searching: Option<Searching<'_>>,
    lang: Lang,
) -> anyhow::Result<Result<Session, UsageError>> {
    let plan = &order.plan;
    let ndjson = match order.ndjson.as_deref().map(create).transpose() {
        Ok(file) => file.map(|file| Box::new(file) as Box<dyn Write + Send>),
        Err(error) => return Ok(Err(error)),
    };
    let ready = match preflight::check(order).await {
        Ok(ready) => ready,
        Err(error) => return Ok(Err(error)),
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
    if let Err(error) = prepare(&stage, &target).await {
        // Whatever was made before the fault goes again.
        let _ = clean(&target, &order.run).await;
        return Ok(Err(error));
    }
    let tally = Tally::of(plan);
    let crew = Arc::new(Crew {
        pacer: Pacer::new(plan, stop.clone()),
        stage,
        host: order.host.as_str().trim_end_matches('/').to_owned(),
        ring: Ring::new(plan).context("the HTTP client cannot be made")?,
        recorder: Recorder::new(plan, tally.seconds.clone(), ndjson),
        stop: stop.clone(),
    });
    let manifest = Manifest::new(std::env::args(), Path::new("."), ready.service.clone());
    crew.recorder.write(&Line::Run {
        version: line::VERSION,
        run: order.run.clone(),
        host: order.host.to_string(),
        started_at: order.made_at.to_rfc3339(),
        plan: Box::new(plan.clone()),
        manifest: manifest.clone(),
    });

    let cutting = tokio::spawn(stop.clone().watch());
    let health = load(order, &crew, &ready, &target, searching, lang).await;
    let evidence = crew.recorder.finish(crew.pacer.sent());
    let verified = verify_in_time(&crew.stage, &target, order, stop).await;
    let cleaned = clean_in_time(&target, order, stop).await;
    cutting.abort();

    let aftermath = Aftermath {
        sent: crew.pacer.sent(),
        unsent: tally.requests().saturating_sub(crew.pacer.sent()),
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

/// Runs the users, and everything that goes on beside them, until the schedule is over or a stop was asked for.
async fn load(
    order: &Order,
    crew: &Arc<Crew>,
    ready: &Ready,
    target: &Target,
    searching: Option<Searching<'_>>,
    lang: Lang,
) -> anyhow::Result<Health> {
    let plan = &order.plan;
    let over = CancellationToken::new();
    let mut meter = Meter::new(ready.ceiling);
    let watches = plan.abort.then(|| Watches::new(plan));
    let enough = searching.map(|searching| Enough::new(searching.search, plan.max_lateness));
    let driven = async {
        let driven = drive(order, crew).await;
        over.cancel();
        driven
    };
    let beside = async {
        tokio::join!(
            watch(
                crew,
                &mut meter,
                watches,
                enough,
                Progress::new(order, lang)
            ),
            crew.ring.renew(plan, StdRng::seed_from_u64(plan.seed)),
            upkeep(&crew.stage, target, plan.timeout),
            async {
                if let Some(metrics) = searching.and_then(|searching| searching.metrics) {
                    metrics.run(crew).await;
                }
            },
            async {
                if let Some(alarms) = &ready.alarms {
                    alarms.watch(&crew.stop).await;
                }
            },
        )
    };
    let faults = faults::make(plan, crew, ready.ecs.as_ref(), &over);
    tokio::select! {
        (driven, ()) = async { tokio::join!(driven, faults) } => driven?,
        _ = beside => {}
    }
    Ok(meter.health())
}

/// Opens a file to write, before there is anything to write.
pub fn create(path: &Path) -> Result<File, UsageError> {
    File::create(path).map_err(|error| UsageError::File {
        path: path.to_owned(),
        why: error.to_string(),
    })
}

async fn prepare(stage: &Stage, target: &Target) -> Result<(), UsageError> {
    for hall in HALLS {
        let opened = stage.open(hall, target).await;
        opened.map_err(|error| UsageError::NotPrepared(error.to_string()))?;
    }
    Ok(())
}

async fn verify_in_time(stage: &Stage, target: &Target, order: &Order, stop: &Stop) -> Verified {
    let organizer = organizer(&order.run);
    let verifying = async {
        let raced = race(stage, target).await;
        let mut verified = verify(&stage.ledger, target, &organizer, order.plan.timeout).await;
        if let Err(error) = raced {
            verified.why.get_or_insert(error.to_string());
        }
        verified
    };
    tokio::select! {
        verified = verifying => verified,
        why = patience(stop) => Verified {
            unseen: 1,
            why: Some(why),
            violations: stage.ledger.contradictions(),
            ..Verified::default()
        },
    }
}

async fn clean_in_time(target: &Target, order: &Order, stop: &Stop) -> Cleaned {
    tokio::select! {
        cleaned = clean(target, &order.run) => {
            cleaned.map_or_else(|error| Cleaned::Left(error.to_string()), Cleaned::Deleted)
        }
        why = patience(stop) => Cleaned::Left(why),
    }
}

/// Ends when there is no more time, and says so.
async fn patience(stop: &Stop) -> String {
    let hurried = async {
        stop.hurried().await;
        tokio::time::sleep(HASTE).await;
    };
    tokio::select! {
        () = tokio::time::sleep(PATIENCE) => {}
        () = hurried => {}
    }
    "no time left for it".to_owned()
}

/// What is demanded of the whole run.
fn general(order: &Order, sort: fn(&Demand) -> bool) -> Option<Demand> {
    let rules = order.plan.rules.iter();
    rules
        .filter(|rule| rule.scope == Scope::default() && rule.window.is_none())
        .map(|rule| rule.demand)
        .find(sort)
}

fn availability(order: &Order) -> Demand {
    general(order, |demand| matches!(demand, Demand::Availability(_)))
        .unwrap_or(Demand::Availability(0.999))
}

fn slowness(order: &Order) -> Demand {
    general(order, |demand| matches!(demand, Demand::Slower { .. })).unwrap_or(Demand::Slower {
        than: order.plan.slow,
        share: 0.05,
    })
}

/// The rules as the judge knows them.
pub fn rules(order: &Order) -> Rules {
    Rules {
        availability: 1.0 - availability(order).allowed(),
        slow_share: slowness(order).allowed(),
        lateness_ms: order.plan.max_lateness.as_secs_f64() * 1_000.0,
    }
}

/// What the judge is told.
pub fn observe(evidence: &Evidence, aftermath: &Aftermath, order: &Order) -> Observed {
    let total = evidence.total(Scope::default());
    let lateness_p99_ms = percentile_ms(&total.lateness, 99.0);
    let causes = total
        .causes
        .iter()
        .filter(|((outcome, _), _)| *outcome == Outcome::ClientFault);
    let certain = match &aftermath.stopped {
        Some(What::Doomed { certain, .. }) => Some(*certain),
        _ => None,
    };
    Observed {
        failures: evidence.batches(Scope::default(), availability(order)),
        slow: evidence.batches(Scope::default(), slowness(order)),
        rules: measured(evidence, &order.plan),
        certain,
        forecast: order.forecast,
        comparison: order
            .baseline
            .as_ref()
            .map(|earlier| earlier.compare(&order.plan, evidence)),
        fail_on_regression: order.fail_on_regression,
        cancelled: aftermath.stopped.is_some() && certain.is_none(),
        lateness_p99_ms,
        unsent: aftermath.unsent,
        client_faults: total.outcomes[Outcome::ClientFault as usize],
        client_cause: causes
            .max_by_key(|(_, count)| **count)
            .map(|((_, cause), _)| cause.to_string()),
        unverified: aftermath.verified.why.clone(),
        violations: aftermath.verified.violations.clone(),
        strains: strains(&aftermath.health, lateness_p99_ms, &order.plan),
    }
}
