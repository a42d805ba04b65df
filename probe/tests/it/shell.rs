//! Completions and manual pages.

use std::{fs, io::Write, process::Stdio};

use crate::{probe, run};

#[test]
fn each_shell_gets_a_script_that_knows_the_commands() {
    for (shell, start) in [
        ("bash", "_probe()"),
        ("zsh", "#compdef probe"),
        ("fish", "#"),
    ] {
        let (code, script, err) = run(probe().args(["completions", shell]));
        assert_eq!((code, err.as_str()), (0, ""));
        assert!(script.starts_with(start), "{shell}: {script}");
        for word in ["diagnose", "solution", "endpoint-url"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
    assert_eq!(run(probe().args(["completions", "cmd.exe"])).0, 2);
}

#[test]
fn bash_completes_a_command_with_the_script() {
    let (_, script, _) = run(probe().args(["completions", "bash"]));
    let mut bash = std::process::Command::new("bash")
        .args(["--norc", "-eu"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let question = "COMP_WORDS=(probe learn so) COMP_CWORD=2 COMPREPLY=()\n_probe probe so learn\necho \"${COMPREPLY[*]}\"\n";
    let mut stdin = bash.stdin.take().unwrap();
    write!(stdin, "{script}\n{question}").unwrap();
    drop(stdin);
    let answer = bash.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(answer.stdout).unwrap(), "solution\n");
}

#[test]
fn every_command_has_a_manual_page() {
    let (code, page, _) = run(probe().arg("man"));
    assert_eq!(code, 0);
    for part in [
        ".TH probe 1",
        ".SH SYNOPSIS",
        "probe\\-diagnose(1)",
        "Exit codes",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("man1");
    let (code, out, err) = run(probe().args(["man", "--to"]).arg(&folder));
    assert_eq!((code, out.as_str(), err.as_str()), (0, "", ""));
    for name in ["probe", "probe-logs", "probe-learn", "probe-learn-start"] {
        let page = fs::read_to_string(folder.join(format!("{name}.1"))).unwrap();
        assert!(page.contains(".SH SYNOPSIS"), "{name}: {page}");
    }
    let file = folder.join("probe.1").join("man1");
    assert_eq!(run(probe().args(["man", "--to"]).arg(file)).0, 2);
}
