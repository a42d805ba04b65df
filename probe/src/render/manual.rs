//! A section of a runbook for a terminal: its prose fits, its commands stay as they are.

use super::page::{Page, Screen};

/// Markdown as it is, but for what a screen adds: bold headings, and prose that is broken at its width.
pub fn manual(markdown: &str, screen: Screen) -> String {
    let (mut page, paint) = Page::new(screen);
    let (strong, dim, command) = (paint.strong, paint.dim, paint.command);
    let mut in_code = false;
    for line in markdown.lines() {
        let text = line.trim_start();
        let indent = &line[..line.len() - text.len()];
        if text.starts_with("```") {
            in_code = !in_code;
            page.verbatim(&format!("{dim}{line}{dim:#}"));
        } else if text.is_empty() {
            page.verbatim("");
        } else if in_code {
            page.verbatim(&format!("{indent}{command}{text}{command:#}"));
        } else if text.starts_with('#') {
            page.prose(indent, &format!("{strong}{text}{strong:#}"));
        } else {
            let (head, text) = text.split_at(head(text));
            page.prose(&format!("{indent}{head}"), text);
        }
    }
    page.text
}

/// How long the part of a line is below whose end it goes on: the mark of a list (`- `, `12. `), or all cells of a table
/// but the last.
fn head(text: &str) -> usize {
    if text.starts_with('|') {
        let cells = text.trim_end_matches('|');
        return cells.rfind("| ").map_or(0, |last| last + 2);
    }
    let mark = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let numbered = mark.len() < text.len() && mark.starts_with(". ");
    match numbered || text.starts_with("- ") {
        true => text.len() - mark.len() + 2,
        false => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::{super::page::Style, *};

    const SECTION: &str = "## rds-full\n\n1. Look at the storage of the database.\n   It is full.\n\n   ```sh\n   aws rds describe-db-instances --region r\n   ```\n\n- 空き容量を増やしてください。\n";

    #[test]
    fn prose_is_broken_and_hangs_below_its_bullet_and_commands_stay() {
        let screen = Screen {
            style: Style::Plain,
            width: Some(24),
        };
        assert_eq!(
            manual(SECTION, screen),
            "## rds-full\n\n1. Look at the storage\n   of the database.\n   It is full.\n\n   ```sh\n   aws rds describe-db-instances --region r\n   ```\n\n- 空き容量を増やしてくだ\n  さい。\n"
        );
        assert_eq!(manual(SECTION, Screen::PIPE), SECTION);
    }

    #[test]
    fn what_a_line_hangs_below() {
        for (text, length) in [
            ("12. a", 4),
            ("- a", 2),
            ("| 137 | it ended |", 8),
            ("|---|", 0),
            ("137 is", 0),
            ("1.5 s", 0),
            ("-a", 0),
            ("", 0),
        ] {
            assert_eq!(head(text), length, "{text}");
        }
    }
}
