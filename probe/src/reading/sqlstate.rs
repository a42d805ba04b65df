//! SQLSTATEs in a message: `53300` is a code in `(code 53300)`, and none in a port, an id, a size or a time.

use std::ops::Range;

/// Whether a word of the rules is an SQLSTATE: five digits and letters that begin with a digit.
pub(super) fn is_sqlstate(word: &str) -> bool {
    word.len() == 5
        && word.starts_with(|c: char| c.is_ascii_digit())
        && word.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Whether the five characters in a text in normal form are said as a code: named so, before a colon as drivers write
/// it, or alone in brackets.
pub(super) fn stands_as_code(text: &str, at: Range<usize>) -> bool {
    const NAMES: [&str; 6] = ["code", "sqlstate", "state", "errcode", "error", "fatal"];
    let (before, after) = (&text[..at.start], &text[at.end..]);
    let is_open = |c: char| matches!(c, ' ' | '"' | '\'' | '(' | '[' | '=' | ':');
    if !before.ends_with(is_open) || after.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return false;
    }
    let name = before.trim_end_matches(is_open);
    if NAMES.iter().any(|known| name.ends_with(known)) {
        return true;
    }
    let leads = before.ends_with(' ') && after.starts_with(": ") && !name.ends_with("port");
    let is_bracketed = before.ends_with('(') && after.starts_with(')')
        || before.ends_with('[') && after.starts_with(']');
    leads || is_bracketed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::normal_form::normal_form;

    fn stands(text: &str, code: &str) -> bool {
        let text = normal_form(text);
        let start = text.find(code).unwrap();
        stands_as_code(&text, start..start + code.len())
    }

    #[test]
    fn a_code_is_told_from_a_number() {
        for text in [
            "permission denied for schema public (code 53300)",
            "Npgsql.PostgresException (0x80004005): 53300: remaining connection slots",
            r#"{"severity":"FATAL","code":"53300"}"#,
            "ERROR: 53300: sorry",
            "SQLSTATE[53300] [7]",
            "too much (53300)",
            "sqlstate=53300",
        ] {
            assert!(stands(text, "53300"), "{text}");
        }
        for text in [
            r#"{"request_id":"0e265eb6-53300-4db4","status":200}"#,
            r#"{"timestamp":"2026-11-22T10:42:30.053300Z"}"#,
            r#"{"response_bytes":53300,"status":200}"#,
            "connection received: host=10.0.1.5 port=53300",
            "10.0.1.5:53300: read: connection reset by peer",
            "cannot listen on port 53300: address in use",
            "took 53300 ms",
        ] {
            assert!(!stands(text, "53300"), "{text}");
        }
    }

    #[test]
    fn words_of_five_letters_are_no_codes() {
        assert!(is_sqlstate("28p01") && is_sqlstate("53300"));
        assert!(!is_sqlstate("panic") && !is_sqlstate("5432") && !is_sqlstate("10.11"));
    }
}
