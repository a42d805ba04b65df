//! A recommendation as text: the reckoning, then what to type.

use super::{Given, Recommendation, What};
use crate::cli::RecommendArguments;
use crate::lang::Lang;

/// How a moment of the day is written in a schedule.
const AT: &str = "at(%Y-%m-%dT%H:%M:%S)";

pub(super) fn render(
    it: &Recommendation,
    given: &Given,
    arguments: &RecommendArguments,
    lang: Lang,
) -> String {
    let mut text = String::new();
    for step in &it.arithmetic {
        let name = step.what.name(given, lang);
        text.push_str(&format!("{name}\n    {}\n", step.reckoning));
    }
    text.push('\n');
    for sentence in sentences(it, given, lang) {
        text.push_str(&format!("{sentence}\n"));
    }
    text.push_str(&parameters(it, lang));
    text.push_str(&commands(it, given, arguments, lang));
    text
}

fn sentences(it: &Recommendation, given: &Given, lang: Lang) -> Vec<String> {
    let (tasks, max, pool) = (it.tasks, it.max, given.pool);
    let mut said = vec![lang.pick(
        format!("{tasks} tasks from the beginning, {max} at most."),
        format!("開始時から {tasks} タスク、最大 {max} タスクにします。"),
    )];
    if it.fits_database == Some(false) {
        let fits = it.pool.unwrap_or_default();
        said.push(lang.pick(
            format!("The database has too few connections for {max} tasks with pools of {pool}: pools of {fits} fit, or a larger database."),
            format!("{max} タスク × プール {pool} にはデータベースの接続数が足りません。プールを {fits} 以下にするか、データベースを大きくしてください。"),
        ));
    }
    if given.max_connections.is_none() {
        said.push(lang.pick(
            "Whether the database has connections for them was not reckoned: --max-connections says how many it has.".to_owned(),
            "データベースの接続数は計算していません。--max-connections で指定してください。".to_owned(),
        ));
    }
    if it.fast_metrics {
        said.push(lang.pick(
            "Metrics of 20 seconds are worth their price: without a schedule, or beyond it, they save the time shown.".to_owned(),
            "20 秒メトリクスを推奨します。スケジュールを超える負荷への追従が上記の分だけ早くなります。".to_owned(),
        ));
    } else {
        said.push(
            lang.pick(
                "Metrics of 20 seconds are not needed: the tasks of every day carry the peak."
                    .to_owned(),
                "20 秒メトリクスは不要です。普段のタスク数でピークを処理できます。".to_owned(),
            ),
        );
    }
    said.push(lang.pick(
        "Load balancer: where the traffic more than doubles within 5 minutes, reserve capacity units by the PeakLCUs of a load test (elbv2 modify-capacity-reservation).".to_owned(),
        "ロードバランサー: 5 分以内にトラフィックが 2 倍を超える場合は、負荷テストの PeakLCUs をもとに LCU を予約してください (elbv2 modify-capacity-reservation)。".to_owned(),
    ));
    said
}

/// The parameters of `cloudformation/service.yaml`.
fn parameters(it: &Recommendation, lang: Lang) -> String {
    let title = lang.pick(
        "Parameters of cloudformation/service.yaml:",
        "cloudformation/service.yaml のパラメータ:",
    );
    let mut text = format!("\n{title}\n");
    let mut line = |name: &str, value: String| text.push_str(&format!("    {name}={value}\n"));
    if let Some((begin, end)) = it.day {
        line("EventDayBegin", begin.format(AT).to_string());
        line("EventDayEnd", end.format(AT).to_string());
    }
    line("EventDayMinTasks", it.min.to_string());
    line("EventDayMaxTasks", it.max.to_string());
    line("CpuTarget", format!("{:.0}", it.cpu_target));
    line("FastScaling", it.fast_metrics.to_string());
    if let Some(pool) = it.pool.filter(|_| it.fits_database == Some(false)) {
        line("DatabasePoolSize", pool.to_string());
    }
    text
}

/// The same by hand, where the stack is not to be touched.
fn commands(
    it: &Recommendation,
    given: &Given,
    arguments: &RecommendArguments,
    lang: Lang,
) -> String {
    let Some((begin, end)) = it.day else {
        return lang.pick(
            "\n--begin and --end give the scheduled action as a command.\n".to_owned(),
            "\n--begin と --end を指定すると、スケジュールの登録コマンドも表示します。\n"
                .to_owned(),
        );
    };
    let RecommendArguments {
        cluster,
        service,
        timezone,
        max: usual,
        ..
    } = arguments;
    let command = |name: &str, at: String, min: u32, max: u32| {
        format!(
            "    aws application-autoscaling put-scheduled-action --service-namespace ecs \\\n      --scalable-dimension ecs:service:DesiredCount --resource-id service/{cluster}/{service} \\\n      --scheduled-action-name {name} --schedule \"{at}\" --timezone {timezone} \\\n      --scalable-target-action MinCapacity={min},MaxCapacity={max}\n"
        )
    };
    let title = lang.pick("Or by hand:", "手動で登録する場合:");
    let begin = command(
        "event-day-begin",
        begin.format(AT).to_string(),
        it.min,
        it.max,
    );
    let end = command(
        "event-day-end",
        end.format(AT).to_string(),
        given.min,
        *usual,
    );
    format!("\n{title}\n{begin}{end}")
}

impl What {
    fn name(self, given: &Given, lang: Lang) -> &'static str {
        match self {
            Self::Peak => lang.pick(
                "peak: people × requests / time × 2 for the busiest seconds, or as given",
                "ピーク: 人数 × リクエスト数 / 時間 × 2 (最も集中する数秒)、または指定値",
            ),
            Self::Bears => lang.pick(
                "one task bears, by the low end of its interval",
                "1 タスクの処理能力 (区間の下限を使用)",
            ),
            Self::Tasks => lang.pick(
                "tasks: peak / (what a task bears × what is not kept free), not fewer than always",
                "タスク数: ピーク / (1 タスクの処理能力 × 余裕を除いた割合)、普段の数以上",
            ),
            Self::Most => lang.pick(
                "at most: twice the tasks, as far as 80 % of the database's connections go",
                "最大タスク数: その 2 倍、ただしデータベース接続数の 80 % まで",
            ),
            Self::Connections => lang.pick(
                "connections: most tasks × pool, against 80 % of max_connections",
                "接続数: 最大タスク数 × プール、上限は max_connections の 80 %",
            ),
            Self::Lead if given.scale_out.is_measured => lang.pick(
                "lead: measured from the decision to healthy tasks, and 5 minutes",
                "前倒し: 決定から正常になるまでの実測値 + 5 分",
            ),
            Self::Lead => lang.pick(
                "lead: AWS's figure from the decision to running tasks, and 5 minutes",
                "前倒し: 決定から実行中までの AWS の公表値 + 5 分",
            ),
            Self::CpuTarget => lang.pick(
                "reactions of target tracking until the tasks are there, by CPU target",
                "CPU 目標値ごとの、必要タスク数に達するまでのスケール回数",
            ),
            Self::Unscheduled => lang.pick(
                "without a schedule it would take, by metrics of 20 s and of 60 s",
                "スケジュールなしの場合の所要時間 (20 秒・60 秒メトリクス)",
            ),
            Self::Cost => lang.pick(
                "cost of the day: tasks that are more × hours × price in Tokyo",
                "当日の費用: 増やすタスク数 × 時間 × 東京の単価",
            ),
            Self::Always => lang.pick(
                "cost of a month if they always ran instead",
                "常時稼働させた場合の月額",
            ),
        }
    }
}
