//! `probe doctor`: whether probe itself can work here.

use super::{Error, Exit, endpoint, now, print, screen};
use crate::{
    cli::Global,
    collect::{Clients, examine, unknown_profile},
    render::{self, Format, Screen},
    views::{Doctor, Setting, State},
};

/// The variables by which other programs find a proxy.
const PROXIES: [&str; 6] = [
    "HTTPS_PROXY",
    "https_proxy",
    "HTTP_PROXY",
    "http_proxy",
    "ALL_PROXY",
    "all_proxy",
];

pub(super) async fn run(global: &Global) -> Result<Exit, Error> {
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let connection = global.connection();
    endpoint::check(connection.endpoint_url.as_deref())?;
    let unknown = unknown_profile(connection.profile.as_deref());
    let setting = Setting {
        machine: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        profile: connection.profile.clone().or_else(|| set("AWS_PROFILE")),
        endpoint_url: connection
            .endpoint_url
            .clone()
            .or_else(|| set("AWS_ENDPOINT_URL")),
        proxies: PROXIES
            .into_iter()
            .filter(|name| set(name).is_some())
            .collect(),
        unknown_profile: unknown.map(|unknown| (unknown.name, unknown.known)),
    };
    let examination = match &setting.unknown_profile {
        Some(_) => None,
        None => match Clients::connect(connection).await {
            Some(clients) => Some(examine(&clients).await),
            None => None,
        },
    };
    let view = Doctor::new(&setting, examination.as_ref(), now(), global.lang());
    match global.output {
        Format::Table => print(&render::doctor(&view, screen()))?,
        Format::Markdown => print(&render::fenced(&render::doctor(&view, Screen::PIPE)))?,
        Format::Json => print(&(serde_json::to_string_pretty(&view)? + "\n"))?,
    }
    Ok(match view.worst() {
        State::Good | State::Doubtful => Exit::Healthy,
        State::Bad => Exit::Fault,
        State::Unknown => Exit::Undetermined,
    })
}
