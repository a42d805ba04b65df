//! The user that the cluster runs as.

use std::{fs, os::unix::fs::MetadataExt as _, path::Path};

use anyhow::{Context as _, Result};

/// A user of the system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Account {
    pub(super) uid: u32,
    pub(super) gid: u32,
}

/// The user to run the cluster as, if it must not be the one that runs the service.
pub(super) fn other_than_root() -> Result<Option<Account>> {
    // The owner of a process's directory is the user it acts as; elsewhere than on Linux, that of a file we make.
    let me = match fs::metadata("/proc/self") {
        Ok(metadata) => metadata.uid(),
        Err(_) => tempfile_owner()?,
    };
    if me != 0 {
        return Ok(None);
    }
    let users = fs::read_to_string("/etc/passwd").context("cannot read /etc/passwd")?;
    let account = named(&users, "postgres").or_else(|| named(&users, "nobody"));
    account.map(Some).context(
        "PostgreSQL refuses to run as root, and there is neither a user postgres nor nobody",
    )
}

fn tempfile_owner() -> Result<u32> {
    let path = std::env::temp_dir().join(format!("service-{}", uuid::Uuid::new_v4()));
    let owner = fs::File::create(&path)?.metadata()?.uid();
    fs::remove_file(&path)?;
    Ok(owner)
}

fn named(users: &str, name: &str) -> Option<Account> {
    users.lines().find_map(|line| {
        let mut columns = line.split(':');
        (columns.next()? == name).then_some(())?;
        let uid = columns.nth(1)?.parse().ok()?;
        let gid = columns.next()?.parse().ok()?;
        Some(Account { uid, gid })
    })
}

/// Whether the user can get to the directory, going by the mode bits of all directories above it.
pub(super) fn reaches(account: Account, directory: &Path) -> bool {
    directory.ancestors().all(|ancestor| {
        fs::metadata(ancestor).is_ok_and(|metadata| {
            let bit = if metadata.uid() == account.uid {
                0o100
            } else if metadata.gid() == account.gid {
                0o010
            } else {
                0o001
            };
            metadata.mode() & bit != 0
        })
    })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn accounts_are_found_by_their_whole_name() {
        let users = "root:x:0:0::/root:/bin/sh\npostgresql:x:7:8::/:/bin/sh\npostgres:x:105:113::/:/bin/sh\n";
        assert_eq!(
            named(users, "postgres"),
            Some(Account { uid: 105, gid: 113 })
        );
        assert_eq!(named(users, "nobody"), None);
    }

    #[test]
    fn a_closed_directory_above_keeps_others_out() {
        let directory = tempfile::tempdir().unwrap();
        let inner = directory.path().join("inner");
        fs::create_dir(&inner).unwrap();
        let stranger = Account {
            uid: 4_294_000_000,
            gid: 4_294_000_000,
        };
        fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o700)).unwrap();
        assert!(!reaches(stranger, &inner));
        fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o711)).unwrap();
        assert!(reaches(stranger, &inner));
    }
}
