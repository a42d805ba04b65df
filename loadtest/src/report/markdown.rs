//! The report as Markdown, to be pasted into an issue or shown as the summary of a CI job.

use super::{Report, meaning, wording};
use crate::endpoint::Endpoint;
use crate::judge::Verdict;
use crate::lang::{Lang, clock, count, millis, percent, round_percent};

/// So many broken promises are listed; the JSON report has all of them.
const LISTED: usize = 20;

/// The whole report.
pub fn render(report: &Report, lang: Lang) -> String {
    [
        Some(head(report, lang)),
        Some(rules(report, lang)),
        scaling(report, lang),
        Some(endpoints(report, lang)),
        workers(report, lang),
        causes(report, lang),
        violations(report, lang),
        Some(repeat(report, lang)),
    ]
    .into_iter()
    .flatten()
    .collect::<Vec<_>>()
    .join("\n")
}

fn head(report: &Report, lang: Lang) -> String {
    let sign = match report.verdict {
        Verdict::Pass => "✅",
        Verdict::Fail => "❌",
        Verdict::Inconclusive => "❔",
    };
    let word = wording::verdict(report.verdict, lang);
    let title = lang.pick("Load test", "負荷テスト");
    let mut text = format!("## {sign} {title}: {word}\n\n");
    for reason in &report.reasons {
        text.push_str(&format!("- {}\n", escape(reason.text(lang))));
    }
    let (it, response) = (&report.availability, &report.latency.response);
    let point = it.point.map_or_else(|| "–".to_owned(), percent);
    let [requests, failures] = [it.requests, it.failures].map(count);
    let [p50, p99] = [response.p50_ms, response.p99_ms].map(millis);
    let (time, host) = (clock(report.run.duration_s), code(&report.run.host));
    let (plan, ledger) = (escape(&report.plan.name), wording::ledger(report, lang));
    text.push_str(&lang.pick(
        format!("\n**{point}** available ({failures} failures of {requests}), p50 **{p50} ms**, p99 **{p99} ms**; ledger: {ledger}.\nPlan {plan}, {time}, on {host}.\n"),
        format!("\n可用性 **{point}** ({requests} 件中 失敗 {failures} 件)、p50 **{p50} ms**、p99 **{p99} ms**、照合: {ledger}。\n計画 {plan}、{time}、対象 {host}。\n"),
    ));
    if let Some(budget) = &report.budget {
        for sentence in wording::budget(budget, lang) {
            text.push_str(&format!("\n{}\n", escape(&sentence)));
        }
    }
    if let Some(comparison) = &report.comparison {
        text.push_str(&format!("\n{}\n", escape(comparison.said.text(lang))));
    }
    text
}

fn rules(report: &Report, lang: Lang) -> String {
    let head = lang.pick(
        ["Rule", "Result", "Missed by", "95 % sure", "Allowed"],
        ["ルール", "結果", "違反率", "信頼度 95 %", "上限"],
    );
    let rows = report.rules.iter().map(|ruling| {
        let share = &ruling.share;
        let sign = match ruling.verdict {
            Verdict::Pass => "✅",
            Verdict::Fail => "❌",
            Verdict::Inconclusive => "❔",
        };
        vec![
            escape(&wording::rule(ruling, lang)),
            format!("{sign} {}", wording::ruled(ruling.verdict, lang)),
            share.point.map_or_else(|| "–".to_owned(), percent),
            format!("{} – {}", percent(share.low), percent(share.high)),
            round_percent(ruling.allowed),
        ]
    });
    table(&head, 2, rows)
}

fn scaling(report: &Report, lang: Lang) -> Option<String> {
    let scaling = report.scaling.as_ref()?;
    let mut text = format!("{}\n\n", escape(&scaling.felt(lang)));
    let head = scaling.head(lang);
    let head = [head[0].as_str(), &head[1], &head[2]];
    text.push_str(&table(
        &head,
        1,
        scaling.rows(lang).into_iter().map(Vec::from),
    ));
    for failure in &scaling.named {
        for evidence in &failure.evidence {
            let at = clock(evidence.at_s.max(0.0));
            let (name, source) = (&failure.said.code, &evidence.source);
            let saw = evidence.text(lang);
            text.push_str(&format!(
                "\n- **{name}** {at} {}: {}",
                code(source),
                escape(saw)
            ));
        }
    }
    for sentence in scaling.unseen(lang) {
        text.push_str(&format!("\n- {}", escape(&sentence)));
    }
    Some(text + "\n")
}

fn endpoints(report: &Report, lang: Lang) -> String {
    let head = lang.pick(
        [
            "Endpoint", "Requests", "Refused", "Slow", "Failed", "p50 ms", "p99 ms",
        ],
        [
            "エンドポイント",
            "件数",
            "拒否",
            "遅延",
            "失敗",
            "p50 ms",
            "p99 ms",
        ],
    );
    let rows = Endpoint::ALL.into_iter().filter_map(|endpoint| {
        let figures = report.endpoints.get(endpoint.name())?;
        let counts = [
            figures.requests,
            figures.refused(),
            figures.slow(),
            figures.failed(),
        ];
        let times = [figures.response.p50_ms, figures.response.p99_ms];
        let mut row = vec![code(endpoint.name())];
        row.extend(counts.map(count));
        row.extend(times.map(millis));
        (figures.requests > 0).then_some(row)
    });
    table(&head, 1, rows)
}

fn workers(report: &Report, lang: Lang) -> Option<String> {
    if report.workers.is_empty() {
        return None;
    }
    let rows = report.worker_rows(lang).into_iter().map(|row| {
        let strong = |text: String| format!("**{text}**");
        let mut line = vec![row.worker, escape(&row.marks)];
        if !row.marks.is_empty() {
            line = line.into_iter().map(strong).collect();
        }
        line.extend(row.cells.map(|cell| match cell.stands_out {
            true => strong(cell.text),
            false => cell.text,
        }));
        line
    });
    let table = table(&report.worker_head(lang), 2, rows);
    Some(format!("{}\n\n{table}", escape(&report.workers_said(lang))))
}

fn causes(report: &Report, lang: Lang) -> Option<String> {
    if report.causes.is_empty() {
        return None;
    }
    let head = lang.pick(
        ["Cause", "Requests", "Meaning", "Where to look"],
        ["原因", "件数", "意味", "確認するところ"],
    );
    let rows = report.causes.iter().map(|cause| {
        let meaning = meaning::of(&cause.outcome, &cause.cause, lang);
        vec![
            code(&cause.cause),
            count(cause.count),
            meaning.what.to_owned(),
            meaning.look.to_owned(),
        ]
    });
    Some(table(&head, 4, rows))
}

fn violations(report: &Report, lang: Lang) -> Option<String> {
    let all = &report.ledger.violations;
    if all.is_empty() {
        return None;
    }
    let mut text = format!("### {}\n\n", lang.pick("Broken promises", "食い違い"));
    for violation in all.iter().take(LISTED) {
        let sentence = escape(violation.text(lang));
        text.push_str(&format!("- {}: {sentence}\n", code(&violation.code)));
    }
    if let Some(more) = all.len().checked_sub(LISTED).filter(|more| *more > 0) {
        let more = count(more as u64);
        text.push_str(&lang.pick(
            format!("- and {more} more\n"),
            format!("- ほか {more} 件\n"),
        ));
    }
    Some(text)
}

fn repeat(report: &Report, lang: Lang) -> String {
    let manifest = &report.manifest;
    let unknown = || "–".to_owned();
    let service = manifest.service.as_deref().map_or_else(unknown, escape);
    let commit = manifest.commit.as_deref().map_or_else(unknown, escape);
    let (seed, run) = (report.run.seed, escape(&report.run.id));
    let task = manifest.task.as_ref().map(|task| escape(&task.text(lang)));
    let task = task.map_or_else(String::new, |size| {
        lang.pick(format!(" (task: {size})"), format!(" (タスク: {size})"))
    });
    lang.pick(
        format!("Run {run}, seed {seed}, service {service}{task}, commit {commit}; `loadtest run --plan report.json` repeats it.\n"),
        format!("実行 {run}、シード {seed}、サービス {service}{task}、コミット {commit}。`loadtest run --plan report.json` で再実行できます。\n"),
    )
}

/// A table whose columns from one on hold figures, but for those after a gap.
fn table(head: &[&str], figures: usize, rows: impl Iterator<Item = Vec<String>>) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let names: Vec<String> = head.iter().map(|name| (*name).to_owned()).collect();
    let rules: Vec<String> = (0..head.len())
        .map(|place| if place < figures { "---" } else { "--:" }.to_owned())
        .collect();
    let mut text = line(&names);
    text.push_str(&line(&rules));
    for row in rows {
        text.push_str(&line(&row));
    }
    text
}

/// Text of others as text: it must neither end a cell nor become a heading, a link, a picture or HTML.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\r' => escaped.push(' '),
            '<' => escaped.push_str("&lt;"),
            '&' => escaped.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '!' | '~' | '@' => {
                escaped.push('\\');
                escaped.push(c);
            }
            _ => escaped.push(c),
        }
    }
    escaped
}

/// Text of others as code.
fn code(text: &str) -> String {
    let plain: String = text
        .chars()
        .map(|c| match c {
            '`' => '\'',
            '|' => '¦',
            c if c.is_control() => ' ',
            c => c,
        })
        .collect();
    format!("`{plain}`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_elses_text_becomes_markup() {
        assert_eq!(
            escape("a|b\n# c <img src=x> ![d](e) @f"),
            r"a\|b \# c &lt;img src=x> \!\[d\](e) \@f"
        );
        assert_eq!(code("a`b|c\nd"), "`a'b¦c d`");
    }
}
