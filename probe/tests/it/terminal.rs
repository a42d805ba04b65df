//! Reports on a terminal: every scenario, in both languages, at several widths, with colour and without.

use probe::{
    diagnose::diagnose,
    render::{Screen, Style, manual, table},
    report::Report,
    runbook, scenario,
    words::Lang,
};
use unicode_width::UnicodeWidthStr;

const WIDTHS: [usize; 4] = [40, 80, 120, 200];

fn plain(width: usize) -> Screen {
    Screen {
        style: Style::Plain,
        width: Some(width),
    }
}

pub(crate) fn without_escapes(text: &str) -> String {
    let escape = regex::Regex::new("\u{1b}\\[[0-9;]*m").unwrap();
    escape.replace_all(text, "").into_owned()
}

/// The characters alone: what a broken line and the whole one have in common.
pub(crate) fn characters(text: &str) -> String {
    text.split_whitespace().collect()
}

fn reports() -> impl Iterator<Item = (String, Report)> {
    scenario::names().into_iter().flat_map(|name| {
        let snapshot = scenario::snapshot(name).unwrap().unwrap();
        [Lang::En, Lang::Ja].map(|lang| {
            let report = Report::new(&snapshot, &diagnose(&snapshot), lang);
            (format!("{name} {lang:?}"), report)
        })
    })
}

/// Every line fits, but for words that nothing parts and for what is copied.
fn fits(text: &str, width: usize, copied: &dyn Fn(&str) -> bool) {
    for line in text.lines().filter(|line| !copied(line)) {
        // A command in a line stays together as well.
        let line = &line.replace("probe explain ", "probe_explain_");
        let words = line.trim_start();
        // Beside a word that is too long there stand a label and a dot at most.
        let longest = words.split(' ').map(|word| word.width()).max();
        let whole = line.width() - longest.unwrap_or(0) <= 16;
        assert!(
            line.width() <= width || whole,
            "{} of {width}: {line}",
            line.width()
        );
        assert!(
            !words.starts_with(['、', '。', '）', '」', 'ー', 'ッ', ')', ',']),
            "{line}"
        );
        assert!(!line.ends_with(['（', '「', '(']), "{line}");
    }
}

#[test]
fn every_report_fits_and_its_commands_stay_whole() {
    for (name, report) in reports() {
        let endless = table(&report, Screen::PIPE);
        let fixes = report.causes.iter().flat_map(|cause| &cause.fix);
        // Of advice the first command is shown.
        let fixes = fixes.chain(report.advice.iter().filter_map(|advice| advice.fix.first()));
        let commands: Vec<String> = fixes
            .flat_map(|fix| fix.command.lines())
            .map(|line| format!("     {line}"))
            .collect();
        for width in WIDTHS {
            let text = table(&report, plain(width));
            let lines: Vec<&str> = text.lines().collect();
            for command in &commands {
                assert!(
                    lines.contains(&command.as_str()),
                    "{name} {width}: {command}"
                );
            }
            fits(&text, width, &|line| {
                commands.iter().any(|command| command == line)
            });
            assert_eq!(characters(&text), characters(&endless), "{name} {width}");
            let coloured = Screen {
                style: Style::Coloured,
                width: Some(width),
            };
            let coloured = table(&report, coloured);
            assert!(coloured.contains('\u{1b}'));
            assert_eq!(without_escapes(&coloured), text, "{name} {width}");
        }
    }
}

#[test]
fn every_runbook_section_fits_and_its_commands_stay_whole() {
    for check in probe::checks::all() {
        for lang in [Lang::En, Lang::Ja] {
            let section = runbook::section(check.id, lang).unwrap();
            let code: Vec<&str> = section
                .split("```")
                .skip(1)
                .step_by(2)
                .flat_map(str::lines)
                .collect();
            assert_eq!(manual(&section, Screen::PIPE), section);
            for width in WIDTHS {
                let text = manual(&section, plain(width));
                let lines: Vec<&str> = text.lines().collect();
                for line in &code {
                    assert!(line.is_empty() || text.contains(line), "{width}: {line}");
                }
                let copied =
                    |line: &str| code.contains(&line) || line.trim().starts_with(['|', '`']);
                fits(&text, width, &copied);
                assert_eq!(
                    characters(&text),
                    characters(&section),
                    "{} {width}",
                    check.id
                );
                assert!(lines.len() >= section.lines().count());
            }
        }
    }
}
