//! Of what, by what and on what a run is: written down before it begins, so that it can be repeated.

use std::path::Path;
use std::process::{Command, Stdio};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::witness::TaskSize;

/// What somebody needs to repeat a run, beside its plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Manifest {
    /// Version of the load test.
    pub loadtest: String,
    /// Version of the service, as its health check says it.
    pub service: Option<String>,
    /// How large each of its tasks is, where somebody watched the service in AWS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<TaskSize>,
    /// The commit checked out where the run was started, with `-dirty` where files differ from it.
    pub commit: Option<String>,
    /// The operating system and the processor's architecture.
    pub system: String,
    /// How many CPUs the generator may use.
    pub cpus: usize,
    /// The command line.
    pub command: String,
}

impl Manifest {
    /// That of a run which this command line starts now, in this directory.
    pub fn new(
        arguments: impl IntoIterator<Item = String>,
        directory: &Path,
        service: Option<String>,
        task: Option<TaskSize>,
    ) -> Self {
        let words: Vec<String> = arguments.into_iter().map(quoted).collect();
        Self {
            loadtest: env!("CARGO_PKG_VERSION").to_owned(),
            service,
            task,
            commit: commit(directory),
            system: system(),
            cpus: std::thread::available_parallelism().map_or(1, usize::from),
            command: words.join(" "),
        }
    }
}

/// The commit, where there is a repository and git to read it.
fn commit(directory: &Path) -> Option<String> {
    let described = Command::new("git")
        .args(["describe", "--always", "--dirty", "--abbrev=12", "--match="])
        .current_dir(directory)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8(described.stdout).ok()?;
    (described.status.success() && !text.trim().is_empty()).then(|| text.trim().to_owned())
}

fn system() -> String {
    let name = rustix::system::uname();
    [name.sysname(), name.release(), name.machine()]
        .map(|part| part.to_string_lossy().into_owned())
        .join(" ")
}

/// A word as a shell reads it back.
fn quoted(word: String) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,%@+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_can_be_pasted_into_a_shell() {
        let words = ["loadtest", "--notes", "the boss's run; $HOME", "", "200/s"];
        assert_eq!(
            Manifest::new(words.map(str::to_owned), Path::new("/"), None, None).command,
            r"loadtest --notes 'the boss'\''s run; $HOME' '' 200/s"
        );
    }

    #[test]
    fn outside_a_repository_there_is_no_commit() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(commit(folder.path()), None);
        assert_eq!(commit(&folder.path().join("missing")), None);
    }
}
