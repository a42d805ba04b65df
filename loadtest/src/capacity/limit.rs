//! What gave way first: named by evidence, of the first step that missed the objective.

use serde::Serialize;

use super::Search;
use super::cpu::{Cpu, Load};
use super::steps::StepFigures;
use crate::generator::Health;
use crate::generator::strain::OF_CEILING;
use crate::lang::{Lang, count};
use crate::plan::Plan;

/// What gave way first.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum Limit {
    /// The generator, so the service may bear more.
    Generator {
        /// The rate at which it did.
        rate: f64,
    },
    /// The service turned requests away because it had too many.
    Overload {
        /// The rate at which it did.
        rate: f64,
    },
    /// The service had no database.
    Database {
        /// The rate at which that happened.
        rate: f64,
    },
    /// Connections to the service were refused, reset or not made.
    Connections {
        /// The rate at which that happened.
        rate: f64,
        /// Mostly for this cause.
        cause: String,
    },
    /// Requests failed for another cause.
    Failures {
        /// The rate at which they did.
        rate: f64,
        /// Mostly for this cause.
        cause: String,
    },
    /// Requests waited for a connection to the database, all of which were in use.
    Pool {
        /// The rate at which they did.
        rate: f64,
        /// How many waited.
        waiting: u64,
        /// How many connections there are.
        limit: u64,
    },
    /// The tasks used up their CPU.
    Cpu {
        /// The rate at which they did.
        rate: f64,
        /// At least so much of it.
        percent: f64,
    },
    /// The database used up its CPU.
    DatabaseCpu {
        /// The rate at which it did.
        rate: f64,
        /// At least so much of it.
        percent: f64,
    },
    /// Answers came too late, and nothing that the load test sees says why: CPU, locks, or the database.
    ServiceTime {
        /// The rate at which they did.
        rate: f64,
        /// 99th percentile from the intended start.
        p99_ms: f64,
        /// What is known of the CPU, if somebody looked.
        #[serde(skip_serializing_if = "Option::is_none")]
        cpu: Option<Cpu>,
    },
}

impl Limit {
    /// That of the first step which missed the objective, or at which the generator gave way.
    pub fn first(
        search: &Search,
        plan: &Plan,
        health: &Health,
        steps: &[StepFigures],
    ) -> Option<Self> {
        steps.iter().find_map(|step| {
            let rate = step.offered;
            if generator(plan, health, step) {
                return Some(Self::Generator { rate });
            }
            (step.missed > search.allowed).then(|| of_service(search, step))
        })
    }

    /// The rate at which CPU may have been the reason, where that is open.
    pub fn open_at(&self) -> Option<f64> {
        match self {
            Self::Overload { rate } | Self::Pool { rate, .. } | Self::ServiceTime { rate, .. } => {
                Some(*rate)
            }
            Self::Failures { rate, cause } if cause == "timeout" => Some(*rate),
            _ => None,
        }
    }

    /// The same with the CPU looked at: who waits for it holds connections longer, and answers late or not at all.
    pub fn with(self, cpu: Cpu) -> Self {
        let Some(rate) = self.open_at() else {
            return self;
        };
        match (cpu.tasks, cpu.database, self) {
            (Load::Full { percent }, ..) => Self::Cpu { rate, percent },
            (_, Some(Load::Full { percent }), _) => Self::DatabaseCpu { rate, percent },
            (.., Self::ServiceTime { rate, p99_ms, .. }) => Self::ServiceTime {
                rate,
                p99_ms,
                cpu: Some(cpu),
            },
            (.., other) => other,
        }
    }

    /// The sentence for people.
    pub fn text(&self, lang: Lang) -> String {
        match self {
            Self::Generator { rate } => lang.pick(
                format!("at {rate}/s the load generator itself gave way: the service may bear more; run it on a larger or quieter machine"),
                format!("{rate}/s で負荷生成側が限界に達しました。サービスの限界はさらに上の可能性があります。より大きいか空いているマシンで実行してください"),
            ),
            Self::Overload { rate } => lang.pick(
                format!("at {rate}/s the service turned requests away as overloaded: its tasks or their CPU are the limit"),
                format!("{rate}/s でサービスが過負荷としてリクエストを拒否しました。タスク数または CPU が限界です"),
            ),
            Self::Database { rate } => lang.pick(
                format!("at {rate}/s the service could not reach its database: connections or the database itself are the limit"),
                format!("{rate}/s でサービスがデータベースに接続できなくなりました。接続数またはデータベース自体が限界です"),
            ),
            Self::Connections { rate, cause } => lang.pick(
                format!("at {rate}/s connections to the service failed ({cause}): backlog, file limit or load balancer are the limit"),
                format!("{rate}/s でサービスへの接続が失敗しました ({cause})。バックログ、ファイル数上限、ロードバランサーのいずれかが限界です"),
            ),
            Self::Failures { rate, cause } => lang.pick(
                format!("at {rate}/s requests failed, mostly {cause}"),
                format!("{rate}/s でリクエストが失敗しました (主な原因: {cause})"),
            ),
            Self::Pool { rate, waiting, limit } => lang.pick(
                format!("at {rate}/s up to {} requests waited for one of the {} connections to the database: the pool is the limit; CPU-based scaling cannot see it", count(*waiting), count(*limit)),
                format!("{rate}/s で最大 {} 件のリクエストが DB 接続 (上限 {}) の空きを待ちました。接続プールが限界で、CPU 基準のスケーリングでは検知できません", count(*waiting), count(*limit)),
            ),
            Self::Cpu { rate, percent } => lang.pick(
                format!("at {rate}/s the CPU of the tasks was at least {percent:.0} % busy: it is the limit; more tasks, or larger ones, bear more"),
                format!("{rate}/s でタスクの CPU 使用率が {percent:.0} % 以上になりました。CPU が限界です。タスクを増やすか、タスクサイズを大きくしてください"),
            ),
            Self::DatabaseCpu { rate, percent } => lang.pick(
                format!("at {rate}/s the CPU of the database was at least {percent:.0} % busy: it is the limit, and more tasks would not help"),
                format!("{rate}/s でデータベースの CPU 使用率が {percent:.0} % 以上になりました。データベースの CPU が限界で、タスクを増やしても改善しません"),
            ),
            Self::ServiceTime { rate, p99_ms, cpu } => {
                let cpu = cpu.map_or_else(
                    || {
                        lang.pick(
                            "look at the CPU of the tasks and of the database (on ECS, --cluster and --service or --stack do it)",
                            "タスクとデータベースの CPU を確認してください (ECS では --cluster と --service、または --stack を付けると確認します)",
                        )
                        .to_owned()
                    },
                    |cpu| cpu.text(lang),
                );
                lang.pick(
                    format!("at {rate}/s answers came too late (p99 {p99_ms:.0} ms) without failing; {cpu}"),
                    format!("{rate}/s で応答が遅くなりました (p99 {p99_ms:.0} ms、失敗なし)。{cpu}"),
                )
            }
        }
    }
}

/// Whether the generator gave way in a step.
pub fn generator(plan: &Plan, health: &Health, step: &StepFigures) -> bool {
    let late = step.lateness_p99_ms > plan.max_lateness.as_secs_f64() * 1_000.0;
    let busy = step.generator_cpu > plan.max_cpu * health.cpus.max(1.0);
    let near = health
        .ceiling
        .is_some_and(|ceiling| step.offered > OF_CEILING * ceiling.rate);
    late || busy || near
}

fn of_service(search: &Search, step: &StepFigures) -> Limit {
    let rate = step.offered;
    // Failures decide only where they alone would have missed the objective, or nearly.
    let cause = step.causes.iter().max_by_key(|(_, count)| **count);
    if let Some((cause, _)) = cause.filter(|_| step.failed > search.allowed / 2.0) {
        let cause = cause.clone();
        return match cause.as_str() {
            "http-503 overloaded" => Limit::Overload { rate },
            "http-503 database-unavailable" => Limit::Database { rate },
            "connect" | "connection-refused" | "connection-reset" | "connection-closed"
            | "unreachable" => Limit::Connections { rate, cause },
            _ => Limit::Failures { rate, cause },
        };
    }
    match step.pool {
        Some(pool) if pool.waiting > 0 && pool.used >= pool.limit => Limit::Pool {
            rate,
            waiting: pool.waiting,
            limit: pool.limit,
        },
        _ => Limit::ServiceTime {
            rate,
            p99_ms: step.p99_ms,
            cpu: None,
        },
    }
}
