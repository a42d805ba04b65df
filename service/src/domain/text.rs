//! Text of bounded length.

use super::Reason;

/// Trimmed text of `MIN` to `MAX` characters without control characters.
///
/// Line breaks and tabs pass where `MAX` is large enough for prose, see [`Text::parse`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text<const MIN: usize, const MAX: usize>(String);

/// Texts longer than this are prose and may have line breaks.
const PROSE: usize = 1_000;

impl<const MIN: usize, const MAX: usize> Text<MIN, MAX> {
    /// The fewest characters.
    pub const MIN: usize = MIN;
    /// The most characters.
    pub const MAX: usize = MAX;

    /// Trims `raw` and checks it.
    pub fn parse(raw: &str) -> Result<Self, Reason> {
        let text = raw.trim();
        let actual = text.chars().count();
        if actual < MIN {
            return Err(Reason::Empty);
        }
        if actual > MAX {
            return Err(Reason::TooLong { max: MAX, actual });
        }
        let allowed = |c: char| MAX > PROSE && matches!(c, '\n' | '\r' | '\t');
        if text.chars().any(|c| c.is_control() && !allowed(c)) {
            return Err(Reason::ControlCharacter);
        }
        Ok(Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_is_counted_in_characters_not_bytes() {
        assert!(Text::<1, 3>::parse("勉強会").is_ok());
        assert_eq!(
            Text::<1, 3>::parse("大勉強会"),
            Err(Reason::TooLong { max: 3, actual: 4 })
        );
    }

    #[test]
    fn whitespace_only_text_is_empty() {
        assert_eq!(Text::<1, 3>::parse(" \u{3000}\n"), Err(Reason::Empty));
        assert_eq!(
            Text::<0, 3>::parse("  ").map(|t| t.as_str().to_owned()),
            Ok(String::new())
        );
    }

    #[test]
    fn control_characters_are_refused_and_line_breaks_pass_in_prose_only() {
        assert_eq!(Text::<1, 200>::parse("a\0b"), Err(Reason::ControlCharacter));
        assert_eq!(Text::<1, 200>::parse("a\nb"), Err(Reason::ControlCharacter));
        assert!(Text::<0, 10_000>::parse("a\nb").is_ok());
        assert_eq!(
            Text::<0, 10_000>::parse("a\0b"),
            Err(Reason::ControlCharacter)
        );
    }
}
