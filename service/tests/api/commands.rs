//! The commands beside `serve`: `healthcheck`, `seed`, `migrate`.

use serde_json::Value;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::process::{Running, run, service, url};

#[sqlx::test(migrations = false)]
async fn the_health_check_tells_by_its_exit_code(_: PgPoolOptions, options: PgConnectOptions) {
    let directory = tempfile::tempdir().unwrap();
    let mut command = service(&["serve"]);
    let running =
        Running::start(command.env("DATABASE_URL", url(&options)), directory.path()).await;
    let port = running.address.port();
    let at = |path: &str| format!("http://127.0.0.1:{port}{path}");
    for (arguments, code) in [
        (vec!["--url".to_owned(), at("/health")], 0),
        (vec!["--listen".to_owned(), format!("0.0.0.0:{port}")], 0),
        (vec!["--url".to_owned(), at("/nowhere")], 1),
        (
            vec!["--url".to_owned(), "http://127.0.0.1:1/health".to_owned()],
            1,
        ),
        (
            vec!["--url".to_owned(), "https://127.0.0.1/health".to_owned()],
            1,
        ),
        (vec!["--url".to_owned(), "http://".to_owned()], 2),
    ] {
        let (actual, said) = run(service(&["healthcheck"]).args(&arguments)).await;
        assert_eq!(actual, Some(code), "{arguments:?}: {said}");
    }
    assert_eq!(running.stop().await, Some(0));
}

#[sqlx::test(migrations = false)]
async fn seeding_twice_adds_nothing_twice(_: PgPoolOptions, options: PgConnectOptions) {
    let seed = async |count: &str| {
        let (code, said) =
            run(service(&["seed", "--events", count]).env("DATABASE_URL", url(&options))).await;
        assert_eq!(code, Some(0), "{said}");
        let last: Value = serde_json::from_str(said.lines().last().unwrap()).unwrap();
        last["added"].as_i64().unwrap()
    };
    assert_eq!(seed("30").await, 30);
    assert_eq!(seed("30").await, 0);
    assert_eq!(seed("2500").await, 2_470);
    let app = crate::client::application(&options).await;
    for when in ["past", "upcoming"] {
        let page = crate::client::call(
            &app,
            "GET",
            &format!("/events?when={when}&limit=100"),
            Value::Null,
        )
        .await
        .json();
        assert_eq!(page["items"].as_array().unwrap().len(), 100, "{when}");
    }
}

#[sqlx::test(migrations = false)]
async fn migrating_twice_is_fine_and_an_address_taken_is_said(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    for _ in 0..2 {
        let (code, said) = run(service(&["migrate"]).env("DATABASE_URL", url(&options))).await;
        assert_eq!(code, Some(0), "{said}");
    }
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let (code, said) =
        run(service(&["serve", "--listen", &address]).env("DATABASE_URL", url(&options))).await;
    assert_eq!(code, Some(1));
    assert!(
        said.contains(&format!("cannot listen on {address}")),
        "{said}"
    );
}
