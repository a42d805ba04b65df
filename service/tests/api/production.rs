//! `serve` for real: what it refuses.

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::{
    process::{Running, run, service},
    signer::ARN,
};

#[tokio::test]
async fn production_refuses_what_is_only_good_for_development() {
    let strict = "postgres://me:secret@db.example/events?sslmode=verify-full";
    for (environment, arguments, reason) in [
        (
            vec![("DATABASE_URL", strict)],
            vec![],
            "needs AUTH to be set on purpose",
        ),
        (
            vec![("AUTH", "none")],
            vec!["--embedded-db"],
            "refuses --embedded-db",
        ),
        (
            vec![
                ("AUTH", "none"),
                ("DATABASE_URL", "postgres://me:secret@db.example/events"),
            ],
            vec![],
            "weaker than verify-full",
        ),
        (
            vec![
                ("AUTH", "none"),
                (
                    "DATABASE_URL",
                    "postgres://me:secret@db.example/events?sslmode=require",
                ),
            ],
            vec![],
            "weaker than verify-full",
        ),
        (
            vec![
                ("AUTH", "none"),
                ("DATABASE_URL", strict),
                ("DB_SSLMODE", "prefer"),
            ],
            vec![],
            "weaker than verify-full",
        ),
        (
            vec![
                ("AUTH", "none"),
                ("DB_HOST", "db.example"),
                ("DB_SSLMODE", "require"),
            ],
            vec![],
            "weaker than verify-full",
        ),
        (
            vec![
                ("AUTH", "none"),
                ("DB_HOST", "db.example"),
                ("DB_SSLROOTCERT", "/nowhere.pem"),
            ],
            vec![],
            "names no file",
        ),
        (
            vec![("AUTH", "alb-oidc"), ("DATABASE_URL", strict)],
            vec![],
            "AUTH=alb-oidc needs ALB_ARN",
        ),
        (
            vec![
                ("AUTH", "alb-oidc"),
                ("DATABASE_URL", strict),
                ("ALB_ARN", ""),
            ],
            vec![],
            "AUTH=alb-oidc needs ALB_ARN",
        ),
        (
            vec![
                ("AUTH", "alb-oidc"),
                ("DATABASE_URL", strict),
                ("ALB_ARN", "events-alb"),
            ],
            vec![],
            "with its region",
        ),
        (
            vec![
                ("AUTH", "alb-oidc"),
                ("DATABASE_URL", strict),
                ("ALB_ARN", ARN),
                ("OIDC_KEYS_URL", "http://keys.example"),
            ],
            vec![],
            "must begin with https://",
        ),
        (
            vec![
                ("AUTH", "alb-oidc"),
                ("DATABASE_URL", strict),
                (
                    "ALB_ARN",
                    "arn:aws-cn:elasticloadbalancing:cn-north-1:123456789012:loadbalancer/app/a/b",
                ),
            ],
            vec![],
            "OIDC_KEYS_URL must say",
        ),
        (
            vec![
                ("AUTH", "alb-oidc"),
                ("DATABASE_URL", strict),
                ("ALB_ARN", ARN),
                ("OIDC_NAME_CLAIM", ""),
            ],
            vec![],
            "OIDC_NAME_CLAIM must not be empty",
        ),
        (vec![("AUTH", "none")], vec![], "no database is named"),
    ] {
        let mut command = service(&["serve", "--listen", "127.0.0.1:0"]);
        command
            .args(&arguments)
            .env("APP_ENV", "production")
            .envs(environment.clone());
        let (code, said) = run(&mut command).await;
        assert_eq!(code, Some(1), "{environment:?}: {said}");
        assert!(said.contains(reason), "{environment:?}: {said}");
        assert!(!said.contains("secret"), "{said}");
    }
}

#[tokio::test]
async fn production_starts_with_a_strict_database_even_if_that_is_away() {
    let directory = tempfile::tempdir().unwrap();
    let mut service = service(&["serve"]);
    service
        .env("APP_ENV", "production")
        .env("AUTH", "none")
        .env("DB_HOST", "127.0.0.1")
        .env("DB_PORT", "1");
    service
        .env("DB_PASSWORD", "secret")
        .env("DRAIN_SECONDS", "0");
    let running = Running::start(&mut service, directory.path()).await;
    assert_eq!(running.get("/health").await.status, 200);
    assert_eq!(running.stop().await, Some(0));
}

#[sqlx::test(migrations = false)]
async fn an_unencrypted_database_is_not_spoken_to_in_production(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let directory = tempfile::tempdir().unwrap();
    let mut service = service(&["serve"]);
    service
        .env("APP_ENV", "production")
        .env("AUTH", "none")
        .env("DRAIN_SECONDS", "0");
    service
        .env("DB_HOST", options.get_host())
        .env("DB_PORT", options.get_port().to_string());
    service
        .env("DB_NAME", options.get_database().unwrap())
        .env("DB_USER", options.get_username());
    let mut running = Running::start(&mut service, directory.path()).await;
    assert_eq!(
        running.line("the database is not reachable").await["class"],
        "tls"
    );
    assert_eq!(running.stop().await, Some(0));
}
