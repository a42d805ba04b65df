//! `probe db failover-test`: forces a failover and measures, while it happens, how long the service is without data.

mod poll;

use std::time::{Duration, Instant};

use self::poll::{Answers, Poll};
use super::{Error, Exit, connect, now, print, screen};
use crate::{
    cli::{self, Global},
    collect::{self, Clients, force_failover},
    outage::measure,
    render::{Format, failover, fenced},
    snapshot::{Database, Event},
    views::{FailoverView, Said},
    words,
};

/// Questions before the order, all of which must be answered well: else nobody could tell what the failover did.
const BEFORE: usize = 4;
/// So long without a failure, the service is calm.
const CALM: Duration = Duration::from_secs(10);
/// How often RDS is asked how far it is.
const LOOK: Duration = Duration::from_secs(2);

pub(super) async fn run(args: cli::FailoverTest, global: &Global) -> Result<Exit, Error> {
    let Some(consent) = args.consent.given() else {
        return Err(Error::Usage(words!(
            "a failover takes the database away for one or two minutes; nothing was done\nhint: announce it, choose an hour with few users, and add --yes-force-failover",
            "フェイルオーバー中の 1～2 分間、データベースに接続できなくなります。何も実行していません\nヒント: 事前に告知し、利用者の少ない時間に --yes-force-failover を付けて実行してください"
        )));
    };
    let poll = Poll::new(&args.url, args.every)?;
    let (clients, target) = connect(&args.target, global).await?;
    let (snapshot, _) = collect::database(&clients, &target, now()).await;
    let database = ready(snapshot.database?)?;
    let id = &database.id;
    let before = collect::database_events(&clients, id).await?;
    let began = Instant::now();
    let mut answers = poll.start(began);
    for _ in 0..BEFORE {
        if let Some(why) = answers.next().await.and_then(|sample| sample.failed) {
            let url = poll.url();
            return Err(Error::Usage(words!(
                "{url} does not answer well before the test ({why}); nothing was done\nhint: pass the address of the service with --url; probe diagnose tells why it does not work",
                "テスト前の時点で {url} が正常に応答しません ({why})。何も実行していません\nヒント: --url にサービスの URL を指定してください。動作しない原因は probe diagnose で確認できます"
            )));
        }
    }
    let ordered_at = now();
    let ordered = began.elapsed();
    force_failover(&clients, id, consent).await?;
    let seen = Watching {
        clients: &clients,
        id,
        before: &before,
        since: ordered_at,
    };
    let ended = seen
        .until_calm(&mut answers, Instant::now() + args.limit)
        .await;
    let (zone_after, _) = collect::database_place(&clients, id)
        .await
        .unwrap_or_default();
    let events = seen.events().await.unwrap_or_default();
    let view = FailoverView {
        version: 1,
        target,
        database: id.clone(),
        url: poll.url().to_owned(),
        every_ms: u64::try_from(args.every.as_millis()).unwrap_or(u64::MAX),
        ordered_at,
        ended: ended.to_owned(),
        outage: measure(&answers.after(ordered)),
        zone_before: database.keeping.and_then(|keeping| keeping.zone),
        zone_after,
        events: events.into_iter().map(said).collect(),
        lang: Some(global.lang()),
    };
    print(&match global.output {
        Format::Table => failover(&view, screen()),
        Format::Markdown => fenced(&failover(&view, screen())),
        Format::Json => serde_json::to_string_pretty(&view)? + "\n",
    })?;
    Ok(match (ended, view.outage.is_back) {
        ("complete", true) => Exit::Healthy,
        (_, false) => Exit::Fault,
        _ => Exit::Undetermined,
    })
}

/// The database, where it can fail over.
fn ready(database: Option<Database>) -> Result<Database, Error> {
    let Some(database) = database else {
        return Err(Error::Usage(words!(
            "the service uses no database that RDS knows",
            "このサービスが使う RDS データベースはありません"
        )));
    };
    let (id, status) = (&database.id, &database.status);
    if !database.multi_az {
        return Err(Error::Usage(words!(
            "{id} has no standby in another zone, so that nothing can take over; nothing was done\nhint: MultiAZ=true in the stack of the data, or aws rds modify-db-instance --db-instance-identifier {id} --multi-az --apply-immediately (it costs as much as a second instance)",
            "{id} はシングル AZ 構成のため、フェイルオーバーできません。何も実行していません\nヒント: データスタックの MultiAZ を true にするか、aws rds modify-db-instance --db-instance-identifier {id} --multi-az --apply-immediately を実行してください (インスタンスの料金が 2 倍になります)"
        )));
    }
    if status != "available" {
        return Err(Error::Usage(words!(
            "{id} is {status}; a failover test begins when it is available\nhint: aws rds wait db-instance-available --db-instance-identifier {id}",
            "{id} は {status} です。フェイルオーバーテストは available になってから行ってください\nヒント: aws rds wait db-instance-available --db-instance-identifier {id}"
        )));
    }
    Ok(database)
}

fn said(event: Event) -> Said {
    Said {
        at: event.at,
        times: 1,
        message: event.message.to_string(),
    }
}

/// What RDS does meanwhile.
struct Watching<'a> {
    clients: &'a Clients,
    id: &'a str,
    before: &'a [Event],
    since: chrono::DateTime<chrono::Utc>,
}

impl Watching<'_> {
    async fn events(&self) -> Option<Vec<Event>> {
        let now = collect::database_events(self.clients, self.id).await.ok()?;
        Some(collect::new_events(self.before, &now, self.since))
    }

    /// Whether RDS says that it is done. A look that fails is no answer: the next one comes soon.
    async fn is_done(&self) -> bool {
        let events = self.events().await.unwrap_or_default();
        events
            .iter()
            .any(|event| event.message.to_lowercase().contains("failover completed"))
    }

    /// Goes on until RDS is done and the service is calm, or the time is up, or Ctrl-C.
    async fn until_calm(&self, answers: &mut Answers, limit: Instant) -> &'static str {
        let interrupt = tokio::signal::ctrl_c();
        tokio::pin!(interrupt);
        let (mut done, mut looked, mut failed_at) = (false, Instant::now(), Instant::now());
        loop {
            let looks = !done && looked.elapsed() >= LOOK;
            tokio::select! {
                _ = &mut interrupt => return "interrupted",
                () = tokio::time::sleep_until(limit.into()) => return "limit",
                is_done = self.is_done(), if looks => {
                    (done, looked) = (is_done, Instant::now());
                }
                sample = answers.next() => {
                    if sample.is_none_or(|sample| sample.failed.is_some()) {
                        failed_at = Instant::now();
                    }
                }
            }
            if done && failed_at.elapsed() >= CALM {
                return "complete";
            }
        }
    }
}
