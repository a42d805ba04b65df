//! Holds the tables of settings in SETTINGS.md and SETTINGS.ja.md against the command line.

use clap::{Arg, ArgAction, CommandFactory as _};

use super::Cli;

/// A setting as the table has it: its variable, what goes without saying, and what it means.
struct Setting {
    variable: String,
    default: String,
    meaning: String,
    values: String,
}

impl Setting {
    fn of(argument: &Arg) -> Option<Self> {
        let help = argument.get_help()?.to_string().replace('\n', " ");
        let (meaning, unsaid) = match help.split_once(" (default: ") {
            Some((meaning, rest)) => (meaning.to_owned(), rest.strip_suffix(')')?.to_owned()),
            None => (help, String::new()),
        };
        let is_flag = matches!(argument.get_action(), ArgAction::SetTrue);
        let said = argument.get_default_values().first();
        let default = match said.and_then(|value| value.to_str()) {
            Some(value) if !value.is_empty() => format!("`{value}`"),
            _ if is_flag => "`false`".to_owned(),
            _ if unsaid.is_empty() => "none".to_owned(),
            _ => unsaid,
        };
        let values = argument.get_possible_values();
        let names = values.iter().map(|value| format!("`{}`", value.get_name()));
        let values = if is_flag { Vec::new() } else { names.collect() };
        Some(Self {
            variable: argument.get_env()?.to_str()?.to_owned(),
            default,
            meaning,
            values: match values.join(", ") {
                names if names.is_empty() => names,
                names => format!(" ({names})"),
            },
        })
    }

    /// All settings, in the order of the commands and their options.
    fn all() -> Vec<Self> {
        let command = Cli::command();
        let commands = command.get_subcommands();
        let options = commands.flat_map(|command| command.get_arguments().filter_map(Self::of));
        let mut all: Vec<_> = command
            .get_arguments()
            .filter_map(Self::of)
            .chain(options)
            .collect();
        let mut seen = std::collections::BTreeSet::new();
        all.retain(|setting| seen.insert(setting.variable.clone()));
        all
    }
}

/// The cells of the table's rows, without its head.
fn rows(text: &str) -> Vec<[&str; 3]> {
    let lines = text.lines().filter(|line| line.starts_with("| `"));
    lines
        .map(|line| {
            let cells: Vec<_> = line.trim_matches('|').split('|').map(str::trim).collect();
            cells.try_into().unwrap()
        })
        .collect()
}

#[test]
fn the_english_table_is_that_of_the_command_line() {
    let expected: Vec<_> = Setting::all()
        .iter()
        .map(|setting| {
            let Setting {
                variable,
                default,
                meaning,
                values,
            } = setting;
            format!("| `{variable}` | {default} | {meaning}{values} |")
        })
        .collect();
    assert!(expected.len() > 25);
    let text = include_str!("../../SETTINGS.md");
    let table: Vec<_> = text
        .lines()
        .filter(|line| line.starts_with("| `"))
        .collect();
    assert_eq!(
        table,
        expected,
        "the table should be\n{}",
        expected.join("\n")
    );
}

#[test]
fn the_japanese_table_has_the_same_settings_defaults_and_values() {
    let (settings, rows) = (Setting::all(), rows(include_str!("../../SETTINGS.ja.md")));
    assert_eq!(rows.len(), settings.len());
    for (setting, [variable, default, meaning]) in settings.iter().zip(rows) {
        assert_eq!(variable, format!("`{}`", setting.variable));
        if setting.default.starts_with('`') {
            assert_eq!(default, setting.default, "{variable}");
        } else {
            assert_eq!(default == "なし", setting.default == "none", "{variable}");
            assert!(!default.is_ascii(), "{variable}");
        }
        for value in setting.values.split(['`', ',', ' ', '(', ')']) {
            assert!(meaning.contains(value), "{variable}: {value}");
        }
        assert!(!meaning.is_ascii(), "{variable}");
    }
}
