//! `probe doctor`: whether probe can work here, and what to do where it cannot.

mod of_aws;

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    collect::Examination,
    words,
    words::{Lang, Words},
};

/// What is known without asking AWS.
#[derive(Debug, Clone, Default)]
pub struct Setting {
    /// The operating system and the processor.
    pub machine: String,
    /// The profile that was named.
    pub profile: Option<String>,
    /// Which profile was named that no file has, with those that there are.
    pub unknown_profile: Option<(String, BTreeSet<String>)>,
    /// The endpoint that stands in for AWS.
    pub endpoint_url: Option<String>,
    /// The variables that name a proxy.
    pub proxies: Vec<&'static str>,
}

/// Whether probe can work here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Doctor {
    /// Version of this format: 1.
    pub version: u32,
    /// The version of probe.
    pub probe: String,
    /// When it was looked at.
    pub taken_at: DateTime<Utc>,
    /// What was looked at, in the order in which it is needed.
    pub findings: Vec<Finding>,
    #[serde(skip)]
    lang: Option<Lang>,
}

/// One thing that probe needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Finding {
    /// What it is about.
    pub about: About,
    /// Whether it is in order.
    pub state: State,
    /// What was seen.
    pub seen: String,
    /// What to do.
    pub action: Option<String>,
}

/// What probe needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// The program itself.
    Probe,
    /// A profile that exists.
    Profile,
    /// A Region.
    Region,
    /// The way to the APIs.
    Network,
    /// Somebody who is logged in.
    Credentials,
    /// A clock that is right.
    Clock,
    /// Permission for every call.
    Permissions,
}

/// Whether it is in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It is.
    Good,
    /// It works, but not for sure, or not for long.
    Doubtful,
    /// It is not.
    Bad,
    /// It was not seen.
    Unknown,
}

impl Doctor {
    /// Arranges what was seen; without a Region AWS was not asked.
    pub fn new(
        setting: &Setting,
        examination: Option<&Examination>,
        taken_at: DateTime<Utc>,
        lang: Lang,
    ) -> Self {
        let mut doctor = Self {
            version: 1,
            probe: env!("CARGO_PKG_VERSION").to_owned(),
            taken_at,
            findings: vec![],
            lang: Some(lang),
        };
        doctor.program(setting);
        doctor.profile(setting);
        doctor.region(setting, examination);
        if let Some(examination) = examination {
            doctor.network(setting, examination);
            doctor.credentials(examination);
            doctor.clock(examination);
            doctor.permissions(examination);
        }
        doctor
    }

    /// The language it is written in.
    pub fn lang(&self) -> Lang {
        self.lang.unwrap_or(Lang::En)
    }

    /// The worst of all: bad before unknown before doubtful.
    pub fn worst(&self) -> State {
        let has = |state| self.findings.iter().any(|finding| finding.state == state);
        let states = [State::Bad, State::Unknown, State::Doubtful];
        states
            .into_iter()
            .find(|state| has(*state))
            .unwrap_or(State::Good)
    }

    fn add(&mut self, about: About, state: State, seen: &Words, action: Option<Words>) {
        let lang = self.lang();
        self.findings.push(Finding {
            about,
            state,
            seen: seen.in_lang(lang).to_owned(),
            action: action.map(|action| action.in_lang(lang).to_owned()),
        });
    }

    fn program(&mut self, setting: &Setting) {
        let (version, machine) = (env!("CARGO_PKG_VERSION"), &setting.machine);
        let seen = words!(
            "{version} on {machine}; snapshots and reports of version 1",
            "{version} ({machine})、スナップショットとレポートはバージョン 1"
        );
        self.add(About::Probe, State::Good, &seen, None);
    }

    fn profile(&mut self, setting: &Setting) {
        match (&setting.unknown_profile, &setting.profile) {
            (Some((name, known)), _) => {
                let known: Vec<&str> = known.iter().map(String::as_str).collect();
                let names = known.join(", ");
                let seen = words!(
                    "there is no profile {name}",
                    "プロファイル {name} はありません"
                );
                let action = match known.is_empty() {
                    true => words!(
                        "make one: aws configure sso",
                        "aws configure sso で作成する"
                    ),
                    false => words!("take one of: {names}", "次のいずれかを使う: {names}"),
                };
                self.add(About::Profile, State::Bad, &seen, Some(action));
            }
            (None, Some(name)) => {
                self.add(About::Profile, State::Good, &Words::verbatim(name), None);
            }
            (None, None) => {}
        }
    }

    fn region(&mut self, setting: &Setting, examination: Option<&Examination>) {
        match examination {
            Some(examination) => {
                let region = Words::verbatim(&examination.region);
                self.add(About::Region, State::Good, &region, None);
            }
            // Of a profile that does not exist nothing was read.
            None if setting.unknown_profile.is_some() => {}
            None => {
                let seen = words!("none is set", "設定されていません");
                let action = words!(
                    "pass --region ap-northeast-1, set AWS_REGION, or write region into the profile",
                    "--region ap-northeast-1 を付ける、AWS_REGION を設定する、またはプロファイルに region を書く"
                );
                self.add(About::Region, State::Bad, &seen, Some(action));
            }
        }
    }
}
