//! Descriptions, written in Markdown by anybody, as HTML that can do no harm.

use pulldown_cmark::{
    CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, TextMergeStream, html,
};

/// The HTML of a description. What looks like HTML in it is text, images are links, and links lead only to places that
/// a browser opens as a page or a letter. Line breaks are kept, as people expect who write no Markdown.
pub(super) fn to_html(markdown: &str) -> String {
    let parser = Parser::new_ext(markdown, Options::ENABLE_STRIKETHROUGH);
    let mut written = String::new();
    let mut in_link = false;
    let events = TextMergeStream::new(parser).flat_map(|event| match event {
        Event::Html(text) | Event::InlineHtml(text) => vec![Event::Text(text)],
        Event::SoftBreak => vec![Event::HardBreak],
        Event::Start(Tag::Heading { level, .. }) => vec![Event::Start(Tag::Heading {
            level: below_title(level),
            id: None,
            classes: Vec::new(),
            attrs: Vec::new(),
        })],
        Event::End(TagEnd::Heading(level)) => vec![Event::End(TagEnd::Heading(below_title(level)))],
        // An image inside of a link is its text only.
        Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) if in_link => Vec::new(),
        Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
            in_link = true;
            vec![opening(&dest_url)]
        }
        Event::End(TagEnd::Link | TagEnd::Image) => {
            in_link = false;
            vec![Event::InlineHtml("</a>".into())]
        }
        Event::Text(text) if !in_link => linked(&text),
        other => vec![other],
    });
    html::push_html(&mut written, events);
    written
}

/// The title of the event is above all headings of its description.
fn below_title(level: HeadingLevel) -> HeadingLevel {
    match level {
        HeadingLevel::H1 | HeadingLevel::H2 => HeadingLevel::H2,
        deeper => deeper,
    }
}

fn opening(address: &str) -> Event<'static> {
    let scheme = address
        .split_once(':')
        .map(|(scheme, _)| scheme.to_ascii_lowercase());
    let fine = matches!(scheme.as_deref(), Some("http" | "https" | "mailto"));
    let html = if fine {
        format!("<a href=\"{}\" rel=\"nofollow noopener\">", escape(address))
    } else {
        "<a>".to_owned()
    };
    Event::InlineHtml(html.into())
}

/// A text with the addresses in it as links.
fn linked(text: &str) -> Vec<Event<'static>> {
    let mut events = Vec::new();
    let mut rest = text;
    while let Some((begin, length)) = first_address(rest) {
        let (before, from) = rest.split_at(begin);
        let (address, after) = from.split_at(length);
        events.push(Event::Text(CowStr::from(before.to_owned())));
        events.push(opening(address));
        events.push(Event::Text(CowStr::from(address.to_owned())));
        events.push(Event::InlineHtml("</a>".into()));
        rest = after;
    }
    events.push(Event::Text(CowStr::from(rest.to_owned())));
    events
}

/// Where the first address begins, and how long it is: without what ends the sentence that it is in.
fn first_address(text: &str) -> Option<(usize, usize)> {
    let schemes = ["https://", "http://"].iter();
    let mut found = schemes
        .flat_map(|scheme| text.match_indices(scheme))
        .filter_map(|(begin, scheme)| {
            let from = &text[begin..];
            let end = from.find(|c: char| !c.is_ascii_graphic() || "<>\"".contains(c));
            let address = &from[..end.unwrap_or(from.len())];
            let address = address.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '\'', '*']);
            (address.len() > scheme.len()).then_some((begin, address.len()))
        });
    let first = found.next()?;
    Some(found.fold(first, |a, b| if b.0 < a.0 { b } else { a }))
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_is_shown() {
        for (markdown, html) in [
            (
                "**太字** and `a<b`",
                "<p><strong>太字</strong> and <code>a&lt;b</code></p>\n",
            ),
            ("# 会場\n1\n2", "<h2>会場</h2>\n<p>1<br />\n2</p>\n"),
            (
                "- a\n- ~~b~~",
                "<ul>\n<li>a</li>\n<li><del>b</del></li>\n</ul>\n",
            ),
            (
                "[地図](https://example.com/?a=1&b=\"2)",
                "<p><a href=\"https://example.com/?a=1&amp;b=&quot;2\" rel=\"nofollow noopener\">地図</a></p>\n",
            ),
            (
                "会場はhttps://example.com/a_b_c?x=1。",
                "<p>会場は<a href=\"https://example.com/a_b_c?x=1\" rel=\"nofollow noopener\">https://example.com/a_b_c?x=1</a>。</p>\n",
            ),
            ("http:// https://", "<p>http:// https://</p>\n"),
        ] {
            assert_eq!(to_html(markdown), html);
        }
    }

    #[test]
    fn what_could_do_harm_is_text() {
        for markdown in [
            "<script>alert(1)</script>",
            "a <img src=x onerror=alert(1)> b",
            "[a](javascript:alert(1))",
            "[a](JavaScript:alert(1))",
            "[a](data:text/html,x)",
            "[a](//evil.example)",
            "![a](https://evil.example/pixel.png)",
            "<javascript:alert(1)>",
            "[a](https://x.example/\"onmouseover=\"alert(1))",
            "[![a](https://evil.example/x.png)](javascript:x)",
            "```\"><script>\nx\n```",
        ] {
            let html = to_html(markdown);
            for harm in [
                "<script", "<img", "href=\"j", "href=\"J", "href=\"d", "href=\"/", "\"onm", "src=",
            ] {
                let told = harm == "src=" && html.contains("&lt;img");
                assert!(told || !html.contains(harm), "{markdown}: {html}");
            }
        }
    }
}
