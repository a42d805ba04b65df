//! What a message says in numbers, as words for the rules: `{exit-137}`, `{public-ip}`, `{code-4}`.
//!
//! The normal form has no braces of its own, so no message can pretend to carry a mark.

/// All marks, for the test that no rule asks for another one.
#[cfg(test)]
pub(super) const MARKS: &[&str] = &[
    "{exit-0}",
    "{exit-137}",
    "{exit-143}",
    "{exit-127}",
    "{exit-n}",
    "{code-2}",
    "{code-3}",
    "{code-4}",
    "{code-400}",
    "{code-5}",
    "{private-ip}",
    "{public-ip}",
    "{loopback}",
    "{retried-once}",
    "{retried-often}",
    "{quiet}",
    "{status-ok}",
    "{cut}",
    "{bare-host}",
];

/// What the words of a message ask to look at. Each look costs more than finding all words at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ask {
    ExitCode,
    HealthCode,
    Retries,
    Answer,
    Host,
}

/// The words behind which a number or a name is looked for.
pub(super) const ASKS: &[(Ask, &[&str])] = &[
    (Ask::ExitCode, EXIT),
    (Ask::HealthCode, CODE),
    (Ask::Retries, &[RETRIED]),
    (Ask::Answer, ANSWER),
    (Ask::Host, HOST),
];

const RETRIED: &str = "been retried ";

/// The marks of a message in normal form, of which `asks` says what its words ask for.
pub(super) fn marks(text: &str, asks: impl Fn(Ask) -> bool) -> Vec<&'static str> {
    let mut marks = vec![];
    if asks(Ask::ExitCode) {
        marks.extend(exit_code(text));
    }
    if asks(Ask::HealthCode) {
        marks.extend(health_code(text));
    }
    marks.extend(addresses(text));
    if let Some(times) = asks(Ask::Retries)
        .then(|| number_after(text, RETRIED, 0))
        .flatten()
    {
        marks.push(if times > 1 {
            "{retried-often}"
        } else {
            "{retried-once}"
        });
    }
    if is_quiet(text) {
        marks.push("{quiet}");
    }
    if asks(Ask::Answer) && answered(text) {
        marks.push("{status-ok}");
    }
    if text.trim_end().ends_with("..") {
        marks.push("{cut}");
    }
    if asks(Ask::Host) && has_bare_host(text) {
        marks.push("{bare-host}");
    }
    marks
}

/// The first number within `gap` bytes after a word.
fn number_after(text: &str, word: &str, gap: usize) -> Option<u32> {
    text.match_indices(word).find_map(|(at, _)| {
        let rest = &text[at + word.len()..];
        let digits = rest.find(|c: char| c.is_ascii_digit())?;
        // A sentence between the word and the number means another number.
        if digits > gap || rest[..digits].contains(['.', ';']) {
            return None;
        }
        let rest = &rest[digits..];
        let end = rest
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(rest.len());
        rest[..end].parse().ok()
    })
}

const EXIT: &[&str] = &[
    "exit code",
    "exitcode",
    "exit_code",
    "exit status",
    "exited with",
    "exited (",
    "code=",
    "status code of",
    "terminated with",
    "exit value",
    "returned exit",
    "exit:",
];

fn exit_code(text: &str) -> Option<&'static str> {
    let code = EXIT.iter().find_map(|word| number_after(text, word, 12))?;
    Some(match code {
        0 => "{exit-0}",
        137 => "{exit-137}",
        143 => "{exit-143}",
        126 | 127 => "{exit-127}",
        1..=255 => "{exit-n}",
        _ => return None,
    })
}

const CODE: &[&str] = &[
    "these codes:",
    "these codes",
    "status code",
    "response code",
    "codes",
    "code:",
];

/// The status code that a health check saw.
pub(super) fn status_code(text: &str) -> Option<u32> {
    CODE.iter().find_map(|word| number_after(text, word, 8))
}

fn health_code(text: &str) -> Vec<&'static str> {
    match status_code(text) {
        Some(400) => vec!["{code-4}", "{code-400}"],
        Some(200..300) => vec!["{code-2}"],
        Some(300..400) => vec!["{code-3}"],
        Some(400..500) => vec!["{code-4}"],
        Some(500..600) => vec!["{code-5}"],
        _ => vec![],
    }
}

fn addresses(text: &str) -> Vec<&'static str> {
    let mut marks = vec![];
    if text.contains("localhost") || text.contains("[::1]") || text.contains(" ::1") {
        marks.push("{loopback}");
    }
    for word in text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '.')) {
        if word.bytes().filter(|byte| *byte == b'.').count() < 3 {
            continue;
        }
        let octets: Vec<Option<u8>> = word
            .trim_end_matches('.')
            .split('.')
            .map(|octet| octet.parse().ok())
            .collect();
        // Threads show 10.0.x.x as often as full addresses.
        let is_address = octets.len() == 4
            && word
                .split('.')
                .all(|octet| octet.bytes().all(|b| b.is_ascii_digit() || b == b'x'));
        let [Some(a), b, ..] = octets[..] else {
            continue;
        };
        if !is_address {
            continue;
        }
        marks.push(match (a, b) {
            (127, _) => "{loopback}",
            (0, _) => continue,
            (10, _) | (192, Some(168)) | (172, Some(16..=31)) | (100, Some(64..=127)) => {
                "{private-ip}"
            }
            _ => "{public-ip}",
        });
    }
    marks
}

/// A line of a log level that reports no failure.
fn is_quiet(text: &str) -> bool {
    let head = text.get(..text.len().min(60)).unwrap_or(text);
    let json = text
        .split_once("\"level\":")
        .or_else(|| text.split_once("\"severity\":"))
        .or_else(|| head.split_once("level="));
    if let Some((_, level)) = json {
        let level = level.trim_start_matches([' ', '"']);
        return ["info", "debug", "trace", "30", "20", "10", "notice"]
            .iter()
            .any(|quiet| level.starts_with(quiet));
    }
    let level = |word: &str| {
        ["info", "debug", "trace", "notice"]
            .contains(&word.trim_matches(['[', ']', ':', '|', '(', ')']))
    };
    let loud = |word: &str| {
        [
            "error", "fatal", "critical", "panic", "warn", "warning", "err",
        ]
        .contains(&word.trim_matches(['[', ']', ':', '|', '(', ')']))
    };
    head.split(' ')
        .find(|word| level(word) || loud(word))
        .is_some_and(level)
}

const ANSWER: &[&str] = &[
    "\"status\":",
    "status=",
    " http/1.1\" ",
    " http/1.0\" ",
    " http/2.0\" ",
];

/// An access-log line of an answer that was no failure.
fn answered(text: &str) -> bool {
    let is_fine = |code: u32| (200..400).contains(&code);
    let gaps = [2, 1, 0, 0, 0];
    ANSWER
        .iter()
        .zip(gaps)
        .any(|(word, gap)| number_after(text, word, gap).is_some_and(is_fine))
}

const HOST: &[&str] = &[
    "enotfound ",
    "eai_again ",
    "lookup ",
    "unknownhostexception: ",
    "host name \"",
    "hostname \"",
    "resolve host: ",
    "resolve host '",
    "resolve host \"",
    "unknown host ",
];

/// A host name that failed to resolve has no dot: the name of a compose service, or of an environment variable.
fn has_bare_host(text: &str) -> bool {
    HOST.iter().any(|word| {
        text.match_indices(word).any(|(at, _)| {
            let rest = &text[at + word.len()..];
            let end = rest
                .find(|c: char| !(c.is_ascii_alphanumeric() || "-_.$".contains(c)))
                .unwrap_or(rest.len());
            let host = rest[..end].trim_end_matches('.');
            !host.is_empty() && !host.contains('.')
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_become_words() {
        for (text, expected) in [
            (" exit code 137 ", &["{exit-137}"][..]),
            (" container exited (0) ", &["{exit-0}"]),
            (" \"exitcode\": 3 ", &["{exit-n}"]),
            (" failed with these codes: [404] ", &["{code-4}"]),
            (" codes: [400] ", &["{code-4}", "{code-400}"]),
            (" connect 10.0.1.2:5432 ", &["{private-ip}"]),
            (" connect 172.32.1.2 ", &["{public-ip}"]),
            (" connect 127.0.0.1 ", &["{loopback}"]),
            (" has been retried 5 time(s) ", &["{retried-often}"]),
            (" has been retried 1 time... ", &["{retried-once}", "{cut}"]),
            (" \"level\":\"info\",\"a\":1 ", &["{quiet}"]),
            (" [info] failed: an error ", &["{quiet}"]),
            (" error: no info ", &[]),
            (" \"get /health http/1.1\" 200 2 ", &["{status-ok}"]),
            (" getaddrinfo enotfound db ", &["{bare-host}"]),
            (" getaddrinfo enotfound db.example.com ", &[]),
            (" version 1.2.3 ", &[]),
        ] {
            assert_eq!(marks(text, |_| true), expected, "{text}");
        }
    }
}
