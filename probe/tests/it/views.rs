//! What the commands of daily work show: golden texts for terminal and pipe, in both languages, from the exercises.

mod insights;
mod slo;
mod smoke;
mod status;
mod tasks;

use std::{fs, path::Path};

use clap::ValueEnum;
use probe::{
    render::{Screen, Style},
    scenario,
    snapshot::Snapshot,
    views::{Shape, schema},
    words::Lang,
};
use unicode_width::UnicodeWidthStr;

use crate::terminal::without_escapes;

pub(crate) const NARROW: Screen = Screen {
    style: Style::Plain,
    width: Some(60),
};
const SCREENS: [(&str, Screen); 3] = [
    ("pipe", Screen::PIPE),
    ("60", NARROW),
    (
        "120",
        Screen {
            width: Some(120),
            ..NARROW
        },
    ),
];

pub(crate) fn of(name: &str) -> Snapshot {
    scenario::snapshot(name).unwrap().unwrap()
}

/// The text on every kind of screen is as it was read last; colour adds nothing, and what can be broken fits.
pub(crate) fn golden(name: &str, text: impl Fn(Lang, Screen) -> String) {
    for (lang, suffix) in [(Lang::En, "en"), (Lang::Ja, "ja")] {
        for (kind, screen) in SCREENS {
            let plain = text(lang, screen);
            let coloured = text(
                lang,
                Screen {
                    style: Style::Coloured,
                    ..screen
                },
            );
            assert_eq!(without_escapes(&coloured), plain, "{name} {kind}");
            // What is copied stays whole.
            let begins = ["aws ", "psql ", "probe ", "cloudformation/", "AWS_REGION="];
            let copied = |line: &&str| {
                let command = line.trim_start();
                begins.iter().any(|begin| command.starts_with(begin))
            };
            for line in plain.lines().filter(|line| !copied(line)) {
                // What nothing parts, an id or an ARN, may reach further.
                let longest = line
                    .split(' ')
                    .map(UnicodeWidthStr::width)
                    .max()
                    .unwrap_or(0);
                let fits = screen
                    .width
                    .is_none_or(|columns| line.width() <= columns || longest > columns / 2);
                assert!(fits, "{name} {kind}: {line}");
            }
            insta::with_settings!({ snapshot_path => "snapshots/views", prepend_module_to_snapshot => false, omit_expression => true }, {
                insta::assert_snapshot!(format!("{name}.{suffix}.{kind}"), plain);
            });
        }
    }
}

#[test]
fn the_committed_schemas_are_those_of_the_views() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    for shape in Shape::value_variants() {
        let name = shape.to_possible_value().unwrap().get_name().to_owned();
        let file = match shape {
            Shape::Diagnose => "report-v1.schema.json".to_owned(),
            _ => format!("{name}-v1.schema.json"),
        };
        assert_eq!(
            fs::read_to_string(folder.join(&file)).unwrap_or_default(),
            schema(*shape).unwrap(),
            "renew it with `probe list --schema={name} > probe/{file}`, and write a changed field into CHANGELOG.md"
        );
    }
}
