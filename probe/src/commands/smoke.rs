//! `probe smoke`: tries the event service at an address.

use std::{fs, io::Read};

use super::{Error, Exit, now, print, screen};
use crate::{
    cli::{self, Global},
    render::{self, Format, fenced},
    smoke::{self, Client, Options},
    words,
};

pub(super) async fn run(args: cli::Smoke, global: &Global) -> Result<Exit, Error> {
    let session = args.session.as_deref().map(read).transpose()?;
    let id = format!("probe-smoke-{}", uuid::Uuid::new_v4().simple());
    let timeout = global.connection().call_timeout;
    let client = Client::new(&args.url, session.as_deref(), timeout, &id).map_err(Error::Usage)?;
    let options = Options {
        at: now(),
        read_only: args.read_only,
        lang: global.lang(),
    };
    let view = smoke::run(client, &options).await?;
    print(&match global.output {
        Format::Json => serde_json::to_string_pretty(&view)? + "\n",
        Format::Table => render::smoke(&view, screen()),
        Format::Markdown => fenced(&render::smoke(&view, screen())),
    })?;
    Ok(match view.verdict.as_str() {
        "passed" => Exit::Healthy,
        "failed" => Exit::Fault,
        _ => Exit::Undetermined,
    })
}

fn read(file: &std::path::Path) -> Result<String, Error> {
    let read = match file.as_os_str() == "-" {
        true => {
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text).map(|_| text)
        }
        false => fs::read_to_string(file),
    };
    read.map_err(|error| {
        let file = file.display();
        Error::Usage(words!(
            "{file} cannot be read: {error}",
            "{file} を読み込めません: {error}"
        ))
    })
}
