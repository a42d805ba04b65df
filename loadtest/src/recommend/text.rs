//! A recommendation as text: the reckoning, then what to type.

use super::{Given, Recommendation, Reservation};
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
    text.push_str(lang.pick("prices in Tokyo\n", "東京の単価\n"));
    for price in &it.prices {
        text.push_str(&format!("    {}\n", price.text(lang)));
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
    let price = format!("${:.2}", it.cost_fast_metrics);
    said.push(if it.fast_metrics {
        lang.pick(
            format!("Metrics of 20 seconds are worth their price ({price} a month): without a schedule, or beyond it, they save the time shown."),
            format!("20 秒メトリクスを推奨します (月額 {price})。スケジュールを超える負荷への追従が上記の分だけ早くなります。"),
        )
    } else {
        lang.pick(
            format!("Metrics of 20 seconds ({price} a month) are not needed: the tasks of every day carry the peak."),
            format!("20 秒メトリクス (月額 {price}) は不要です。普段のタスク数でピークを処理できます。"),
        )
    });
    said.push(balancer(it.reservation.as_ref(), lang));
    said
}

/// What to do about the load balancer.
fn balancer(reservation: Option<&Reservation>, lang: Lang) -> String {
    let Some(Reservation {
        needed,
        units,
        is_measured,
        ..
    }) = reservation
    else {
        return lang.pick(
            "Load balancer: it keeps up with the traffic, nothing is to be reserved.".to_owned(),
            "ロードバランサー: 自動拡張で間に合うため、LCU の予約は不要です。".to_owned(),
        );
    };
    let said = if needed < units {
        lang.pick(
            format!("Load balancer: the traffic comes faster than it grows, but needs about {needed} capacity units only, and no fewer than {units} are reserved: do so where a load test has shown 5xx or rejected connections of the load balancer itself."),
            format!("ロードバランサー: 自動拡張が追いつかない増え方ですが、必要なのは約 {needed} LCU で、予約は {units} LCU からです。負荷テストでロードバランサー自身の 5xx や接続拒否が見られた場合に予約してください。"),
        )
    } else {
        lang.pick(
            format!("Load balancer: the traffic comes faster than it grows; reserve {units} capacity units for the day."),
            format!("ロードバランサー: トラフィックの増加に自動拡張が追いつかないため、当日は {units} LCU を予約してください。"),
        )
    };
    if *is_measured {
        return said;
    }
    said + lang.pick(
        " Their number is a guess until --report names a run in which PeakLCUs was seen.",
        "この数は推定です。PeakLCUs を記録した実行を --report で指定すると、実測値から計算します。",
    )
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
    let reserved = it.reservation.as_ref().map(|it| reserve(it, lang));
    format!("\n{title}\n{begin}{end}{}", reserved.unwrap_or_default())
}

/// The reservation and its end as commands; AWS has no schedule for them.
fn reserve(it: &Reservation, lang: Lang) -> String {
    let Some((from, to)) = it.day else {
        return String::new();
    };
    let title = lang.pick(
        "The load balancer, where it is reserved, by hand, for no schedule does it; it can be lowered twice a day:",
        "ロードバランサーを予約する場合 (スケジュール不可のため手動、引き下げは 1 日 2 回まで):",
    );
    let modify = "aws elbv2 modify-capacity-reservation --load-balancer-arn ARN";
    let [from, to] = [from, to].map(|at| at.format("%Y-%m-%dT%H:%M"));
    format!(
        "\n{title}\n    # {from}\n    {modify} --minimum-load-balancer-capacity CapacityUnits={}\n    # {to}\n    {modify} --reset-capacity-reservation\n",
        it.units
    )
}
