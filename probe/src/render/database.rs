//! The database of a service: its parts in one column, and what to look after below.

use chrono::{DateTime, Utc};

use super::{
    concerns,
    moment::{Clock, span},
    page::{Page, Paint, Screen},
    sections::{Section, write},
    status::not_seen,
};
use crate::{
    views::{Certificate, Connections, DatabaseView, Instance, Planned, Storage, SupportEnds},
    words::{Lang, Phrase, phrases},
};

phrases! {
    INSTANCE = "instance", "インスタンス";
    LOAD = "load", "負荷";
    CONNECTIONS = "connections", "接続";
    STORAGE = "storage", "ストレージ";
    CERTIFICATE = "certificate", "証明書";
    PARAMETERS = "parameters", "パラメータ";
    SUPPORT = "support", "サポート";
    BACKUPS = "backups", "バックアップ";
    MAINTENANCE = "maintenance", "メンテナンス";
    EVENTS = "events, 7 days", "イベント (7 日)";
    NOT_SEEN = "not seen", "確認不可";
    NO_DATABASE = "the service uses no database that RDS knows", "このサービスが使う RDS データベースはありません";
    NOTHING_PLANNED = "nothing waits", "保留中のものなし";
    NO_EVENTS = "none", "なし";
    NOT_KNOWN = "not known", "不明";
}

const GIB: f64 = (1_u64 << 30) as f64;

/// The database for a person.
pub fn database(view: &DatabaseView, screen: Screen) -> String {
    let (mut page, paint) = Page::new(screen);
    page.heading_of(&paint, &view.target, view.taken_at);
    page.verbatim("");
    if view.instance.is_none() && view.not_seen.is_empty() {
        page.prose("", NO_DATABASE.in_lang(view.lang()));
        return page.text;
    }
    write(&mut page, sections(view, &paint, screen), &paint);
    if view.instance.is_some() {
        concerns::write(&mut page, &view.concerns, view.lang(), &paint);
    }
    page.text
}

fn sections(view: &DatabaseView, paint: &Paint, screen: Screen) -> Vec<Section> {
    let lang = view.lang();
    let clock = Clock::new(view.taken_at, lang, screen);
    let mut sections = vec![];
    let mut add = |label: Phrase, lines: Vec<String>| {
        if !lines.is_empty() {
            let label = label.in_lang(lang);
            sections.push(Section { label, lines });
        }
    };
    if let Some(instance) = &view.instance {
        add(INSTANCE, of_instance(instance, lang, paint));
        add(LOAD, load(instance, lang).into_iter().collect());
    }
    if let Some(connections) = &view.connections {
        add(CONNECTIONS, of_connections(connections, lang, paint));
    }
    add(
        STORAGE,
        view.storage
            .iter()
            .map(|it| storage(it, lang, paint))
            .collect(),
    );
    let certificate = view.certificate.iter();
    add(
        CERTIFICATE,
        certificate
            .map(|it| of_certificate(it, view.taken_at, lang))
            .collect(),
    );
    add(PARAMETERS, parameters(view, paint));
    add(
        SUPPORT,
        view.support.iter().map(|it| support(it, lang)).collect(),
    );
    add(
        BACKUPS,
        view.instance
            .iter()
            .filter_map(|it| backups(it, lang))
            .collect(),
    );
    if view.instance.is_some() {
        add(MAINTENANCE, maintenance(view, lang, paint));
        let events = view.events.iter().map(|said| {
            let (at, message) = (clock.ago(said.at), &said.message);
            let times = if said.times > 1 {
                format!(" ×{}", said.times)
            } else {
                String::new()
            };
            format!("{}{at}{times}{:#} {message}", paint.dim, paint.dim)
        });
        let mut lines: Vec<String> = events.collect();
        let unseen = view
            .not_seen
            .iter()
            .any(|call| call.operation == "rds:DescribeEvents");
        if lines.is_empty() && !unseen {
            lines.push(NO_EVENTS.in_lang(lang).to_owned());
        }
        add(EVENTS, lines);
    }
    let unseen = view.not_seen.iter();
    add(
        NOT_SEEN,
        unseen.flat_map(|call| not_seen(call, paint)).collect(),
    );
    sections
}

fn of_instance(instance: &Instance, lang: Lang, paint: &Paint) -> Vec<String> {
    let style = paint.of(&instance.status);
    let Instance {
        id, status, port, ..
    } = instance;
    let mut parts = vec![format!("{id} {style}{status}{style:#}")];
    let kind: Vec<&str> = [&instance.engine, &instance.class]
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect();
    parts.extend((!kind.is_empty()).then(|| kind.join(" ")));
    parts.extend(match (instance.multi_az, &instance.zone, lang) {
        (true, zone, _) => {
            let zone = zone.as_deref().unwrap_or("?");
            let standby = instance.standby_zone.as_deref().unwrap_or("?");
            Some(match lang {
                Lang::En => format!("{zone}, standby in {standby}"),
                Lang::Ja => format!("{zone}、スタンバイ {standby}"),
            })
        }
        (false, Some(zone), Lang::En) => Some(format!("{zone}, no standby")),
        (false, Some(zone), Lang::Ja) => Some(format!("{zone}、スタンバイなし")),
        (false, None, Lang::En) => Some("no standby".to_owned()),
        (false, None, Lang::Ja) => Some("スタンバイなし".to_owned()),
    });
    let address = instance.address.as_ref();
    let address = address.map(|address| format!("{}{address}:{port}{:#}", paint.dim, paint.dim));
    [parts.join(" · ")].into_iter().chain(address).collect()
}

fn load(instance: &Instance, lang: Lang) -> Option<String> {
    let cpu = instance
        .cpu_percent
        .map(|percent| format!("CPU {percent:.0} %"));
    let memory = instance.free_memory_bytes.map(|bytes| {
        let mib = bytes >> 20;
        match lang {
            Lang::En => format!("{mib} MiB of memory free"),
            Lang::Ja => format!("空きメモリ {mib} MiB"),
        }
    });
    let parts: Vec<String> = cpu.into_iter().chain(memory).collect();
    (!parts.is_empty()).then(|| parts.join(" · "))
}

fn of_connections(seen: &Connections, lang: Lang, paint: &Paint) -> Vec<String> {
    let mut lines = vec![];
    match (seen.now, seen.limit) {
        (Some(now), Some(limit)) => {
            let percent = now * 100 / limit.max(1);
            let style = if percent >= 80 { paint.bad } else { paint.good };
            lines.push(match lang {
                Lang::En => format!("{style}{now} of {limit}{style:#} in use ({percent} %)"),
                Lang::Ja => format!("{style}{limit} 中 {now}{style:#} を使用 ({percent} %)"),
            });
        }
        (Some(now), None) => lines.push(match lang {
            Lang::En => format!("{now} in use, the limit is not known"),
            Lang::Ja => format!("{now} を使用 (上限は不明)"),
        }),
        (None, Some(limit)) => lines.push(match lang {
            Lang::En => format!("limit {limit}; how many are in use is not known"),
            Lang::Ja => format!("上限 {limit} (使用数は不明)"),
        }),
        (None, None) => {}
    }
    let now = seen.tasks.zip(seen.wanted_now);
    let most = seen.most_tasks.zip(seen.wanted_at_most);
    match (seen.pool_per_task, now, most) {
        (Some(pool), Some((tasks, now)), most) => {
            let mut line = match lang {
                Lang::En => format!("{tasks} tasks × pool of {pool} = {now}"),
                Lang::Ja => format!("{tasks} タスク × プール {pool} = {now}"),
            };
            if let Some((tasks, wanted)) = most {
                let over = seen.limit.is_some_and(|limit| wanted > limit);
                let style = if over { paint.unsure } else { paint.plain };
                line += &match lang {
                    Lang::En => format!("; a deployment at full size: {tasks} × {pool} = {style}{wanted}{style:#}"),
                    Lang::Ja => format!("、最大規模のデプロイ中は {tasks} × {pool} = {style}{wanted}{style:#}"),
                };
            }
            lines.push(line);
        }
        (None, ..) => lines.push(match lang {
            Lang::En => "how large the pool of a task is, no environment variable tells (such as DB_POOL_SIZE)".to_owned(),
            Lang::Ja => "タスクのプールサイズは環境変数 (DB_POOL_SIZE など) から読み取れません".to_owned(),
        }),
        (Some(_), None, _) => {}
    }
    lines
}

fn storage(storage: &Storage, lang: Lang, paint: &Paint) -> String {
    let size = storage
        .size_gib
        .map_or("?".to_owned(), |gib| gib.to_string());
    let mut parts = vec![match (storage.free_bytes, storage.free_percent) {
        (Some(bytes), Some(percent)) => {
            let style = if percent < 10.0 {
                paint.bad
            } else {
                paint.good
            };
            let free = bytes as f64 / GIB;
            match lang {
                Lang::En => {
                    format!("{style}{free:.1} of {size} GiB free{style:#} ({percent:.0} %)")
                }
                Lang::Ja => {
                    format!("{style}{size} GiB 中 {free:.1} GiB が空き{style:#} ({percent:.0} %)")
                }
            }
        }
        _ => format!("{size} GiB"),
    }];
    parts.extend(storage.kind.clone());
    parts.push(match (storage.grows_to_gib, lang) {
        (Some(most), Lang::En) => format!("grows by itself up to {most} GiB"),
        (Some(most), Lang::Ja) => format!("{most} GiB まで自動拡張"),
        (None, Lang::En) => "does not grow by itself".to_owned(),
        (None, Lang::Ja) => "自動拡張なし".to_owned(),
    });
    parts.join(" · ")
}

/// Two years: what ends later is no matter of days.
const FAR: i64 = 2 * 365 * 86_400;

/// `2027-11-30, in 360d`
fn until(end: DateTime<Utc>, now: DateTime<Utc>, lang: Lang) -> String {
    let (day, left) = (end.format("%Y-%m-%d"), (end - now).num_seconds());
    match (lang, left) {
        (_, FAR..) => day.to_string(),
        (Lang::En, ..0) => format!("{day}, {} ago", span(-left, lang)),
        (Lang::Ja, ..0) => format!("{day} ({}前)", span(-left, lang)),
        (Lang::En, _) => format!("{day}, in {}", span(left, lang)),
        (Lang::Ja, _) => format!("{day} (あと {})", span(left, lang)),
    }
}

fn of_certificate(seen: &Certificate, now: DateTime<Utc>, lang: Lang) -> String {
    let name = seen.authority.as_deref().unwrap_or("?");
    let none = || NOT_KNOWN.in_lang(lang).to_owned();
    let server = seen
        .valid_until
        .map_or_else(none, |end| until(end, now, lang));
    let authority = seen
        .authority_valid_until
        .map_or_else(none, |end| until(end, now, lang));
    match lang {
        Lang::En => format!("server's until {server} · authority {name} until {authority}"),
        Lang::Ja => format!("サーバー証明書の期限 {server} · 認証局 {name} の期限 {authority}"),
    }
}

fn parameters(view: &DatabaseView, paint: &Paint) -> Vec<String> {
    let groups = view.parameter_groups.iter().map(|(group, status)| {
        let style = if status == "in-sync" {
            paint.good
        } else {
            paint.unsure
        };
        format!("{group} {style}{status}{style:#}")
    });
    let values = view
        .parameters
        .iter()
        .map(|(name, value)| format!("{name}={value}"));
    let values: Vec<String> = values.collect();
    groups
        .chain((!values.is_empty()).then(|| values.join(" · ")))
        .collect()
}

fn support(seen: &SupportEnds, lang: Lang) -> String {
    let day = |at: DateTime<Utc>| at.format("%Y-%m-%d").to_string();
    let standard = day(seen.standard_until);
    let then = match (seen.extended_support, seen.extended_until.map(day), lang) {
        (Some(false), _, Lang::En) => Some("then RDS upgrades it".to_owned()),
        (Some(false), _, Lang::Ja) => Some("以降は RDS が自動アップグレード".to_owned()),
        (_, Some(end), Lang::En) => Some(format!(
            "then extended support, which is billed, until {end}"
        )),
        (_, Some(end), Lang::Ja) => Some(format!("以降は有料の延長サポート ({end} まで)")),
        (_, None, _) => None,
    };
    let first = match lang {
        Lang::En => format!("standard until {standard}"),
        Lang::Ja => format!("標準サポート {standard} まで"),
    };
    [first]
        .into_iter()
        .chain(then)
        .collect::<Vec<_>>()
        .join(" · ")
}

fn backups(instance: &Instance, lang: Lang) -> Option<String> {
    let (days, protected) = (instance.backup_days?, instance.deletion_protection?);
    Some(match (lang, protected) {
        (Lang::En, true) => format!("kept for {days} days · deletion protection on"),
        (Lang::En, false) => format!("kept for {days} days · deletion protection off"),
        (Lang::Ja, true) => format!("{days} 日間保持 · 削除保護 有効"),
        (Lang::Ja, false) => format!("{days} 日間保持 · 削除保護 無効"),
    })
}

fn maintenance(view: &DatabaseView, lang: Lang, paint: &Paint) -> Vec<String> {
    let mut lines = vec![];
    if let Some(planned) = &view.maintenance {
        lines.extend(
            planned
                .iter()
                .map(|planned| of_planned(planned, lang, paint)),
        );
        if planned.is_empty() && view.pending_changes.is_empty() {
            lines.push(NOTHING_PLANNED.in_lang(lang).to_owned());
        }
    }
    let changes = view.pending_changes.join(", ");
    if !changes.is_empty() {
        lines.push(match lang {
            Lang::En => format!("ordered, not yet done: {changes}"),
            Lang::Ja => format!("変更を受付済み (未適用): {changes}"),
        });
    }
    let window = view
        .instance
        .as_ref()
        .and_then(|it| it.maintenance_window.as_ref());
    lines.extend(window.map(|window| match lang {
        Lang::En => format!("{}window {window} UTC{:#}", paint.dim, paint.dim),
        Lang::Ja => format!("{}ウィンドウ {window} (UTC){:#}", paint.dim, paint.dim),
    }));
    lines
}

fn of_planned(planned: &Planned, lang: Lang, paint: &Paint) -> String {
    let (unsure, action) = (paint.unsure, &planned.action);
    let words = planned
        .description
        .as_ref()
        .map(|words| format!(": {words}"));
    let when = planned.applied_at.map(|at| at.format("%Y-%m-%d %H:%M UTC"));
    let when = when.map(|when| match lang {
        Lang::En => format!(" · on {when}"),
        Lang::Ja => format!(" · {when} に実施"),
    });
    format!(
        "{unsure}{action}{unsure:#}{}{}",
        words.unwrap_or_default(),
        when.unwrap_or_default()
    )
}
