//! The database in one line; `probe db` tells more.

use crate::{render::page::Paint, views::DatabaseState, words::Lang};

pub(super) fn database(database: &DatabaseState, lang: Lang, paint: &Paint) -> String {
    let DatabaseState { id, status, .. } = database;
    let style = paint.of(status);
    let mut parts = vec![format!("{id} {style}{status}{style:#}")];
    let kind = database.engine.iter().chain(&database.class);
    let kind: Vec<&str> = kind.map(String::as_str).collect();
    if !kind.is_empty() {
        parts.push(kind.join(" "));
    }
    parts.extend(match (database.connections, database.connection_limit) {
        (Some(used), Some(limit)) => {
            let percent = used * 100 / limit.max(1);
            let style = if percent >= 80 {
                paint.bad
            } else {
                paint.plain
            };
            Some(match lang {
                Lang::En => format!("{style}{used} of {limit} connections ({percent} %){style:#}"),
                Lang::Ja => format!("{style}接続数 {used} / {limit} ({percent} %){style:#}"),
            })
        }
        (Some(used), None) => Some(match lang {
            Lang::En => format!("{used} connections"),
            Lang::Ja => format!("接続数 {used}"),
        }),
        (None, _) => None,
    });
    parts.extend(
        database
            .cpu_percent
            .map(|percent| format!("CPU {percent:.0} %")),
    );
    parts.extend(database.free_storage_bytes.map(|bytes| {
        let gib = bytes as f64 / f64::from(1 << 30);
        match lang {
            Lang::En => format!("{gib:.1} GiB free"),
            Lang::Ja => format!("空き {gib:.1} GiB"),
        }
    }));
    parts.join(" · ")
}
