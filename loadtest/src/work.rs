//! `loadtest work`: one worker's part of a run, from the load to its results; nobody judges here.

use std::io::{Write, stdout};

use anyhow::Context;
use chrono::{DateTime, Utc};

use crate::aws;
use crate::cli::WorkArguments;
use crate::lang::{Lang, count};
use crate::order::Order;
use crate::overwrite::Overwrite;
use crate::part::Part;
use crate::results::{Memory, Place, put};
use crate::run::{Sink, close, session};
use crate::stop::Stop;
use crate::usage::UsageError;

/// The exit code of a part that somebody stopped.
const STOPPED: u8 = 2;

/// Does the part, and brings its results to their place.
pub async fn work(
    arguments: WorkArguments,
    now: DateTime<Utc>,
    stop: &Stop,
    lang: Lang,
) -> anyhow::Result<Result<u8, UsageError>> {
    let place = arguments.results.clone();
    let order = match Order::work(arguments, now) {
        Ok(order) => order,
        Err(error) => return Ok(Err(error)),
    };
    let part = order.part.clone().context("a worker has a part")?;
    let (shelf, sink) = match Shelf::open(&place, &part).await {
        Ok(opened) => opened,
        Err(error) => return Ok(Err(error)),
    };
    let session = match session(&order, stop, None, Some(sink), lang).await? {
        Ok(session) => session,
        Err(error) => return Ok(Err(error)),
    };
    let written = close(&order, &session.crew, &session.aftermath);
    let name = shelf.fill().await?;
    written.with_context(|| name.clone())?;
    let (slots, sent) = (part.slots, count(session.aftermath.sent));
    let said = lang.pick(
        format!("worker {slots}: {sent} requests sent, written to {name}; `loadtest merge` judges all workers together"),
        format!("ワーカー {slots}: {sent} 件を送信し、{name} に書き込みました。判定は全ワーカーの結果を `loadtest merge` で合算して行います"),
    );
    writeln!(stdout(), "{said}")?;
    Ok(Ok(match session.aftermath.stopped {
        Some(_) => STOPPED,
        None => 0,
    }))
}

/// The open place of the results of one worker.
enum Shelf {
    File(std::path::PathBuf),
    Object {
        config: Box<aws_config::SdkConfig>,
        bucket: String,
        key: String,
        memory: Memory,
    },
}

impl Shelf {
    /// Opens it before there is any load: who works an hour must be able to hand it in. Each second goes to the sink.
    async fn open(place: &Place, part: &Part) -> Result<(Self, Sink), UsageError> {
        let file = part.file();
        let refused = |why: String| UsageError::Results {
            place: match place {
                Place::Folder(folder) => folder.join(&file).display().to_string(),
                Place::Bucket { bucket, prefix } => format!("s3://{bucket}/{prefix}{file}"),
            },
            why,
        };
        match place {
            Place::Folder(folder) => {
                let path = folder.join(&file);
                let parent = path.parent().unwrap_or(folder);
                std::fs::create_dir_all(parent).map_err(|error| refused(error.to_string()))?;
                let sink = Box::new(Overwrite::open(&path)?);
                Ok((Self::File(path), sink))
            }
            Place::Bucket { bucket, prefix } => {
                let config = Box::new(aws::environment().await);
                let key = format!("{prefix}{file}");
                // Nothing is said of the run yet; that it can be said is all that this shows.
                let begun = key.replace(".ndjson", ".begun");
                let tried = put(&config, bucket, &begun, b"").await;
                tried.map_err(|error| refused(format!("{error:#}")))?;
                let memory = Memory::default();
                let shelf = Self::Object {
                    config,
                    bucket: bucket.clone(),
                    key,
                    memory: memory.clone(),
                };
                Ok((shelf, Box::new(memory)))
            }
        }
    }

    /// Brings what was written to its place, and says where it is.
    async fn fill(&self) -> anyhow::Result<String> {
        match self {
            Self::File(path) => Ok(path.display().to_string()),
            Self::Object {
                config,
                bucket,
                key,
                memory,
            } => {
                put(config, bucket, key, &memory.take()).await?;
                Ok(format!("s3://{bucket}/{key}"))
            }
        }
    }
}
