//! The service on sqlx's own pool with its default options: deployed nowhere, `bench/bench.py` compares with it.
//!
//! Beside `lib.rs`, because it has the same modules, all but `db`: the same routes, handlers and SQL.
#![expect(
    dead_code,
    unreachable_pub,
    reason = "a comparison uses only a part of a library"
)]

mod calendar;
#[path = "../bench/default_pool.rs"]
mod db;
mod domain;
mod http;
mod identity;
mod outbox;
mod outgoing;
mod sample;
mod spreadsheet;
mod store;
mod telemetry;

use std::{error::Error, future::pending, time::Duration};

use sqlx::PgPool;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    telemetry::start(telemetry::LogFormat::Json);
    let listener = http::server::listen(std::env::var("LISTEN")?.parse()?)?;
    let pool = PgPool::connect(&std::env::var("DATABASE_URL")?).await?;
    let app = http::app(http::AppState::new(db::Db(pool), http::Site::default()));
    http::server::serve(listener, app, pending(), Duration::ZERO).await;
    Ok(())
}
