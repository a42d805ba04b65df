//! The named profiles of this machine: a name that none of them has is told before AWS is called.

use std::{collections::BTreeSet, env, fs, path::PathBuf};

/// A profile that was asked for and that no file has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownProfile {
    /// Its name.
    pub name: String,
    /// The files that were looked at.
    pub files: [PathBuf; 2],
    /// The profiles that they have.
    pub known: BTreeSet<String>,
}

/// Looks for the profile named on the command line, else for the environment's; `None` where it exists or none is named.
///
/// As in the AWS CLI, a profile that does not exist is an error even where the environment has keys.
pub fn unknown_profile(named: Option<&str>) -> Option<UnknownProfile> {
    let set = env::var("AWS_PROFILE").ok().filter(|name| !name.is_empty());
    let name = named.map(str::to_owned).or(set)?;
    let home = env::var("HOME").or_else(|_| env::var("USERPROFILE"));
    let home = PathBuf::from(home.unwrap_or_default()).join(".aws");
    let file = |variable: &str, usual: &str| match env::var(variable) {
        Ok(path) if !path.is_empty() => PathBuf::from(path),
        _ => home.join(usual),
    };
    let (config, credentials) = (
        file("AWS_CONFIG_FILE", "config"),
        file("AWS_SHARED_CREDENTIALS_FILE", "credentials"),
    );
    // A file that is not there has no profiles.
    let text = |file: &PathBuf| fs::read_to_string(file).unwrap_or_default();
    let known: BTreeSet<String> = of_config(&text(&config))
        .into_iter()
        .chain(sections(&text(&credentials)))
        .collect();
    (!known.contains(&name)).then_some(UnknownProfile {
        name,
        files: [config, credentials],
        known,
    })
}

/// The profiles of `config`, where all but `default` are written `[profile NAME]`.
fn of_config(text: &str) -> Vec<String> {
    let name = |section: String| match section.strip_prefix("profile") {
        Some(rest) if rest.starts_with([' ', '\t']) => {
            Some(rest.trim().trim_matches(['"', '\'']).to_owned())
        }
        _ => (section == "default").then_some(section),
    };
    sections(text).into_iter().filter_map(name).collect()
}

fn sections(text: &str) -> Vec<String> {
    let section = |line: &str| {
        let (name, _) = line.trim().strip_prefix('[')?.split_once(']')?;
        Some(name.trim().to_owned())
    };
    text.lines().filter_map(section).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profiles_are_read_as_the_aws_cli_writes_them() {
        let config = "[default]\nregion = eu-west-1\n[profile dev]\nx=[no]\n [profile \"my own\"] # mine\n[sso-session s]\n[profiled]\n";
        assert_eq!(of_config(config), ["default", "dev", "my own"]);
        assert_eq!(sections("[default]\n[ci]\n#[old]\n"), ["default", "ci"]);
    }
}
