//! `probe targets`: the health of the load balancer's targets, joined to the tasks behind them.

use std::time::Duration;

use super::{
    Error, Exit, connect, now, screen,
    watch::{Shown, show, watch},
};
use crate::{
    cli::{self, Global},
    collect,
    render::{target_lines, targets},
    views::Targets,
};

pub(super) async fn run(args: cli::Targets, global: &Global) -> Result<Exit, Error> {
    let (clients, subject) = connect(&args.target, global).await?;
    let lang = global.lang();
    let look = || async {
        let snapshot = collect::targets(&clients, &subject, now()).await;
        let view = Targets::new(&snapshot, lang);
        Ok(Shown {
            text: targets(&view, screen()),
            lines: target_lines(&view),
            json: serde_json::to_value(&view)?,
            failed: snapshot.target_groups.err(),
        })
    };
    match args.watch {
        Some(seconds) => watch(look, Duration::from_secs(seconds), global.output).await,
        None => show(look().await?, global.output),
    }
}
