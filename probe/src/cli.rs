//! The command line.

mod learn;

use std::{path::PathBuf, time::Duration};

use clap::{Args, Parser, Subcommand, builder::ArgPredicate};
use clap_complete::Shell;

pub use learn::{Check, Learn, Start, Step};

use crate::{
    collect::{Connection, Options, SecretValues},
    consent::ConsentFlag,
    reading::Place,
    render::Format,
    target::Target,
    views::Shape,
    words::Lang,
};

/// Finds out why an ECS Fargate service behind an ALB with RDS does not work. It changes nothing in AWS, unless `db failover-test --yes-force-failover` is given.
#[derive(Debug, Parser)]
#[command(
    version,
    after_help = "Begin with: probe diagnose\nExit codes: 0 healthy, 1 fault found, 2 wrong usage, 3 could not tell"
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// How to reach AWS and how to answer.
    #[command(flatten)]
    pub global: Global,
}

/// Options of every command.
#[derive(Debug, Args)]
#[command(next_help_heading = "Options of every command")]
pub struct Global {
    /// AWS Region [default: from the environment or the profile]
    #[arg(long, global = true)]
    pub region: Option<String>,
    /// Named AWS profile; its credentials come before those of the environment
    #[arg(long, global = true)]
    pub profile: Option<String>,
    /// Endpoint that stands in for AWS, for example a local one
    #[arg(long, global = true, value_name = "URL")]
    pub endpoint_url: Option<String>,
    /// Seconds that one AWS call may take, retries included
    #[arg(long, global = true, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=120), value_name = "SECONDS")]
    pub timeout: u64,
    /// Output format
    #[arg(short, long, global = true, value_enum, default_value_t = Format::Table, value_name = "FORMAT")]
    pub output: Format,
    /// Language [default: from LC_ALL, LC_MESSAGES or LANG]
    #[arg(long, global = true, value_enum)]
    pub lang: Option<Lang>,
}

impl Global {
    /// Where and how to call AWS.
    pub fn connection(&self) -> Connection {
        Connection {
            region: self.region.clone(),
            profile: self.profile.clone(),
            endpoint_url: self.endpoint_url.clone(),
            call_timeout: Duration::from_secs(self.timeout),
        }
    }

    /// The language asked for, or the environment's.
    pub fn lang(&self) -> Lang {
        self.lang.unwrap_or_else(|| {
            let set = ["LC_ALL", "LC_MESSAGES", "LANG"]
                .iter()
                .find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()));
            if set.is_some_and(|value| value.starts_with("ja")) {
                Lang::Ja
            } else {
                Lang::En
            }
        })
    }
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Name the root cause of what is wrong, with its proof and its fix
    Diagnose(Diagnose),
    /// Write down everything that was seen, as JSON: for a colleague, or to diagnose later
    Snapshot(Look),
    /// List the known faults, the exercises or the AWS actions that probe calls
    List(List),
    /// Show the runbook section of a fault, or say what a message means
    Explain(Explain),
    /// Show the service on one screen: deployments, tasks, targets, alarms, scaling, database, availability, events
    Status(Status),
    /// Show running tasks, and why the stopped ones stopped, the same reasons together
    Tasks(Tasks),
    /// Show the health of the load balancer's targets, what it means, and the tasks behind them
    Targets(Targets),
    /// Show what the tasks write, all of them interleaved
    Logs(Logs),
    /// Show the database: connections against their limit, storage, certificate, parameters, maintenance, events
    Db(Db),
    /// Learn to find faults: lessons in the local AWS, or with recordings
    Learn(Learn),
    /// Say whether probe itself can work here: credentials, Region, permissions, network, clock
    Doctor,
    /// Print what lets a shell complete the commands of probe
    Completions {
        /// Which shell
        shell: Shell,
    },
    /// Print the manual page
    Man {
        /// Write the pages of all commands into this folder instead, for example ~/.local/share/man/man1
        #[arg(long, value_name = "FOLDER")]
        to: Option<PathBuf>,
    },
    /// Try the event service at an address: health, page, TLS, headers, and all that people do, with an event of its own
    Smoke(Smoke),
    /// Hold availability and answer times against 99.9 %: budget left, burn rates, and what would page
    Slo(Target),
    /// Show what the deployment costs a month, the biggest levers first, and what surprises on the bill
    Cost(Cost),
    /// Show what is left of a deployment, what it costs a day, and the commands in the right order; deletes nothing
    Cleanup(Cleanup),
}

/// What is looked at.
#[derive(Debug, Args)]
pub struct Look {
    /// Which service.
    #[command(flatten)]
    pub target: Target,
    /// Read the secrets' values to see whether they have the JSON keys that the task definition names; only the
    /// names of the keys are kept. Needs secretsmanager:GetSecretValue
    #[arg(long)]
    pub check_secret_keys: bool,
}

impl Look {
    /// What collecting may and should do beyond the usual.
    pub fn options(&self) -> Options {
        Options {
            secret_values: match self.check_secret_keys {
                true => SecretValues::KeyNames,
                false => SecretValues::Unread,
            },
            stack: self.target.stack_name(),
        }
    }
}

/// Arguments of `diagnose`.
#[derive(Debug, Args)]
pub struct Diagnose {
    /// What is looked at.
    #[command(flatten)]
    pub look: Look,
    /// Diagnose a snapshot instead of the running stack; `-` reads standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["cluster", "service", "stack", "scenario", "check_secret_keys"])]
    pub from: Option<PathBuf>,
    /// Diagnose an exercise that is built in; see `probe list --scenarios`
    #[arg(long, value_name = "NAME", conflicts_with_all = ["cluster", "service", "stack", "check_secret_keys"])]
    pub scenario: Option<String>,
    /// Look again until the service is healthy or a cause that waiting will not mend is proven; at most so long
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "15m", value_parser = parse_duration, value_name = "DURATION", conflicts_with_all = ["from", "scenario"])]
    pub wait: Option<Duration>,
}

/// Arguments of `list`.
#[derive(Debug, Args)]
pub struct List {
    /// List the exercises
    #[arg(long, conflicts_with_all = ["actions", "schema"])]
    pub scenarios: bool,
    /// List the AWS actions that probe calls
    #[arg(long, conflicts_with = "schema")]
    pub actions: bool,
    /// Print the JSON Schema of a command's `-o json`
    #[arg(long, value_enum, num_args = 0..=1, require_equals = true, default_missing_value = "diagnose", value_name = "COMMAND")]
    pub schema: Option<Shape>,
}

/// Arguments of `explain`.
#[derive(Debug, Args)]
pub struct Explain {
    /// Id of a fault, as `probe diagnose` prints it, or class, as `--message` prints it
    #[arg(required_unless_present = "message", conflicts_with = "message")]
    pub id: Option<String>,
    /// Say what one message of AWS or of an application means; `-` reads it from standard input
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub message: Option<String>,
    /// Where the message was said
    #[arg(long = "where", value_enum, value_name = "PLACE", requires = "message")]
    pub place: Option<Place>,
}

/// Arguments of `status`.
#[derive(Debug, Args)]
pub struct Status {
    /// Which service.
    #[command(flatten)]
    pub target: Target,
    /// Look again every so many seconds; a terminal is redrawn in place, a pipe gets the lines that changed
    #[arg(short, long, num_args = 0..=1, require_equals = true, default_missing_value = "10", value_parser = clap::value_parser!(u64).range(1..=3600), value_name = "SECONDS")]
    pub watch: Option<u64>,
}

/// Arguments of `targets`.
#[derive(Debug, Args)]
pub struct Targets {
    /// Which service.
    #[command(flatten)]
    pub target: Target,
    /// Look again every so many seconds; a terminal is redrawn in place, a pipe gets the lines that changed
    #[arg(short, long, num_args = 0..=1, require_equals = true, default_missing_value = "5", value_parser = clap::value_parser!(u64).range(1..=3600), value_name = "SECONDS")]
    pub watch: Option<u64>,
}

/// Arguments of `tasks`.
#[derive(Debug, Args)]
pub struct Tasks {
    /// Which service.
    #[command(flatten)]
    pub target: Target,
    /// Show what happened on one time axis: tasks, events, deployments, health and telling log lines
    #[arg(long)]
    pub timeline: bool,
    /// How far back the timeline goes: seconds, minutes, hours or days, for example 90s, 15m, 2h, 1d
    #[arg(long, default_value = "1h", value_parser = parse_duration, value_name = "DURATION", requires = "timeline")]
    pub since: Duration,
}

/// Arguments of `logs`.
#[derive(Debug, Args)]
pub struct Logs {
    /// Which service.
    #[command(flatten)]
    pub target: Target,
    /// How far back: seconds, minutes, hours or days, for example 90s, 15m, 2h, 1d; for --insights 1h
    #[arg(long, default_value = "10m", default_value_if("insights", ArgPredicate::IsPresent, "1h"), value_parser = parse_duration, value_name = "DURATION")]
    pub since: Duration,
    /// Keep going and show new lines as they arrive, also of tasks that start later
    #[arg(short, long)]
    pub follow: bool,
    /// Only the task whose id begins so
    #[arg(long, value_name = "ID")]
    pub task: Option<String>,
    /// The last tasks that died, each from its start
    #[arg(short, long, conflicts_with_all = ["follow", "task", "since"])]
    pub previous: bool,
    /// Filter pattern of CloudWatch Logs, for example ERROR or { $.status >= 500 }
    #[arg(long, value_name = "PATTERN")]
    pub filter: Option<String>,
    /// Only lines that match this regular expression
    #[arg(long, value_name = "REGEX")]
    pub grep: Option<String>,
    /// Show these fields of lines that are JSON, for example .status,.path; other lines stay whole
    #[arg(long, value_delimiter = ',', value_name = "FIELDS")]
    pub json: Vec<String>,
    /// Ask CloudWatch Logs Insights: a stored query (without a name, or `list`: which there are), or a file, whose name
    /// has a slash; charged by the bytes that it reads
    #[arg(long, num_args = 0..=1, default_missing_value = "list", value_name = "QUERY", conflicts_with_all = ["follow", "task", "previous", "filter", "grep", "json"])]
    pub insights: Option<String>,
    /// A value that the query asks for, for example request_id=0199f3a1; once for each
    #[arg(long, value_parser = parse_value, value_name = "NAME=VALUE", requires = "insights")]
    pub set: Vec<(String, String)>,
}

/// Arguments of `smoke`.
#[derive(Debug, Args)]
pub struct Smoke {
    /// Address of the service, for example https://events.example.com
    #[arg(value_name = "URL")]
    pub url: String,
    /// Create no event
    #[arg(long)]
    pub read_only: bool,
    /// File with the Cookie header of a browser that is logged in, for AUTH=alb-oidc; `-` reads standard input
    #[arg(long, value_name = "FILE")]
    pub session: Option<PathBuf>,
}

fn parse_value(text: &str) -> Result<(String, String), String> {
    let (name, value) = text
        .split_once('=')
        .ok_or_else(|| format!("\"{text}\" is no value: write for example request_id=0199f3a1"))?;
    Ok((name.to_owned(), value.to_owned()))
}

/// Arguments of `db`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Db {
    /// Which service.
    #[command(flatten)]
    pub target: Target,
    /// What to do instead of looking.
    #[command(subcommand)]
    pub command: Option<DbCommand>,
}

/// What `db` does beside looking.
#[derive(Debug, Subcommand)]
pub enum DbCommand {
    /// Force a failover and measure, while it happens, how long the service is without data: the one command that acts
    FailoverTest(FailoverTest),
}

/// Arguments of `db failover-test`.
#[derive(Debug, Args)]
pub struct FailoverTest {
    /// Which service.
    #[command(flatten)]
    pub target: Target,
    /// Address of the service, of which /health/ready is asked; or of another page whose answer needs the database
    #[arg(long, value_name = "URL")]
    pub url: String,
    /// Milliseconds from one question to the next
    #[arg(long, default_value = "250", value_parser = parse_milliseconds, value_name = "MILLISECONDS")]
    pub every: Duration,
    /// How long to measure at most: seconds or minutes, for example 90s, 10m
    #[arg(long, default_value = "10m", value_parser = parse_duration, value_name = "DURATION")]
    pub limit: Duration,
    /// Whether it is really meant.
    #[command(flatten)]
    pub consent: ConsentFlag,
}

/// Not so often that it would be a load test, not so seldom that it would measure nothing.
fn parse_milliseconds(text: &str) -> Result<Duration, String> {
    let count: Option<u64> = text
        .parse()
        .ok()
        .filter(|count| (100..=10_000).contains(count));
    count
        .map(Duration::from_millis)
        .ok_or_else(|| format!("\"{text}\" is not a number from 100 to 10000"))
}

/// Arguments of `cost`.
#[derive(Debug, Args)]
pub struct Cost {
    /// Whose deployment.
    #[command(flatten)]
    pub target: Target,
}

/// Arguments of `cleanup`.
#[derive(Debug, Args)]
pub struct Cleanup {
    /// Whose deployment.
    #[command(flatten)]
    pub target: Target,
}

fn parse_duration(text: &str) -> Result<Duration, String> {
    let hint = || format!("\"{text}\" is not a duration: write for example 90s, 15m, 2h or 1d");
    let unit = text.chars().last().ok_or_else(hint)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return Err(hint()),
    };
    let count: u64 = text[..text.len() - unit.len_utf8()]
        .parse()
        .map_err(|_| hint())?;
    count
        .checked_mul(seconds)
        .filter(|total| *total <= 31_536_000)
        .map(Duration::from_secs)
        .ok_or_else(hint)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn durations_are_read_and_nonsense_is_refused() {
        assert_eq!(parse_duration("15m"), Ok(Duration::from_secs(900)));
        for text in ["", "m", "15", "-1m", "1.5h", "15分", "99999999d"] {
            assert!(parse_duration(text).is_err(), "{text}");
        }
    }
}
