//! `probe list`: the known faults, the exercises, and the AWS actions that probe calls.

use super::{Error, Exit, print};
use crate::{
    checks::all,
    cli::{self, Global},
    collect::ACTIONS,
    render::{Format, rows},
    scenario,
};

pub(super) fn run(args: &cli::List, global: &Global) -> Result<Exit, Error> {
    let lang = global.lang();
    let text = match (args.scenarios, args.actions) {
        (true, _) => names(scenario::names(), global.output)?,
        (_, true) => names(ACTIONS.to_vec(), global.output)?,
        _ => match global.output {
            Format::Json => {
                let faults = all().map(|check| {
                    serde_json::json!({
                        "id": check.id,
                        "classes": check.classes,
                        "severity": check.severity.as_str(),
                        "fault": check.fault.in_lang(lang),
                        "explains": check.explains,
                    })
                });
                serde_json::to_string_pretty(&faults.collect::<Vec<_>>())? + "\n"
            }
            Format::Table | Format::Markdown => {
                let row = |check: &'static crate::check::Check| {
                    vec![
                        check.id.to_owned(),
                        check.severity.as_str().to_owned(),
                        check.fault.in_lang(lang).to_owned(),
                    ]
                };
                rows(&["id", "severity", "fault"], all().map(row).collect())
            }
        },
    };
    print(&text)?;
    Ok(Exit::Healthy)
}

fn names(names: Vec<&str>, format: Format) -> Result<String, Error> {
    Ok(match format {
        Format::Json => serde_json::to_string_pretty(&names)? + "\n",
        Format::Table | Format::Markdown => names.join("\n") + "\n",
    })
}
