//! The container image, as far as it can be known without a container engine.

use std::{
    fs,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _},
    path::Path,
    process::Stdio,
};

use serde_json::json;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use tokio::process::Command;

use crate::{
    client::{draft, request, send_to},
    process::{Running, run, service, url},
};

/// The instructions of the Dockerfile, one a line.
fn dockerfile() -> Vec<String> {
    let text = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/Dockerfile")).unwrap();
    let lines: Vec<_> = text.lines().filter(|line| !line.starts_with('#')).collect();
    let joined = lines.join("\n").replace("\\\n", " ");
    joined
        .lines()
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}

/// What the last instruction of that name says. Those of the last stage come last.
fn says(instruction: &str) -> String {
    let mut lines = dockerfile();
    lines.retain(|line| line.split(' ').next() == Some(instruction));
    let line = lines
        .pop()
        .unwrap_or_else(|| panic!("there is no {instruction}"));
    line[instruction.len()..].trim().to_owned()
}

/// The words of an instruction in exec form, without a shell that would keep signals to itself.
fn words(said: &str) -> Vec<String> {
    serde_json::from_str(said).unwrap_or_else(|_| panic!("not in exec form: {said}"))
}

#[tokio::test]
async fn the_commands_of_the_image_are_those_of_the_binary() {
    let entry = words(&says("ENTRYPOINT"));
    let check = says("HEALTHCHECK");
    let check = words(check.split_once("CMD ").unwrap().1);
    assert_eq!(entry, ["/service"]);
    assert_eq!(check[..1], entry);
    let copies = dockerfile()
        .iter()
        .any(|line| line == "COPY --from=build /service /service");
    assert!(copies, "the entry point is the binary");

    let mut help = String::new();
    for command in [words(&says("CMD")), check[1..].to_vec()] {
        let arguments: Vec<_> = command
            .iter()
            .map(String::as_str)
            .chain(["--help"])
            .collect();
        let (code, said) = run(&mut service(&arguments)).await;
        assert_eq!(code, Some(0), "{command:?}: {said}");
        help += &said;
    }
    for setting in says("ENV").split_whitespace() {
        let name = setting.split('=').next().unwrap();
        assert!(
            help.contains(&format!("[env: {name}=")),
            "no option is set by {name}"
        );
    }
    assert!(says("ENV").contains(&format!("LISTEN=0.0.0.0:{}", says("EXPOSE"))));
}

#[test]
fn the_image_is_small_pinned_and_of_nobody() {
    let bases: Vec<_> = dockerfile()
        .iter()
        .filter_map(|line| line.strip_prefix("FROM ").map(str::to_owned))
        .collect();
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml");
    let manifest = fs::read_to_string(manifest).unwrap();
    let rust = manifest
        .lines()
        .find_map(|line| line.strip_prefix("rust-version = "));
    let rust = rust.unwrap().trim_matches('"');
    assert_eq!(bases[0], format!("rust:{rust}-slim-bookworm AS build"));
    assert_eq!(
        bases[1], "gcr.io/distroless/cc-debian12:nonroot",
        "of the same Debian"
    );
    assert_eq!(says("USER"), "65532:65532");
    assert!(manifest.contains("\n[profile.image]\n"));
}

/// How the binary is run as somebody who is nobody, if these tests run as root; else it runs as whoever runs them.
fn as_nobody(binary: &Path, arguments: &[&str]) -> Command {
    let is_root = fs::metadata("/proc/self").unwrap().uid() == 0;
    let mut command = if is_root {
        let mut command = Command::new("setpriv");
        command.args([
            "--reuid",
            "65532",
            "--regid",
            "65532",
            "--clear-groups",
            "--no-new-privs",
        ]);
        command
            .args(["--inh-caps=-all", "--bounding-set=-all"])
            .arg(binary);
        command
    } else {
        Command::new(binary)
    };
    command
        .args(arguments)
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

#[sqlx::test(migrations = false)]
async fn the_service_needs_no_rights_and_writes_nothing(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    // The binary moves to where nobody in particular can reach it, and all places to write to are read-only.
    let directory = tempfile::tempdir_in("/var/tmp").unwrap();
    let binary = directory.path().join("service");
    fs::copy(env!("CARGO_BIN_EXE_service"), &binary).unwrap();
    fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o555)).unwrap();
    let mut command = as_nobody(&binary, &["serve", "--listen", "127.0.0.1:0"]);
    command
        .env("DATABASE_URL", url(&options))
        .env("DRAIN_SECONDS", "0");
    for variable in ["HOME", "TMPDIR"] {
        command.env(variable, directory.path());
    }
    // Who reads a file as the first of the day makes the file system write that down (relatime): so once before.
    let before = Running::start_at(&mut command, directory.path()).await;
    before.wait_for("/", 200).await;
    assert_eq!(before.stop().await, Some(0));
    let running = Running::start_at(&mut command, directory.path()).await;
    running.wait_for("/health/ready", 200).await;
    let created = send_to(running.address, request("POST", "/events", &draft())).await;
    assert_eq!(created.status, 201, "{}", created.body);
    running.wait_for("/", 200).await;
    assert_eq!(
        running.get("/events").await.json()["items"][0]["title"],
        json!(draft()["title"])
    );

    let process = format!("/proc/{}", running.child.id().unwrap());
    let status = fs::read_to_string(format!("{process}/status")).unwrap();
    let uids = status
        .lines()
        .find(|line| line.starts_with("Uid:"))
        .unwrap();
    assert!(!uids.split_whitespace().any(|uid| uid == "0"), "{uids}");
    let io = fs::read_to_string(format!("{process}/io")).unwrap();
    assert!(io.lines().any(|line| line == "write_bytes: 0"), "{io}");
    for descriptor in fs::read_dir(format!("{process}/fd")).unwrap() {
        let target = fs::read_link(descriptor.unwrap().path()).unwrap();
        let file = fs::metadata(&target).is_ok_and(|metadata| metadata.is_file());
        assert!(!file, "{} is open", target.display());
    }
    let listen = running.address.to_string();
    let (code, said) = run(&mut as_nobody(
        &binary,
        &["healthcheck", "--listen", &listen],
    ))
    .await;
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(running.stop().await, Some(0));
    let files: Vec<_> = fs::read_dir(directory.path()).unwrap().collect();
    assert_eq!(files.len(), 1, "{files:?}");
    fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o755)).unwrap();
}
