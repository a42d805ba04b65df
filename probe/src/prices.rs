//! What AWS asks for things, by the price file of `cloudformation/`, whose sources and dates stand there.
//!
//! The sums are those of `cloudformation/COST.md`; a test holds the two together.

use std::{collections::BTreeMap, sync::LazyLock};

use serde::Deserialize;

use crate::snapshot::{Fargate, Holding, Unit};

/// Hours of a month, as AWS counts.
pub const HOURS: f64 = 730.0;
/// Days of such a month.
pub const DAYS: f64 = HOURS / 24.0;

const FILE: &str = include_str!("../../cloudformation/prices.json");

static BOOK: LazyLock<Option<Book>> = LazyLock::new(|| serde_json::from_str(FILE).ok());

#[derive(Deserialize)]
struct Book {
    regions: Vec<String>,
    prices: BTreeMap<String, Entry>,
}

#[derive(Deserialize)]
struct Entry {
    what: String,
    unit: String,
    #[serde(flatten)]
    by_region: BTreeMap<String, serde_json::Value>,
}

/// The prices of one Region.
#[derive(Debug, Clone, PartialEq)]
pub struct Prices {
    monthly: BTreeMap<String, Price>,
}

#[derive(Debug, Clone, PartialEq)]
struct Price {
    what: String,
    usd: f64,
    verified: bool,
}

/// What something costs.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Cost {
    /// US dollars a month of 730 hours, as far as prices are known.
    pub monthly: f64,
    /// Whether the price of a part is not known.
    pub incomplete: bool,
    /// Whether a price was found in no list that could be read.
    pub unverified: bool,
}

impl Cost {
    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            monthly: self.monthly + other.monthly,
            incomplete: self.incomplete || other.incomplete,
            unverified: self.unverified || other.unverified,
        }
    }
}

/// The Regions whose prices are known.
pub fn regions() -> &'static [String] {
    BOOK.as_ref().map_or(&[], |book| &book.regions)
}

/// The prices of a Region; `None` where they are not known.
pub fn of_region(region: &str) -> Option<Prices> {
    let book = BOOK.as_ref()?;
    book.regions.iter().find(|known| *known == region)?;
    let price = |(name, entry): (&String, &Entry)| {
        let here = entry.by_region.get(region)?;
        let usd = here.get("usd")?.as_f64()?;
        let usd = if entry.unit == "hour" {
            usd * HOURS
        } else {
            usd
        };
        let verified = here.get("source")?.as_str()? != "unverified";
        let what = entry.what.clone();
        Some((
            name.clone(),
            Price {
                what,
                usd,
                verified,
            },
        ))
    };
    let monthly = book.prices.iter().filter_map(price).collect();
    Some(Prices { monthly })
}

impl Prices {
    /// What a thing costs a month.
    pub fn of(&self, holding: &Holding) -> Cost {
        let parts = holding.amounts.iter();
        let parts = parts.map(|(unit, amount)| self.of_unit(unit, *amount));
        parts.fold(Cost::default(), Cost::and)
    }

    /// What so much of a unit costs a month.
    pub fn of_unit(&self, unit: &Unit, amount: f64) -> Cost {
        if amount == 0.0 {
            return Cost::default();
        }
        let share = match unit {
            Unit::Vcpu(Fargate { spot: true, .. }) | Unit::Memory(Fargate { spot: true, .. }) => {
                self.monthly.get("spot_share")
            }
            _ => None,
        };
        let Some(price) = self.price(unit) else {
            return Cost {
                incomplete: true,
                ..Cost::default()
            };
        };
        Cost {
            monthly: amount * price.usd * share.map_or(1.0, |share| share.usd),
            incomplete: false,
            unverified: !price.verified || share.is_some_and(|share| !share.verified),
        }
    }

    fn price(&self, unit: &Unit) -> Option<&Price> {
        let name = match unit {
            Unit::Vcpu(Fargate { arm: false, .. }) => "fargate_vcpu",
            Unit::Vcpu(Fargate { arm: true, .. }) => "fargate_arm_vcpu",
            Unit::Memory(Fargate { arm: false, .. }) => "fargate_gb",
            Unit::Memory(Fargate { arm: true, .. }) => "fargate_arm_gb",
            Unit::LoadBalancer => "alb",
            Unit::NatGateway => "nat",
            Unit::EndpointZone => "endpoint",
            Unit::PublicAddress => "ipv4",
            Unit::Database(class) => return self.if_of("database", class),
            Unit::DatabaseStorage(kind) => return self.if_of("storage", kind),
            Unit::ExtendedSupport => "extended_support",
            Unit::Snapshot => "snapshot",
            Unit::Secret => "secret",
            Unit::Key => "key",
            Unit::Image => "image",
            Unit::StoredLogs => "stored_logs",
            Unit::Alarm => "alarm",
            Unit::Unmeasured => return None,
        };
        self.monthly.get(name)
    }

    /// The price where it is the one of this class or kind: that of another would be a guess.
    fn if_of(&self, name: &str, kind: &str) -> Option<&Price> {
        let price = self.monthly.get(name)?;
        let mut words = price.what.split([' ', ',']);
        words.any(|word| word == kind).then_some(price)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const X86: Fargate = Fargate {
        arm: false,
        spot: false,
    };

    /// What `Layout.items` of `cloudformation/ops/cost.py` counts.
    fn layout(tasks: f64, nats: f64, zones: f64, kind: Fargate) -> Holding {
        Holding {
            amounts: vec![
                (Unit::Vcpu(kind), tasks * 0.25),
                (Unit::Memory(kind), tasks * 0.5),
                (Unit::LoadBalancer, 1.0),
                (Unit::NatGateway, nats),
                (Unit::PublicAddress, 2.0 + nats),
                (Unit::Database("db.t4g.micro".into()), zones),
                (Unit::DatabaseStorage("gp3".into()), 20.0 * zones),
                (Unit::Secret, 1.0),
                (Unit::Key, 1.0),
            ],
            ..Holding::default()
        }
    }

    #[test]
    fn sums_are_those_of_the_tables_of_cost_md() {
        let text = include_str!("../../cloudformation/COST.md");
        let (arm, spot) = (true, true);
        for (region, title) in [
            ("ap-northeast-1", "### Tokyo"),
            ("us-east-1", "### Virginia"),
        ] {
            let (_, table) = text.split_once(title).unwrap();
            let prices = of_region(region).unwrap();
            for (row, holding) in [
                ("| `dev`: one NAT gateway", layout(2.0, 1.0, 1.0, X86)),
                ("| one NAT gateway, standby", layout(2.0, 1.0, 2.0, X86)),
                ("| `prod`: two NAT gateways", layout(2.0, 2.0, 2.0, X86)),
                (
                    "| `dev` with ARM tasks",
                    layout(2.0, 1.0, 1.0, Fargate { arm, ..X86 }),
                ),
                (
                    "| `dev` with one ARM task on Spot",
                    layout(1.0, 1.0, 1.0, Fargate { arm, spot }),
                ),
            ] {
                let line = table.lines().find(|line| line.starts_with(row)).unwrap();
                let cost = prices.of(&holding);
                let total = format!("**{:.0}**", cost.monthly);
                assert!(
                    line.contains(&total) && !cost.incomplete,
                    "{region} {total}: {line}"
                );
            }
        }
    }

    #[test]
    fn what_has_no_price_is_a_gap_and_not_free() {
        let prices = of_region("ap-northeast-1").unwrap();
        for unit in [
            Unit::Database("db.r8g.4xlarge".into()),
            Unit::DatabaseStorage("io2".into()),
            Unit::Unmeasured,
        ] {
            assert!(prices.of_unit(&unit, 1.0).incomplete, "{unit:?}");
        }
        assert!(of_region("eu-west-1").is_none());
        assert!(prices.of_unit(&Unit::Alarm, 1.0).unverified);
        assert!(!prices.of_unit(&Unit::NatGateway, 1.0).unverified);
    }
}
