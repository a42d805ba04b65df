//! Reads what ECS, the load balancer and the application said into facts.
//!
//! AWS changed its wording over the years and both old and new phrasings are in the field,
//! so a reading looks for the words that stayed.

use std::sync::LazyLock;

use regex::Regex;

/// Case does not matter, and a message may have several lines.
fn pattern(source: &str) -> Option<Regex> {
    Regex::new(&format!("(?is){source}")).ok()
}

macro_rules! patterns {
    ($($name:ident = $source:literal;)*) => {
        $(static $name: std::sync::LazyLock<Option<regex::Regex>> = std::sync::LazyLock::new(|| super::pattern($source));)*
        #[cfg(test)]
        pub(super) fn all_patterns() -> Vec<bool> {
            vec![$($name.is_some()),*]
        }
    };
}

mod book;
mod exit;
mod failures;
mod health;
mod log;
mod marks;
mod message;
mod normal_form;
mod object;
mod rollback;
mod rule;
mod rules;
mod sqlstate;
mod stop;

pub use exit::exit_meaning;
pub use failures::{current_failures, past_failures, without_ids};
pub use health::{HealthFailure, health_failure, unhealthy_event};
pub use log::{DATABASE_AWAY, says_database_back, says_ready};
pub use message::{Confidence, Meaning, Place, Reading, classify};
pub use rollback::{RolledBack, rolled_back, rolled_back_by_history};
pub use stop::{End, UNRECOGNISED, end_of, stop_of};

fn says(pattern: &LazyLock<Option<Regex>>, text: &str) -> bool {
    pattern
        .as_ref()
        .is_some_and(|pattern| pattern.is_match(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles() {
        let all = [
            failures::all_patterns(),
            health::all_patterns(),
            log::all_patterns(),
            rollback::all_patterns(),
        ];
        assert!(all.iter().flatten().all(|compiled| *compiled));
    }
}
