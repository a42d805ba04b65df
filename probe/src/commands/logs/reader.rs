//! Reads windows of several log groups side by side, and waits out what goes by.

use std::{io::Write, time::Duration};

use futures::future::try_join_all;

use crate::{
    collect::{Clients, LogPage, LogSource, LogWindow, log_page},
    commands::Error,
    report::is_not_logged_in,
    snapshot::{LogEvent, Unobserved},
    words::Lang,
};

/// The first pause after a call that did not answer; each further one is twice as long, up to the longest.
const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(30);

/// What is waited out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Patience {
    /// Everything that a person cannot mend by logging in: following does not end by itself.
    Endless,
    /// Throttling only: who reads once wants all lines, or to know that some are missing.
    UntilThrottled,
}

pub(super) struct Reader<'a> {
    clients: &'a Clients,
    patience: Patience,
    lang: Lang,
    /// Whether a page was ever read: what never worked is told at once.
    has_read: bool,
}

impl<'a> Reader<'a> {
    pub(super) fn new(clients: &'a Clients, patience: Patience, lang: Lang) -> Self {
        Self {
            clients,
            patience,
            lang,
            has_read: false,
        }
    }

    /// The lines of all sources in a window, in the order of their time as far as each source keeps it.
    pub(super) fn window<'r>(
        &'r mut self,
        sources: &'r [LogSource],
        window: LogWindow,
    ) -> Merge<'r, 'a> {
        let heads = sources.iter().map(|source| Head {
            source,
            events: vec![],
            next: Next::First,
        });
        Merge {
            heads: heads.collect(),
            reader: self,
            window,
        }
    }

    async fn page(
        &self,
        source: &LogSource,
        window: &LogWindow,
        token: Option<&String>,
    ) -> Result<LogPage, Error> {
        let mut pause = FIRST;
        loop {
            let failed = match log_page(self.clients, source, window, token.cloned()).await {
                Ok(page) => return Ok(page),
                Err(failed) => failed,
            };
            if !self.waits_for(&failed) {
                return Err(failed.into());
            }
            let seconds = pause.as_secs();
            let text = match self.lang {
                Lang::En => format!("waiting {seconds} s: {failed}"),
                Lang::Ja => format!("{seconds} 秒待って再試行します: {failed}"),
            };
            writeln!(std::io::stderr(), "{text}")?;
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST);
        }
    }

    fn waits_for(&self, failed: &Unobserved) -> bool {
        let is_throttled = [
            "ThrottlingException",
            "Throttling",
            "RequestLimitExceeded",
            "LimitExceededException",
        ]
        .contains(&failed.code.as_str());
        let passes = self.has_read && !is_not_logged_in(failed);
        is_throttled || self.patience == Patience::Endless && passes
    }
}

/// What comes next of a source.
enum Next {
    First,
    Page(String),
    Nothing,
}

struct Head<'r> {
    source: &'r LogSource,
    events: Vec<LogEvent>,
    next: Next,
}

/// Windows of several sources on their way into one order. It holds a page of each, never all lines.
pub(super) struct Merge<'r, 'a> {
    reader: &'r mut Reader<'a>,
    heads: Vec<Head<'r>>,
    window: LogWindow,
}

impl Merge<'_, '_> {
    /// The next lines; `None` when there are no more.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<LogEvent>>, Error> {
        let (reader, window) = (&*self.reader, &self.window);
        let (mut waiting, mut calls) = (vec![], vec![]);
        for head in &mut self.heads {
            if !head.events.is_empty() || matches!(head.next, Next::Nothing) {
                continue;
            }
            let token = match std::mem::replace(&mut head.next, Next::Nothing) {
                Next::Page(token) => Some(token),
                _ => None,
            };
            let source = head.source;
            calls.push(async move { reader.page(source, window, token.as_ref()).await });
            waiting.push(head);
        }
        let pages = try_join_all(calls).await?;
        let has_read = !pages.is_empty();
        for (head, page) in waiting.into_iter().zip(pages) {
            head.events = page.events;
            head.next = page.next.map_or(Next::Nothing, Next::Page);
        }
        self.reader.has_read |= has_read;
        // Of a source with more pages nothing later than its last line is safe to show.
        let open = self
            .heads
            .iter()
            .filter(|head| !matches!(head.next, Next::Nothing));
        let horizon = open
            .clone()
            .filter_map(|head| head.events.iter().map(|event| event.at).max())
            .min();
        let is_blind = open.clone().any(|head| head.events.is_empty());
        let is_over = open.count() == 0;
        let mut ready = vec![];
        for head in &mut self.heads {
            let all = std::mem::take(&mut head.events);
            let (now, later) = all.into_iter().partition(|event| {
                is_over || !is_blind && horizon.is_none_or(|horizon| event.at <= horizon)
            });
            head.events = later;
            ready.append(&mut { now });
        }
        ready.sort_by(|a: &LogEvent, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
        let is_done = is_over && ready.is_empty();
        Ok((!is_done).then_some(ready))
    }
}
