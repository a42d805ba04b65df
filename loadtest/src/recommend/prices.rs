//! What AWS asks in Tokyo, by the price file of `cloudformation/`, with where each price comes from.

use serde::{Deserialize, Serialize};

use crate::lang::Lang;

/// The prices that `cloudformation/COST.md` is made of.
const FILE: &str = include_str!("../../../cloudformation/prices.json");
/// What the file says of a price that no list has.
const UNVERIFIED: &str = "unverified";
/// Hours of a month, as AWS counts.
pub(super) const MONTH_H: f64 = 730.0;
/// 20-second metrics of a service: CPU and memory.
const METRICS: f64 = 2.0;
/// Alarms on them: target tracking makes one for more and one for fewer tasks, of each metric.
const ALARMS: f64 = 4.0;

/// A price.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "Entry")]
pub struct Price {
    /// What is bought.
    pub what: String,
    /// The same in Japanese.
    pub what_ja: String,
    /// US dollars for a unit of it.
    pub usd: f64,
    /// For how long: `hour` or `month`.
    pub unit: String,
    /// Year and month in which it was seen.
    pub date: String,
    /// Where it was seen; nothing where it is unverified.
    pub source: Option<String>,
}

/// The prices of what is recommended.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Prices {
    #[serde(rename = "fargate_vcpu")]
    vcpu: Price,
    #[serde(rename = "fargate_gb")]
    memory: Price,
    #[serde(rename = "fast_metric")]
    metric: Price,
    #[serde(rename = "fast_alarm")]
    alarm: Price,
    #[serde(rename = "alarm")]
    slow_alarm: Price,
    #[serde(rename = "reserved_lcu")]
    unit: Price,
}

#[derive(Deserialize)]
struct Book {
    prices: Prices,
}

/// A price as the file has it.
#[derive(Deserialize)]
struct Entry {
    what: String,
    ja: String,
    unit: String,
    #[serde(rename = "ap-northeast-1")]
    tokyo: Place,
}

#[derive(Deserialize)]
struct Place {
    usd: f64,
    date: String,
    source: String,
}

impl From<Entry> for Price {
    fn from(entry: Entry) -> Self {
        let Place { usd, date, source } = entry.tokyo;
        Self {
            what: entry.what,
            what_ja: entry.ja,
            usd,
            unit: entry.unit,
            date,
            source: Some(source).filter(|source| source != UNVERIFIED),
        }
    }
}

impl Price {
    /// The price with where it comes from, in words.
    pub(super) fn text(&self, lang: Lang) -> String {
        let (what, usd, date) = (lang.pick(&self.what, &self.what_ja), self.usd, &self.date);
        let unit = match self.unit.as_str() {
            "hour" => lang.pick("an hour", "1 時間"),
            _ => lang.pick("a month", "1 か月"),
        };
        match &self.source {
            Some(source) => lang.pick(
                format!("{what}: ${usd} {unit}, seen {date}: {source}"),
                format!("{what}: {unit} ${usd} ({date} 確認: {source})"),
            ),
            None => lang.pick(
                format!("{what}: ${usd} {unit}, UNVERIFIED: in no list that could be read"),
                format!("{what}: {unit} ${usd} (未確認: 読める価格表で確かめられていません)"),
            ),
        }
    }
}

impl Prices {
    /// Those of the file.
    ///
    /// # Errors
    /// If one is missing from it.
    pub(super) fn read() -> serde_json::Result<Self> {
        serde_json::from_str(FILE).map(|Book { prices }| prices)
    }

    /// Of a task for an hour; 1,024 units are a virtual CPU.
    pub(super) fn task_hour(&self, cpu: u32, memory_mib: u32) -> f64 {
        let of = |amount: u32, price: &Price| f64::from(amount) / 1_024.0 * price.usd;
        of(cpu, &self.vcpu) + of(memory_mib, &self.memory)
    }

    /// Of a reserved capacity unit of the load balancer for an hour.
    pub(super) fn unit_hour(&self) -> f64 {
        self.unit.usd
    }

    /// What 20-second metrics cost more in a month, and the reckoning.
    pub(super) fn fast_metrics(&self) -> (f64, String) {
        let (metric, fast, slow) = (self.metric.usd, self.alarm.usd, self.slow_alarm.usd);
        let cost = METRICS * metric + ALARMS * (fast - slow);
        let reckoning =
            format!("{METRICS} × ${metric:.2} + {ALARMS} × (${fast:.2} − ${slow:.2}) = ${cost:.2}");
        (cost, reckoning)
    }

    /// All of them, in the order in which they are used.
    pub(super) fn all(&self) -> Vec<Price> {
        [
            &self.vcpu,
            &self.memory,
            &self.metric,
            &self.alarm,
            &self.slow_alarm,
            &self.unit,
        ]
        .map(Clone::clone)
        .into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_price_file_has_every_price_and_says_which_nobody_has_verified() {
        let prices = Prices::read().unwrap();
        // A quarter of a virtual CPU and half a GB: 0.25 × 0.05056 + 0.5 × 0.005536.
        assert!((prices.task_hour(256, 512) - 0.015_408).abs() < 1e-9);
        assert_eq!(prices.unit.source, None);
        assert!(prices.unit.text(Lang::En).contains("UNVERIFIED"));
        assert!(prices.unit.text(Lang::Ja).contains("未確認"));
        let source = prices.metric.source.clone().unwrap();
        assert!(source.starts_with("https://") && prices.metric.text(Lang::En).contains(&source));
    }

    #[test]
    fn the_image_is_built_with_the_price_file() {
        let context = include_str!("../../Dockerfile.dockerignore");
        let let_through = |line| line == "!cloudformation/prices.json";
        assert!(context.lines().any(let_through), "{context}");
    }
}
