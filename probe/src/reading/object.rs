//! What a message names: the JSON key, role, image, host or log group that it is about.

/// Words before the name, most telling first, for the classes that begin so.
const BEFORE: &[(&str, &[&str])] = &[
    ("secret-json-key-missing", &["json key ", "jsonkey "]),
    (
        "ssm-",
        &["invalid parameters: ", "parameter/", "parameter "],
    ),
    ("exec-role-missing-ssm", &["on resource: "]),
    ("secret-", &["fetch secret ", "secret: ", "secret "]),
    (
        "exec-role-missing-secret",
        &["on resource: ", "fetch secret "],
    ),
    ("exec-role-missing-kms", &["on resource: ", "fetch secret "]),
    ("exec-role-missing-logs", &["on resource: ", "log group "]),
    ("log-group-missing", &["log group ", "loggroupname: "]),
    ("role-not-assumable", &["role '", "role "]),
    (
        "exec-role-missing-ecr",
        &["on resource: ", "access denied for ", "resolve ref "],
    ),
    (
        "image-",
        &[
            "resolve ref ",
            "manifest for ",
            "access denied for ",
            "repository ",
            "image ",
            "exec ",
        ],
    ),
    ("dockerhub-", &["resolve ref ", "copy: "]),
    ("registry-", &["resolve ref ", "lookup ", "https://"]),
    ("ecr-", &["resolve ref ", "image "]),
    (
        "no-route-to-internet",
        &["resolve ref ", "lookup ", "https://"],
    ),
    ("no-route-", &["https://", "lookup "]),
    ("vpc-endpoint-", &["https://", "lookup "]),
    ("bad-entrypoint", &["exec: ", "exec ", "sh: 1: ", "sh: "]),
    ("efs-", &["mounting ", "resolve "]),
    (
        "container-health-check-tool",
        &["sh: 1: ", "sh: ", "exec: "],
    ),
    ("db-name-missing", &["database "]),
    ("db-password", &["for user ", "user "]),
    ("db-iam", &["for user "]),
    ("db-schema", &["permission denied for "]),
    (
        "db-",
        &[
            "server at ",
            "host name ",
            "enotfound ",
            "lookup ",
            "etimedout ",
            "econnrefused ",
            "dial tcp ",
            "connection to ",
            "for host ",
        ],
    ),
    ("target-group-", &["targetgrouparn ", "target group "]),
    ("lb-container", &["container "]),
    ("host-port", &["0.0.0.0:", "port "]),
];

/// The name that stands after the words of the class.
pub(super) fn named_in(text: &str, class: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    BEFORE
        .iter()
        .filter(|(prefix, _)| class.starts_with(prefix))
        .flat_map(|(_, words)| *words)
        .find_map(|word| {
            lower
                .match_indices(word)
                .filter_map(|(at, _)| name(&text[at + word.len()..]))
                // "exec format error" and "exec user process caused" name no program.
                .find(|name| *word != "exec " || !["format", "user"].contains(&name.as_str()))
                .map(|name| match *word {
                    // Of an address the host is what cannot be reached.
                    "https://" => name.split('/').next().unwrap_or_default().to_owned(),
                    _ => name,
                })
        })
}

fn name(rest: &str) -> Option<String> {
    let rest = rest.trim_start_matches(['"', '\'', '\\', '`', '(', '\u{201c}', '\u{2018}']);
    let end = rest
        .find(|c: char| c.is_whitespace() || "\"'`,;()<>{}\\\u{201d}\u{2019}".contains(c))
        .unwrap_or(rest.len());
    let name = rest[..end].trim_end_matches([':', '.', '/']);
    // Words of the sentence are no names; a name that was cut off is none either.
    let is_word = [
        "the", "has", "from", "is", "was", "in", "for", "not", "with", "name", "manifest",
        "Manifest", "does",
    ];
    (!name.is_empty() && !is_word.contains(&name) && !rest[..end].ends_with(".."))
        .then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_whatever_stands_around_them() {
        for (text, class, name) in [
            (
                "retrieved secret from Secrets Manager did not contain json key PASSWORT, sorry",
                "secret-json-key-missing",
                Some("PASSWORT"),
            ),
            (
                "ECS was unable to assume the role 'arn:aws:iam::1:role/null' that",
                "role-not-assumable",
                Some("arn:aws:iam::1:role/null"),
            ),
            (
                "failed to resolve ref quay.io/a/b:latest: failed",
                "registry-unreachable",
                Some("quay.io/a/b:latest"),
            ),
            (
                r#"connection to server at "db.x.rds.amazonaws.com" (10.0.0.1), port"#,
                "db-sg-ingress-missing",
                Some("db.x.rds.amazonaws.com"),
            ),
            (
                "The task cannot pull the image: image Manifest does not contain descriptor matching platform",
                "image-platform-mismatch",
                None,
            ),
            (
                "exec /app/server: exec format error",
                "image-arch-mismatch",
                Some("/app/server"),
            ),
            (
                "retrieved secret from Secrets Manager did not contain json key user",
                "secret-json-key-missing",
                Some("user"),
            ),
            ("exec format error", "image-arch-mismatch", None),
            (
                r#"Get "https://registry-1.docker.io/v2/": net/http: request canceled"#,
                "no-route-to-internet",
                Some("registry-1.docker.io"),
            ),
            (
                "The specified log group does not exist.",
                "log-group-missing",
                None,
            ),
            (
                "connect ECONNREFUSED 10.0.0.1:5432",
                "db-connection-refused",
                Some("10.0.0.1:5432"),
            ),
        ] {
            assert_eq!(named_in(text, class).as_deref(), name, "{text}");
        }
    }
}
