//! One form for all the ways in which a message is written down: case, quotes, escapes, colours, line breaks.

/// A message ready for the rules, in lower case, with one space before, after and between its words.
pub(super) fn normal_form(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 64);
    out.push(' ');
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            // A colour: escape, bracket, digits, letter.
            '\u{1b}' => while chars.next().is_some_and(|c| !c.is_ascii_alphabetic()) {},
            '\\' => match chars.peek() {
                Some('n' | 't' | 'r') => {
                    chars.next();
                    space(&mut out);
                }
                Some('"' | '\'' | '\\' | '/') | None => {}
                Some(_) => space(&mut out),
            },
            '\u{2018}' | '\u{2019}' | '`' => out.push('\''),
            '\u{201c}' | '\u{201d}' => out.push('"'),
            '{' | '}' => space(&mut out),
            '\u{2026}' => out.push_str("..."),
            c if c.is_whitespace() || c.is_control() => space(&mut out),
            c if c.is_ascii() => out.push(c.to_ascii_lowercase()),
            _ => out.push('~'),
        }
    }
    space(&mut out);
    out
}

/// Runs of spaces count as one.
fn space(out: &mut String) {
    if !out.ends_with(' ') {
        out.push(' ');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_the_same_message_become_equal() {
        let form = normal_form;
        let plain = form(r#"Can't pull "a/b" now"#);
        assert_eq!(plain, r#" can't pull "a/b" now "#);
        for text in [
            "can\u{2019}t pull \u{201c}a/b\u{201d} now",
            "\u{1b}[31mCan't\u{1b}[0m pull\n   \"a/b\"\tnow",
            r#"CAN'T pull \"a/b\"\nnow"#,
            r#"{can't pull \\"a/b\\" now}"#,
        ] {
            assert_eq!(form(text), plain, "{text}");
        }
    }
}
