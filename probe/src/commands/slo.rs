//! `probe slo`: availability and answer times against the objective.

use super::{
    Error, Exit, connect, now, screen,
    watch::{Shown, show},
};
use crate::{cli::Global, collect, render::slo, target::Target, views::Slo};

pub(super) async fn run(target: Target, global: &Global) -> Result<Exit, Error> {
    let (clients, subject) = connect(&target, global).await?;
    let performance = collect::performance(&clients, &subject, now()).await;
    let view = Slo::new(&performance, global.lang());
    // An alert can be told by the minutes alone.
    let alone = match (&performance.minutes, &performance.hours) {
        (Err(why), Err(_)) => Some(why.clone()),
        _ => None,
    };
    let shown = Shown {
        text: slo(&view, screen()),
        lines: vec![],
        json: serde_json::to_value(&view)?,
        failed: alone,
    };
    show(shown, global.output)?;
    Ok(if view.alerts() {
        Exit::Fault
    } else if !view.can_tell() {
        Exit::Undetermined
    } else {
        Exit::Healthy
    })
}
