//! The files of the cluster, and who may touch them.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    hash::{DefaultHasher, Hash as _, Hasher as _},
    io::Write as _,
    os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, chown},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, ensure};
use tracing::info;

use super::account::{self, Account};

/// Where the cluster lives, and as whom it runs.
#[derive(Debug)]
pub(super) struct Place {
    base: PathBuf,
    /// Who runs the cluster, if not the user that runs the service.
    pub(super) account: Option<Account>,
}

impl Place {
    /// The place that belongs to the current directory.
    pub(super) fn find() -> Result<Self> {
        let checkout = std::env::current_dir().context("the current directory is gone")?;
        let account = account::other_than_root()?;
        let base = match account {
            Some(account) if !account::reaches(account, &checkout) => {
                let mut hasher = DefaultHasher::new();
                checkout.hash(&mut hasher);
                let base = PathBuf::from(format!("/var/tmp/service-{:016x}", hasher.finish()));
                info!(directory = %base.display(), "the user postgres cannot reach this directory, so its data goes elsewhere");
                base
            }
            _ => checkout.join(".data"),
        };
        make_directory(&base, 0o755)?;
        let place = Self { base, account };
        // In /var/tmp somebody else could have been here first.
        let owner = fs::symlink_metadata(&place.base)?;
        let mine = fs::metadata("/proc/self").map_or(owner.uid(), |metadata| metadata.uid());
        ensure!(
            owner.is_dir() && (place.base.ends_with(".data") || owner.uid() == mine),
            "{} belongs to somebody else",
            place.base.display()
        );
        Ok(place)
    }

    pub(super) fn base(&self) -> &Path {
        &self.base
    }

    /// The data directory of PostgreSQL.
    pub(super) fn data(&self) -> PathBuf {
        self.base.join("postgres")
    }

    /// The log of PostgreSQL.
    pub(super) fn log(&self) -> PathBuf {
        self.base.join("postgres.log")
    }

    /// The last lines of that log.
    pub(super) fn end_of_log(&self) -> String {
        let log = fs::read(self.log()).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        let lines: Vec<_> = log.lines().collect();
        lines[lines.len().saturating_sub(8)..].join("\n")
    }

    /// Takes the cluster for this process; `None` if another one has it.
    pub(super) fn lock(&self) -> Result<Option<File>> {
        let path = self.base.join("postgres.lock");
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(&path);
        let file = file.with_context(|| format!("cannot open {}", path.display()))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => {
                Err(error).with_context(|| format!("cannot lock {}", path.display()))
            }
        }
    }

    pub(super) fn password_file(&self) -> PathBuf {
        self.base.join("postgres.password")
    }

    /// The password of the cluster.
    pub(super) fn password(&self) -> Result<String> {
        let path = self.password_file();
        fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
    }

    /// Makes a new password. Two random UUIDs have 244 random bits.
    pub(super) fn make_password(&self) -> Result<()> {
        let path = self.password_file();
        // A file of an earlier, unfinished start may have another owner or mode.
        let _ = fs::remove_file(&path);
        let mut file = OpenOptions::new()
            .create_new(true)
            .write(true)
            .mode(0o600)
            .open(&path)?;
        write!(
            file,
            "{}{}",
            uuid::Uuid::new_v4().simple(),
            uuid::Uuid::new_v4().simple()
        )?;
        self.hand_over(&path)
    }

    /// Makes an empty directory that the cluster's user owns.
    pub(super) fn make_owned_directory(&self, path: &Path) -> Result<()> {
        if path.exists() {
            fs::remove_dir_all(path)
                .with_context(|| format!("cannot remove {}", path.display()))?;
        }
        make_directory(path, 0o700)?;
        self.hand_over(path)
    }

    fn hand_over(&self, path: &Path) -> Result<()> {
        if let Some(account) = self.account {
            chown(path, Some(account.uid), Some(account.gid))
                .with_context(|| format!("cannot hand over {}", path.display()))?;
        }
        Ok(())
    }
}

fn make_directory(path: &Path, mode: u32) -> Result<()> {
    let made = fs::DirBuilder::new()
        .recursive(true)
        .mode(mode)
        .create(path);
    made.with_context(|| format!("cannot make {}", path.display()))
}
