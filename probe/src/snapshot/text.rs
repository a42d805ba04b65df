//! Text that came from AWS or from an application's log, with secrets taken out.

use std::{borrow::Cow, fmt, ops::Deref, sync::LazyLock};

use regex::Regex;
use serde::{Deserialize, Serialize};

/// A text in which presigned query strings, passwords in URLs and password assignments are blanked.
///
/// There is no way to make one without scrubbing: reading a saved snapshot scrubs again.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Text(String);

struct Scrub {
    pattern: Regex,
    replacement: &'static str,
}

/// What the ECS agent, drivers and applications are known to print: presigned layer URLs hold tokens,
/// connection errors quote the whole DSN.
static SCRUBS: LazyLock<Vec<Scrub>> = LazyLock::new(|| {
    // Names of secrets, with any prefix; a quote may itself be escaped, in JSON inside JSON.
    let rules = [
        (
            r#"(https?://[^\s"'?]+)\?[^\s"']*(?:X-Amz-|Signature=|token=)[^\s"']*"#,
            "$1?[redacted]",
        ),
        (
            r"([a-zA-Z][a-zA-Z0-9+.-]*://)[^\s/@:]*:[^\s@]*(?:@[^\s@/]*)*@",
            "$1[redacted]@",
        ),
        (
            r#"(?i)\b(authorization"?\s*[=:]\s*"?(?:bearer|basic)?\s*|bearer\s+)[\w.~+/=-]{6,}"#,
            "$1[redacted]",
        ),
        (
            r#"(?i)(\\*"?\b[a-z_-]*(?:password|passwd|pwd|secret_?string|secret_?(?:access_?)?key|client_?secret|api[_-]?key|(?:access|refresh|id|session|auth)_?token)\\*"?\s*[=:]\s*)(\\*"(?:[^"\\]|\\[^"]|\\"[^,}\s])*\\*"|'[^']*'|[^\s,;&}"]+)"#,
            "$1[redacted]",
        ),
        (
            r#"(X-Amz-(?:Credential|Security-Token|Signature)=)[^\s&"']+"#,
            "$1[redacted]",
        ),
        // Arguments of programs: --password hunter2, -u user:hunter2.
        (
            r#"(?i)(--[a-z-]*(?:password|passwd|secret|token|api-?key)\s+)[^\s-]\S*"#,
            "$1[redacted]",
        ),
        (
            r#"((?:^|\s)(?:-u|--user)[\s=]+['"]?[^\s:'"]+:)[^\s'"]+"#,
            "$1[redacted]",
        ),
        (
            r"(-----BEGIN [A-Z ]*PRIVATE KEY-----)(?s:.*?)(-----END [A-Z ]*PRIVATE KEY-----|$)",
            "$1[redacted]",
        ),
        (r"(https://hooks\.slack\.com/)\S+", "$1[redacted]"),
        (r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b", "[redacted]"),
        (r"\beyJ[\w-]+\.[\w-]+\.[\w-]+", "[redacted]"),
    ];
    let compile = |(pattern, replacement)| {
        Regex::new(pattern).ok().map(|pattern| Scrub {
            pattern,
            replacement,
        })
    };
    rules.into_iter().filter_map(compile).collect()
});

impl From<String> for Text {
    fn from(raw: String) -> Self {
        let scrubbed = SCRUBS
            .iter()
            .fold(Cow::Borrowed(raw.as_str()), |text, scrub| {
                Cow::Owned(
                    scrub
                        .pattern
                        .replace_all(&text, scrub.replacement)
                        .into_owned(),
                )
            });
        Self(scrubbed.into_owned())
    }
}

impl From<&str> for Text {
    fn from(raw: &str) -> Self {
        raw.to_owned().into()
    }
}

impl From<Text> for String {
    fn from(text: Text) -> Self {
        text.0
    }
}

impl Deref for Text {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scrub_compiles() {
        assert_eq!(SCRUBS.len(), 11);
    }

    #[test]
    fn secrets_are_blanked_and_the_rest_is_kept() {
        for (raw, scrubbed) in [
            (
                "pull https://prod-starport-layer-bucket.s3.amazonaws.com/a/b?X-Amz-Security-Token=abc&X-Amz-Date=1: 403",
                "pull https://prod-starport-layer-bucket.s3.amazonaws.com/a/b?[redacted] 403",
            ),
            (
                "postgres://app:pa@ss:word@db:5432/app refused",
                "postgres://[redacted]@db:5432/app refused",
            ),
            ("password=hunter2 user=app", "password=[redacted] user=app"),
            (
                r#"{"DB_PASSWORD":"hunter2","a":1}"#,
                r#"{"DB_PASSWORD":[redacted],"a":1}"#,
            ),
            ("key AKIAABCDEFGHIJKLMNOP", "key [redacted]"),
            (
                r#"{"msg":"login {\"password\":\"hunter2\"}"}"#,
                r#"{"msg":"login {\"password\":[redacted]}"}"#,
            ),
            (r#"password="a\"bSECRET" x"#, "password=[redacted] x"),
            (
                "Authorization: Bearer abc.def-123",
                "Authorization: Bearer [redacted]",
            ),
            ("x-api-key: abc123", "x-api-key: [redacted]"),
            (
                "client_secret=abc&access_token=def",
                "client_secret=[redacted]&access_token=[redacted]",
            ),
            (
                "POST https://hooks.slack.com/services/T0/B0/x",
                "POST https://hooks.slack.com/[redacted]",
            ),
            (
                "arn:aws:s3:::b/k?X-Amz-Date=1&X-Amz-Signature=hunter2",
                "arn:aws:s3:::b/k?X-Amz-Date=1&X-Amz-Signature=[redacted]",
            ),
            (
                "psql --db-password hunter2 --password-file /run/x",
                "psql --db-password [redacted] --password-file /run/x",
            ),
            (
                "curl -u app:hunter2 http://localhost/",
                "curl -u app:[redacted] http://localhost/",
            ),
            (
                r"-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY----- x",
                "-----BEGIN RSA PRIVATE KEY-----[redacted] x",
            ),
            (
                "postgres://app:pa/ss@db/app",
                "postgres://[redacted]@db/app",
            ),
            (
                "ResourceInitializationError: secretsmanager:GetSecretValue on resource: arn:x",
                "ResourceInitializationError: secretsmanager:GetSecretValue on resource: arn:x",
            ),
            (
                r#"password authentication failed for user "app""#,
                r#"password authentication failed for user "app""#,
            ),
            (
                "connect ETIMEDOUT 10.0.21.5:5432",
                "connect ETIMEDOUT 10.0.21.5:5432",
            ),
        ] {
            assert_eq!(&*Text::from(raw), scrubbed);
        }
    }

    #[test]
    fn a_saved_text_is_scrubbed_when_read() {
        let text: Text =
            serde_json::from_str(r#""token at https://x.example/?token=abc""#).unwrap();
        assert_eq!(&*text, "token at https://x.example/?[redacted]");
    }
}
