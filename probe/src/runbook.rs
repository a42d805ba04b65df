//! The runbooks, embedded so that they can be read at 3 a.m. without a network.

use include_dir::{Dir, include_dir};

use crate::{checks, words::Lang};

static BOOKS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../runbooks");

/// Where the section of a check stands, computed from its id: `runbooks/rds.md#rds-storage-full`.
pub fn location(id: &str, lang: Lang) -> String {
    let component = id.split('-').next().unwrap_or(id);
    match lang {
        Lang::En => format!("runbooks/{component}.md#{id}"),
        Lang::Ja => format!("runbooks/ja/{component}.md#{id}"),
    }
}

/// The section of a check: from its heading to the next of the same level.
pub fn section(id: &str, lang: Lang) -> Option<String> {
    let component = id.split('-').next()?;
    let path = match lang {
        Lang::En => format!("{component}.md"),
        Lang::Ja => format!("ja/{component}.md"),
    };
    let book = BOOKS.get_file(path)?.contents_utf8()?;
    let heading = format!("## {id}");
    let mut lines = book.lines().skip_while(|line| line.trim_end() != heading);
    let first = lines.next()?;
    let rest = lines.take_while(|line| !line.starts_with("## "));
    let section: Vec<&str> = std::iter::once(first).chain(rest).collect();
    Some(section.join("\n").trim_end().to_owned() + "\n")
}

/// What the section of a check says under "Mitigation".
pub fn mitigation(id: &str, lang: Lang) -> Option<String> {
    let section = section(id, lang)?;
    let heading = match lang {
        Lang::En => "### Mitigation",
        Lang::Ja => "### 対処",
    };
    let lines = section
        .lines()
        .skip_while(|line| line.trim_end() != heading);
    let part: Vec<&str> = lines
        .skip(1)
        .take_while(|line| !line.starts_with("### "))
        .collect();
    let part = part.join("\n").trim().to_owned();
    (!part.is_empty()).then_some(part)
}

/// All faults with links to their sections, as a Markdown table.
pub fn index(lang: Lang) -> String {
    let header = match lang {
        Lang::En => "| fault | what is wrong |",
        Lang::Ja => "| 障害 | 内容 |",
    };
    let row = |check: &'static crate::check::Check| {
        let id = check.id;
        let component = id.split('-').next().unwrap_or(id);
        let fault = check.fault.in_lang(lang);
        format!("| [{id}]({component}.md#{id}) | {fault} |")
    };
    let rows = checks::all().map(row).collect::<Vec<_>>().join("\n");
    format!("{header}\n|---|---|\n{rows}\n")
}
