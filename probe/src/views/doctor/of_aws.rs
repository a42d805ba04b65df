//! What AWS answered to the doctor, judged.

use std::collections::BTreeSet;

use chrono::TimeDelta;

use super::{About, Doctor, Setting, State};
use crate::{
    collect::{ACTIONS, Api, Examination, MORE_ACTIONS},
    report::{action, is_not_logged_in},
    snapshot::Unobserved,
    words,
    words::Words,
};

/// AWS refuses what was signed more than five minutes ago, or so much in the future.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-troubleshooting.html>
const REFUSED_AFTER: TimeDelta = TimeDelta::minutes(5);
/// From here on the clock is not kept right by anybody, and will be too far off one day.
const UNEASY_AFTER: TimeDelta = TimeDelta::minutes(1);

impl Doctor {
    pub(super) fn network(&mut self, setting: &Setting, examination: &Examination) {
        if let Some(url) = &setting.endpoint_url {
            let seen = words!(
                "every call goes to {url}, which stands in for AWS",
                "すべての呼び出しは、AWS の代わりに {url} に送られます"
            );
            self.add(About::Network, State::Good, &seen, None);
        }
        let apis = &examination.apis;
        let silent: Vec<&Api> = apis.iter().filter(|api| !answers(api)).collect();
        let proxies = setting.proxies.join(", ");
        let (all, count) = (apis.len(), silent.len());
        // Who is not logged in sends nothing.
        let is_unsent = |api: &Api| api.refused.as_ref().is_some_and(is_unsent);
        if silent.iter().all(|api| is_unsent(api)) && !silent.is_empty() {
            self.add(About::Network, State::Unknown, &unsent(), None);
        } else if let Some((first, why)) = silent
            .iter()
            .find_map(|api| Some((api.action, api.refused.as_ref()?)))
        {
            let Unobserved { code, message, .. } = why;
            let seen = words!(
                "{count} of {all} APIs do not answer, {first} for one: {code}: {message}",
                "{all} 個の API のうち {count} 個が応答しません (例: {first}: {code}: {message})"
            );
            let action = match setting.proxies.is_empty() {
                true => words!(
                    "check DNS, firewall and VPN; in a subnet without a way out each API needs a VPC endpoint",
                    "DNS、ファイアウォール、VPN を確認する。インターネットに出られないサブネットでは、API ごとに VPC エンドポイントが必要"
                ),
                false => words!(
                    "probe does not use the proxy of {proxies}: it needs a direct way to AWS",
                    "probe は {proxies} のプロキシを使わないため、AWS への直接の経路が必要"
                ),
            };
            self.add(About::Network, State::Bad, &seen, Some(action));
        } else {
            let mut times: Vec<u128> = apis.iter().map(|api| api.took.as_millis()).collect();
            times.sort_unstable();
            let middle = times.get(times.len() / 2).copied().unwrap_or_default();
            let longest = times.last().copied().unwrap_or_default();
            let seen = words!(
                "all {all} APIs answer, in {middle} ms (median), {longest} ms at most",
                "{all} 個の API がすべて応答 (中央値 {middle} ms、最大 {longest} ms)"
            );
            self.add(About::Network, State::Good, &seen, None);
            if !setting.proxies.is_empty() && setting.endpoint_url.is_none() {
                let seen = words!(
                    "{proxies} names a proxy, which probe does not use: it connects directly",
                    "{proxies} にプロキシが設定されていますが、probe は使わずに直接接続します"
                );
                self.add(About::Network, State::Doubtful, &seen, None);
            }
        }
    }

    pub(super) fn credentials(&mut self, examination: &Examination) {
        match &examination.identity {
            Ok(identity) => {
                let (arn, account) = (&identity.arn, &identity.account);
                let seen = words!("{arn} in account {account}", "{arn} (アカウント {account})");
                let (state, action) = match arn.ends_with(":root") {
                    false => (State::Good, None),
                    true => (
                        State::Doubtful,
                        Some(words!(
                            "do not work as root: take a role that may only read (cloudformation/probe-role.yaml)",
                            "ルートユーザーで作業せず、読み取り専用のロールを使う (cloudformation/probe-role.yaml)"
                        )),
                    ),
                };
                self.add(About::Credentials, state, &seen, action);
            }
            Err(why) => {
                // AWS said no, or AWS did not say anything.
                let state = match is_not_logged_in(why) || why.is_denied() {
                    true => State::Bad,
                    false => State::Unknown,
                };
                let action = action(why);
                self.add(About::Credentials, state, &told(why), action);
            }
        }
    }

    pub(super) fn clock(&mut self, examination: &Examination) {
        let Some(ahead) = examination.clock_ahead else {
            let seen = match &examination.identity {
                Err(why) if is_unsent(why) => unsent(),
                _ => words!(
                    "not known: no answer had a date",
                    "不明です (日時の入った応答がありません)"
                ),
            };
            self.add(About::Clock, State::Unknown, &seen, None);
            return;
        };
        let (off, seconds) = (ahead.abs(), ahead.abs().num_seconds());
        let seen = match ahead {
            // The date of an answer has no fractions of a second.
            _ if seconds <= 2 => words!("as AWS has it", "AWS の時刻と一致しています"),
            ahead if ahead > TimeDelta::zero() => words!(
                "{seconds} s behind the clock of AWS",
                "AWS の時刻より {seconds} 秒遅れています"
            ),
            _ => words!(
                "{seconds} s ahead of the clock of AWS",
                "AWS の時刻より {seconds} 秒進んでいます"
            ),
        };
        let set = words!(
            "let the clock be set: sudo timedatectl set-ntp true (in a container, on its host)",
            "時刻を同期する: sudo timedatectl set-ntp true (コンテナの場合はホスト側で実行)"
        );
        let (state, action) = if off >= REFUSED_AFTER {
            (State::Bad, Some(set))
        } else if off >= UNEASY_AFTER {
            (State::Doubtful, Some(set))
        } else {
            (State::Good, None)
        };
        self.add(About::Clock, state, &seen, action);
    }

    pub(super) fn permissions(&mut self, examination: &Examination) {
        let refused = examination.apis.iter();
        let refused = refused.filter(|api| api.refused.as_ref().is_some_and(Unobserved::is_denied));
        let mut denied: BTreeSet<&str> = refused.map(|api| api.action).collect();
        if let Ok(simulated) = &examination.denied {
            denied.extend(simulated.iter().map(String::as_str));
        }
        let (all, count) = (actions(), denied.len());
        if count > 0 {
            let names: Vec<&str> = denied.into_iter().collect();
            let names = names.join(", ");
            let seen = words!(
                "{count} of {all} actions are not allowed on every resource: {names}",
                "{all} 個のアクションのうち {count} 個が、すべてのリソースに対しては許可されていません: {names}"
            );
            let action = words!(
                "allow them, or take the role of cloudformation/probe-role.yaml; without them probe still tells the rest",
                "許可するか、cloudformation/probe-role.yaml のロールを使う。許可がなくても、残りの診断はできる"
            );
            self.add(About::Permissions, State::Bad, &seen, Some(action));
            return;
        }
        match &examination.denied {
            Ok(_) => {
                let seen = words!(
                    "all {all} actions are allowed, as IAM simulates the caller's policies",
                    "{all} 個のアクションがすべて許可されています (IAM によるポリシーのシミュレーション)"
                );
                self.add(About::Permissions, State::Good, &seen, None);
            }
            Err(why) if is_unsent(why) => {
                self.add(About::Permissions, State::Unknown, &unsent(), None);
            }
            Err(why) => self.unsure_of_permissions(examination, why),
        }
    }

    /// IAM does not tell, and no call was denied.
    fn unsure_of_permissions(&mut self, examination: &Examination, why: &Unobserved) {
        let done = examination.apis.iter().filter(|api| api.refused.is_none());
        let (done, all) = (done.count(), actions());
        let why = told(why);
        let Words { en, ja } = &why;
        let seen = words!(
            "{done} of {all} actions were tried and are allowed; of the others IAM does not tell: {en}",
            "{all} 個のアクションのうち、試した {done} 個は許可されています。残りは IAM から確認できません: {ja}"
        );
        let action = words!(
            "probe diagnose names each action that it lacks when it needs it",
            "不足しているアクションがあれば、probe diagnose が必要になった時点で表示する"
        );
        self.add(About::Permissions, State::Unknown, &seen, Some(action));
    }
}

fn told(why: &Unobserved) -> Words {
    Words::verbatim(why.to_string())
}

/// Whether somebody answered, whatever it was.
fn answers(api: &Api) -> bool {
    let silent = [
        "Timeout",
        "ConnectionFailed",
        "CallFailed",
        "InvalidResponse",
    ];
    let refused = api.refused.as_ref();
    refused.is_none_or(|why| !silent.contains(&why.code.as_str()))
}

/// Whether nothing was sent, because nobody is logged in.
fn is_unsent(why: &Unobserved) -> bool {
    why.code == "CallFailed" && is_not_logged_in(why)
}

fn unsent() -> Words {
    words!(
        "not known: without credentials nothing is sent",
        "認証情報がないため、確認していません"
    )
}

/// How many actions probe calls.
fn actions() -> usize {
    ACTIONS.len() + MORE_ACTIONS.len()
}
