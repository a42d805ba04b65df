//! `probe logs --insights`: the rows of an answer.

use chrono::TimeDelta;
use probe::{
    render,
    snapshot::QueryAnswer,
    views::{Asked, Insights},
};

use super::{golden, of};

#[test]
fn the_rows_of_a_query_are_aligned_also_in_japanese() {
    golden("insights.rows", |lang, screen| {
        let row = |values: &[&str]| {
            let value = |value: &&str| (!value.is_empty()).then(|| (*value).into());
            values.iter().map(value).collect()
        };
        let answer = QueryAnswer {
            status: "Complete".into(),
            columns: ["@timestamp", "path", "user", "what"]
                .map(Into::into)
                .to_vec(),
            rows: vec![
                row(&[
                    "2026-11-22 03:00:00.000",
                    "/events",
                    "山田 太郎",
                    "the database\nis away",
                ]),
                row(&[
                    "2026-11-22 03:00:01.000",
                    "/events/{id}/join",
                    "",
                    "request",
                ]),
            ],
            matched: 2,
            scanned: 12_345,
            bytes_scanned: 1_572_864,
        };
        let snapshot = of("healthy");
        let asked = Asked {
            target: snapshot.target,
            query: "errors".into(),
            text: "fields @timestamp".into(),
            log_groups: vec!["/ecs/web".into()],
            from: snapshot.taken_at - TimeDelta::hours(1),
            until: snapshot.taken_at,
        };
        render::insights(&Insights::new(asked, answer, lang), screen)
    });
}
