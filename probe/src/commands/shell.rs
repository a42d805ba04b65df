//! `probe completions` and `probe man`: what a shell and `man` want to know of the command line.

use std::path::Path;

use clap::CommandFactory;
use clap_complete::Shell;

use super::{Error, Exit, print};
use crate::{cli::Cli, words};

pub(super) fn completions(shell: Shell) -> Result<Exit, Error> {
    let mut script = vec![];
    clap_complete::generate(shell, &mut Cli::command(), "probe", &mut script);
    print(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Healthy)
}

/// The page of probe itself, or those of all commands as files.
pub(super) fn man(folder: Option<&Path>) -> Result<Exit, Error> {
    let command = Cli::command().disable_help_subcommand(true);
    let Some(folder) = folder else {
        let mut page = vec![];
        clap_mangen::Man::new(command).render(&mut page)?;
        print(&String::from_utf8_lossy(&page))?;
        return Ok(Exit::Healthy);
    };
    let written =
        std::fs::create_dir_all(folder).and_then(|()| clap_mangen::generate_to(command, folder));
    written.map_err(|error| {
        let folder = folder.display();
        Error::Usage(words!(
            "cannot write to {folder}: {error}",
            "{folder} に書き込めません: {error}"
        ))
    })?;
    Ok(Exit::Healthy)
}
