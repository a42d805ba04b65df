//! The reckoning, checked by hand.

use super::balancer::Needed;
use super::prices::Prices;
use super::*;

fn given() -> Given {
    Given {
        bears: 50.0,
        bears_by: "50/s".to_owned(),
        crowd: Crowd::Rate(600.0),
        headroom: 0.3,
        scale_out: ScaleOut {
            decided_s: 23.0,
            fast_s: 109.0,
            slow_s: 386.0,
            is_measured: false,
        },
        min: 2,
        pool: 5,
        max_connections: Some(225),
        day: None,
        usual: None,
        needed: None,
        task_hour: 0.02,
        prices: Prices::read().unwrap(),
    }
}

#[test]
fn the_tasks_carry_the_peak_with_the_headroom() {
    let it = Recommendation::new(&given());
    // 600 / (50 × 0.7) = 17.1; the database has room for 225 × 0.8 / 5 = 36 tasks, twice 18 are 36.
    assert_eq!((it.tasks, it.min, it.max), (18, 18, 36));
    assert_eq!((it.fits_database, it.pool), (Some(true), Some(5)));
    // 23 s and five minutes, in whole minutes.
    assert_eq!(it.lead_s, 360.0);
}

#[test]
fn people_become_a_rate() {
    let crowd = Crowd::People {
        people: 100,
        rush_s: 300.0,
        requests: 12,
    };
    let it = Recommendation::new(&Given { crowd, ..given() });
    assert_eq!(it.peak, 8.0);
    // One task would do, and two are there on other days too.
    assert_eq!((it.tasks, it.max, it.fast_metrics), (2, 4, false));
}

#[test]
fn a_database_without_room_says_how_large_a_pool_may_be() {
    let max_connections = Some(81);
    let it = Recommendation::new(&Given {
        max_connections,
        ..given()
    });
    assert_eq!(
        (it.max, it.fits_database, it.pool),
        (18, Some(false), Some(3))
    );
}

#[test]
fn each_reaction_multiplies_the_tasks_by_the_inverse_of_the_target_at_most() {
    // 2, 4, 7, 12 by 60 %; 2, 4, 8, 16 by 50 %.
    assert_eq!((reactions(2, 12, 0.6), reactions(2, 16, 0.5)), (3, 3));
    assert_eq!(reactions(8, 12, 0.6), 1);
    assert_eq!((reactions(2, 5, 0.4), reactions(2, 2, 0.6)), (1, 0));
}

#[test]
fn the_day_begins_with_the_lead_and_costs_only_the_tasks_that_are_more() {
    let at = |text: &str| text.parse::<NaiveDateTime>().unwrap();
    let day = Some((at("2026-12-01T18:00:00"), at("2026-12-01T21:54:00")));
    let it = Recommendation::new(&Given { day, ..given() });
    assert_eq!(it.day.unwrap().0, at("2026-12-01T17:54:00"));
    // 16 tasks more for 4 hours.
    assert!((it.cost.unwrap() - 16.0 * 4.0 * 0.02).abs() < 1e-9);
}

#[test]
fn the_load_balancer_is_reserved_where_the_traffic_more_than_doubles() {
    let at = |text: &str| text.parse::<NaiveDateTime>().unwrap();
    let day = Some((at("2026-12-01T18:00:00"), at("2026-12-01T22:00:00")));
    let reserved = |usual, needed| {
        let given = Given {
            usual,
            needed,
            day,
            ..given()
        };
        Recommendation::new(&given).reservation
    };
    // 42 for 300/s are 84 for 600/s, and fewer than 100 are not asked for; 100 for the 4 hours and 3 before them.
    let needed = |units| {
        let rate = 300.0;
        Some(Needed { units, rate })
    };
    let few = reserved(None, needed(42.0)).unwrap();
    assert_eq!((few.needed, few.units, few.is_measured), (84, 100, true));
    assert_eq!(few.day.unwrap().0, at("2026-12-01T15:00:00"));
    assert!((few.cost.unwrap() - 100.0 * 7.0 * 0.008).abs() < 1e-9);
    assert!((few.cost_always - 100.0 * 730.0 * 0.008).abs() < 1e-9);
    assert_eq!(reserved(None, needed(60.2)).unwrap().units, 121);
    // 299/s became 600/s, 300/s do not more than double.
    assert!(reserved(Some(299.0), needed(42.0)).is_some());
    assert_eq!(reserved(Some(300.0), needed(42.0)), None);
    // 600 / 25 are 24 by guess.
    assert!(!reserved(None, None).unwrap().is_measured);
}

#[test]
fn twenty_second_metrics_cost_two_metrics_and_four_dearer_alarms() {
    let it = Recommendation::new(&given());
    // 2 × 0.30 + 4 × (0.30 - 0.10)
    assert!((it.cost_fast_metrics - 1.4).abs() < 1e-9);
    let costs = |step: &&Step| step.what == What::FastMetrics;
    let shown = it.arithmetic.iter().find(costs).unwrap();
    assert_eq!(shown.reckoning, "2 × $0.30 + 4 × ($0.30 − $0.10) = $1.40");
}
