//! How a health check fails, from the words of the load balancer and of service events.

use super::{Place, classify, marks::status_code, normal_form::normal_form};

patterns! {
    UNHEALTHY_EVENT = r"is unhealthy in \(?target-group ([^)\s]+)\)? due to \(reason (.+?)\)\.?$";
}

/// How a load balancer's health check fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HealthFailure {
    /// The answer had this status code.
    Code(u16),
    /// No answer in time.
    Timeout,
    /// No connection, or no HTTP: refused, reset, malformed.
    NoAnswer,
    /// Words that are not known.
    Other,
}

/// Reads the load balancer's words, of a target's health or of a service event.
pub fn health_failure(words: &str) -> HealthFailure {
    let code = status_code(&normal_form(words)).and_then(|code| u16::try_from(code).ok());
    match (code, classify(words, Some(Place::TargetHealth)).fault()) {
        (Some(code), _) => HealthFailure::Code(code),
        (None, Some("health-check-timeout")) => HealthFailure::Timeout,
        (None, Some("health-check-failed-generic")) => HealthFailure::NoAnswer,
        (None, _) => HealthFailure::Other,
    }
}

/// Target group and reason of a service event that says a task is unhealthy.
pub fn unhealthy_event(message: &str) -> Option<(&str, &str)> {
    let captures = UNHEALTHY_EVENT.as_ref()?.captures(message)?;
    Some((captures.get(1)?.as_str(), captures.get(2)?.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failed_health_checks_are_read_from_targets_and_from_events() {
        for (words, failure) in [
            (
                "Target.ResponseCodeMismatch: Health checks failed with these codes: [404]",
                HealthFailure::Code(404),
            ),
            ("Target.Timeout: Request timed out", HealthFailure::Timeout),
            ("Request timed out", HealthFailure::Timeout),
            (
                "Target.FailedHealthChecks: Health checks failed",
                HealthFailure::NoAnswer,
            ),
            ("Target.InvalidState", HealthFailure::Other),
        ] {
            assert_eq!(health_failure(words), failure, "{words}");
        }
        for (event, parts) in [
            (
                "(service web) (port 8080) is unhealthy in (target-group arn:aws:x:targetgroup/a/1) due to (reason Health checks failed with these codes: [502]).",
                Some((
                    "arn:aws:x:targetgroup/a/1",
                    "Health checks failed with these codes: [502]",
                )),
            ),
            (
                "service web (port 8081) is unhealthy in target-group web due to (reason Health checks failed).",
                Some(("web", "Health checks failed")),
            ),
            ("(service web) has reached a steady state.", None),
        ] {
            assert_eq!(unhealthy_event(event), parts, "{event}");
        }
    }
}
