//! What text is written on: a terminal with its colours and its width, or a pipe.

use anstyle::{AnsiColor, Style as Ansi};
use chrono::{DateTime, Utc};

use super::wrap::{FIRM, width, wrap};
use crate::views::Subject;

/// Whether the text may carry colour. The words alone say everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// With ANSI escapes.
    Coloured,
    /// Words only.
    Plain,
}

/// Where the text goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Screen {
    /// Whether it shows colour.
    pub style: Style,
    /// How many columns it has; none where lines are as long as they are: a pipe, a file.
    pub width: Option<usize>,
}

impl Screen {
    /// A pipe or a file.
    pub const PIPE: Self = Self {
        style: Style::Plain,
        width: None,
    };
}

pub(super) struct Paint {
    pub(super) plain: Ansi,
    /// What is copied.
    pub(super) command: Ansi,
    pub(super) bad: Ansi,
    pub(super) good: Ansi,
    pub(super) unsure: Ansi,
    pub(super) strong: Ansi,
    pub(super) dim: Ansi,
}

impl Paint {
    fn new(style: Style) -> Self {
        let plain = Ansi::new();
        match style {
            Style::Plain => Self {
                plain,
                command: plain,
                bad: plain,
                good: plain,
                unsure: plain,
                strong: plain,
                dim: plain,
            },
            Style::Coloured => Self {
                plain,
                command: AnsiColor::Cyan.on_default(),
                bad: AnsiColor::Red.on_default().bold(),
                good: AnsiColor::Green.on_default().bold(),
                unsure: AnsiColor::Yellow.on_default().bold(),
                strong: Ansi::new().bold(),
                dim: Ansi::new().dimmed(),
            },
        }
    }
}

impl Paint {
    /// The colour of a state, as AWS spells it.
    pub(super) fn of(&self, state: &str) -> Ansi {
        match state {
            "healthy" | "HEALTHY" | "COMPLETED" | "available" | "RUNNING" | "Successful" | "OK" => {
                self.good
            }
            "unhealthy" | "UNHEALTHY" | "FAILED" | "Failed" | "ALARM" | "failed" | "stopped"
            | "storage-full" => self.bad,
            "STOPPED" => self.dim,
            _ => self.unsure,
        }
    }
}

/// What went wrong, for standard error: labels (`hint: `) stand out, and what is read fits; indented lines are to be copied.
pub fn complaint(text: &str, screen: Screen) -> String {
    let (mut page, paint) = Page::new(screen);
    let mut label = paint.bad;
    for line in text.lines() {
        match line.split_once(": ") {
            _ if line.starts_with(' ') => page.verbatim(line),
            Some((head, rest)) => page.prose(&format!("{label}{head}:{label:#} "), rest),
            None => page.prose("", line),
        }
        label = paint.strong;
    }
    page.text
}

/// Text in the making: what is read fits the screen, what is copied stays as it is.
pub(super) struct Page {
    pub(super) text: String,
    width: Option<usize>,
}

impl Page {
    pub(super) fn new(screen: Screen) -> (Self, Paint) {
        let page = Self {
            text: String::new(),
            width: screen.width,
        };
        (page, Paint::new(screen.style))
    }

    /// The first line of a screen: what is shown, where it is, and when it was looked at.
    pub(super) fn heading(&mut self, paint: &Paint, name: &str, place: &str, at: DateTime<Utc>) {
        let (strong, dim) = (paint.strong, paint.dim);
        let at = at.format("%Y-%m-%d %H:%M:%S UTC");
        self.prose(
            "",
            &format!("{strong}{name}{strong:#} {dim}{place}{at}{dim:#}"),
        );
    }

    /// The same of an ECS service.
    pub(super) fn heading_of(&mut self, paint: &Paint, target: &Subject, at: DateTime<Utc>) {
        let name = format!("{}/{}", target.cluster, target.service);
        self.heading(paint, &name, &format!("{} ", target.region), at);
    }

    /// A line to be read; where it is broken, it goes on below the end of `head`. Never at a [`FIRM`] space.
    pub(super) fn prose(&mut self, head: &str, rest: &str) {
        let line = format!("{head}{rest}");
        match self.width {
            Some(columns) => self.verbatim(&wrap(&line, columns, width(head))),
            None => self.verbatim(&line.replace(FIRM, " ")),
        }
    }

    /// Whether a line is not broken.
    pub(super) fn fits(&self, line: &str) -> bool {
        self.width.is_none_or(|columns| width(line) <= columns)
    }

    /// A line to be copied.
    pub(super) fn verbatim(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }
}
