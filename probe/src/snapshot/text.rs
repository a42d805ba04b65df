//! Text that came from AWS or from an application's log, with secrets taken out.

use std::{borrow::Cow, fmt, ops::Deref, sync::LazyLock};

use aho_corasick::AhoCorasick;
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
    /// Of these words one stands in every text that the pattern matches, in any case of its letters.
    words: &'static [&'static str],
}

/// The words of all scrubs, and which scrubs each belongs to: most texts have none, and need no pattern.
static WORDS: LazyLock<(Option<AhoCorasick>, Vec<usize>)> = LazyLock::new(|| {
    let words = SCRUBS.iter().enumerate();
    let words = words.flat_map(|(owner, scrub)| scrub.words.iter().map(move |word| (*word, owner)));
    let (words, owners): (Vec<&str>, Vec<usize>) = words.unzip();
    let finder = AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(words);
    (finder.ok(), owners)
});

/// Which scrubs may have something to do in a text.
fn needed(text: &str) -> Vec<bool> {
    let (finder, owners) = &*WORDS;
    // To a pattern that ignores case, these two are letters of ASCII.
    let is_plain = !text.contains(['\u{17f}', '\u{212a}']);
    let Some(finder) = finder.as_ref().filter(|_| is_plain) else {
        return vec![true; SCRUBS.len()];
    };
    let mut needed = vec![false; SCRUBS.len()];
    for found in finder.find_overlapping_iter(text) {
        needed[owners[found.pattern().as_usize()]] = true;
    }
    needed
}

/// What the ECS agent, drivers and applications are known to print: presigned layer URLs hold tokens,
/// connection errors quote the whole DSN.
static SCRUBS: LazyLock<Vec<Scrub>> = LazyLock::new(|| {
    // Names of secrets, with any prefix; a quote may itself be escaped, in JSON inside JSON.
    let rules: [(&str, &str, &[&str]); 11] = [
        (
            r#"(https?://[^\s"'?]+)\?[^\s"']*(?:X-Amz-|Signature=|token=)[^\s"']*"#,
            "$1?[redacted]",
            &["x-amz-", "signature=", "token="],
        ),
        (
            r"([a-zA-Z][a-zA-Z0-9+.-]*://)[^\s/@:]*:[^\s@]*(?:@[^\s@/]*)*@",
            "$1[redacted]@",
            &["://"],
        ),
        (
            r#"(?i)\b(authorization"?\s*[=:]\s*"?(?:bearer|basic)?\s*|bearer\s+)[\w.~+/=-]{6,}"#,
            "$1[redacted]",
            &["authorization", "bearer"],
        ),
        (
            r#"(?i)((?:^|[^\w/-])\\*"?[a-z_-]*(?:password|passwd|pwd|secret_?string|secret_?(?:access_?)?key|client_?secret|api[_-]?key|(?:access|refresh|id|session|auth)_?token)\\*"?\s*[=:]\s*)(\\*"(?:[^"\\]|\\[^"]|\\"[^,}\s])*\\*"|'[^']*'|[^\s,;&}"]+)"#,
            "$1[redacted]",
            &[
                "password", "passwd", "pwd", "secret", "apikey", "api_key", "api-key", "token",
            ],
        ),
        (
            r#"(X-Amz-(?:Credential|Security-Token|Signature)=)[^\s&"']+"#,
            "$1[redacted]",
            &["x-amz-"],
        ),
        // Arguments of programs: --password hunter2, -u user:hunter2.
        (
            r#"(?i)(--[a-z-]*(?:password|passwd|secret|token|api-?key)\s+)[^\s-]\S*"#,
            "$1[redacted]",
            &["--"],
        ),
        (
            r#"((?:^|\s)(?:-u|--user)[\s=]+['"]?[^\s:'"]+:)[^\s'"]+"#,
            "$1[redacted]",
            &["-u"],
        ),
        (
            r"(-----BEGIN [A-Z ]*PRIVATE KEY-----)(?s:.*?)(-----END [A-Z ]*PRIVATE KEY-----|$)",
            "$1[redacted]",
            &["-----begin "],
        ),
        (
            r"(https://hooks\.slack\.com/)\S+",
            "$1[redacted]",
            &["hooks.slack.com/"],
        ),
        (
            r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b",
            "[redacted]",
            &["akia", "asia"],
        ),
        (r"\beyJ[\w-]+\.[\w-]+\.[\w-]+", "[redacted]", &["eyj"]),
    ];
    let compile = |(pattern, replacement, words)| {
        Regex::new(pattern).ok().map(|pattern| Scrub {
            pattern,
            replacement,
            words,
        })
    };
    rules.into_iter().filter_map(compile).collect()
});

impl From<String> for Text {
    fn from(raw: String) -> Self {
        let needed = needed(&raw);
        let scrubs = SCRUBS.iter().zip(needed);
        let scrubs = scrubs.filter(|(_, needed)| *needed);
        Self(scrubs.fold(raw, |text, (scrub, _)| {
            match scrub.pattern.replace_all(&text, scrub.replacement) {
                Cow::Borrowed(_) => text,
                Cow::Owned(scrubbed) => scrubbed,
            }
        }))
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
                "open /rootfs/etc/passwd: no such file or directory",
                "open /rootfs/etc/passwd: no such file or directory",
            ),
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
    fn letters_that_only_look_like_ascii_hide_nothing() {
        for (raw, scrubbed) in [
            ("PA\u{17f}SWORD=hunter2", "PA\u{17f}SWORD=[redacted]"),
            (
                "to\u{212a}en: x, auth_to\u{212a}en=hunter2",
                "to\u{212a}en: x, auth_to\u{212a}en=[redacted]",
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
