//! What is around the content of every page: whose page it is, in which language, and where.

use axum::{
    extract::FromRequestParts,
    http::{Uri, request::Parts},
};
use chrono_tz::Tz;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{
    domain::{EventId, UserName},
    http::{
        AppState, cookies, identity::Caller, language::Language, problem::Problem, view::Notice,
    },
};

/// What every page knows of its reader and of itself.
#[derive(Debug, Clone)]
pub(in crate::http) struct Frame {
    pub(in crate::http) language: Language,
    /// Whose clocks times go by.
    pub(in crate::http) zone: Tz,
    /// What came of the form that led here, and which event it was about.
    pub(in crate::http) notice: Option<Notice>,
    pub(in crate::http) noticed: Option<EventId>,
    /// Who reads: who has logged in, or else who has told a name.
    pub(in crate::http) name: Option<UserName>,
    /// Whether the name is only what the reader says, and theirs to change.
    pub(in crate::http) claimed: bool,
    /// The address of this page, to come back to.
    pub(in crate::http) here: String,
}

impl Frame {
    /// A page for somebody of whom nothing is known.
    pub(in crate::http) fn plain(language: Language, uri: &Uri) -> Self {
        Self {
            language,
            zone: Tz::UTC,
            notice: None,
            noticed: None,
            name: None,
            claimed: false,
            here: here(uri),
        }
    }

    /// The text for this reader.
    pub(in crate::http) fn pick<T>(&self, english: T, japanese: T) -> T {
        self.language.pick(english, japanese)
    }

    /// The reader's name; empty if it is not known.
    pub(in crate::http) fn user(&self) -> &str {
        self.name.as_ref().map_or("", UserName::as_str)
    }

    /// What came of the form that led here, and whether it is good news.
    pub(in crate::http) fn told(&self) -> Option<(&'static str, bool)> {
        let notice = self.notice?;
        Some((notice.text(self.language), notice.is_good()))
    }

    /// The pages that are one step away from everywhere.
    pub(in crate::http) fn places(&self) -> [(&'static str, &'static str); 4] {
        [
            ("/", self.pick("Upcoming", "今後の予定")),
            ("/calendar", self.pick("Calendar", "カレンダー")),
            ("/history", self.pick("Past", "開催履歴")),
            ("/stats", self.pick("Figures", "統計")),
        ]
    }

    /// Whether this page is at that path.
    pub(in crate::http) fn is_at(&self, path: &str) -> bool {
        self.here.split('?').next() == Some(path)
    }

    /// The address of this page as a value in another one.
    pub(in crate::http) fn here_encoded(&self) -> String {
        encode(&self.here)
    }
}

impl FromRequestParts<AppState> for Frame {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, state).await?;
        let Ok(language) = Language::from_request_parts(parts, state).await;
        let query = parts.uri.query().unwrap_or("").split('&');
        let value = |name: &str| {
            query
                .clone()
                .find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
        };
        let told = || {
            let mut names = cookies::read(&parts.headers, cookies::NAME);
            names.find_map(|name| UserName::parse(&name).ok())
        };
        Ok(Self {
            language,
            zone: state.site.zone,
            notice: value("notice").and_then(Notice::parse),
            noticed: value("event").and_then(EventId::parse),
            name: caller.name().cloned().or_else(told),
            claimed: caller.name().is_none(),
            here: here(&parts.uri),
        })
    }
}

/// The address of a page, without what was told there once and without a language, which is the reader's to choose.
fn here(uri: &Uri) -> String {
    let query = uri.query().unwrap_or("");
    let kept: Vec<_> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .filter(|pair| {
            !["notice=", "event=", "lang="]
                .iter()
                .any(|once| pair.starts_with(once))
        })
        .collect();
    let address = match kept.as_slice() {
        [] => uri.path().to_owned(),
        kept => format!("{}?{}", uri.path(), kept.join("&")),
    };
    local(&address).unwrap_or("/").to_owned()
}

/// An address to go to, if it is one of ours: what a form says of where to go on may be anybody's.
pub(super) fn local(address: &str) -> Option<&str> {
    let rest = address.strip_prefix('/')?;
    let visible = address.bytes().all(|b| (b'!'..=b'~').contains(&b));
    (visible && !rest.starts_with('/') && !address.contains(['\\', '#'])).then_some(address)
}

/// A text as a value in an address.
pub(super) fn encode(text: &str) -> String {
    const UNSAFE: &AsciiSet = &NON_ALPHANUMERIC
        .remove(b'-')
        .remove(b'.')
        .remove(b'_')
        .remove(b'~');
    utf8_percent_encode(text, UNSAFE).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_lead_to_our_own_pages_only() {
        for ours in ["/", "/?q=%E5%8B%89&show=joined", "/events/7"] {
            assert_eq!(local(ours), Some(ours));
        }
        for other in [
            "",
            "events",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example/",
            "/ x",
            "/a\r\nset-cookie: a",
            "/é",
            "/#event-7",
        ] {
            assert_eq!(local(other), None, "{other}");
        }
    }

    #[test]
    fn an_address_to_come_back_to_does_not_tell_again_what_was_told() {
        for (address, expected) in [
            ("/", "/"),
            ("/?lang=ja", "/"),
            (
                "/?q=a&notice=joined&event=7&show=joined",
                "/?q=a&show=joined",
            ),
            ("//evil.example", "/"),
        ] {
            assert_eq!(here(&address.parse().unwrap()), expected);
        }
    }
}
