//! The event service: an API and pages to announce events, find them, join and leave them.
//!
//! `http → domain ← store`: [`http`] parses requests into values of [`domain`], calls [`store`] through
//! [`db::Db`], and answers. The domain knows neither HTTP nor SQL; only the store has SQL.

pub mod calendar;
pub mod config;
pub mod db;
pub mod domain;
#[cfg(feature = "embedded-db")]
pub mod embedded;
pub mod http;
pub mod identity;
pub mod outbox;
pub mod outgoing;
pub mod run;
pub mod sample;
pub mod spreadsheet;
pub mod store;
pub mod telemetry;
