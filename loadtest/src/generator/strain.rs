//! When the generator was itself the limit.

use serde::{Deserialize, Serialize};

use super::Health;
use crate::lang::{Lang, count};
use crate::part::Slots;
use crate::plan::Plan;

/// Of what the generator can do alone, the share that a plan may ask for.
pub const OF_CEILING: f64 = 0.5;
/// The share of the machine that a hypervisor may give to others.
const STOLEN: f64 = 0.1;
/// The share of the descriptors that may be in use.
const DESCRIPTORS: f64 = 0.9;
/// CPUs that may be waited for, as a multiple of those used in the busiest time.
const STARVED: f64 = 1.5;
/// And its own delay (p99) must be at least this share of what can be trusted:
/// on a busy machine everybody waits now and then, and only what is felt counts.
const FELT: f64 = 0.5;

/// Something that the generator was short of.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum Strain {
    /// It used too much of the CPUs that it may use.
    GeneratorOverCpu {
        /// The share.
        used: f64,
        /// The share that can be trusted.
        limit: f64,
    },
    /// Its threads waited for a CPU longer than they had one.
    GeneratorStarved {
        /// CPUs waited for.
        waited: f64,
        /// CPUs used.
        used: f64,
    },
    /// The hypervisor gave its CPUs to others.
    CpuStolen {
        /// The share.
        share: f64,
    },
    /// The plan asks for more than a share of what it can do alone.
    NearCeiling {
        /// The highest rate of the plan.
        peak: f64,
        /// The rate that it can do.
        ceiling: f64,
    },
    /// Open files and connections ran short.
    FewDescriptors {
        /// In use.
        used: u64,
        /// Allowed.
        allowed: u64,
    },
}

/// What the generator was short of that has these slots of a plan; nothing if its figures can be trusted.
/// Its own delay is the 99th percentile.
pub fn strains(health: &Health, lateness_p99_ms: f64, plan: &Plan, slots: Slots) -> Vec<Strain> {
    let peak = plan.peak() / f64::from(slots.of);
    let felt = lateness_p99_ms > FELT * plan.max_lateness.as_secs_f64() * 1_000.0;
    let used = health.busiest_cpu / health.cpus.max(1.0);
    let near = health
        .ceiling
        .map(|ceiling| ceiling.rate)
        .filter(|rate| peak > OF_CEILING * rate);
    [
        (used > plan.max_cpu).then_some(Strain::GeneratorOverCpu {
            used,
            limit: plan.max_cpu,
        }),
        (felt && health.starved > STARVED * health.busiest_cpu).then_some(
            Strain::GeneratorStarved {
                waited: health.starved,
                used: health.busiest_cpu,
            },
        ),
        (felt && health.steal > STOLEN).then_some(Strain::CpuStolen {
            share: health.steal,
        }),
        near.map(|ceiling| Strain::NearCeiling { peak, ceiling }),
        (health.descriptors as f64 > DESCRIPTORS * health.descriptors_allowed as f64).then_some(
            Strain::FewDescriptors {
                used: health.descriptors,
                allowed: health.descriptors_allowed,
            },
        ),
    ]
    .into_iter()
    .flatten()
    .collect()
}

impl Strain {
    /// The stable name.
    pub fn code(&self) -> &'static str {
        match self {
            Self::GeneratorOverCpu { .. } => "generator-over-cpu",
            Self::GeneratorStarved { .. } => "generator-starved",
            Self::CpuStolen { .. } => "cpu-stolen",
            Self::NearCeiling { .. } => "near-ceiling",
            Self::FewDescriptors { .. } => "few-descriptors",
        }
    }

    /// The sentence for people.
    pub fn text(&self, lang: Lang) -> String {
        let percent = |share: f64| format!("{:.0} %", 100.0 * share);
        match *self {
            Self::GeneratorOverCpu { used, limit } => lang.pick(
                format!("the load generator used {} of its CPUs, {} can be trusted; lower --rate or give it more CPUs", percent(used), percent(limit)),
                format!("負荷生成側が CPU を {} 使いました (許容 {})。--rate を下げるか CPU を増やしてください", percent(used), percent(limit)),
            ),
            Self::GeneratorStarved { waited, used } => lang.pick(
                format!("the load generator waited for a CPU more than it had one ({waited:.1} CPUs wanted in vain, {used:.1} used): something else on its machine takes them; give it a quieter one"),
                format!("負荷生成側が CPU を待つ時間のほうが長くなりました (待ち {waited:.1} CPU、使用 {used:.1} CPU)。同じマシンの他の処理が CPU を使っています。空いているマシンで実行してください"),
            ),
            Self::CpuStolen { share } => lang.pick(
                format!("the hypervisor gave {} of the load generator's machine to others; use a larger or a dedicated instance", percent(share)),
                format!("負荷生成側のマシンの CPU 時間の {} がハイパーバイザーに奪われました (steal)。より大きいか専有のインスタンスを使ってください", percent(share)),
            ),
            Self::NearCeiling { peak, ceiling } => lang.pick(
                format!("the plan asks for {peak:.0}/s, and this generator alone does {ceiling:.0}/s against a server that does nothing; only half of that can be trusted: lower --rate or give it more CPUs"),
                format!("計画の最大レート {peak:.0}/s に対し、この負荷生成側の限界は何もしないサーバー相手でも {ceiling:.0}/s です。信頼できるのはその半分までなので、--rate を下げるか CPU を増やしてください"),
            ),
            Self::FewDescriptors { used, allowed } => lang.pick(
                format!("{} of {} open files were in use; run `ulimit -n` with more first", count(used), count(allowed)),
                format!("オープンファイル数が上限 {} のうち {} に達しました。先に `ulimit -n` で上限を上げてください", count(allowed), count(used)),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generator::ceiling::Ceiling;
    use crate::plan::File;

    fn codes(health: Health) -> Vec<&'static str> {
        // 200/s, and late by up to 100 ms.
        let plan = Plan::try_from(File::constant()).unwrap();
        let strains = strains(&health, 60.0, &plan, Slots::ALL);
        strains.iter().map(Strain::code).collect()
    }

    const WELL: Health = Health {
        cpus: 2.0,
        cpu: 0.3,
        busiest_cpu: 0.5,
        starved: 0.2,
        machine: 0.6,
        steal: 0.01,
        descriptors: 400,
        descriptors_allowed: 1_024,
        ceiling: Some(Ceiling {
            rate: 5_000.0,
            seconds: 3.0,
            cpu_us: 60.0,
        }),
    };

    #[test]
    fn each_shortage_is_named_and_none_is_invented() {
        let none: [&str; 0] = [];
        assert_eq!(codes(WELL), none);
        let over = Health {
            busiest_cpu: 1.7,
            ..WELL
        };
        assert_eq!(codes(over), ["generator-over-cpu"]);
        let starved = Health {
            starved: 0.8,
            ..WELL
        };
        assert_eq!(codes(starved), ["generator-starved"]);
        let plan = Plan::try_from(File::constant()).unwrap();
        assert_eq!(strains(&starved, 40.0, &plan, Slots::ALL), []);
        let stolen = Health { steal: 0.2, ..WELL };
        assert_eq!(codes(stolen), ["cpu-stolen"]);
        assert_eq!(strains(&stolen, 40.0, &plan, Slots::ALL), []);
        let files = Health {
            descriptors: 1_000,
            ..WELL
        };
        assert_eq!(codes(files), ["few-descriptors"]);
        let ceiling = WELL.ceiling.map(|ceiling| Ceiling {
            rate: 399.0,
            ..ceiling
        });
        assert_eq!(codes(Health { ceiling, ..WELL }), ["near-ceiling"]);
        assert_eq!(
            codes(Health {
                ceiling: None,
                ..WELL
            }),
            none
        );
    }
}
