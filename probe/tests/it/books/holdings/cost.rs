//! What a deployment costs, and what of it can be saved.

use probe::{render, snapshot::Inventory, views::CostView, words::Lang};

use super::{denied, dev, forgotten, inventory};
use crate::views::golden;

#[test]
fn the_cost_is_told_with_what_can_be_saved() {
    for (name, inventory) in [
        ("dev", dev()),
        ("forgotten", forgotten()),
        ("denied", denied(dev())),
        ("gone", inventory(vec![])),
    ] {
        golden(&format!("cost.{name}"), |lang, screen| {
            render::cost(&CostView::new(&inventory, lang), screen)
        });
    }
    golden("cost.elsewhere", |lang, screen| {
        let elsewhere = Inventory {
            region: "eu-west-1".into(),
            ..dev()
        };
        let view = CostView::new(&elsewhere, lang);
        assert!(view.month_usd.is_none() && view.levers.is_empty());
        render::cost(&view, screen)
    });
    let view = CostView::new(&dev(), Lang::En);
    // The figure of COST.md for `dev`, and the logs.
    assert!(
        (view.month_usd.unwrap() - 118.9).abs() < 0.5,
        "{:?}",
        view.month_usd
    );
    assert!(
        view.lines[0].what == "NAT gateways"
            && view.lines.is_sorted_by(|a, b| a.month_usd >= b.month_usd)
    );
    assert!(view.levers.is_sorted_by(
        |a, b| a.saves_month_usd.unwrap_or(-1.0) >= b.saves_month_usd.unwrap_or(-1.0)
    ));
    let sum: f64 = view.lines.iter().filter_map(|line| line.month_usd).sum();
    assert!((sum - view.month_usd.unwrap()).abs() < 1e-9);
    let blind = CostView::new(&denied(dev()), Lang::En);
    assert_eq!(blind.not_seen.len(), 2, "{:#?}", blind.not_seen);
    assert!(blind.month_usd < view.month_usd);
}
