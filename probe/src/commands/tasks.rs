//! `probe tasks`: running tasks, and why the stopped ones stopped; `--timeline`: what happened, on one time axis.

use chrono::TimeDelta;

use super::{
    Error, Exit, connect, now, screen,
    watch::{Shown, show},
};
use crate::{
    cli::{self, Global},
    collect,
    render::{tasks, timeline},
    views::{Tasks, Timeline},
};

pub(super) async fn run(args: cli::Tasks, global: &Global) -> Result<Exit, Error> {
    let (clients, subject) = connect(&args.target, global).await?;
    let (lang, taken_at) = (global.lang(), now());
    let shown = if args.timeline {
        let since = taken_at - TimeDelta::from_std(args.since).map_err(anyhow::Error::from)?;
        let snapshot = collect::history(&clients, &subject, taken_at).await;
        let view = Timeline::new(&snapshot, since, lang);
        Shown {
            text: timeline(&view, screen()),
            lines: vec![],
            json: serde_json::to_value(&view)?,
            failed: snapshot.tasks.err(),
        }
    } else {
        let snapshot = collect::tasks(&clients, &subject, taken_at).await;
        let view = Tasks::new(&snapshot, lang);
        Shown {
            text: tasks(&view, screen()),
            lines: vec![],
            json: serde_json::to_value(&view)?,
            failed: snapshot.tasks.err(),
        }
    };
    show(shown, global.output)
}
