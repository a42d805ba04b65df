//! One file a command. They talk to AWS through `collect`, print to standard output, and say how to exit.

mod database;
mod diagnose;
mod doctor;
mod ending;
mod endpoint;
mod explain;
mod failover;
mod holdings;
mod insights;
mod learn;
mod list;
mod logs;
mod shell;
mod slo;
mod smoke;
mod snapshot;
mod status;
mod targets;
mod tasks;
mod watch;

use std::{
    io::{self, IsTerminal, Write},
    process::ExitCode,
};

use chrono::{DateTime, Utc};

use crate::{
    cli::{Cli, Command, Global},
    collect::{Clients, UnknownProfile, unknown_profile},
    render::{Screen, Style, complaint},
    report::action,
    snapshot::{Subject, Unobserved},
    target::{Resolution, Target},
    words,
    words::{Lang, Words},
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
    #[error("{}", .0.en)]
    Usage(Words),
    /// AWS did not tell.
    #[error(transparent)]
    Unobserved(#[from] Unobserved),
    /// It was ended before the answer was there.
    #[error("{}", .0.en)]
    Unfinished(Words),
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
    let lang = global.lang();
    let done = match command {
        Command::Diagnose(args) => diagnose::run(args, &global).await,
        Command::Snapshot(look) => snapshot::run(look, &global).await,
        Command::List(args) => list::run(&args, &global),
        Command::Explain(args) => explain::run(&args, &global),
        Command::Status(args) => status::run(args, &global).await,
        Command::Tasks(args) => tasks::run(args, &global).await,
        Command::Targets(args) => targets::run(args, &global).await,
        Command::Logs(args) => logs::run(args, &global).await,
        Command::Cost(args) => holdings::run_cost(args, &global).await,
        Command::Cleanup(args) => holdings::run_cleanup(args, &global).await,
        Command::Db(args) => database::run(args, &global).await,
        Command::Learn(args) => learn::run(args, &global).await,
        Command::Doctor => doctor::run(&global).await,
        Command::Completions { shell } => shell::completions(shell),
        Command::Man { to } => shell::man(to.as_deref()),
        Command::Smoke(args) => smoke::run(args, &global).await,
        Command::Slo(target) => slo::run(target, &global).await,
    };
    let exit = done.unwrap_or_else(|error| report(&error, lang));
    ExitCode::from(match exit {
        Exit::Healthy => 0,
        Exit::Fault => 1,
        Exit::Usage => 2,
        Exit::Undetermined => 3,
    })
}

/// Tells a failure on standard error, with what to do next.
fn report(error: &Error, lang: Lang) -> Exit {
    let (text, exit) = match error {
        Error::OutputClosed => return Exit::Healthy,
        Error::Usage(text) => (text.clone(), Exit::Usage),
        Error::Unfinished(text) => (text.clone(), Exit::Undetermined),
        Error::Unobserved(unobserved) => {
            let action = action(unobserved).unwrap_or_else(|| {
                words!(
                    "check the names, the Region and the network to AWS",
                    "名前、リージョン、AWS へのネットワークを確認する"
                )
            });
            let Words { en, ja } = &action;
            let text = words!("{unobserved}\nhint: {en}", "{unobserved}\nヒント: {ja}");
            (text, Exit::Undetermined)
        }
        Error::Other(other) => (Words::verbatim(format!("{other:#}")), Exit::Undetermined),
    };
    let label = say(lang, "error", "エラー");
    tell(&format!("{label}: {}", text.in_lang(lang)));
    exit
}

/// Says something on standard error, where it does not mix with what was asked for.
fn tell(text: &str) {
    let _ = io::stderr().write_all(complaint(text, screen_of(&io::stderr())).as_bytes()); // nowhere left to complain to
}

/// What every command that talks to AWS begins with.
async fn clients(global: &Global) -> Result<Clients, Error> {
    let connection = global.connection();
    endpoint::check(connection.endpoint_url.as_deref())?;
    if let Some(unknown) = unknown_profile(connection.profile.as_deref()) {
        return Err(no_profile(&unknown));
    }
    let Some(clients) = Clients::connect(connection).await else {
        return Err(Error::Usage(words!(
            "no AWS Region is set\nhint: pass --region ap-northeast-1, or set AWS_REGION",
            "AWS リージョンが設定されていません\nヒント: --region ap-northeast-1 を付けるか、AWS_REGION を設定してください"
        )));
    };
    Ok(clients)
}

/// The clients, and the service that is meant.
async fn connect(target: &Target, global: &Global) -> Result<(Clients, Subject), Error> {
    let clients = clients(global).await?;
    let region = clients.region.clone();
    match target.resolve(&clients).await? {
        Resolution::Found(subject) => Ok((clients, subject)),
        Resolution::Choose(services) if services.is_empty() => Err(Error::Usage(words!(
            "there is no ECS service in {region}\nhint: name the Region with --region",
            "{region} に ECS サービスがありません\nヒント: --region でリージョンを指定してください"
        ))),
        Resolution::Choose(services) => {
            let choice = |subject: &Subject| {
                format!(
                    "  --cluster {} --service {}",
                    subject.cluster, subject.service
                )
            };
            let choices = services.iter().map(choice).collect::<Vec<_>>().join("\n");
            Err(Error::Usage(words!(
                "there are several ECS services in {region}; name one:\n{choices}",
                "{region} に複数の ECS サービスがあります。どれかを指定してください:\n{choices}"
            )))
        }
    }
}

fn no_profile(unknown: &UnknownProfile) -> Error {
    let UnknownProfile { name, files, known } = unknown;
    let [config, credentials] = files.each_ref().map(|file| file.display());
    let names: Vec<&str> = known.iter().map(String::as_str).collect();
    let (en, ja) = match names.join(", ") {
        none if none.is_empty() => (
            "there are no profiles; aws configure sso makes one".to_owned(),
            "プロファイルがありません。aws configure sso で作成できます".to_owned(),
        ),
        names => (
            format!("the profiles are: {names}"),
            format!("存在するプロファイル: {names}"),
        ),
    };
    Error::Usage(words!(
        "there is no AWS profile {name} in {config} or {credentials}\nhint: {en}",
        "AWS プロファイル {name} が {config} にも {credentials} にもありません\nヒント: {ja}"
    ))
}

/// The wall clock, read at the edge and passed on.
fn now() -> DateTime<Utc> {
    Utc::now()
}

/// What standard output is: colour only for a terminal whose owner wants it, and its width.
fn screen() -> Screen {
    screen_of(&io::stdout())
}

fn screen_of(stream: &impl IsTerminal) -> Screen {
    if !stream.is_terminal() {
        return Screen::PIPE;
    }
    let wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let size = terminal_size::terminal_size();
    Screen {
        style: match wanted {
            true => Style::Coloured,
            false => Style::Plain,
        },
        // A terminal that does not know its width says 0.
        width: size
            .map(|(width, _)| width.0.into())
            .filter(|width| *width > 0),
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
