//! Shows something once, or again and again: a terminal is redrawn in place, a pipe gets the lines that changed.

use std::{
    collections::BTreeMap,
    fmt::Write,
    io::{self, IsTerminal},
    time::Duration,
};

use serde_json::Value;
use tokio::{
    signal::unix::{SignalKind, signal},
    time::{Instant, sleep_until},
};

use super::{Error, Exit, ending::ended, now, print};
use crate::{
    render::{Format, extent, fenced},
    report::is_not_logged_in,
    snapshot::Unobserved,
};

/// A terminal that is being resized tells of each step: so long after the first one it is drawn anew.
const SETTLED: Duration = Duration::from_millis(200);

/// One look, in every form in which it may be shown.
pub(super) struct Shown {
    /// For a person.
    pub(super) text: String,
    /// For a pipe that shows changes: what each line is about, and the line.
    pub(super) lines: Vec<(String, String)>,
    /// For a program.
    pub(super) json: Value,
    /// Why the thing itself was not seen, where it was not.
    pub(super) failed: Option<Unobserved>,
}

/// Shows one look and says how to exit.
pub(super) fn show(shown: Shown, format: Format) -> Result<Exit, Error> {
    // To whom AWS does not speak there is nothing to show.
    if let Some(why) = shown.failed.clone().filter(is_not_logged_in) {
        return Err(why.into());
    }
    print(&match format {
        Format::Table => shown.text,
        Format::Markdown => fenced(&shown.text),
        Format::Json => serde_json::to_string_pretty(&shown.json)? + "\n",
    })?;
    shown
        .failed
        .map_or(Ok(Exit::Healthy), |why| Err(why.into()))
}

/// Looks again and again until Ctrl-C, or until nobody reads any more. A look that fails is shown as such; only
/// credentials that AWS does not take end it, because nothing but a person mends them.
pub(super) async fn watch<F>(
    look: impl Fn() -> F,
    pause: Duration,
    format: Format,
) -> Result<Exit, Error>
where
    F: Future<Output = Result<Shown, Error>>,
{
    let is_screen = format != Format::Json && io::stdout().is_terminal();
    let mut drawn = Drawn::default();
    let mut resized = signal(SignalKind::window_change())?;
    let ended = ended();
    tokio::pin!(ended);
    loop {
        let shown = tokio::select! {
            shown = look() => shown?,
            () = &mut ended => return Ok(Exit::Healthy),
        };
        if let Some(why) = shown.failed.clone().filter(is_not_logged_in) {
            return Err(why.into());
        }
        let mut next = Instant::now() + pause;
        match format {
            Format::Json => print(&(shown.json.to_string() + "\n"))?,
            _ if is_screen => print(&drawn.again(&shown.text, size()))?,
            _ => print(&drawn.changes(shown.lines))?,
        }
        loop {
            tokio::select! {
                () = sleep_until(next) => break,
                // The terminal has broken the lines anew.
                _ = resized.recv() => if is_screen {
                    next = next.min(Instant::now() + SETTLED);
                },
                () = &mut ended => return Ok(Exit::Healthy),
            }
        }
    }
}

/// Columns and lines of the terminal.
fn size() -> Option<(usize, usize)> {
    let (width, height) = terminal_size::terminal_size()?;
    Some((width.0.into(), height.0.into())).filter(|(width, height)| *width > 0 && *height > 1)
}

/// What was shown last.
#[derive(Default)]
struct Drawn {
    size: Option<(usize, usize)>,
    rows: usize,
    known: BTreeMap<String, String>,
}

impl Drawn {
    /// The text over the one before it, cut to the screen: what scrolls away could not be drawn over.
    fn again(&mut self, text: &str, size: Option<(usize, usize)>) -> String {
        let mut out = String::new();
        // Writing to a String cannot fail.
        let _ = match self.rows {
            0 => Ok(()),
            // Another width has broken the old lines anew: nobody knows where they begin.
            _ if self.size != size => write!(out, "\x1b[2J\x1b[H"),
            rows => write!(out, "\x1b[{rows}A\r"),
        };
        let (columns, room) = size.map_or((usize::MAX, usize::MAX), |(columns, lines)| {
            (columns, lines - 1)
        });
        let lines: Vec<&str> = text.lines().collect();
        // What is copied is not broken, and takes several rows where the screen is too narrow for it.
        let extents: Vec<_> = lines.iter().map(|line| extent(line, columns)).collect();
        let heights = extents.iter().map(|(rows, _)| rows);
        let shown = if heights.clone().sum::<usize>() <= room {
            lines.len()
        } else {
            let mut sum = 1; // the line that says how many are missing
            let fits = |rows: &&usize| {
                sum += **rows;
                sum <= room
            };
            heights.clone().take_while(fits).count()
        };
        for (line, (_, column)) in lines.iter().zip(&extents).take(shown) {
            // At the right edge the cursor stands on the last character, and would erase it.
            let rest = if *column < columns { "\x1b[K" } else { "" };
            let _ = writeln!(out, "{line}{rest}");
        }
        if shown < lines.len() {
            let _ = writeln!(out, "… +{}\x1b[K", lines.len() - shown);
        }
        out += "\x1b[J";
        self.rows = heights.take(shown).sum::<usize>() + usize::from(shown < lines.len());
        self.size = size;
        out
    }

    /// The lines that are new or other than before, and those that are gone, each with the time.
    fn changes(&mut self, lines: Vec<(String, String)>) -> String {
        let at = now().format("%H:%M:%SZ");
        let mut out = String::new();
        for (about, line) in &lines {
            if self.known.get(about) != Some(line) {
                let _ = writeln!(out, "{at} {line}");
            }
        }
        let lines: BTreeMap<String, String> = lines.into_iter().collect();
        for (about, line) in &self.known {
            if !lines.contains_key(about) {
                let _ = writeln!(out, "{at} - {line}");
            }
        }
        self.known = lines;
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_screen_is_drawn_over_and_never_scrolls() {
        let mut drawn = Drawn::default();
        let size = Some((80, 4));
        assert_eq!(drawn.again("a\nb\n", size), "a\x1b[K\nb\x1b[K\n\x1b[J");
        assert_eq!(
            drawn.again("a\nb\nc\nd\ne\n", size),
            "\x1b[2A\ra\x1b[K\nb\x1b[K\n… +3\x1b[K\n\x1b[J"
        );
        assert!(drawn.again("a\n", size).starts_with("\x1b[3A\r"));
        assert!(
            drawn
                .again("a\n", Some((60, 4)))
                .starts_with("\x1b[2J\x1b[H")
        );
    }

    #[test]
    fn a_line_that_is_too_long_takes_the_rows_that_it_takes() {
        let mut drawn = Drawn::default();
        let size = Some((10, 6));
        // Two rows, of which the second is full to the edge: there is nothing to erase, and erasing takes a character.
        assert_eq!(
            drawn.again("a\n01234567890123456789\n", size),
            "a\x1b[K\n01234567890123456789\n\x1b[J"
        );
        assert!(drawn.again("a\n", size).starts_with("\x1b[3A\r"));
        let long = "データベースの\n\x1b[1m0123456789\x1b[0mab\nc\nd\n";
        assert!(drawn.again(long, size).contains("の\x1b[K\n"));
        assert!(
            drawn
                .again(long, size)
                .ends_with("ab\x1b[K\n… +2\x1b[K\n\x1b[J")
        );
        assert!(drawn.again("a\n", size).starts_with("\x1b[5A\r"));
    }

    #[test]
    fn a_pipe_gets_what_changed() {
        let mut drawn = Drawn::default();
        let mut changes = |lines: &[(&str, &str)]| {
            let lines = lines
                .iter()
                .map(|(about, line)| ((*about).to_owned(), (*line).to_owned()));
            let out = drawn.changes(lines.collect());
            let told = out.lines().map(|line| line[10..].to_owned());
            told.collect::<Vec<_>>()
        };
        assert_eq!(changes(&[("a", "a 1"), ("b", "b 1")]), ["a 1", "b 1"]);
        assert_eq!(changes(&[("a", "a 1"), ("b", "b 2")]), ["b 2"]);
        assert_eq!(changes(&[("b", "b 2")]), ["- a 1"]);
        assert!(changes(&[("b", "b 2")]).is_empty());
    }
}
