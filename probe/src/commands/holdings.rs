//! `probe cost` and `probe cleanup`: what a deployment costs, and what is left of it.

use super::{
    Error, Exit, clients, connect, now, screen,
    watch::{Shown, show},
};
use crate::{
    cli::{self, Global},
    collect::{self, Clients},
    render::{cleanup, cost},
    report::is_not_logged_in,
    snapshot::Inventory,
    target::Target,
    views::{CleanupView, CostView},
    words,
};

pub(super) async fn run_cost(args: cli::Cost, global: &Global) -> Result<Exit, Error> {
    let inventory = look(&args.target, global).await?;
    let view = CostView::new(&inventory, global.lang());
    let exit = if view.not_seen.is_empty() {
        Exit::Healthy
    } else {
        Exit::Undetermined
    };
    print(cost(&view, screen()), serde_json::to_value(&view)?, global)?;
    Ok(exit)
}

pub(super) async fn run_cleanup(args: cli::Cleanup, global: &Global) -> Result<Exit, Error> {
    let inventory = look(&args.target, global).await?;
    let view = CleanupView::new(&inventory, global.lang());
    let exit = match (view.costs(), view.not_seen.is_empty()) {
        (true, _) => Exit::Fault,
        (false, true) => Exit::Healthy,
        (false, false) => Exit::Undetermined,
    };
    print(
        cleanup(&view, screen()),
        serde_json::to_value(&view)?,
        global,
    )?;
    Ok(exit)
}

fn print(text: String, json: serde_json::Value, global: &Global) -> Result<(), Error> {
    let shown = Shown {
        text,
        lines: vec![],
        json,
        failed: None,
    };
    show(shown, global.output).map(|_| ())
}

async fn look(target: &Target, global: &Global) -> Result<Inventory, Error> {
    let (clients, prefix) = match &target.stack {
        Some(prefix) => (clients(global).await?, prefix.clone()),
        None => of_service(target, global).await?,
    };
    if !is_prefix(&prefix) {
        return Err(Error::Usage(words!(
            "\"{prefix}\" is no prefix of stacks: 1 to 20 of a-z, 0-9 and -, beginning with a letter",
            "\"{prefix}\" はスタックのプレフィックスとして使えません (英小文字で始まる 1～20 文字の英小文字・数字・ハイフン)"
        )));
    }
    let inventory = collect::inventory(&clients, &prefix, now()).await;
    // To whom AWS does not speak there is nothing to show.
    let mut unseen = inventory
        .found
        .values()
        .filter_map(|found| found.as_ref().err());
    match unseen.find(|why| is_not_logged_in(why)) {
        Some(why) => Err(why.clone().into()),
        None => Ok(inventory),
    }
}

/// The prefix of the stacks that made a service.
async fn of_service(target: &Target, global: &Global) -> Result<(Clients, String), Error> {
    let (clients, subject) = connect(target, global).await?;
    let stack = collect::stack_of(&clients, &subject).await?;
    let prefix = stack
        .as_deref()
        .and_then(|stack| stack.strip_suffix("-service"));
    match prefix {
        Some(prefix) => Ok((clients, prefix.to_owned())),
        None => {
            let name = &subject.service;
            Err(Error::Usage(words!(
                "the service {name} is not of a stack PREFIX-service, so that nothing tells what belongs to it\nhint: pass --stack PREFIX",
                "サービス {name} は PREFIX-service という名前のスタックのものではないため、何が属しているか判断できません\nヒント: --stack PREFIX を指定してください"
            )))
        }
    }
}

fn is_prefix(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    text.len() <= 20
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(plain)
}
