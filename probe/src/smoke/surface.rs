//! What can be seen without changing anything: TLS, health, the page and its headers, and whether one must log in.

use chrono::Utc;

use super::{
    Outcome, Steps, certificate,
    client::{Answer, Client},
    headers,
};
use crate::{words, words::Words};

/// What the rest may count on.
pub(super) struct Open {
    /// Why events cannot be tried, where they cannot.
    pub(super) refusal: Option<Words>,
}

/// Looks from the outside to the inside; `None` where nothing answers, so that there is nothing more to try.
pub(super) async fn look(client: &Client, steps: &mut Steps) -> Option<Open> {
    let health = match client.get("/health", "application/json").await {
        Ok(health) => health,
        Err(silence) => {
            steps.tried("health", "GET /health", silence.took, Err(silence.why));
            return None;
        }
    };
    if let Some(certificate) = &health.certificate {
        match certificate::judge(certificate, Utc::now()) {
            Ok(seen) => steps.add("tls", None, None, Outcome::Passed, &seen),
            Err(seen) => steps.add("tls", None, None, Outcome::Warned, &seen),
        }
    }
    redirect(client, steps).await;
    if let Some(host) = health.login(client.base()) {
        return Some(logged_out(client, steps, &host, &health).await);
    }
    let is_healthy = steps.tried("health", "GET /health", health.took, healthy(&health));
    if !is_healthy && (300..400).contains(&health.status) {
        return None;
    }
    answered(
        client,
        steps,
        "ready",
        "/health/ready",
        |answer| match answer.status {
            200 => Ok(words!("the database answers", "データベース応答あり")),
            _ => Err(answer.unexpected()),
        },
    )
    .await;
    let page = client.get("/", "text/html").await;
    let page = match page {
        Ok(page) => page,
        Err(silence) => {
            steps.tried("page", "GET /", silence.took, Err(silence.why));
            return Some(Open { refusal: None });
        }
    };
    if let Some(host) = page.login(client.base()) {
        return Some(logged_out(client, steps, &host, &page).await);
    }
    if page.status == 401 {
        let why = not_logged_in(client);
        steps.add(
            "page",
            Some("GET /"),
            Some(page.took),
            Outcome::Skipped,
            &why,
        );
        return Some(Open { refusal: Some(why) });
    }
    if steps.tried("page", "GET /", page.took, is_page(&page)) {
        protection(client, steps, &page);
    }
    Some(Open { refusal: None })
}

async fn answered(
    client: &Client,
    steps: &mut Steps,
    step: &str,
    path: &str,
    judge: impl Fn(&Answer) -> super::Seen,
) {
    let request = format!("GET {path}");
    match client.get(path, "application/json").await {
        Ok(answer) => steps.tried(step, &request, answer.took, judge(&answer)),
        Err(silence) => steps.tried(step, &request, silence.took, Err(silence.why)),
    };
}

/// Plain HTTP is to lead to HTTPS. Where nobody listens to it, nobody is led astray.
async fn redirect(client: &Client, steps: &mut Steps) {
    let Some(plain) = client.plain() else {
        return;
    };
    let request = format!("GET {plain}");
    let Ok(answer) = client.get_plain(plain).await else {
        let seen = words!("nothing answers plain HTTP", "HTTP での応答なし");
        steps.add("redirect", Some(&request), None, Outcome::Passed, &seen);
        return;
    };
    let location = answer.header("location");
    let seen = match (300..400).contains(&answer.status) && location.starts_with("https://") {
        true => Ok(words!("leads to HTTPS", "HTTPS へリダイレクト")),
        false => {
            let unexpected = answer.unexpected();
            let Words { en, ja } = &unexpected;
            Err(words!(
                "plain HTTP is served: {en}",
                "HTTP のまま応答しています: {ja}"
            ))
        }
    };
    steps.tried("redirect", &request, answer.took, seen);
}

fn healthy(answer: &Answer) -> super::Seen {
    let body = answer.json();
    let location = answer.header("location");
    if (300..400).contains(&answer.status) {
        return Err(words!(
            "leads to {location}: give that address",
            "{location} にリダイレクトされます。その URL を指定してください"
        ));
    }
    if answer.status != 200 {
        return Err(answer.unexpected());
    }
    match (body["status"].as_str(), body["version"].as_str()) {
        (Some("healthy"), Some(version)) => Ok(words!("version {version}", "バージョン {version}")),
        _ => Err(words!(
            "answers, but not as the event service does: is it another one?",
            "応答がイベントサービスのものではありません (別のサービスの可能性)"
        )),
    }
}

fn is_page(page: &Answer) -> super::Seen {
    let kind = page.header("content-type");
    if page.status != 200 {
        return Err(page.unexpected());
    }
    if !kind.starts_with("text/html") || !page.body.contains("</html>") {
        return Err(words!(
            "is no whole page ({kind})",
            "ページ全体が返っていません ({kind})"
        ));
    }
    let size = page.body.len().div_ceil(1_024);
    Ok(words!("{size} KiB of HTML", "HTML {size} KiB"))
}

fn protection(client: &Client, steps: &mut Steps, page: &Answer) {
    let missing = headers::missing(&page.headers);
    if !missing.is_empty() {
        let names = missing.join(", ");
        let seen = words!("not sent: {names}", "不足: {names}");
        steps.add("headers", Some("GET /"), None, Outcome::Failed, &seen);
        return;
    }
    match headers::without_transport_security(&page.headers).filter(|_| client.is_https()) {
        Some(seen) => steps.add("headers", Some("GET /"), None, Outcome::Warned, &seen),
        None => {
            let seen = words!("all there", "すべてあり");
            steps.add("headers", Some("GET /"), None, Outcome::Passed, &seen);
        }
    }
}

/// The load balancer sends to an identity provider. That it does so for the API, too, is all that can be tried.
async fn logged_out(client: &Client, steps: &mut Steps, host: &str, first: &Answer) -> Open {
    let seen = if client.has_session() {
        Err(words!(
            "leads to the login at {host}: the session is not valid, or has ended",
            "{host} のログイン画面に転送されます (セッションが無効または期限切れ)"
        ))
    } else {
        Ok(words!(
            "who is not logged in is sent to {host}",
            "未ログインの場合は {host} に転送"
        ))
    };
    let in_order = steps.tried("login", "GET /health", first.took, seen);
    if in_order {
        answered(client, steps, "guarded", "/events", |answer| {
            match answer.login(client.base()).is_some() || answer.status == 401 {
                true => Ok(words!(
                    "the API is closed without a login",
                    "API は未ログインでは利用不可"
                )),
                false => {
                    let unexpected = answer.unexpected();
                    let Words { en, ja } = &unexpected;
                    Err(words!(
                        "the API is open without a login: {en}",
                        "API が未ログインでも利用できます: {ja}"
                    ))
                }
            }
        })
        .await;
    }
    let why = needs_session();
    let unseen = [
        ("health", "GET /health"),
        ("ready", "GET /health/ready"),
        ("page", "GET /"),
        ("headers", "GET /"),
    ];
    steps.skip(&unseen, &why);
    Open { refusal: Some(why) }
}

fn needs_session() -> Words {
    words!(
        "needs a session (--session FILE)",
        "セッションが必要 (--session FILE)"
    )
}

fn not_logged_in(client: &Client) -> Words {
    match client.has_session() {
        true => words!(
            "the service itself asks for a login (401): AUTH=alb-oidc takes it from the load balancer alone, not from a session; try the load balancer's address",
            "サービス自身がログインを要求しています (401)。AUTH=alb-oidc はロードバランサー経由でのみ利用できるため、ロードバランサーの URL を指定してください"
        ),
        false => words!(
            "the service itself asks for a login (401): with AUTH=alb-oidc try the load balancer's address, with a session (--session FILE)",
            "サービス自身がログインを要求しています (401)。AUTH=alb-oidc の場合は、ロードバランサーの URL とセッション (--session FILE) を指定してください"
        ),
    }
}
