//! Advice: what works today and is not wise. It is never a fault, and what was not seen gives none.

use crate::{
    check::{Check, Evidence, Finding, Fix, Severity},
    words::{Phrase, Words},
};

catalogue! {
    certificate_expiring, connections_may_run_out, database_public, database_single_zone,
    health_check_on_root, image_tag_latest, log_retention_missing, no_circuit_breaker,
    plain_credentials, role_too_wide, roles_mixed_up, single_task, single_zone, stop_timeout_too_short,
}

/// A check that gives advice: it stands for no class of the corpus and explains no fault.
const fn advice(id: &'static str, fault: Phrase, find: super::Find) -> Check {
    Check {
        id,
        classes: &[],
        severity: Severity::Advice,
        fault,
        explains: &[],
        find,
    }
}

/// One piece of advice with what it rests on.
fn finding(
    subject: impl Into<String>,
    message: Words,
    (source, saw, expected): (&'static str, Words, Words),
    fix: Vec<Fix>,
) -> Finding {
    Finding {
        subject: subject.into(),
        message,
        evidence: vec![Evidence {
            source,
            saw,
            expected,
        }],
        fix,
    }
}
