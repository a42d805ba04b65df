//! Breaks long lines at the width of a terminal.
//!
//! English breaks at spaces, Japanese between any two characters that its rules allow to part. What has no such place (an
//! ARN, a path) stays whole and overflows, so that it can be copied. Escapes that colour take no room.

use unicode_width::UnicodeWidthChar;

/// What no line begins with: closing and small characters of Japanese, and a dot that joins two things.
const NEVER_FIRST: &str = "、。，．・：；？！ー々ゝゞヽヾ…‥）〕］｝〉》」』】\
    ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ゛゜,.:;?!)]}%·";

/// Fewer columns than these are too few to read.
const ROOM: usize = 24;

/// A space at which no line is broken: it becomes a plain one.
pub(super) const FIRM: char = '\u{a0}';

/// What no line ends with.
const NEVER_LAST: &str = "（〔［｛〈《「『【([{";

/// The text with its lines broken so that they fit into `width` columns, all but the first indented by `hang`.
///
/// Where so deep an indentation leaves too little room, it is four columns.
pub(super) fn wrap(text: &str, width: usize, hang: usize) -> String {
    let is_deep = hang * 2 > width && hang + ROOM > width;
    let hang = if is_deep { 4 } else { hang };
    let mut lines = Lines {
        out: String::new(),
        unit: String::new(),
        column: 0,
        unit_width: 0,
        width,
        hang,
    };
    // The last visible character of the unit; none where a unit begins.
    let mut last = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\u{1b}' => {
                // Behind a space it belongs to what follows, else to what it ends.
                if last == Some(' ') {
                    lines.place();
                    last = None;
                }
                lines.unit.push(c);
                for part in chars.by_ref() {
                    lines.unit.push(part);
                    if part.is_ascii_alphabetic() {
                        break;
                    }
                }
            }
            '\n' => {
                lines.place();
                lines.begin();
                last = None;
            }
            _ => {
                if last.is_some_and(|last| parts(last, c)) {
                    lines.place();
                }
                lines.unit.push(if c == FIRM { ' ' } else { c });
                lines.unit_width += columns(c);
                last = Some(c);
            }
        }
    }
    lines.place();
    lines.out
}

/// How many columns a text takes on a terminal; escapes take none.
pub(super) fn width(text: &str) -> usize {
    visible(text).map(columns).sum()
}

/// The characters of a text without its escapes.
fn visible(text: &str) -> impl Iterator<Item = char> {
    let mut in_escape = false;
    text.chars().filter(move |c| {
        let is_visible = !in_escape && *c != '\u{1b}';
        in_escape = *c == '\u{1b}' || in_escape && !c.is_ascii_alphabetic();
        is_visible
    })
}

/// How many rows a line takes on a terminal with so many columns, and how many columns of the last row. A wide character
/// is never parted.
pub fn extent(line: &str, columns_of_screen: usize) -> (usize, usize) {
    let (mut rows, mut column) = (1, 0);
    visible(line).for_each(|c| {
        if column + columns(c) > columns_of_screen {
            (rows, column) = (rows + 1, 0);
        }
        column += columns(c);
    });
    (rows, column)
}

struct Lines {
    out: String,
    /// What stays together, with the spaces behind it.
    unit: String,
    column: usize,
    unit_width: usize,
    width: usize,
    hang: usize,
}

impl Lines {
    /// Puts the unit on this line, or on the next if it does not fit and this one holds something.
    fn place(&mut self) {
        let spaces = self.unit.len() - self.unit.trim_end_matches(' ').len();
        let fits = self.column + self.unit_width - spaces <= self.width;
        let is_blank = self.unit_width == spaces;
        if !fits && !is_blank && self.column > self.hang {
            self.begin();
        }
        self.out.push_str(&self.unit);
        self.column += self.unit_width;
        self.unit.clear();
        self.unit_width = 0;
    }

    fn begin(&mut self) {
        self.out.truncate(self.out.trim_end_matches(' ').len());
        self.out.push('\n');
        self.out.push_str(&" ".repeat(self.hang));
        self.column = self.hang;
    }
}

/// Whether a line may end between the two.
fn parts(last: char, next: char) -> bool {
    if next == ' ' || columns(next) == 0 || NEVER_FIRST.contains(next) {
        return false;
    }
    last == ' ' || (columns(last) == 2 || columns(next) == 2) && !NEVER_LAST.contains(last)
}

fn columns(c: char) -> usize {
    c.width().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn english_breaks_at_spaces_and_hangs() {
        assert_eq!(
            wrap("  saw the port is closed to all (ec2)", 20, 6),
            "  saw the port is\n      closed to all\n      (ec2)"
        );
        assert_eq!(wrap("fits in  here ", 14, 4), "fits in  here ");
        assert_eq!(wrap("one\ntwo", 20, 2), "one\n  two");
    }

    #[test]
    fn what_is_copied_stays_whole() {
        assert_eq!(
            wrap(
                "the role arn:aws:iam::123456789012:role/web lacks it",
                20,
                2
            ),
            "the role\n  arn:aws:iam::123456789012:role/web\n  lacks it"
        );
        assert_eq!(
            wrap("saw arn:aws:iam::1:role/web", 12, 4),
            "saw arn:aws:iam::1:role/web"
        );
    }

    #[test]
    fn japanese_breaks_by_display_width_and_its_rules() {
        assert_eq!(wrap("接続を拒否しました", 10, 0), "接続を拒否\nしました");
        // The full stop, the small letter and the long sound do not begin a line; the bracket does not end one.
        assert_eq!(wrap("接続を拒否。した", 10, 0), "接続を拒\n否。した");
        assert_eq!(wrap("一二三キャッシュ", 8, 0), "一二三\nキャッ\nシュ");
        assert_eq!(wrap("一二三四サーバー", 10, 0), "一二三四\nサーバー");
        assert_eq!(wrap("一二三「四五」", 8, 0), "一二三\n「四五」");
        assert_eq!(wrap("一二三 (四)、五", 8, 0), "一二三\n(四)、五");
        assert_eq!(
            wrap("タスクは sg-0a1 から", 10, 0),
            "タスクは\nsg-0a1 か\nら"
        );
    }

    #[test]
    fn colour_takes_no_room() {
        let (dim, end) = ("\u{1b}[2m", "\u{1b}[0m");
        assert_eq!(
            wrap(&format!("saw {dim}one two{end} three"), 11, 4),
            format!("saw {dim}one two{end}\n    three")
        );
        assert_eq!(
            wrap(&format!("saw one {dim}two three{end}"), 8, 4),
            format!("saw one\n    {dim}two\n    three{end}")
        );
        assert_eq!(width(&format!("{dim}接続{end} ok")), 7);
    }

    #[test]
    fn a_line_that_is_not_broken_takes_several_rows() {
        assert_eq!(extent("", 10), (1, 0));
        assert_eq!(extent("0123456789", 10), (1, 10));
        assert_eq!(extent("0123456789a", 10), (2, 1));
        assert_eq!(extent("\u{1b}[1m0123456789\u{1b}[0m", 10), (1, 10));
        // The fifth character does not fit into the last column.
        assert_eq!(extent("接続を拒否した", 9), (2, 6));
    }

    #[test]
    fn a_deep_indentation_leaves_room_for_the_text() {
        assert_eq!(
            wrap("network-acl-blocked  a rule denies", 30, 21),
            "network-acl-blocked  a rule\n    denies"
        );
    }
}
