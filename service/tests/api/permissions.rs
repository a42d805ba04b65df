//! Who may do what, once it is known who they are.

use serde_json::{Value, json};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::{
    client::{Answer, draft},
    company::{ADMIN, AKI, BEN, Company},
};

/// An event that is accepted as it is, with this organiser or, if null, with none.
fn event(organizer: Value) -> Value {
    let mut event = draft();
    event["organizer"] = organizer;
    if event["organizer"].is_null() {
        event.as_object_mut().unwrap().remove("organizer");
    }
    event
}

/// The number of a new event that Aki organises.
async fn announced(company: &Company) -> i64 {
    let answer = company
        .call(AKI, "POST", "/events", event(Value::Null))
        .await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    assert_eq!(answer.json()["organizer"], AKI);
    answer.json()["id"].as_i64().unwrap()
}

/// The status, and of a refusal its kind.
fn outcome(answer: &Answer) -> (u16, String) {
    let status = answer.status.as_u16();
    let kind = match status {
        403 => answer.json()["type"].as_str().unwrap().to_owned(),
        _ => String::new(),
    };
    (status, kind.trim_start_matches("/problems/").to_owned())
}

#[sqlx::test(migrations = false)]
async fn one_announces_in_ones_own_name(_: PgPoolOptions, options: PgConnectOptions) {
    let company = Company::start(&options).await;
    for (who, organizer, expected) in [
        (AKI, Value::Null, Ok(AKI)),
        (AKI, AKI.into(), Ok(AKI)),
        (AKI, BEN.into(), Err("not-yourself")),
        (ADMIN, Value::Null, Ok(ADMIN)),
        (ADMIN, BEN.into(), Ok(BEN)),
    ] {
        let answer = company
            .call(who, "POST", "/events", event(organizer.clone()))
            .await;
        match expected {
            Ok(name) => {
                assert_eq!(answer.status, 201, "{}", answer.body);
                assert_eq!(answer.json()["organizer"], name);
            }
            Err(kind) => {
                answer.assert_problem(403, kind);
            }
        }
    }
}

#[sqlx::test(migrations = false)]
async fn the_organiser_and_admins_change_and_delete(_: PgPoolOptions, options: PgConnectOptions) {
    let company = Company::start(&options).await;
    let id = announced(&company).await;
    let path = format!("/events/{id}");
    // Where the answer does not depend on the event, these come first.
    for (who, organizer, expected) in [
        (BEN, Value::Null, (403, "not-organizer")),
        (BEN, AKI.into(), (403, "not-organizer")),
        (BEN, BEN.into(), (403, "not-organizer")),
        (AKI, Value::Null, (200, "")),
        (AKI, AKI.into(), (200, "")),
        (ADMIN, AKI.into(), (200, "")),
        // Whose event it is goes without saying only for its organiser.
        (ADMIN, Value::Null, (422, "")),
    ] {
        let answer = company
            .call(who, "PUT", &path, event(organizer.clone()))
            .await;
        let (status, kind) = outcome(&answer);
        assert_eq!(
            (status, kind.as_str()),
            expected,
            "{who} {organizer}: {}",
            answer.body
        );
        let now = company.call(BEN, "GET", &path, Value::Null).await.json();
        assert_eq!(now["organizer"], AKI);
    }
    company
        .call(BEN, "DELETE", &path, Value::Null)
        .await
        .assert_problem(403, "not-organizer");
    assert_eq!(
        company.call(AKI, "DELETE", &path, Value::Null).await.status,
        204
    );
    let other = format!("/events/{}", announced(&company).await);
    assert_eq!(
        company
            .call(ADMIN, "DELETE", &other, Value::Null)
            .await
            .status,
        204
    );
    for who in [AKI, BEN, ADMIN] {
        let gone = company.call(who, "PUT", &path, event(AKI.into())).await;
        gone.assert_problem(404, "event-not-found");
    }
}

#[sqlx::test(migrations = false)]
async fn an_event_can_be_handed_over_by_its_organiser(_: PgPoolOptions, options: PgConnectOptions) {
    let company = Company::start(&options).await;
    let path = format!("/events/{}", announced(&company).await);
    let handed = company.call(AKI, "PUT", &path, event(BEN.into())).await;
    assert_eq!(
        (handed.status.as_u16(), &handed.json()["organizer"]),
        (200, &json!(BEN))
    );
    company
        .call(AKI, "PUT", &path, event(AKI.into()))
        .await
        .assert_problem(403, "not-organizer");
    assert_eq!(
        company.call(BEN, "DELETE", &path, Value::Null).await.status,
        204
    );
}

#[sqlx::test(migrations = false)]
async fn one_joins_and_leaves_for_oneself(_: PgPoolOptions, options: PgConnectOptions) {
    let company = Company::start(&options).await;
    let path = format!("/events/{}/join", announced(&company).await);
    // The organiser has no say in who comes.
    for (who, user, join, leave) in [
        (BEN, Value::Null, (201, ""), (204, "")),
        (BEN, BEN.into(), (201, ""), (204, "")),
        (
            BEN,
            AKI.into(),
            (403, "not-yourself"),
            (403, "not-yourself"),
        ),
        (
            AKI,
            BEN.into(),
            (403, "not-yourself"),
            (403, "not-yourself"),
        ),
        (ADMIN, Value::Null, (201, ""), (204, "")),
        (ADMIN, BEN.into(), (201, ""), (204, "")),
        (ADMIN, "New Colleague".into(), (201, ""), (204, "")),
    ] {
        let body = match &user {
            Value::Null => json!({}),
            user => json!({ "user_name": user }),
        };
        let answer = company.call(who, "POST", &path, body).await;
        let (status, kind) = outcome(&answer);
        assert_eq!(
            (status, kind.as_str()),
            join,
            "{who} {user}: {}",
            answer.body
        );
        if status == 201 {
            assert_eq!(answer.json()["user_name"], user.as_str().unwrap_or(who));
        }
        let parameter = user
            .as_str()
            .map(|name| format!("?user_name={}", name.replace(' ', "+")));
        let path = format!("{path}{}", parameter.unwrap_or_default());
        let answer = company.call(who, "DELETE", &path, Value::Null).await;
        let (status, kind) = outcome(&answer);
        assert_eq!(
            (status, kind.as_str()),
            leave,
            "{who} {user}: {}",
            answer.body
        );
    }
}

#[sqlx::test(migrations = false)]
async fn the_history_names_who_acted(pool: PgPoolOptions, options: PgConnectOptions) {
    let company = Company::start(&options).await;
    let id = announced(&company).await;
    let (event_path, join) = (format!("/events/{id}"), format!("/events/{id}/join"));
    let mut renamed = event(AKI.into());
    renamed["title"] = "renamed".into();
    for (who, method, path, body) in [
        (BEN, "POST", join.clone(), json!({})),
        (
            ADMIN,
            "DELETE",
            format!("{join}?user_name={BEN}"),
            Value::Null,
        ),
        (ADMIN, "POST", join, json!({ "user_name": BEN })),
        (ADMIN, "PUT", event_path.clone(), renamed),
        (AKI, "DELETE", event_path, Value::Null),
    ] {
        let answer = company.call(who, method, &path, body).await;
        assert!(answer.status.is_success(), "{}", answer.body);
    }
    let pool = pool.connect_with(options).await.unwrap();
    let history: Vec<(String, Option<String>, Option<String>)> =
        sqlx::query_as("select action, actor, user_name from history order by id")
            .fetch_all(&pool)
            .await
            .unwrap();
    let (aki, ben, admin) = (AKI.to_owned(), BEN.to_owned(), ADMIN.to_owned());
    let line = |action: &str, actor: &String, user: Option<&String>| {
        (action.to_owned(), Some(actor.clone()), user.cloned())
    };
    assert_eq!(
        history,
        [
            line("created", &aki, None),
            line("joined", &ben, Some(&ben)),
            line("left", &admin, Some(&ben)),
            line("joined", &admin, Some(&ben)),
            line("changed", &admin, None),
            line("deleted", &aki, None),
        ]
    );
}
