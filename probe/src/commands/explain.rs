//! `probe explain ID`: the runbook section of a fault.

use super::{Error, Exit, print};
use crate::{
    checks,
    cli::{self, Global},
    render::Format,
    runbook, words,
};

pub(super) fn run(args: &cli::Explain, global: &Global) -> Result<Exit, Error> {
    let lang = global.lang();
    let id = &args.id;
    let unknown = || {
        Error::Usage(words!(
            "there is no fault {id}\nhint: probe list shows them",
            "障害 {id} はありません\nヒント: probe list で一覧を表示できます"
        ))
    };
    let check = checks::by_id(id).ok_or_else(unknown)?;
    let section = runbook::section(check.id, lang).ok_or_else(unknown)?;
    match global.output {
        Format::Table | Format::Markdown => print(&section)?,
        Format::Json => {
            let value = serde_json::json!({
                "id": check.id,
                "class": check.class(),
                "classes": check.classes,
                "severity": check.severity.as_str(),
                "fault": check.fault.in_lang(lang),
                "explains": check.explains,
                "runbook": runbook::location(check.id, lang),
                "text": section,
            });
            print(&(serde_json::to_string_pretty(&value)? + "\n"))?;
        }
    }
    Ok(Exit::Healthy)
}
