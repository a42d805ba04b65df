//! Tries the event service as its users do, at an address, with one event of its own.
//!
//! It is safe where people work. It sends fifteen requests or so, each with a limit. Of events it touches its own alone,
//! which nobody is told of: it is created in the past, of which the service announces nothing; for joining it is moved
//! into the future, and back again before the service has told of the change (it waits 30 s for further changes, and
//! changes that cancel each other out are not told). Whatever happens on the way, it is moved back and removed.

mod certificate;
mod client;
mod event;
mod headers;
mod surface;

use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::signal::unix::{SignalKind, signal};

pub use client::Client;
use event::Trial;

use crate::{
    views::{LeftBehind, Smoke, SmokeStep},
    words,
    words::{Lang, Words},
};

/// What is tried, and how.
#[derive(Debug, Clone)]
pub struct Options {
    /// When it begins.
    pub at: DateTime<Utc>,
    /// Creates nothing.
    pub read_only: bool,
    /// The language of what is said.
    pub lang: Lang,
}

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Passed,
    Warned,
    Failed,
    Skipped,
}

impl Outcome {
    fn name(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Warned => "warned",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }
}

/// What was seen in a step; `Err` if it was not as it should be.
type Seen = Result<Words, Words>;

/// The steps so far.
struct Steps {
    lang: Lang,
    done: Vec<SmokeStep>,
}

impl Steps {
    fn add(
        &mut self,
        step: &str,
        request: Option<&str>,
        took: Option<Duration>,
        outcome: Outcome,
        seen: &Words,
    ) {
        self.done.push(SmokeStep {
            step: step.to_owned(),
            outcome: outcome.name().to_owned(),
            request: request.map(ToOwned::to_owned),
            took_ms: took.map(|took| (took.as_secs_f64() * 1e4).round() / 10.0),
            seen: seen.in_lang(self.lang).to_owned(),
        });
    }

    /// Writes down a step that was tried, and whether it passed.
    fn tried(&mut self, step: &str, request: &str, took: Duration, seen: Seen) -> bool {
        let (outcome, seen) = match seen {
            Ok(seen) => (Outcome::Passed, seen),
            Err(seen) => (Outcome::Failed, seen),
        };
        self.add(step, Some(request), Some(took), outcome, &seen);
        outcome == Outcome::Passed
    }

    fn skip(&mut self, steps: &[(&str, &str)], why: &Words) {
        for (step, request) in steps {
            self.add(step, Some(request), None, Outcome::Skipped, why);
        }
    }
}

/// Tries everything, and removes what it made, also when it is interrupted.
pub async fn run(client: Client, options: &Options) -> std::io::Result<Smoke> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut stop = async || {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    };
    let mut steps = Steps {
        lang: options.lang,
        done: vec![],
    };
    let mut trial = Trial::new(&client, options.at);
    let interrupted = tokio::select! {
        () = try_all(&client, &mut trial, &mut steps, options) => false,
        () = stop() => true,
    };
    if interrupted {
        let said = words!(
            "interrupted; what was made is removed first, which Ctrl-C prevents",
            "中断されました。作成したイベントを削除してから終了します (もう一度 Ctrl-C を押すと削除せずに終了)"
        );
        steps.add("interrupted", None, None, Outcome::Failed, &said);
    }
    let removed = tokio::select! {
        removed = trial.remove(&mut steps) => removed,
        () = stop() => false,
    };
    let left = (!removed).then(|| trial.left_behind());
    Ok(report(
        client.base(),
        options,
        trial.others,
        steps.done,
        left,
    ))
}

async fn try_all(client: &Client, trial: &mut Trial<'_>, steps: &mut Steps, options: &Options) {
    let Some(open) = surface::look(client, steps).await else {
        return;
    };
    if let Some(why) = open.refusal {
        steps.skip(event::STEPS, &why);
        return;
    }
    if options.read_only {
        let why = words!(
            "--read-only creates nothing",
            "--read-only のため作成しません"
        );
        steps.skip(event::STEPS, &why);
        return;
    }
    trial.exercise(steps).await;
}

fn report(
    url: &str,
    options: &Options,
    others: Vec<LeftBehind>,
    steps: Vec<SmokeStep>,
    left_behind: Option<LeftBehind>,
) -> Smoke {
    let any = |outcome: Outcome| steps.iter().any(|step| step.outcome == outcome.name());
    let verdict = if any(Outcome::Failed) || left_behind.is_some() {
        "failed"
    } else if any(Outcome::Skipped) && !options.read_only {
        "undetermined"
    } else {
        "passed"
    };
    Smoke {
        version: 1,
        url: url.to_owned(),
        taken_at: options.at,
        verdict: verdict.to_owned(),
        steps,
        left_behind,
        others_left_behind: others,
        lang: Some(options.lang),
    }
}
