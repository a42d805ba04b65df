//! Tests of `probe` as its users meet it: the real binary, the catalogue, a deployed stack in the local AWS.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

mod books;
mod catalogue;
mod causes;
mod chaos;
mod classes;
mod cli;
mod corpus;
mod doctor;
mod injected;
mod lab;
mod lessons;
mod live;
mod normal;
mod pairs;
mod paths;
mod regions;
mod rollback;
mod secrets;
mod shape;
mod shell;
mod smoke;
mod supply;
mod terminal;
mod tidy;
mod views;

use std::process::{Command, Output};

use probe::{diagnose::Diagnosis, scenario, snapshot::Snapshot};

/// The binary with a clean environment: what a person has set must not change a test.
fn probe() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_probe"));
    command
        .env_clear()
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("HOME", "/nonexistent");
    command
}

fn run(command: &mut Command) -> (i32, String, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code().unwrap(), text(stdout), text(stderr))
}

fn healthy() -> Snapshot {
    scenario::snapshot("healthy").unwrap().unwrap()
}

/// Ids of the root causes, in their order.
fn causes(diagnosis: &Diagnosis) -> Vec<&'static str> {
    diagnosis
        .causes
        .iter()
        .map(|cause| cause.check.id)
        .collect()
}
