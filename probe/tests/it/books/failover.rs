//! `probe db failover-test`: what it shows of a failover that is over, that nobody noticed, and that was interrupted.

use chrono::{DateTime, Utc};
use probe::{
    outage::{Sample, measure},
    render,
    snapshot::Subject,
    views::{FailoverView, Said},
    words::Lang,
};

use crate::views::golden;

fn view(ended: &str, failed: std::ops::Range<i32>, to: i32, lang: Lang) -> FailoverView {
    let at: DateTime<Utc> = "2026-12-04T10:00:00Z".parse().unwrap();
    let sample = |quarter: i32| Sample {
        at: f64::from(quarter) / 4.0,
        failed: failed.contains(&quarter).then(|| {
            if quarter % 9 == 0 {
                "timeout"
            } else {
                "HTTP 503"
            }
            .to_owned()
        }),
    };
    let samples: Vec<Sample> = (-4..to).map(sample).collect();
    let said = |seconds, message: &str| Said {
        at: at + chrono::TimeDelta::seconds(seconds),
        times: 1,
        message: message.into(),
    };
    FailoverView {
        version: 1,
        target: Subject {
            region: "ap-northeast-1".into(),
            cluster: "main".into(),
            service: "web".into(),
        },
        database: "events-data-database-1".into(),
        url: "https://events.example.com/health/ready".into(),
        every_ms: 250,
        ordered_at: at,
        ended: ended.into(),
        outage: measure(&samples),
        zone_before: Some("ap-northeast-1a".into()),
        zone_after: Some("ap-northeast-1c".into()),
        events: vec![
            said(2, "Multi-AZ instance failover started."),
            said(61, "Multi-AZ instance failover completed"),
        ],
        lang: Some(lang),
    }
}

#[test]
fn a_failover_is_told_in_seconds() {
    golden("failover.complete", |lang, screen| {
        render::failover(&view("complete", 20..270, 340, lang), screen)
    });
    golden("failover.unharmed", |lang, screen| {
        render::failover(&view("complete", 0..0, 340, lang), screen)
    });
    golden("failover.interrupted", |lang, screen| {
        render::failover(&view("interrupted", 20..90, 90, lang), screen)
    });
    let whole = view("complete", 20..270, 340, Lang::En).outage;
    assert_eq!(
        (whole.first_failure_seconds, whole.seconds, whole.failed),
        (Some(5.0), Some(62.5), 250)
    );
}
