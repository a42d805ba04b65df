//! `probe logs` against an AWS that is late, out of order and throttled: every line once.

use std::{
    collections::HashMap,
    io::{BufRead, BufReader},
    sync::mpsc,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use super::daily::Endless;
use crate::{lab::Lab, run};

const LINES: usize = 100_000;

/// Writes lines into streams of four tasks, in ten batches: of each the lines are up to five minutes late, and not in the
/// order of their numbers.
const WRITE: &str = r#"python3 - <<'PYTHON'
import random, time, boto3
logs = boto3.client("logs", region_name="ap-northeast-1")
[group] = [it["logGroupName"] for it in logs.describe_log_groups()["logGroups"] if "TaskLogGroup" in it["logGroupName"]]
streams = [f"service/service/{task:032x}" for task in range(4)]
for name in streams:
    logs.create_log_stream(logGroupName=group, logStreamName=name)
numbers = list(range(100_000))
random.Random(7).shuffle(numbers)
for batch in range(10):
    now = int(time.time() * 1000)
    part = numbers[batch * 10_000:(batch + 1) * 10_000]
    for place, name in enumerate(streams):
        mine = sorted((now - random.randrange(300_000), number) for number in part[place::4])
        events = [{"timestamp": at, "message": f"number={number} end"} for at, number in mine]
        logs.put_log_events(logGroupName=group, logStreamName=name, logEvents=events)
    time.sleep(0.3)
PYTHON"#;

fn number(line: &str) -> Option<usize> {
    let line: Value = serde_json::from_str(line).unwrap();
    let message = line["message"].as_str().unwrap();
    message
        .strip_prefix("number=")?
        .strip_suffix(" end")?
        .parse()
        .ok()
}

fn each_once(counts: &HashMap<usize, usize>) {
    let missing = (0..LINES)
        .filter(|number| !counts.contains_key(number))
        .count();
    let twice = counts.values().filter(|count| **count > 1).count();
    assert_eq!((missing, twice), (0, 0), "missing, twice");
}

#[test]
fn a_hundred_thousand_late_lines_come_once_each_through_throttling() {
    let lab = Lab::deployed();
    let throttled = |times: u32| {
        let error =
            json!({ "code": "ThrottlingException", "status": 400, "message": "Rate exceeded" });
        lab.rules(&json!([{ "service": "logs", "operation": "FilterLogEvents", "times": times, "error": error }]));
    };
    let args = ["logs", "--since", "15m", "-o", "json", "--timeout", "60"];
    let mut follow = Endless::start(&mut lab.probe(&[&args[..], &["--follow"]].concat()));
    let (sender, lines) = mpsc::channel();
    let out = BufReader::new(follow.0.stdout.take().unwrap());
    std::thread::spawn(move || {
        out.lines()
            .map_while(Result::ok)
            .try_for_each(|line| sender.send(line))
    });
    let _first = lines.recv_timeout(Duration::from_secs(30)).unwrap();
    // More than the SDK repeats by itself.
    throttled(6);
    lab.shell(WRITE);
    throttled(6);
    let mut counts: HashMap<usize, usize> = HashMap::new();
    let end = Instant::now() + Duration::from_secs(120);
    while counts.len() < LINES && Instant::now() < end {
        if let Ok(line) = lines.recv_timeout(Duration::from_secs(1))
            && let Some(number) = number(&line)
        {
            *counts.entry(number).or_default() += 1;
        }
    }
    let status = std::fs::read_to_string(format!("/proc/{}/status", follow.0.id())).unwrap();
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .unwrap();
    let peak: u64 = peak.trim().trim_end_matches(" kB").parse().unwrap();
    assert_eq!(follow.interrupt(), 0);
    while let Ok(line) = lines.recv() {
        if let Some(number) = number(&line) {
            *counts.entry(number).or_default() += 1;
        }
    }
    each_once(&counts);
    assert!(peak < 100 * 1024, "{peak} KiB");
    assert!(lab.faults() >= 12);

    throttled(6);
    let (code, out, err) = run(&mut lab.probe(&args));
    assert_eq!(code, 0, "{err}");
    let mut counts = HashMap::new();
    for number in out.lines().filter_map(number) {
        *counts.entry(number).or_default() += 1;
    }
    each_once(&counts);
}

#[test]
fn lines_are_chosen_by_task_and_by_words_and_silence_is_explained() {
    let lab = Lab::deployed();
    let shown = |args: &[&str]| {
        let (code, out, err) = run(&mut lab.probe(&[&["logs"], args].concat()));
        assert_eq!(code, 0, "{args:?}\n{out}{err}");
        (out, err)
    };
    let (out, _) = shown(&["--since", "1h", "--json", ".status,.path"]);
    assert!(
        out.lines()
            .any(|line| line.ends_with(" 201 /events/{id}/join")),
        "{out}"
    );
    let (out, _) = shown(&["--since", "1h", "--grep", r#""status": ?201"#]);
    assert!(
        !out.is_empty() && out.lines().all(|line| line.contains("201")),
        "{out}"
    );
    let (out, err) = shown(&["--since", "1h", "--grep", "no such words"]);
    assert!(
        out.is_empty() && err.contains("none matches --grep"),
        "{err}"
    );
    let (out, err) = shown(&["--since", "1s"]);
    assert!(
        out.is_empty() && err.contains("2 tasks run; the newest line is less than"),
        "{err}"
    );
    let (_, japanese) = shown(&["--since", "1s", "--lang", "ja"]);
    assert!(japanese.contains("実行中のタスクは 2 件です"), "{japanese}");
    let (code, _, err) = run(&mut lab.probe(&["logs", "--grep", "("]));
    assert!(code == 2 && err.contains("no regular expression"), "{err}");
    let (code, _, err) = run(&mut lab.probe(&["logs", "--previous"]));
    assert!(code == 2 && err.contains("leave --previous out"), "{err}");

    lab.break_it("ecs-container-exited");
    let (out, _) = shown(&["--previous"]);
    assert!(out.contains("calendar: no time zone is set"), "{out}");
    let (_, tasks, _) = run(&mut lab.probe(&["tasks", "-o", "json"]));
    let tasks: Value = serde_json::from_str(&tasks).unwrap();
    let dead = tasks["stopped"][0]["tasks"][0]["task"].as_str().unwrap();
    let (out, _) = shown(&["--since", "2h", "--task", &dead[..12], "-o", "json"]);
    let of = |line: &str| serde_json::from_str::<Value>(line).unwrap()["task"].clone();
    assert!(
        !out.is_empty() && out.lines().all(|line| of(line) == dead),
        "{out}"
    );
    let (code, _, err) = run(&mut lab.probe(&["logs", "--task", "zz"]));
    assert!(code == 2 && err.contains("begins with zz"), "{err}");
}

#[test]
fn following_ends_when_nobody_reads_and_with_words_when_the_credentials_do() {
    let lab = Lab::deployed();
    let follow = || {
        let mut follow = Endless::start(&mut lab.probe(&["logs", "--follow", "--since", "1h"]));
        let mut lines = BufReader::new(follow.0.stdout.take().unwrap()).lines();
        assert!(lines.next().unwrap().is_ok());
        (follow, lines)
    };
    // The tasks write nothing more, and a pipe is noticed to be closed all the same.
    let (mut unread, lines) = follow();
    drop(lines);
    assert_eq!(unread.ends(), Some(0));
    let (mut follow, _lines) = follow();
    let error = json!({ "code": "ExpiredTokenException", "status": 400, "message": "The security token included in the request is expired" });
    lab.rules(&json!([{ "service": "logs", "error": error }]));
    assert_eq!(follow.0.wait().unwrap().code(), Some(3));
    let mut said = String::new();
    std::io::Read::read_to_string(&mut follow.0.stderr.take().unwrap(), &mut said).unwrap();
    assert!(said.contains("hint: log in to AWS again"), "{said}");
}
