//! Why the steps of a search show no capacity.

use super::FEWEST;
use crate::lang::Lang;

/// Why the steps show no capacity.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Refused {
    /// Too few steps.
    TooFewSteps {
        /// How many there are.
        steps: usize,
    },
    /// The objective held up to the last step.
    EndsBeforeKnee {
        /// The rate to go on to, in requests per second.
        go_on_to: f64,
    },
    /// The objective held up to this rate, and then the generator gave way before the service did.
    GeneratorFirst {
        /// In requests per second.
        up_to: f64,
    },
    /// The objective was missed from the first step on.
    BeginsPastKnee {
        /// The rate to begin with.
        begin_with: f64,
    },
}

impl Refused {
    /// The sentence for people.
    pub fn text(self, lang: Lang) -> String {
        match self {
            Self::TooFewSteps { steps } => lang.pick(
                format!(
                    "{steps} steps are too few to see a capacity; at least {FEWEST} are needed"
                ),
                format!(
                    "{steps} 段階では処理能力を判断できません。少なくとも {FEWEST} 段階が必要です"
                ),
            ),
            Self::EndsBeforeKnee { go_on_to } => lang.pick(
                format!("the range ends before the knee: go on to {go_on_to:.0}/s"),
                format!(
                    "限界に達する前に測定範囲が終わりました。{go_on_to:.0}/s まで上げてください"
                ),
            ),
            Self::GeneratorFirst { up_to } => lang.pick(
                format!("the objective held up to {up_to:.0}/s, then the generator gave way before the service did"),
                format!("{up_to:.0}/s までは目標を満たしましたが、サービスより先に負荷生成側が限界に達しました"),
            ),
            Self::BeginsPastKnee { begin_with } => lang.pick(
                format!(
                    "the objective was missed from the first step on: begin with {begin_with:.0}/s"
                ),
                format!(
                    "最初の段階から目標を満たしていません。{begin_with:.0}/s から始めてください"
                ),
            ),
        }
    }
}
