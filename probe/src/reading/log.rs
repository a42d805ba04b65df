//! What a line of an application's log says about its database and its start.

use super::{normal_form::normal_form, rules::BACK, says};

patterns! {
    READY = r#"(?:^|")listening\b|\blistening (?:on|at)\b|\bserver (?:has )?started\b|started .* in [\d.]+ ?s|accepting connections|ready to (?:serve|accept)"#;
}

/// Classes of messages that say that a database cannot be reached over the network.
pub const DATABASE_AWAY: &[&str] = &[
    "db-sg-ingress-missing",
    "db-unreachable-network",
    "db-connect-timeout-unspecified",
    "db-connection-refused",
    "db-host-env-unset",
];

/// Whether a log line says that the database can be reached again.
pub fn says_database_back(line: &str) -> bool {
    let normal = normal_form(line);
    BACK.split('|').any(|word| normal.contains(word))
}

/// Whether a log line says that the application accepts requests from now on.
pub fn says_ready(line: &str) -> bool {
    says(&READY, line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::{Place, classify};

    fn says_database_away(line: &str) -> bool {
        let fault = classify(line, Some(Place::AppLog)).fault();
        fault.is_some_and(|class| DATABASE_AWAY.contains(&class))
    }

    #[test]
    fn log_lines_about_the_database_are_told_apart() {
        for (line, away) in [
            ("the database is not reachable: timeout", true),
            ("connect ETIMEDOUT 10.0.21.5:5432", true),
            (
                r#"psql: error: connection to server at "db" (10.0.1.2), port 5432 failed: timeout expired"#,
                true,
            ),
            (
                "Knex: Timeout acquiring a connection. The pool is probably full.",
                true,
            ),
            ("pool timed out while waiting for an open connection", true),
            (
                r#"{"message":"request","status":503,"error":"database timeout: Connection timed out (os error 110)"}"#,
                true,
            ),
            (
                "database slow: canceling statement due to statement timeout",
                false,
            ),
            ("INFO database pool ready: max=10 acquire_timeout=3s", false),
            (
                r#"{"message":"database connection ready","connect_timeout_ms":3000}"#,
                false,
            ),
            (
                "HikariPool-1 - Start completed. jdbc:postgresql://db:5432/app?connectTimeout=5",
                false,
            ),
            ("the database is reachable again after a timeout", false),
            (
                r#"no pg_hba.conf entry for host "10.0.11.7", user "app", database "app", no encryption"#,
                false,
            ),
            (
                r#"{"method":"GET","path":"/events","status":200,"response_time_ms":3}"#,
                false,
            ),
        ] {
            assert_eq!(says_database_away(line), away, "{line}");
        }
        assert!(says_database_back("the database is reachable again"));
    }

    #[test]
    fn only_a_line_that_says_so_means_ready() {
        for (line, ready) in [
            (
                r#"{"level":"INFO","message":"listening","address":"0.0.0.0:8080"}"#,
                true,
            ),
            ("Server listening on http://0.0.0.0:8080", true),
            ("Started Application in 41.2 s", true),
            ("building the search index before listening", false),
            (r#"{"message":"request","status":200}"#, false),
        ] {
            assert_eq!(says_ready(line), ready, "{line}");
        }
    }
}
