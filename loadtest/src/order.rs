//! A plan with the place where it runs: whose service it is, under which id, and what is written.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use reqwest::Url;

use crate::capacity::Search;
use crate::cli::{
    AwsArguments, CapacityArguments, PlanArguments, RunArguments, TargetArguments, WorkArguments,
};
use crate::part::{Part, Slots};
use crate::plan::{Action, File, Phase, Plan};
use crate::record::line::Terms;
use crate::report::Format;
use crate::usage::UsageError;

/// Faster than this needs `--i-own-this-target`, even on this machine.
const CEILING: f64 = 1_000.0;

/// What is to be run, and where.
#[derive(Debug, Clone)]
pub struct Order {
    /// The service.
    pub host: Url,
    /// The id of the run, on everything that it creates.
    pub run: String,
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// The load and the rules.
    pub plan: Plan,
    /// What may be done in AWS.
    pub aws: AwsArguments,
    /// What the verdict depends on beside the plan.
    pub terms: Terms,
    /// Where reports go, beside the terminal.
    pub reports: Vec<(Format, PathBuf)>,
    /// Where the figures of each second go.
    pub ndjson: Option<PathBuf>,
    /// What is done of a run that several workers share; nothing where nobody shares it.
    pub part: Option<Part>,
}

impl Order {
    /// Checks what was asked for; `now` and `random` give the run its id and its seed.
    pub fn new(
        arguments: RunArguments,
        now: DateTime<Utc>,
        random: u64,
    ) -> Result<Self, UsageError> {
        let plan = plan(&arguments.plan, random)?;
        let mut order = Self::bare(&arguments.target, plan, now, random)?;
        let stops_tasks = |phase: &Phase| {
            let fault = phase.fault.as_ref();
            fault.is_some_and(|fault| fault.action == Action::StopTask)
        };
        if order.plan.phases.iter().any(stops_tasks) && !arguments.aws.stop_tasks {
            return Err(UsageError::StopsTasks);
        }
        if order.plan.scaling.is_some() && arguments.aws.watched.named().is_none() {
            return Err(UsageError::ScalingUnwatched);
        }
        order.aws = arguments.aws;
        order.terms = arguments.terms.read()?;
        order.reports = arguments.files.reports();
        order.ndjson = arguments.ndjson;
        Ok(order)
    }

    /// The same for a search of the capacity.
    pub fn search(
        arguments: CapacityArguments,
        now: DateTime<Utc>,
        random: u64,
    ) -> Result<(Self, Search), UsageError> {
        let (search, plan) = Search::new(&arguments, random)?;
        let mut order = Self::bare(&arguments.target, plan, now, random)?;
        order.ndjson = arguments.ndjson;
        Ok((order, search))
    }

    /// One worker's part of a run.
    ///
    /// It goes on to its end whatever it meets: who sees a part cannot know that the whole is certain to fail,
    /// and one that leaves takes the verdict with it.
    pub fn work(arguments: WorkArguments, now: DateTime<Utc>) -> Result<Self, UsageError> {
        let run = run_id(&arguments.run)?.to_owned();
        // All workers draw alike, and know nothing of each other but the name of the run.
        let mut seed = DefaultHasher::new();
        run.hash(&mut seed);
        let mut plan = plan(&arguments.plan, seed.finish())?;
        if plan.phases.iter().any(|phase| phase.fault.is_some()) {
            return Err(UsageError::FaultsShared);
        }
        plan.users = arguments.worker.of_users(plan.users);
        plan.abort = false;
        let part = Part {
            run,
            slots: arguments.worker,
            came_at: now,
            begins_at: arguments.begin,
            clock: None,
        };
        let mut order = Self::bare(&arguments.target, plan, now, 0)?;
        order.run = part.own_run();
        order.made_at = arguments.begin;
        order.aws.stop_on_alarm = arguments.stop_on_alarm;
        order.part = Some(part);
        Ok(order)
    }

    /// A plan against a host on which one may put that load.
    fn bare(
        arguments: &TargetArguments,
        plan: Plan,
        now: DateTime<Utc>,
        random: u64,
    ) -> Result<Self, UsageError> {
        let host = target(arguments)?;
        if plan.peak() > CEILING && arguments.i_own_this_target.is_none() {
            return Err(UsageError::TooFast {
                rate: plan.peak(),
                host: name(&host),
            });
        }
        Ok(Self {
            host,
            run: format!("{}-{:04x}", now.format("%Y%m%d-%H%M%S"), random & 0xffff),
            made_at: now,
            plan,
            aws: AwsArguments::default(),
            terms: Terms::default(),
            reports: vec![],
            ndjson: None,
            part: None,
        })
    }

    /// Which slots of the schedule are filled.
    pub fn slots(&self) -> Slots {
        self.part.as_ref().map_or(Slots::ALL, |part| part.slots)
    }

    /// When the events of the run take place: far enough not to be met by anybody.
    pub fn event_date(&self) -> String {
        (self.made_at + TimeDelta::days(30)).to_rfc3339_opts(SecondsFormat::Secs, true)
    }
}

/// The plan that was asked for: a file or a profile, and what the command line says otherwise.
pub fn plan(arguments: &PlanArguments, random: u64) -> Result<Plan, UsageError> {
    let mut file = match (&arguments.plan, arguments.profile) {
        (Some(path), _) => read(path)?,
        (None, Some(profile)) => parse(Path::new("--profile"), profile.text())?,
        (None, None) => File::constant(),
    };
    arguments.apply(&mut file);
    file.seed.get_or_insert(random >> 32);
    Ok(Plan::try_from(file)?)
}

/// A plan file, or the report of an earlier run, whose plan is then repeated.
fn read(path: &Path) -> Result<File, UsageError> {
    let wrong = |why: String| UsageError::PlanFile {
        path: path.to_owned(),
        why,
    };
    let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    if text.trim_start().starts_with('{') {
        #[derive(serde::Deserialize)]
        struct Report {
            plan: File,
        }
        return serde_json::from_str(&text)
            .map(|report: Report| report.plan)
            .map_err(|error| wrong(error.to_string()));
    }
    parse(path, &text)
}

fn parse(path: &Path, text: &str) -> Result<File, UsageError> {
    toml::from_str(text).map_err(|error| UsageError::PlanFile {
        path: path.to_owned(),
        why: error.to_string(),
    })
}

/// The address of a service that one may work on.
pub fn target(arguments: &TargetArguments) -> Result<Url, UsageError> {
    // What is accepted stands in every report, and what is not in a message: neither is a place for a password.
    if arguments.host.contains('@') {
        return Err(UsageError::Credentials("--host"));
    }
    let malformed = || UsageError::NotAnAddress(arguments.host.clone());
    let url = Url::parse(&arguments.host).map_err(|_| malformed())?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err(malformed());
    }
    let host = name(&url);
    match &arguments.i_own_this_target {
        Some(owned) if *owned != host => Err(UsageError::OtherOwned {
            host,
            owned: owned.clone(),
        }),
        None if !is_loopback(&host) => Err(UsageError::NotOurs(host)),
        _ => Ok(url),
    }
}

/// Checks the id of a run, which ends up in a filter of what to delete.
pub fn run_id(run: &str) -> Result<&str, UsageError> {
    let sound = run.len() >= 8 && run.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if sound {
        Ok(run)
    } else {
        Err(UsageError::NotARun(run.to_owned()))
    }
}

fn name(url: &Url) -> String {
    url.host_str()
        .unwrap_or_default()
        .trim_matches(['[', ']'])
        .to_owned()
}

fn is_loopback(host: &str) -> bool {
    host == "localhost"
        || host
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}
