//! `probe smoke`: what passed, and what was left behind.

use probe::{
    render,
    views::{LeftBehind, Smoke, SmokeStep},
};

use super::{golden, of};

fn smoke_step(step: &str, outcome: &str, request: &str, seen: &str) -> SmokeStep {
    SmokeStep {
        step: step.into(),
        outcome: outcome.into(),
        request: Some(request.into()),
        took_ms: (outcome != "skipped").then_some(12.3),
        seen: seen.into(),
    }
}

#[test]
fn a_smoke_test_says_what_it_left_behind() {
    let smoke = |verdict: &str, lang, left_behind, others_left_behind| Smoke {
        version: 1,
        url: "https://events.example.com".into(),
        taken_at: of("healthy").taken_at,
        verdict: verdict.into(),
        steps: vec![
            smoke_step("health", "passed", "GET /health", "version 0.1.0"),
            smoke_step(
                "headers",
                "warned",
                "GET /",
                "no HSTS: browsers may be led to plain HTTP",
            ),
            match verdict {
                "passed" => smoke_step("remove", "passed", "DELETE /events/7", "gone"),
                "failed" => smoke_step(
                    "remove",
                    "failed",
                    "DELETE /events/7",
                    "no answer within 5.0 s",
                ),
                _ => smoke_step("create", "skipped", "POST /events", "needs a session"),
            },
        ],
        left_behind,
        others_left_behind,
        lang: Some(lang),
    };
    let left = |id| LeftBehind {
        id,
        title: "[probe smoke] please ignore probe-smoke-1".into(),
        command: "curl -i -X DELETE 'https://events.example.com/events/7'".into(),
    };
    golden("smoke.passed", |lang, screen| {
        render::smoke(&smoke("passed", lang, None, vec![]), screen)
    });
    golden("smoke.left", |lang, screen| {
        let smoke = smoke("failed", lang, Some(left(None)), vec![left(Some(3))]);
        render::smoke(&smoke, screen)
    });
    golden("smoke.undetermined", |lang, screen| {
        render::smoke(&smoke("undetermined", lang, None, vec![]), screen)
    });
}
