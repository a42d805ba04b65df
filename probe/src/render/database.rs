//! The database of a service: its parts in one column, and what to look after below.

mod connections;
mod lifetime;

use self::{
    connections::of_connections,
    lifetime::{backups, maintenance, of_certificate, support},
};
use super::{
    concerns,
    moment::Clock,
    not_seen::{NOT_SEEN, not_seen},
    page::{Page, Paint, Screen},
    sections::{Section, write},
};
use crate::{
    views::{DatabaseView, Instance, Storage},
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
    NO_DATABASE = "the service uses no database that RDS knows", "このサービスが使う RDS データベースはありません";
    NO_EVENTS = "none", "なし";
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
