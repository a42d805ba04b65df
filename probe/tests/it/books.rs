//! What the commands about the database and about money show, from the exercises.

mod database;
mod failover;
mod holdings;
