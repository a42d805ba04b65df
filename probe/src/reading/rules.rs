//! What is known of the wording of messages, by area.
//!
//! A rule names words that stayed over the years and across drivers, never a whole sentence.

mod capacity;
mod config;
mod db;
mod db_access;
mod db_network;
mod deploy;
mod facts;
mod health;
mod iam;
mod image;
mod logs;
mod network;
mod normal;
mod runtime;
mod secrets;
mod storage;

pub(super) use normal::BACK;

use super::rule::Rule;

/// All rules.
pub(super) fn all() -> impl Iterator<Item = &'static Rule> {
    [
        normal::RULES,
        network::RULES,
        image::RULES,
        iam::RULES,
        secrets::RULES,
        runtime::RULES,
        storage::RULES,
        config::RULES,
        capacity::RULES,
        deploy::RULES,
        logs::RULES,
        health::RULES,
        db::RULES,
        db_access::RULES,
        db_network::RULES,
        facts::RULES,
    ]
    .into_iter()
    .flatten()
}

/// Nothing answered: packets were dropped, or a path is missing.
const SILENCE: &str = "i/o timeout|client.timeout exceeded|request canceled while waiting|context deadline exceeded|requestcanceled|timed out|timeout expired|connection timeout|connect timeout|tls handshake timeout|etimedout|operation timed out|timeouterror|connecttimeout|timeout exceeded|deadline exceeded|net/http: timeout|deadline has elapsed";
/// There is no path at all.
const NO_PATH: &str = "no route to host|network is unreachable|host is unreachable|network unreachable|enetunreach|ehostunreach";
/// A name could not be resolved.
const NO_NAME: &str = "no such host|could not resolve|server misbehaving| enotfound|eai_again|name resolution|name or service not known|failed to lookup address";
/// IAM refused.
const DENIED: &str = "accessdenied|access denied|not authorized to perform|is not authorized|not allowed to|unauthorizedoperation|no identity-based policy allows|explicit deny|user is not authorized|permission denied";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::{marks::MARKS, normal_form::normal_form};

    #[test]
    fn every_word_is_in_normal_form_and_none_is_a_single_letter() {
        for rule in all() {
            for group in rule.all.iter().chain([&rule.unless]) {
                for word in group.split('|') {
                    assert!(
                        word.is_empty() && *group == rule.unless
                            || MARKS.contains(&word)
                            || normal_form(word).trim() == word.trim() && word.len() >= 2,
                        "{}: {word:?}",
                        rule.class
                    );
                }
            }
        }
    }

    #[test]
    fn every_rule_has_words_and_names_classes() {
        let classes = include_str!("../../tests/it/classes.txt");
        let known = |class: &str| classes.lines().any(|line| line == class);
        for rule in all() {
            assert!(!rule.all.is_empty(), "{rule:?}");
            let named = (!rule.class.is_empty()).then_some(rule.class);
            let others = rule.supports.iter().chain(rule.refutes).copied();
            for class in named.into_iter().chain(others) {
                assert!(known(class), "{class}");
            }
        }
    }
}
