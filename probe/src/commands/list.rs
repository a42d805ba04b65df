//! `probe list`: the known faults, the exercises, the AWS actions that probe calls, and the schema of its reports.

use std::collections::BTreeMap;

use super::{Error, Exit, print, screen};
use crate::{
    checks::{all, by_id},
    cli::{self, Global},
    collect::{ACTING, ACTIONS, MORE_ACTIONS, OPTIONAL_ACTIONS},
    render::{Format, rows, severity},
    runbook, scenario,
    views::schema,
    words::Lang,
};

pub(super) fn run(args: &cli::List, global: &Global) -> Result<Exit, Error> {
    let lang = global.lang();
    let text = match (args.scenarios, args.actions, args.schema) {
        (true, _, _) => exercises(global.output, lang)?,
        (_, true, _) => actions(global.output)?,
        (_, _, Some(shape)) => schema(shape)?,
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
            Format::Markdown => runbook::index(lang),
            Format::Table => {
                let row = |check: &'static crate::check::Check| {
                    vec![
                        check.id.to_owned(),
                        severity(check.severity.as_str(), lang).to_owned(),
                        check.fault.in_lang(lang).to_owned(),
                    ]
                };
                let header = match lang {
                    Lang::En => ["id", "severity", "fault"],
                    Lang::Ja => ["ID", "重大度", "障害"],
                };
                rows(&header, all().map(row).collect(), screen().width)
            }
        },
    };
    print(&text)?;
    Ok(Exit::Healthy)
}

/// The actions that are always called, then those that need a flag, with the flag.
fn actions(format: Format) -> Result<String, Error> {
    let mut always = [ACTIONS, MORE_ACTIONS].concat();
    always.sort_unstable();
    if format == Format::Json {
        let optional: BTreeMap<_, _> = OPTIONAL_ACTIONS.iter().copied().chain([ACTING]).collect();
        let all = serde_json::json!({ "actions": always, "optional": optional });
        return Ok(serde_json::to_string_pretty(&all)? + "\n");
    }
    let optional = OPTIONAL_ACTIONS
        .iter()
        .chain([&ACTING])
        .map(|(action, flag)| format!("{action} ({flag})\n"));
    Ok(always.join("\n") + "\n\n" + &optional.collect::<String>())
}

fn exercises(format: Format, lang: Lang) -> Result<String, Error> {
    let names = scenario::names();
    // An exercise has the ids of its faults, joined by `+`.
    let faults = |name: &str| {
        let faults = name.split('+').filter_map(by_id);
        let faults: Vec<&str> = faults.map(|check| check.fault.in_lang(lang)).collect();
        faults.join("; ")
    };
    Ok(match format {
        Format::Json => serde_json::to_string_pretty(&names)? + "\n",
        Format::Markdown => names.join("\n") + "\n",
        Format::Table => {
            let header = match lang {
                Lang::En => ["exercise", "fault"],
                Lang::Ja => ["演習", "障害"],
            };
            let table = names
                .iter()
                .map(|name| vec![(*name).to_owned(), faults(name)]);
            rows(&header, table.collect(), screen().width)
        }
    })
}
