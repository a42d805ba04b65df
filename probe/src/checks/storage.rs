//! Faults of the file systems that tasks mount.

use crate::{
    case::{Case, proof},
    check::Evidence,
    reading::Place,
    snapshot::Observed,
    words,
    words::Words,
};

catalogue! {
    efs_access_denied,
    efs_mount_not_ready,
    efs_network_blocked,
    efs_path_missing,
}

/// A mount that fails: which file system, and what ECS says of it.
struct Mount {
    /// Id of the file system, `fs-…`; `None` where neither a message nor the task definition names one.
    file_system: Option<String>,
    evidence: Vec<Evidence>,
    /// The newest message.
    text: String,
}

impl Mount {
    /// The file system's id, or a place for it in a command.
    fn id(&self) -> &str {
        self.file_system.as_deref().unwrap_or("<FILE_SYSTEM_ID>")
    }
}

/// The mount that fails in a way that reads as `class`.
fn failing(case: &Case<'_>, class: &str, expected: Words) -> Observed<Option<Mount>> {
    let mut said = case.said(&[class])?;
    said.retain(|said| said.place != Place::AppLog);
    let Some(newest) = said.first() else {
        return Ok(None);
    };
    let mut evidence: Vec<Evidence> = proof(&said, expected).into_iter().collect();
    let volumes = case.task_definition().ok().into_iter();
    let volumes: Vec<_> = volumes
        .flat_map(|definition| &definition.volumes)
        .filter_map(|volume| Some((&volume.name, volume.file_system.clone()?)))
        .collect();
    let named = file_system_in(newest.text);
    let file_system = named.or_else(|| volumes.first().map(|(_, id)| id.clone()));
    evidence.extend(
        volumes
            .iter()
            .filter(|(_, id)| Some(id) == file_system.as_ref())
            .map(|(name, id)| Evidence {
                source: "ecs:DescribeTaskDefinition volumes[].efsVolumeConfiguration",
                saw: words!("volume {name} is {id}", "ボリューム {name} は {id}"),
                expected: words!("it can be mounted", "マウントできる"),
            }),
    );
    Ok(Some(Mount {
        file_system,
        evidence,
        text: newest.text.to_owned(),
    }))
}

/// The id of the file system that a message names.
fn file_system_in(text: &str) -> Option<String> {
    let at = text.find("fs-")?;
    let is_id = |c: &char| c.is_ascii_alphanumeric() || *c == '-';
    let id: String = text[at..].chars().take_while(is_id).collect();
    (id.len() > "fs-".len()).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_system_is_found_in_a_message() {
        for (text, id) in [
            (
                "mounting fs-e5645f66.efs.us-east-1.amazonaws.com:/opt failed",
                Some("fs-e5645f66"),
            ),
            ("mount.nfs4: Connection reset by peer", None),
            ("fs- is no id", None),
        ] {
            assert_eq!(file_system_in(text).as_deref(), id, "{text}");
        }
    }
}
