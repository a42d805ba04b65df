//! `probe db`: the database of a service, who connects to it, and what lies ahead of it.

use super::{
    Error, Exit, connect, failover, now, screen,
    watch::{Shown, show},
};
use crate::{
    cli::{self, Global},
    collect,
    render::database,
    views::DatabaseView,
};

pub(super) async fn run(args: cli::Db, global: &Global) -> Result<Exit, Error> {
    if let Some(cli::DbCommand::FailoverTest(args)) = args.command {
        return failover::run(args, global).await;
    }
    let (clients, subject) = connect(&args.target, global).await?;
    let (snapshot, upkeep) = collect::database(&clients, &subject, now()).await;
    let view = DatabaseView::new(&snapshot, upkeep.as_ref(), global.lang());
    let shown = Shown {
        text: database(&view, screen()),
        lines: vec![],
        json: serde_json::to_value(&view)?,
        failed: snapshot.database.err(),
    };
    show(shown, global.output)
}
