//! `probe snapshot`: everything that was seen, as JSON.

use super::{Error, Exit, connect, now, print};
use crate::{
    cli::{Global, Look},
    collect::collect,
};

pub(super) async fn run(look: Look, global: &Global) -> Result<Exit, Error> {
    let (clients, subject) = connect(&look.target, global).await?;
    let snapshot = collect(&clients, &subject, &look.options(), now()).await;
    print(&(serde_json::to_string_pretty(&snapshot)? + "\n"))?;
    Ok(if snapshot.service.is_ok() {
        Exit::Healthy
    } else {
        Exit::Undetermined
    })
}
