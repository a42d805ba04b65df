//! A file that may be there already, such as the report of the last run: it keeps what it has until there is something new.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use crate::usage::UsageError;

/// An open file, emptied by the first write.
#[derive(Debug)]
pub struct Overwrite {
    file: File,
    begun: bool,
}

impl Overwrite {
    /// Opens it before there is anything to write: who waits an hour for a report must get it.
    pub fn open(path: &Path) -> Result<Self, UsageError> {
        let opened = File::options()
            .write(true)
            .create(true)
            .truncate(false)
            .open(path);
        match opened {
            Ok(file) => Ok(Self { file, begun: false }),
            Err(error) => Err(UsageError::File {
                path: path.to_owned(),
                why: error.to_string(),
            }),
        }
    }
}

impl Write for Overwrite {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A pipe or a terminal has nothing that could be taken away.
        if !self.begun && self.file.metadata()?.is_file() {
            self.file.set_len(0)?;
        }
        self.begun = true;
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_keeps_what_it_has_until_there_is_something_new() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.json");
        std::fs::write(&path, "the report of the last run").unwrap();
        let mut file = Overwrite::open(&path).unwrap();
        let read = || std::fs::read_to_string(&path).unwrap();
        assert_eq!(read(), "the report of the last run");
        file.write_all(b"this ").unwrap();
        file.write_all(b"one").unwrap();
        assert_eq!(read(), "this one");
    }

    #[test]
    fn what_cannot_be_written_is_known_at_once() {
        let folder = tempfile::tempdir().unwrap();
        assert!(Overwrite::open(folder.path()).is_err());
        assert!(Overwrite::open(&folder.path().join("missing/report.json")).is_err());
    }

    #[test]
    fn what_is_no_file_is_written_to_as_it_is() {
        let mut nowhere = Overwrite::open(Path::new("/dev/null")).unwrap();
        nowhere.write_all(b"something").unwrap();
    }
}
