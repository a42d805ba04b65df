//! The runbooks, embedded so that they can be read at 3 a.m. without a network.

use crate::words::Lang;

macro_rules! runbooks {
    ($($component:literal),*) => {
        /// Component, English text, Japanese text.
        const BOOKS: &[(&str, &str, &str)] = &[$((
            $component,
            include_str!(concat!("../../runbooks/", $component, ".md")),
            include_str!(concat!("../../runbooks/ja/", $component, ".md")),
        )),*];
    };
}

runbooks!("alb", "ecs", "iam", "network", "secrets", "service");

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
    let (_, en, ja) = BOOKS.iter().find(|(name, ..)| *name == component)?;
    let book = match lang {
        Lang::En => en,
        Lang::Ja => ja,
    };
    let heading = format!("## {id}");
    let mut lines = book.lines().skip_while(|line| line.trim_end() != heading);
    let first = lines.next()?;
    let rest = lines.take_while(|line| !line.starts_with("## "));
    let section: Vec<&str> = std::iter::once(first).chain(rest).collect();
    Some(section.join("\n").trim_end().to_owned() + "\n")
}
