//! `probe diagnose`: snapshot in, report out.

use std::{
    io::{Read, Write},
    path::Path,
    time::{Duration, Instant},
};

use serde_json::Value;

use super::{Error, Exit, connect, now, print, screen};
use crate::{
    cli::{self, Global},
    collect::collect,
    diagnose::{Verdict, diagnose},
    render::render,
    report::Report,
    scenario,
    snapshot::Snapshot,
    wait::{Wait, decide},
    words,
    words::{Lang, Words},
};

/// Pause between two looks.
const BETWEEN: Duration = Duration::from_secs(10);

pub(super) async fn run(args: cli::Diagnose, global: &Global) -> Result<Exit, Error> {
    let snapshot = match (&args.from, &args.scenario) {
        (Some(file), _) => read(file)?,
        (None, Some(name)) => exercise(name)?,
        (None, None) => {
            let (clients, target) = connect(&args.look.target, global).await?;
            let options = args.look.options();
            let look = || async { collect(&clients, &target, &options, now()).await };
            match args.wait {
                Some(at_most) => watch(look, at_most, global.lang()).await,
                None => look().await,
            }
        }
    };
    let diagnosis = diagnose(&snapshot);
    let report = Report::new(&snapshot, &diagnosis, global.lang());
    print(&render(&report, global.output, screen())?)?;
    Ok(match diagnosis.verdict() {
        Verdict::Healthy => Exit::Healthy,
        Verdict::Fault => Exit::Fault,
        Verdict::Undetermined => Exit::Undetermined,
    })
}

/// Looks again until the answer will not change by itself, or the time is over; says on standard error what it waits for.
async fn watch<F>(look: impl Fn() -> F, at_most: Duration, lang: Lang) -> Snapshot
where
    F: Future<Output = Snapshot>,
{
    let end = Instant::now() + at_most;
    let mut said = String::new();
    loop {
        let snapshot = look().await;
        let Wait::Longer(why) = decide(&snapshot, &diagnose(&snapshot)) else {
            return snapshot;
        };
        if Instant::now() + BETWEEN > end {
            return snapshot;
        }
        if why.in_lang(lang) != said {
            why.in_lang(lang).clone_into(&mut said);
            let at = snapshot.taken_at.format("%H:%M:%S");
            let _ = writeln!(std::io::stderr(), "{at} {said}"); // nowhere left to complain to
        }
        tokio::time::sleep(BETWEEN).await;
    }
}

/// Of a snapshot only its version.
#[derive(serde::Deserialize)]
struct Version {
    version: u32,
}

/// A snapshot from a file, or from standard input for `-`.
pub(super) fn read(file: &Path) -> Result<Snapshot, Error> {
    let is_stdin = file == Path::new("-");
    let name = match is_stdin {
        true => words!("standard input", "標準入力"),
        false => Words::verbatim(file.display().to_string()),
    };
    let Words { en, ja } = &name;
    let mut text = String::new();
    if is_stdin {
        std::io::stdin().read_to_string(&mut text)?;
    } else {
        let unreadable = |error| {
            Error::Usage(words!(
                "cannot read {en}: {error}",
                "{ja} を読み込めません: {error}"
            ))
        };
        text = std::fs::read_to_string(file).map_err(unreadable)?;
    }
    let snapshot: Result<Snapshot, _> = serde_json::from_str(&text);
    // Another version may have another shape: it is told by its number, not by the first field that differs.
    let version = match &snapshot {
        Ok(snapshot) => Some(snapshot.version),
        Err(_) => serde_json::from_str(&text)
            .ok()
            .map(|Version { version }| version),
    };
    if let Some(other) = version.filter(|version| *version != 1) {
        return Err(Error::Usage(words!(
            "{en} has version {other}, this probe reads version 1",
            "{ja} はバージョン {other} です。この probe が読めるのはバージョン 1 です"
        )));
    }
    snapshot.map_err(|error| {
        // Serde speaks of the fields of a Rust type where JSON is no object at all.
        let is_object = !serde_json::from_str(&text).is_ok_and(|json: Value| !json.is_object());
        let (why, why_ja) = match is_object {
            true => (error.to_string(), error.to_string()),
            false => (
                "it is JSON, but no object".to_owned(),
                "JSON ですが、オブジェクトではありません".to_owned(),
            ),
        };
        Error::Usage(words!(
            "{en} is not a snapshot: {why}\nhint: make one with probe snapshot > FILE",
            "{ja} はスナップショットではありません: {why_ja}\nヒント: probe snapshot > FILE で作成できます"
        ))
    })
}

fn exercise(name: &str) -> Result<Snapshot, Error> {
    let Some(snapshot) = scenario::snapshot(name) else {
        return Err(Error::Usage(words!(
            "there is no exercise {name}\nhint: probe list --scenarios shows them",
            "演習 {name} はありません\nヒント: probe list --scenarios で一覧を表示できます"
        )));
    };
    Ok(snapshot?)
}
