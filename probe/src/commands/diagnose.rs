//! `probe diagnose`: snapshot in, report out.

use std::{io::Read, path::Path};

use super::{Error, Exit, connect, now, print, style};
use crate::{
    cli::{self, Global},
    collect::collect,
    diagnose::{Verdict, diagnose},
    render::render,
    report::Report,
    scenario,
    snapshot::Snapshot,
};

pub(super) async fn run(args: cli::Diagnose, global: &Global) -> Result<Exit, Error> {
    let snapshot = match (&args.from, &args.scenario) {
        (Some(file), _) => read(file)?,
        (None, Some(name)) => exercise(name)?,
        (None, None) => {
            let (clients, target) = connect(&args.target, global).await?;
            collect(&clients, &target, now()).await
        }
    };
    let diagnosis = diagnose(&snapshot);
    let report = Report::new(&snapshot, &diagnosis, global.lang());
    print(&render(&report, global.output, style())?)?;
    Ok(match diagnosis.verdict() {
        Verdict::Healthy => Exit::Healthy,
        Verdict::Fault => Exit::Fault,
        Verdict::Undetermined => Exit::Undetermined,
    })
}

fn read(file: &Path) -> Result<Snapshot, Error> {
    let name = file.display();
    let mut text = String::new();
    if file == Path::new("-") {
        std::io::stdin().read_to_string(&mut text)?;
    } else {
        text = std::fs::read_to_string(file)
            .map_err(|error| Error::Usage(format!("cannot read {name}: {error}")))?;
    }
    let snapshot: Snapshot = serde_json::from_str(&text).map_err(|error| {
        Error::Usage(format!(
            "{name} is not a snapshot: {error}\nhint: make one with probe snapshot > FILE"
        ))
    })?;
    match snapshot.version {
        1 => Ok(snapshot),
        other => Err(Error::Usage(format!(
            "{name} has version {other}, this probe reads version 1"
        ))),
    }
}

fn exercise(name: &str) -> Result<Snapshot, Error> {
    let Some(snapshot) = scenario::snapshot(name) else {
        return Err(Error::Usage(format!(
            "there is no exercise {name}\nhint: probe list --scenarios shows them"
        )));
    };
    Ok(snapshot?)
}
