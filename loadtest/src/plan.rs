//! What will be done, checked: nothing downstream meets a plan that must not run.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use reqwest::Url;

use crate::cli::{RunArguments, TargetArguments};
use crate::judge::Rules;
use crate::lang::{Lang, count};

/// Faster than this needs `--i-own-this-target`, even on this machine.
const CEILING: f64 = 1_000.0;
/// Nobody runs longer by intention.
const LONGEST: Duration = Duration::from_secs(24 * 3_600);
/// People that wait at once at most; each of them may hold a connection.
const MOST_USERS: usize = 20_000;
/// Without `--users`, so many seconds of a stall are felt by nobody but those who wait in it.
const STALL_SECONDS: f64 = 2.0;

/// A checked plan.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The service.
    pub host: Url,
    /// The id of the run, on everything that it creates.
    pub run: String,
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// Requests per second.
    pub rate: f64,
    /// How long.
    pub duration: Duration,
    /// How many people.
    pub users: usize,
    /// Where the draws begin.
    pub seed: u64,
    /// After this an answer is slow.
    pub slow: Duration,
    /// After this a request is given up.
    pub timeout: Duration,
    /// What the run must show.
    pub rules: Rules,
    /// Where the JSON report goes.
    pub json: Option<PathBuf>,
    /// Where the figures of each second go.
    pub ndjson: Option<PathBuf>,
}

/// Why something must not run, and what to do instead.
#[derive(Debug, Clone, PartialEq)]
pub enum UsageError {
    /// The host is no address.
    NotAnAddress(String),
    /// The host is not this machine, and nobody vouched for it.
    NotOurs(String),
    /// Somebody vouched for another host.
    OtherOwned {
        /// The host of the service.
        host: String,
        /// The one vouched for.
        owned: String,
    },
    /// The rate is above the ceiling, and nobody vouched for the host.
    TooFast {
        /// The rate.
        rate: f64,
        /// The host.
        host: String,
    },
    /// The run would be too long.
    TooLong,
    /// Too many people, or none.
    Users(usize),
    /// The id of a run is malformed.
    NotARun(String),
    /// A file cannot be written.
    File {
        /// The file.
        path: PathBuf,
        /// Why not.
        why: String,
    },
    /// The service does not answer.
    Unreachable {
        /// The host.
        host: String,
        /// Why not.
        why: String,
    },
    /// The process may not open enough files.
    Descriptors {
        /// How many are needed.
        needed: u64,
        /// How many are allowed.
        allowed: u64,
    },
    /// The events of the run could not be made.
    NotPrepared(String),
}

impl Plan {
    /// Checks what was asked for; `now` and `random` give the run its id and its seed.
    pub fn new(
        arguments: RunArguments,
        now: DateTime<Utc>,
        random: u64,
    ) -> Result<Self, UsageError> {
        let host = target(&arguments.target)?;
        if arguments.rate > CEILING && arguments.target.i_own_this_target.is_none() {
            return Err(UsageError::TooFast {
                rate: arguments.rate,
                host: name(&host),
            });
        }
        if arguments.duration > LONGEST {
            return Err(UsageError::TooLong);
        }
        let stall = (arguments.rate * STALL_SECONDS).ceil() as usize;
        let users = arguments.users.unwrap_or(stall.clamp(10, MOST_USERS));
        if users == 0 || users > MOST_USERS {
            return Err(UsageError::Users(users));
        }
        Ok(Self {
            host,
            run: format!("{}-{:04x}", now.format("%Y%m%d-%H%M%S"), random & 0xffff),
            made_at: now,
            rate: arguments.rate,
            duration: arguments.duration,
            users,
            seed: arguments.seed.unwrap_or(random >> 32),
            slow: arguments.slow,
            timeout: arguments.timeout,
            rules: Rules {
                availability: arguments.availability,
                slow_share: arguments.slow_share,
                lateness_ms: arguments.max_lateness.as_secs_f64() * 1_000.0,
            },
            json: arguments.json,
            ndjson: arguments.ndjson,
        })
    }

    /// When the events of the run take place: far enough not to be met by anybody.
    pub fn event_date(&self) -> String {
        (self.made_at + TimeDelta::days(30)).to_rfc3339_opts(SecondsFormat::Secs, true)
    }
}

/// The address of a service that one may work on.
pub fn target(arguments: &TargetArguments) -> Result<Url, UsageError> {
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

impl UsageError {
    /// The sentence for people.
    pub fn text(&self, lang: Lang) -> String {
        match self {
            Self::NotAnAddress(host) => lang.pick(
                format!("{host} is not an address; write it like http://127.0.0.1:8080"),
                format!("{host} はアドレスではありません。http://127.0.0.1:8080 のように指定してください"),
            ),
            Self::NotOurs(host) => lang.pick(
                format!("{host} is not this machine; if you may put load on it, add --i-own-this-target {host}"),
                format!("{host} はこのマシンではありません。負荷をかけてよい場合は --i-own-this-target {host} を付けてください"),
            ),
            Self::OtherOwned { host, owned } => lang.pick(
                format!("--i-own-this-target names {owned}, but the target is {host}; they must be the same"),
                format!("--i-own-this-target は {owned} ですが対象は {host} です。同じホストを指定してください"),
            ),
            Self::TooFast { rate, host } => lang.pick(
                format!("{rate}/s is above the ceiling of 1,000/s; if you mean it, add --i-own-this-target {host}"),
                format!("{rate}/s は上限の 1,000/s を超えています。意図どおりなら --i-own-this-target {host} を付けてください"),
            ),
            Self::TooLong => lang.pick(
                "a run takes at most 24 hours; give a shorter --duration".to_owned(),
                "実行時間は 24 時間までです。--duration を短くしてください".to_owned(),
            ),
            Self::Users(users) => lang.pick(
                format!("--users {users} is not between 1 and {}", count(MOST_USERS as u64)),
                format!("--users {users} は 1 から {} の範囲にありません", count(MOST_USERS as u64)),
            ),
            Self::NotARun(run) => lang.pick(
                format!("{run} is not the id of a run; the report gives it, such as 20260401-090000-1a2b"),
                format!("{run} は実行 ID ではありません。レポートにある 20260401-090000-1a2b のような ID を指定してください"),
            ),
            Self::File { path, why } => lang.pick(
                format!("{} cannot be written: {why}", path.display()),
                format!("{} に書き込めません: {why}", path.display()),
            ),
            Self::Unreachable { host, why } => lang.pick(
                format!("{host} does not answer as the event service does: {why}; is it running, and is --host right?"),
                format!("{host} がイベントサービスとして応答しません: {why}。起動しているか、--host が正しいか確認してください"),
            ),
            Self::Descriptors { needed, allowed } => lang.pick(
                format!("{needed} open files are needed and {allowed} allowed; run `ulimit -n {needed}` first, or lower --users"),
                format!("オープンファイル数が {needed} 必要ですが、上限は {allowed} です。先に `ulimit -n {needed}` を実行するか --users を減らしてください"),
            ),
            Self::NotPrepared(why) => lang.pick(
                format!("the events of the run could not be made: {why}"),
                format!("この実行で使うイベントを作成できませんでした: {why}"),
            ),
        }
    }
}
