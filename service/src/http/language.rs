//! The language of the reader.

use std::convert::Infallible;

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
};

use super::cookies;
pub(super) use crate::domain::Language;
use crate::domain::Reason;

impl Language {
    /// The language that the reader chose, or else that which `Accept-Language` prefers; English where it names neither.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let mut chosen = cookies::read(headers, cookies::LANGUAGE);
        if let Some(chosen) = chosen.find_map(|tag| Self::parse(&tag)) {
            return chosen;
        }
        let accepted = headers
            .get(header::ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or("");
        let mut best = (Self::English, 0.0);
        for range in accepted.split(',') {
            let mut parts = range.split(';').map(str::trim);
            let tag = parts.next().unwrap_or("").to_ascii_lowercase();
            let quality = parts
                .find_map(|part| part.strip_prefix("q=")?.parse::<f32>().ok())
                .unwrap_or(1.0);
            let language = match tag.split('-').next() {
                Some("ja") => Self::Japanese,
                Some("en") => Self::English,
                _ => continue,
            };
            if quality > best.1 {
                best = (language, quality);
            }
        }
        best.0
    }

    /// The language of a tag.
    pub(super) fn parse(tag: &str) -> Option<Self> {
        match tag {
            "ja" => Some(Self::Japanese),
            "en" => Some(Self::English),
            _ => None,
        }
    }

    /// Says why a value was refused.
    pub(super) fn reason(self, reason: &Reason) -> String {
        if self == Self::English {
            return reason.to_string();
        }
        match reason {
            Reason::Missing => "必須です".into(),
            Reason::Unknown => "この項目はありません".into(),
            Reason::NotText => "文字列で指定してください".into(),
            Reason::NotInteger => "整数で指定してください".into(),
            Reason::NotTime => "2026-04-01T19:00:00+09:00 の形式で日時を指定してください".into(),
            Reason::NotDayOrTime => {
                "2026-04-01 または 2026-04-01T19:00:00+09:00 の形式で指定してください".into()
            }
            Reason::NotDay => "2026-04-01 の形式で日付を指定してください".into(),
            Reason::NotClock => "19:00 の形式で時刻を指定してください".into(),
            Reason::ClockSkips => "時計が進められるため、その日には存在しない時刻です".into(),
            Reason::Empty => "空にはできません".into(),
            Reason::TooLong { max, actual } => {
                format!("{max} 文字以内で指定してください（現在 {actual} 文字）")
            }
            Reason::ControlCharacter => "制御文字は使えません".into(),
            Reason::OutOfRange { min, max } => {
                format!("{min} から {max} までの範囲で指定してください")
            }
            Reason::NotOneOf(values) => format!("{values} のいずれかを指定してください"),
            Reason::BadCursor => "この一覧のカーソルではありません".into(),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Language {
    type Rejection = Infallible;

    /// That of `?lang=` in the address, for who wants the other one, or else the preferred one.
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let mut pairs = parts.uri.query().unwrap_or("").split('&');
        let wanted = pairs.find_map(|pair| Self::parse(pair.strip_prefix("lang=")?));
        Ok(wanted.unwrap_or_else(|| Self::of(&parts.headers)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_preferred_language_wins() {
        for (accepted, expected) in [
            ("", Language::English),
            ("ja", Language::Japanese),
            ("ja-JP,ja;q=0.9,en;q=0.8", Language::Japanese),
            ("en-US,en;q=0.9,ja;q=0.8", Language::English),
            ("fr, ja;q=0.3", Language::Japanese),
            ("en;q=0.2, ja;q=0.7", Language::Japanese),
            ("ja;q=0", Language::English),
            (";;q=,", Language::English),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_LANGUAGE, accepted.parse().unwrap());
            assert_eq!(Language::of(&headers), expected, "{accepted}");
        }
    }

    #[test]
    fn a_chosen_language_is_remembered() {
        for (cookie, expected) in [
            ("lang=ja", Language::Japanese),
            ("name=lang%3Den; lang=ja", Language::Japanese),
            ("lang=fr", Language::English),
            ("xlang=ja", Language::English),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_LANGUAGE, "en".parse().unwrap());
            headers.insert(header::COOKIE, cookie.parse().unwrap());
            assert_eq!(Language::of(&headers), expected, "{cookie}");
        }
    }
}
