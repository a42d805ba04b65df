//! Slack's markup, so far as announcements need it.

/// Words that, after an at sign, call everybody.
const CALLS: [&str; 4] = ["channel", "here", "everyone", "group"];

/// Text of people as text: no link, no mention, nobody called.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for (at, character) in text.char_indices() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            // An invisible joiner keeps webhooks that look for names in plain text from finding this one.
            '@' if calls_everybody(&text[at + 1..]) => escaped.push_str("@\u{2060}"),
            _ => escaped.push(character),
        }
    }
    escaped
}

fn calls_everybody(rest: &str) -> bool {
    CALLS.iter().any(|word| {
        rest.get(..word.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(word))
    })
}

/// A link, with a label of ours.
pub(super) fn link(address: &str, label: &str) -> String {
    format!("<{}|{label}>", escaped(address).replace('|', "%7C"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_people_stays_text() {
        for (text, expected) in [
            ("R&D <b>", "R&amp;D &lt;b&gt;"),
            (
                "<!channel> <@U123> <http://evil.example|here>",
                "&lt;!channel&gt; &lt;@U123&gt; &lt;http://evil.example|here&gt;",
            ),
            ("&lt;!here&gt;", "&amp;lt;!here&amp;gt;"),
            (
                "@Channel @here! @everyone",
                "@\u{2060}Channel @\u{2060}here! @\u{2060}everyone",
            ),
            ("me@example.com @花子 @", "me@example.com @花子 @"),
            ("懇親会", "懇親会"),
        ] {
            assert_eq!(escaped(text), expected);
        }
    }

    #[test]
    fn links_cannot_be_broken_out_of() {
        assert_eq!(
            link("https://a.example/x|y>z&w", "Details"),
            "<https://a.example/x%7Cy&gt;z&amp;w|Details>"
        );
    }
}
