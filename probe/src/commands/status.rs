//! `probe status`: the service on one screen.

use std::time::Duration;

use super::{
    Error, Exit, connect, now, screen,
    watch::{Shown, show, watch},
};
use crate::{
    cli::{self, Global},
    collect,
    render::{status, status_lines},
    views::Status,
};

pub(super) async fn run(args: cli::Status, global: &Global) -> Result<Exit, Error> {
    let (clients, subject) = connect(&args.target, global).await?;
    let lang = global.lang();
    let look = || async {
        let sight = collect::status(&clients, &subject, now()).await;
        let view = Status::new(&sight, lang);
        Ok(Shown {
            text: status(&view, screen()),
            lines: status_lines(&view),
            json: serde_json::to_value(&view)?,
            // Of a service that was not seen the rest tells nothing.
            failed: sight.service.err(),
        })
    };
    match args.watch {
        Some(seconds) => watch(look, Duration::from_secs(seconds), global.output).await,
        None => show(look().await?, global.output),
    }
}
