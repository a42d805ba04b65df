//! What a search has shown, for people and for programs.

use comfy_table::{CellAlignment, Table, presets};
use serde::Serialize;

use super::Search;
use super::fit::{Capacity, Estimate, Refused, capacity};
use super::limit::{self, Limit};
use super::metrics::Pool;
use super::steps::{StepFigures, figures, for_fit};
use crate::aftermath::{Aftermath, Cleaned};
use crate::clean::command;
use crate::events::What;
use crate::generator::Health;
use crate::lang::{Lang, count};
use crate::order::Order;
use crate::plan::Plan;
use crate::record::Evidence;

/// What a search has shown.
#[derive(Debug, Clone, Serialize)]
pub struct Outcome {
    /// The version of this shape.
    pub version: u32,
    /// The id of the run.
    pub run: String,
    /// The service.
    pub host: String,
    /// Of the requests, the share that may fail or come too late.
    pub allowed: f64,
    /// Later than this is too late, in milliseconds.
    pub slow_ms: f64,
    /// Over how many tasks the load was shared.
    pub tasks: u32,
    /// The capacity, where the steps show one.
    pub capacity: Option<Capacity>,
    /// The same for one task.
    pub per_task: Option<Estimate>,
    /// Why they show none, in English.
    pub refused: Option<String>,
    /// What gave way first, if anything did.
    pub limit: Option<Limit>,
    /// The steps.
    pub steps: Vec<StepFigures>,
    /// What is known beside them.
    pub aftermath: Aftermath,
    #[serde(skip)]
    why_refused: Option<Refused>,
}

/// The capacity that the steps show; one in which the generator gave way says nothing about the service.
pub(super) fn found(
    search: &Search,
    plan: &Plan,
    health: &Health,
    steps: &[StepFigures],
) -> Result<Capacity, Refused> {
    let sound: Vec<_> = steps
        .iter()
        .take_while(|step| !limit::generator(plan, health, step))
        .cloned()
        .collect();
    let held = sound.iter().all(|step| step.missed <= search.allowed);
    match (
        capacity(&for_fit(&sound), search.allowed, plan.seed),
        sound.last(),
    ) {
        // To go on is no advice where the generator cannot.
        (Err(_), Some(last)) if held && sound.len() < steps.len() => Err(Refused::GeneratorFirst {
            up_to: last.offered,
        }),
        (found, _) => found,
    }
}

impl Outcome {
    /// What the evidence shows; `pools` is what the service said of its connections in each second.
    pub fn new(
        order: &Order,
        search: &Search,
        evidence: &Evidence,
        aftermath: Aftermath,
        pools: &[Option<Pool>],
    ) -> Self {
        let plan = &order.plan;
        let steps = figures(search, evidence, pools);
        let found = found(search, plan, &aftermath.health, &steps);
        let at = found.ok().map(|capacity| capacity.at_objective);
        Self {
            version: 1,
            run: order.run.clone(),
            host: order.host.to_string(),
            allowed: search.allowed,
            slow_ms: plan.slow.as_secs_f64() * 1_000.0,
            tasks: search.tasks,
            capacity: found.ok(),
            per_task: at.map(|estimate| estimate.shared_by(search.tasks)),
            refused: found.err().map(|refused| refused.text(Lang::En)),
            limit: Limit::first(search, plan, &aftermath.health, &steps),
            steps,
            aftermath,
            why_refused: found.err(),
        }
    }

    /// The step of which the CPU is to be looked at, because it may have been what gave way.
    pub fn open_step(&self, search: &Search) -> Option<usize> {
        let open = self.limit.as_ref().and_then(Limit::open_at)?;
        search.rates.iter().position(|rate| *rate == open)
    }

    /// What ended the search before it had found what it looks for.
    fn cut_short(&self) -> Option<&What> {
        let stopped = self.aftermath.stopped.as_ref();
        stopped.filter(|what| !matches!(what, What::Enough))
    }

    /// 0 where there is a capacity, 1 where the service broke a promise, 2 where nothing is sure.
    pub fn exit_code(&self) -> u8 {
        if !self.aftermath.verified.violations.is_empty() {
            1
        } else if self.capacity.is_none() || self.cut_short().is_some() {
            2
        } else {
            0
        }
    }

    /// The whole of it for people.
    pub fn text(&self, lang: Lang) -> String {
        let mut text = self.head(lang);
        if let Some(what) = self.cut_short() {
            let why = what.text(lang);
            text.push_str(&lang.pick(
                format!("INCONCLUSIVE: the search ended early: {why}\n"),
                format!("INCONCLUSIVE: 探索は途中で終わりました: {why}\n"),
            ));
        }
        if let Some(limit) = &self.limit {
            text.push_str(&format!("{}\n", limit.text(lang)));
        }
        let violations = &self.aftermath.verified.violations;
        if !violations.is_empty() {
            let broken = count(violations.len() as u64);
            text.push_str(&lang.pick(
                format!("FAIL: the service broke {broken} of its promises under this load\n"),
                format!("FAIL: この負荷で受け付けた内容と実際の状態が {broken} 件食い違いました\n"),
            ));
        }
        if let Cleaned::Left(why) = &self.aftermath.cleaned {
            let command = command(&self.run, &self.host);
            text.push_str(&lang.pick(
                format!("events may be left ({why}); run: {command}\n"),
                format!("イベントが残っている可能性があります ({why})。次を実行してください: {command}\n"),
            ));
        }
        text.push('\n');
        text.push_str(&self.table(lang));
        text
    }

    fn head(&self, lang: Lang) -> String {
        let objective = {
            let (allowed, slow) = (100.0 * self.allowed, self.slow_ms);
            lang.pick(
                format!("at most {allowed:.3} % failed or later than {slow:.0} ms"),
                format!("失敗または {slow:.0} ms 超が {allowed:.3} % 以下"),
            )
        };
        let Some(capacity) = self.capacity else {
            let why = self
                .why_refused
                .map(|why| why.text(lang))
                .unwrap_or_default();
            return lang.pick(
                format!("no capacity can be given ({objective}): {why}\n"),
                format!("処理能力は判定できません ({objective}): {why}\n"),
            );
        };
        let Estimate { point, low, high } = capacity.at_objective;
        let mut text = lang.pick(
            format!(
                "the service bears {point:.0}/s (95 %: {low:.0} to {high:.0}/s) with {objective}\n"
            ),
            format!("処理能力は {point:.0}/s (95 %: {low:.0}〜{high:.0}/s、条件: {objective})\n"),
        );
        if let (Some(one), true) = (self.per_task, self.tasks > 1) {
            let tasks = self.tasks;
            text.push_str(&lang.pick(
                format!(
                    "with {tasks} tasks, that is {:.0}/s for each ({:.0} to {:.0}/s)\n",
                    one.point, one.low, one.high
                ),
                format!(
                    "タスク数 {tasks} のため、1 タスクあたり {:.0}/s ({:.0}〜{:.0}/s)\n",
                    one.point, one.low, one.high
                ),
            ));
        }
        text
    }

    fn table(&self, lang: Lang) -> String {
        let mut table = Table::new();
        table.load_style(presets::NOTHING);
        let asked = self.steps.iter().any(|step| step.pool.is_some());
        let mut header = vec![
            lang.pick("offered", "予定"),
            lang.pick("answered", "応答"),
            lang.pick("at once", "同時数"),
            lang.pick("missed", "未達"),
            "p50 ms",
            "p99 ms",
            lang.pick("generator CPU", "生成側 CPU"),
            lang.pick("late p99 ms", "遅れ p99 ms"),
        ];
        header.extend(asked.then(|| lang.pick("pool waits", "接続待ち")));
        table.set_header(header);
        for step in &self.steps {
            let pool = step.pool.map(|pool| {
                let Pool {
                    waiting,
                    used,
                    limit,
                } = pool;
                format!("{waiting} ({used}/{limit})")
            });
            let mut row = vec![
                format!("{}/s", step.offered),
                format!("{:.1}/s", step.throughput),
                format!("{:.1}", step.concurrency),
                format!("{:.2} %", 100.0 * step.missed),
                format!("{:.1}", step.p50_ms),
                format!("{:.1}", step.p99_ms),
                format!("{:.0} %", 100.0 * step.generator_cpu),
                format!("{:.1}", step.lateness_p99_ms),
            ];
            row.extend(asked.then(|| pool.unwrap_or_default()));
            table.add_row(row);
        }
        for column in table.column_iter_mut() {
            column.set_cell_alignment(CellAlignment::Right);
        }
        table
            .lines()
            .map(|line| format!("{}\n", line.trim_end()))
            .collect()
    }
}
