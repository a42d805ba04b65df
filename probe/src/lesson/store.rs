//! Where the progress of a learner is kept: one small file under the XDG state directory.
//!
//! It is written as a whole or not at all. One that cannot be read is set aside, never written over.

use std::{
    env, fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use serde::Serialize;

use super::progress::{Progress, VERSION};

/// The folder of the file.
#[derive(Debug, Clone)]
pub struct Store {
    folder: PathBuf,
}

/// What reading led to.
#[derive(Debug)]
pub struct Read {
    /// What a learner has done so far; nothing, where there is no file or none that can be read.
    pub progress: Progress,
    /// Where the file was put that could not be read.
    pub set_aside: Option<PathBuf>,
}

/// Why progress cannot be kept.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Neither variable names a folder.
    #[error("neither XDG_STATE_HOME nor HOME is set")]
    NoFolder,
    /// A later probe has written it.
    #[error("{0} was written by a later version of probe")]
    Newer(PathBuf),
    /// The file system refuses.
    #[error("{0}: {1}")]
    Io(PathBuf, io::Error),
}

impl Store {
    /// `$XDG_STATE_HOME/probe`, else `~/.local/state/probe`, as the XDG Base Directory Specification has it.
    ///
    /// # Errors
    /// When no variable names a folder.
    pub fn of_environment() -> Result<Self, Error> {
        let absolute = |name| {
            let path = env::var_os(name).map(PathBuf::from);
            // A relative path is invalid and is to be ignored, says the specification.
            path.filter(|path| path.is_absolute())
        };
        let state = absolute("XDG_STATE_HOME")
            .or_else(|| Some(absolute("HOME")?.join(".local/state")))
            .ok_or(Error::NoFolder)?;
        Ok(Self {
            folder: state.join("probe"),
        })
    }

    /// The file with a learner's progress.
    pub fn file(&self) -> PathBuf {
        self.folder.join("learn.json")
    }

    /// The file with the recording of the current lesson.
    pub fn recording(&self) -> PathBuf {
        self.folder.join("lesson.json")
    }

    /// Reads the progress.
    ///
    /// # Errors
    /// When the file system refuses, or a later version of probe has written the file.
    pub fn read(&self) -> Result<Read, Error> {
        let file = self.file();
        let fresh = |set_aside| Read {
            progress: Progress::default(),
            set_aside,
        };
        let bytes = match fs::read(&file) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(fresh(None)),
            Err(error) => return Err(Error::Io(file, error)),
        };
        let value: Option<serde_json::Value> = serde_json::from_slice(&bytes).ok();
        let version = value.as_ref().and_then(|value| value["version"].as_u64());
        if version.is_some_and(|version| version > VERSION.into()) {
            return Err(Error::Newer(file));
        }
        if let Some(progress) = value.and_then(|value| serde_json::from_value(value).ok()) {
            return Ok(Read {
                progress,
                set_aside: None,
            });
        }
        let aside = file.with_extension("json.broken");
        fs::rename(&file, &aside).map_err(|error| Error::Io(file, error))?;
        Ok(fresh(Some(aside)))
    }

    /// Writes the progress.
    ///
    /// # Errors
    /// When the file system refuses; then what was there before is still there.
    pub fn write(&self, progress: &Progress) -> Result<(), Error> {
        self.put(&self.file(), progress)
    }

    /// Writes a recording and says where.
    ///
    /// # Errors
    /// When the file system refuses.
    pub fn record(&self, snapshot: &impl Serialize) -> Result<PathBuf, Error> {
        let file = self.recording();
        self.put(&file, snapshot)?;
        Ok(file)
    }

    /// Whoever reads the file at any time reads the old one or the new one, never a part.
    fn put(&self, file: &Path, value: &impl Serialize) -> Result<(), Error> {
        let write = || -> io::Result<()> {
            let text = serde_json::to_vec_pretty(value)?;
            fs::create_dir_all(&self.folder)?;
            let mut part = tempfile::NamedTempFile::new_in(&self.folder)?;
            part.write_all(&text)?;
            part.as_file().sync_all()?;
            part.persist(file)?;
            Ok(())
        };
        write().map_err(|error| Error::Io(file.to_owned(), error))
    }
}

#[cfg(test)]
mod tests {
    use super::{super::progress::tests::begun, *};

    #[test]
    fn what_is_written_is_read_and_a_file_cut_anywhere_is_set_aside() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store {
            folder: dir.path().join("state/probe"),
        };
        assert_eq!(store.read().unwrap().progress, Progress::default());
        store.write(&begun("a")).unwrap();
        assert_eq!(store.read().unwrap().progress, begun("a"));
        let whole = fs::read(store.file()).unwrap();
        for length in 0..whole.len() {
            fs::write(store.file(), &whole[..length]).unwrap();
            let read = store.read().unwrap();
            assert_eq!(read.progress, Progress::default(), "{length}");
            let aside = read.set_aside.unwrap();
            assert_eq!(fs::read(aside).unwrap(), &whole[..length]);
        }
        store.write(&begun("b")).unwrap();
        assert_eq!(store.read().unwrap().progress, begun("b"));
        // Nothing half-written stays behind.
        let mut names: Vec<_> = fs::read_dir(&store.folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        names.sort();
        assert_eq!(names, ["learn.json", "learn.json.broken"]);
    }

    #[test]
    fn what_a_later_version_wrote_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store {
            folder: dir.path().to_owned(),
        };
        let text = r#"{"version": 2, "lessons": []}"#;
        fs::write(store.file(), text).unwrap();
        assert!(matches!(store.read(), Err(Error::Newer(_))));
        assert_eq!(fs::read_to_string(store.file()).unwrap(), text);
    }
}
