//! One file a command. They talk to AWS through `collect`, print to standard output, and say how to exit.

mod diagnose;
mod explain;
mod list;
mod logs;
mod snapshot;
mod targets;
mod tasks;

use std::{
    io::{self, IsTerminal, Write},
    process::ExitCode,
};

use chrono::{DateTime, Utc};

use crate::{
    cli::{Cli, Command, Global},
    collect::Clients,
    render::Style,
    snapshot::{Subject, Unobserved},
    target::{Resolution, Target},
    words::Lang,
};

/// How a command ended; `main` makes the exit code of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// 0: done, and nothing is wrong.
    Healthy,
    /// 1: a fault was found.
    Fault,
    /// 2: the command line or a file is wrong.
    Usage,
    /// 3: something needed was not seen.
    Undetermined,
}

/// Why a command could not do its work.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The person has to change something.
    #[error("{0}")]
    Usage(String),
    /// AWS did not tell.
    #[error(transparent)]
    Unobserved(#[from] Unobserved),
    /// The reader of our output went away; not a failure.
    #[error("output closed")]
    OutputClosed,
    /// Anything else.
    #[error(transparent)]
    Other(#[from] anyhow::Error),
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::OutputClosed,
            _ => Self::Other(error.into()),
        }
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        match error.io_error_kind() {
            Some(io::ErrorKind::BrokenPipe) => Self::OutputClosed,
            _ => Self::Other(error.into()),
        }
    }
}

/// Runs the command and says how to exit.
pub async fn run(cli: Cli) -> ExitCode {
    let Cli { command, global } = cli;
    let done = match command {
        Command::Diagnose(args) => diagnose::run(args, &global).await,
        Command::Snapshot(target) => snapshot::run(target, &global).await,
        Command::List(args) => list::run(&args, &global),
        Command::Explain(args) => explain::run(&args, &global),
        Command::Tasks(target) => tasks::run(target, &global).await,
        Command::Targets(target) => targets::run(target, &global).await,
        Command::Logs(args) => logs::run(args, &global).await,
    };
    let exit = done.unwrap_or_else(|error| report(&error));
    ExitCode::from(match exit {
        Exit::Healthy => 0,
        Exit::Fault => 1,
        Exit::Usage => 2,
        Exit::Undetermined => 3,
    })
}

/// Tells a failure on standard error, with what to do next.
fn report(error: &Error) -> Exit {
    let (text, exit) = match error {
        Error::OutputClosed => return Exit::Healthy,
        Error::Usage(text) => (format!("error: {text}"), Exit::Usage),
        Error::Unobserved(unobserved) if unobserved.is_denied() => {
            let action = &unobserved.operation;
            (
                format!(
                    "error: {unobserved}\nhint: allow the action {action}; probe list --actions shows all that probe calls"
                ),
                Exit::Undetermined,
            )
        }
        Error::Unobserved(unobserved) => (
            format!(
                "error: {unobserved}\nhint: check the names, the Region and the network to AWS"
            ),
            Exit::Undetermined,
        ),
        Error::Other(other) => (format!("error: {other:#}"), Exit::Undetermined),
    };
    let _ = writeln!(io::stderr(), "{text}"); // nowhere left to complain to
    exit
}

/// What every command that talks to AWS begins with.
async fn connect(target: &Target, global: &Global) -> Result<(Clients, Subject), Error> {
    let clients = Clients::connect(global.connection())
        .await
        .map_err(|error| Error::Usage(format!("{error:#}")))?;
    let region = clients.region.clone();
    match target.resolve(&clients).await? {
        Resolution::Found(subject) => Ok((clients, subject)),
        Resolution::Choose(services) if services.is_empty() => Err(Error::Usage(format!(
            "there is no ECS service in {region}\nhint: name the Region with --region"
        ))),
        Resolution::Choose(services) => {
            let choices = services.iter().map(|subject| {
                format!(
                    "  --cluster {} --service {}",
                    subject.cluster, subject.service
                )
            });
            let choices = choices.collect::<Vec<_>>().join("\n");
            Err(Error::Usage(format!(
                "there are several ECS services in {region}; name one:\n{choices}"
            )))
        }
    }
}

/// The wall clock, read at the edge and passed on.
fn now() -> DateTime<Utc> {
    Utc::now()
}

/// Colour only for a terminal whose owner wants it.
fn style() -> Style {
    let wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    if wanted && io::stdout().is_terminal() {
        Style::Coloured
    } else {
        Style::Plain
    }
}

fn print(text: &str) -> Result<(), Error> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    Ok(out.flush()?)
}

/// Picks the wording of the language.
fn say(lang: Lang, en: &'static str, ja: &'static str) -> &'static str {
    match lang {
        Lang::En => en,
        Lang::Ja => ja,
    }
}

/// Seconds as people say them: `45s`, `12m`, `3h`, `2d`.
fn age(since: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let seconds = (now - since).num_seconds().max(0);
    match seconds {
        0..120 => format!("{seconds}s"),
        120..7_200 => format!("{}m", seconds / 60),
        7_200..172_800 => format!("{}h", seconds / 3_600),
        _ => format!("{}d", seconds / 86_400),
    }
}
