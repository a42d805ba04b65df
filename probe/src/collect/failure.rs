//! From an SDK error to what was not observed, and why.

use std::error::Error;

use aws_sdk_ecs::error::{ProvideErrorMetadata, SdkError};

use crate::snapshot::Unobserved;

/// Turns the failure of the call `operation` (spelt as IAM spells the action) into what was not observed.
pub(super) fn unobserved<E, R>(operation: &str, error: &SdkError<E, R>) -> Unobserved
where
    E: ProvideErrorMetadata + Error + 'static,
    R: std::fmt::Debug + 'static,
{
    let (code, message) = match error {
        SdkError::ServiceError(service) => (
            service.err().code().unwrap_or("UnknownError").to_owned(),
            service.err().message().unwrap_or("no message").to_owned(),
        ),
        SdkError::TimeoutError(_) => (
            "Timeout".to_owned(),
            "the call did not answer in time".to_owned(),
        ),
        SdkError::DispatchFailure(failure) if failure.is_timeout() => (
            "Timeout".to_owned(),
            "no connection within the time limit".to_owned(),
        ),
        SdkError::DispatchFailure(failure) if failure.is_io() => {
            ("ConnectionFailed".to_owned(), chain(error))
        }
        SdkError::ResponseError(_) => ("InvalidResponse".to_owned(), chain(error)),
        _ => ("CallFailed".to_owned(), chain(error)),
    };
    Unobserved {
        operation: operation.to_owned(),
        code,
        message: first_line(&message).into(),
    }
}

/// The first line, without the heading of a list that would follow.
fn first_line(message: &str) -> &str {
    let line = message.lines().next().unwrap_or_default();
    line.strip_suffix(". Attempted:").unwrap_or(line)
}

/// The error and what it comes from. Never its debug form, which quotes the whole response.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    text
}

/// Something that AWS answered without, for example a service that does not exist.
pub(super) fn missing(operation: &str, what: String) -> Unobserved {
    Unobserved {
        operation: operation.to_owned(),
        code: "NotFound".to_owned(),
        message: what.into(),
    }
}
