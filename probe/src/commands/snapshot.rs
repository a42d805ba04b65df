//! `probe snapshot`: everything that was seen, as JSON.

use super::{Error, Exit, connect, now, print};
use crate::{cli::Global, collect::collect, target::Target};

pub(super) async fn run(target: Target, global: &Global) -> Result<Exit, Error> {
    let (clients, subject) = connect(&target, global).await?;
    let snapshot = collect(&clients, &subject, now()).await;
    print(&(serde_json::to_string_pretty(&snapshot)? + "\n"))?;
    Ok(if snapshot.service.is_ok() {
        Exit::Healthy
    } else {
        Exit::Undetermined
    })
}
