//! What ends, what is kept, and what RDS plans: certificate, support, backups and maintenance.

use chrono::{DateTime, Utc};

use crate::{
    render::{moment::span, page::Paint},
    views::{Certificate, DatabaseView, Instance, Planned, SupportEnds},
    words::{Lang, phrases},
};

phrases! {
    NOTHING_PLANNED = "nothing waits", "保留中のものなし";
    NOT_KNOWN = "not known", "不明";
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

pub(super) fn of_certificate(seen: &Certificate, now: DateTime<Utc>, lang: Lang) -> String {
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

pub(super) fn support(seen: &SupportEnds, lang: Lang) -> String {
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

pub(super) fn backups(instance: &Instance, lang: Lang) -> Option<String> {
    let (days, protected) = (instance.backup_days?, instance.deletion_protection?);
    Some(match (lang, protected) {
        (Lang::En, true) => format!("kept for {days} days · deletion protection on"),
        (Lang::En, false) => format!("kept for {days} days · deletion protection off"),
        (Lang::Ja, true) => format!("{days} 日間保持 · 削除保護 有効"),
        (Lang::Ja, false) => format!("{days} 日間保持 · 削除保護 無効"),
    })
}

pub(super) fn maintenance(view: &DatabaseView, lang: Lang, paint: &Paint) -> Vec<String> {
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
