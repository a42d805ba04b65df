//! A generator that does not get the CPU it needs says so and gives no verdict.

use std::process::Stdio;

use tokio::process::Command;

use crate::invocation::{MACHINE, loadtest, texts};
use crate::server::{Faults, Server};

#[tokio::test(flavor = "multi_thread")]
async fn a_generator_pinned_beside_burners_gives_no_verdict() {
    let server = Server::start(Faults::default()).await;
    let _alone = MACHINE.write().await;
    // taskset is part of util-linux, which every Debian has.
    let pinned = |program: &str, arguments: &[&str]| {
        let mut command = Command::new("/usr/bin/taskset");
        command
            .args(["-c", "0", program])
            .args(arguments)
            .stdin(Stdio::null())
            .kill_on_drop(true);
        command
    };
    let burner = || pinned("/bin/sh", &["-c", "while :; do :; done"]).spawn();
    let burners = [(); 4].map(|()| burner().unwrap());
    let binary = loadtest(&[])
        .as_std()
        .get_program()
        .to_str()
        .unwrap()
        .to_owned();
    let arguments = [
        "run",
        "--host",
        &server.host,
        "--rate",
        "900/s",
        "--duration",
        "5s",
    ];
    let output = pinned(&binary, &arguments)
        .env_clear()
        .output()
        .await
        .unwrap();
    drop(burners);
    let (code, stdout, stderr) = texts(&output);
    assert_eq!(code, 2, "{stdout}{stderr}");
    assert!(stdout.starts_with("INCONCLUSIVE\n"), "{stdout}");
    let reasons = [
        "the load generator itself was late",
        "the load generator waited for a CPU",
        "this generator alone does",
    ];
    let said = reasons.iter().filter(|it| stdout.contains(**it)).count();
    assert!(said > 0, "{stdout}");
}
