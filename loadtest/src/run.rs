//! One run from beginning to end: prepare, load, verify, clean up, judge.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;

use crate::clean::clean;
use crate::drive::{Crew, drive};
use crate::generator::Effort;
use crate::judge::interval::Batch;
use crate::judge::{Observed, judge};
use crate::lang::Lang;
use crate::ledger::{Ledger, Verified, verify};
use crate::outcome::Outcome;
use crate::pacer::Pacer;
use crate::personas::Stage;
use crate::plan::{Plan, UsageError};
use crate::preflight;
use crate::progress;
use crate::record::times::percentile_ms;
use crate::record::{Evidence, Recorder, Second};
use crate::report::{Findings, Report};
use crate::stop::Stop;
use crate::target::Target;

/// The seats of the events that people join: two fill up within seconds, two hardly.
const HALLS: [u32; 4] = [10, 50, 500, 5_000];
/// A stretch of time over which failures are counted together, at most, in seconds.
const BATCH: u64 = 10;
/// How many such stretches a short run is cut into.
const BATCHES: u64 = 10;
/// How long verifying and cleaning up may take, each.
const PATIENCE: Duration = Duration::from_secs(120);
/// How long each may take once a stop was asked for.
const HASTE: Duration = Duration::from_secs(2);

/// What became of the events of the run afterwards.
#[derive(Debug, Clone)]
pub enum Cleaned {
    /// So many were deleted, and none is left.
    Deleted(u64),
    /// Some may be left, for this reason.
    Left(String),
}

/// Runs a plan. A usage error is something to mend before there can be a run.
pub async fn run(
    plan: &Plan,
    stop: &Stop,
    lang: Lang,
) -> anyhow::Result<Result<Report, UsageError>> {
    let ndjson = match plan.ndjson.as_deref().map(create).transpose() {
        Ok(file) => file.map(|file| Box::new(file) as Box<dyn Write + Send>),
        Err(error) => return Ok(Err(error)),
    };
    if let Err(error) = preflight::check(plan).await {
        return Ok(Err(error));
    }
    let target =
        Target::new(plan.host.clone(), plan.timeout).context("the HTTP client cannot be made")?;
    let stage = Stage {
        ledger: Ledger::default(),
        run: plan.run.clone(),
        seed: plan.seed,
        event_date: plan.event_date(),
    };
    if let Err(error) = prepare(&stage, &target).await {
        // Whatever was made before the fault goes again.
        let _ = clean(&target, &plan.run).await;
        return Ok(Err(error));
    }
    let crew = Arc::new(Crew {
        pacer: Pacer::new(
            plan.rate,
            plan.duration,
            plan.users,
            plan.timeout,
            stop.clone(),
        ),
        stage,
        recorder: Recorder::new(plan.slow, ndjson),
        stop: stop.clone(),
    });

    let cutting = tokio::spawn(stop.clone().watch());
    let effort = Effort::now();
    let driven = tokio::select! {
        driven = drive(plan, &crew) => driven,
        () = progress::show(&crew, lang) => Ok(()),
    };
    let cpu = effort.cpu_since();
    let cancelled = stop.is_asked();
    progress::end();

    let (evidence, ndjson_error) = crew.recorder.finish();
    let verified = verify_in_time(&crew.stage.ledger, &target, stop).await;
    let cleaned = clean_in_time(&target, plan, stop).await;
    cutting.abort();
    driven.context("the users could not be run")?;
    if let (Some(error), Some(path)) = (ndjson_error, &plan.ndjson) {
        return Err(error).with_context(|| format!("{} could not be written", path.display()));
    }

    let unsent = crew.pacer.slots() - crew.pacer.sent();
    let observed = observe(&evidence, &verified, plan, cancelled, unsent);
    let judgement = judge(&observed, &plan.rules);
    let findings = Findings {
        evidence,
        verified,
        cleaned,
        acknowledged: crew.stage.ledger.acknowledged(),
        sent: crew.pacer.sent(),
        unsent,
        cpu,
    };
    Ok(Ok(Report::new(plan, &judgement, &findings)))
}

/// Opens a file to write, before there is anything to write.
pub fn create(path: &Path) -> Result<File, UsageError> {
    File::create(path).map_err(|error| UsageError::File {
        path: path.to_owned(),
        why: error.to_string(),
    })
}

async fn prepare(stage: &Stage, target: &Target) -> Result<(), UsageError> {
    for seats in HALLS {
        let draft = stage.draft(format!("Load test, {seats} seats · 負荷テスト"), seats);
        let event = target
            .create(&draft)
            .await
            .map_err(|error| UsageError::NotPrepared(error.to_string()))?;
        stage.ledger.opened(event.id, seats, &draft.title);
    }
    Ok(())
}

async fn verify_in_time(ledger: &Ledger, target: &Target, stop: &Stop) -> Verified {
    tokio::select! {
        verified = verify(ledger, target) => verified,
        why = patience(stop) => Verified { unseen: 1, why: Some(why), ..Verified::default() },
    }
}

async fn clean_in_time(target: &Target, plan: &Plan, stop: &Stop) -> Cleaned {
    tokio::select! {
        cleaned = clean(target, &plan.run) => {
            cleaned.map_or_else(|error| Cleaned::Left(error.to_string()), Cleaned::Deleted)
        }
        why = patience(stop) => Cleaned::Left(why),
    }
}

/// Ends when there is no more time, and says so.
async fn patience(stop: &Stop) -> String {
    let hurried = async {
        stop.asked().await;
        tokio::time::sleep(HASTE).await;
    };
    tokio::select! {
        () = tokio::time::sleep(PATIENCE) => {}
        () = hurried => {}
    }
    "no time left for it".to_owned()
}

fn observe(
    evidence: &Evidence,
    verified: &Verified,
    plan: &Plan,
    cancelled: bool,
    unsent: u64,
) -> Observed {
    let client = Outcome::ClientFault as usize;
    let causes = evidence
        .causes
        .iter()
        .filter(|((outcome, _), _)| *outcome == client);
    Observed {
        failures: batches(&evidence.seconds, plan.duration, |second| second.failures),
        slow: batches(&evidence.seconds, plan.duration, |second| second.slow),
        cancelled,
        lateness_p99_ms: percentile_ms(&evidence.lateness, 99.0),
        unsent,
        client_faults: evidence
            .endpoints
            .iter()
            .map(|cell| cell.outcomes[client])
            .sum(),
        client_cause: causes
            .max_by_key(|(_, count)| **count)
            .map(|((_, cause), _)| cause.clone()),
        unverified: verified.why.clone(),
        violations: verified.violations.clone(),
    }
}

/// The length of a stretch of time over which failures are counted together.
pub fn batch_seconds(duration: Duration) -> u64 {
    (duration.as_secs() / BATCHES).clamp(1, BATCH)
}

fn batches(seconds: &[Second], duration: Duration, failures: fn(&Second) -> u64) -> Vec<Batch> {
    seconds
        .chunks(batch_seconds(duration) as usize)
        .map(|chunk| Batch {
            requests: chunk.iter().map(|second| second.counted).sum(),
            failures: chunk.iter().map(failures).sum(),
        })
        .collect()
}
