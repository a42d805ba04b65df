//! Why something must not run, and what to do instead.

use std::path::PathBuf;

use chrono::{DateTime, SecondsFormat, Utc};

use crate::lang::Lang;
use crate::plan::Mistake;

/// Why something must not run, and what to do instead.
#[derive(Debug, Clone, PartialEq)]
pub enum UsageError {
    /// The host is no address.
    NotAnAddress(String),
    /// The address of this flag comes with a name or a password of somebody; without the address, which is in no message then.
    Credentials(&'static str),
    /// The host is not this machine, and nobody vouched for it.
    NotOurs(String),
    /// Somebody vouched for another host.
    OtherOwned {
        /// The host of the service.
        host: String,
        /// The one vouched for.
        owned: String,
    },
    /// The rate is above the ceiling, and nobody vouched for the host.
    TooFast {
        /// The rate.
        rate: f64,
        /// The host.
        host: String,
    },
    /// The plan is unsound.
    Plan(Mistake),
    /// The plan file cannot be read.
    PlanFile {
        /// The file.
        path: PathBuf,
        /// Why not.
        why: String,
    },
    /// The id of a run is malformed.
    NotARun(String),
    /// A file cannot be written.
    File {
        /// The file.
        path: PathBuf,
        /// Why not.
        why: String,
    },
    /// A file is no report.
    Report {
        /// The file.
        path: PathBuf,
        /// Why not.
        why: String,
    },
    /// A file is no report to compare with.
    Baseline {
        /// The file.
        path: PathBuf,
        /// Why not.
        why: String,
    },
    /// The service does not answer.
    Unreachable {
        /// The host.
        host: String,
        /// Why not.
        why: String,
    },
    /// The process may not open enough files.
    Descriptors {
        /// How many are needed.
        needed: u64,
        /// How many are allowed.
        allowed: u64,
    },
    /// The plan stops tasks, and nobody allowed it.
    StopsTasks,
    /// AWS does not give what the run needs of it.
    Aws(String),
    /// There is no such service.
    NoService {
        /// The cluster.
        cluster: String,
        /// The service.
        service: String,
    },
    /// A file is no result of a search for the capacity.
    Capacity {
        /// The file.
        path: PathBuf,
        /// Why not.
        why: String,
    },
    /// An event is over before it begins.
    EndsBeforeItBegins,
    /// The plan breaks something, and several workers would each do it.
    FaultsShared,
    /// A worker was not ready when the schedule began.
    GateMissed {
        /// When it begins.
        begins_at: DateTime<Utc>,
        /// When the worker was ready.
        now: DateTime<Utc>,
    },
    /// The place for the results takes none.
    Results {
        /// The place.
        place: String,
        /// Why not.
        why: String,
    },
    /// A file is no part of the run that is added up.
    Foreign {
        /// The file.
        path: PathBuf,
        /// Why not.
        why: String,
    },
    /// There is nothing to add up.
    NothingToMerge(PathBuf),
    /// Nobody said what to watch.
    NothingToWatch,
    /// The plan expects something of scaling, and nobody is to watch it.
    ScalingUnwatched,
    /// An alarm rings that would stop the run at once.
    Ringing {
        /// The alarm.
        name: String,
        /// Why it does.
        why: String,
    },
    /// The service says nothing of its connections at the address of its metrics.
    NoMetrics,
    /// The events of the run could not be made.
    NotPrepared(String),
}

impl UsageError {
    /// The sentence for people.
    pub fn text(&self, lang: Lang) -> String {
        match self {
            Self::NotAnAddress(host) => lang.pick(
                format!("{host} is not an address; write it like http://127.0.0.1:8080"),
                format!("{host} はアドレスではありません。http://127.0.0.1:8080 のように指定してください"),
            ),
            Self::Credentials(flag) => lang.pick(
                format!("the address of {flag} contains an @, and so perhaps a password, which would be in every report; give it without, like http://127.0.0.1:8080"),
                format!("{flag} のアドレスに @ が含まれています。パスワードがレポートに残るため、ユーザー名とパスワードを除いて http://127.0.0.1:8080 のように指定してください"),
            ),
            Self::NotOurs(host) => lang.pick(
                format!("{host} is not this machine; if you may put load on it, add --i-own-this-target {host}"),
                format!("{host} はこのマシンではありません。負荷をかけてよい場合は --i-own-this-target {host} を付けてください"),
            ),
            Self::OtherOwned { host, owned } => lang.pick(
                format!("--i-own-this-target names {owned}, but the target is {host}; they must be the same"),
                format!("--i-own-this-target は {owned} ですが対象は {host} です。同じホストを指定してください"),
            ),
            Self::TooFast { rate, host } => lang.pick(
                format!("{rate}/s is above the ceiling of 1,000/s; if you mean it, add --i-own-this-target {host}"),
                format!("{rate}/s は上限の 1,000/s を超えています。意図どおりなら --i-own-this-target {host} を付けてください"),
            ),
            Self::Plan(mistake) => mistake.text(lang),
            Self::PlanFile { path, why } => lang.pick(
                format!("{} is not a plan: {why}", path.display()),
                format!("{} は計画ファイルとして読めません: {why}", path.display()),
            ),
            Self::NotARun(run) => lang.pick(
                format!("{run} is not the id of a run; the report gives it, such as 20260401-090000-1a2b"),
                format!("{run} は実行 ID ではありません。レポートにある 20260401-090000-1a2b のような ID を指定してください"),
            ),
            Self::File { path, why } => lang.pick(
                format!("{} cannot be written: {why}", path.display()),
                format!("{} に書き込めません: {why}", path.display()),
            ),
            Self::Report { path, why } => lang.pick(
                format!("{} is not the report of a load test: {why}", path.display()),
                format!("{} は負荷テストのレポートではありません: {why}", path.display()),
            ),
            Self::Baseline { path, why } => lang.pick(
                format!("{} cannot be read to compare with: {why}; --baseline takes the JSON report of an earlier run", path.display()),
                format!("{} を比較元として読めません: {why}。--baseline には以前の実行の JSON レポートを指定してください", path.display()),
            ),
            Self::Unreachable { host, why } => lang.pick(
                format!("{host} does not answer as the event service does: {why}; is it running, and is --host right?"),
                format!("{host} がイベントサービスとして応答しません: {why}。起動しているか、--host が正しいか確認してください"),
            ),
            Self::Descriptors { needed, allowed } => lang.pick(
                format!("{needed} open files are needed and {allowed} allowed; run `ulimit -n {needed}` first, or lower --users"),
                format!("オープンファイル数が {needed} 必要ですが、上限は {allowed} です。先に `ulimit -n {needed}` を実行するか --users を減らしてください"),
            ),
            Self::StopsTasks => lang.pick(
                "the plan stops tasks of an ECS service; to allow it, add --stop-tasks --cluster NAME --service NAME".to_owned(),
                "この計画は ECS サービスのタスクを停止します。許可する場合は --stop-tasks --cluster 名前 --service 名前 を付けてください".to_owned(),
            ),
            Self::Aws(why) => lang.pick(
                format!("AWS does not give what this run needs: {why}"),
                format!("この実行に必要な AWS の操作ができません: {why}"),
            ),
            Self::NoService { cluster, service } => lang.pick(
                format!("there is no service {service} in cluster {cluster}; are names and region right?"),
                format!("クラスター {cluster} にサービス {service} がありません。名前とリージョンを確認してください"),
            ),
            Self::Capacity { path, why } => lang.pick(
                format!("{} does not say what the service bears: {why}", path.display()),
                format!("{} から処理能力を読み取れません: {why}", path.display()),
            ),
            Self::EndsBeforeItBegins => lang.pick(
                "--end must be after --begin".to_owned(),
                "--end は --begin より後の時刻を指定してください".to_owned(),
            ),
            Self::FaultsShared => lang.pick(
                "the plan breaks something on purpose, and each of the workers would do it; take the fault out of the plan and cause it by hand".to_owned(),
                "この計画には障害の発生が含まれ、すべてのワーカーが同じ操作をしてしまいます。計画から fault を外し、手動で発生させてください".to_owned(),
            ),
            Self::GateMissed { begins_at, now } => {
                let [begins_at, now] = [begins_at, now].map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true));
                lang.pick(
                    format!("the run begins at {begins_at}, and this worker was ready at {now}, too late; choose a later --begin for all workers"),
                    format!("開始時刻は {begins_at} ですが、このワーカーの準備が終わったのは {now} でした。全ワーカーの --begin をもっと遅い時刻にしてください"),
                )
            }
            Self::Results { place, why } => lang.pick(
                format!("the results cannot be written to {place}: {why}"),
                format!("結果を {place} に書き込めません: {why}"),
            ),
            Self::Foreign { path, why } => lang.pick(
                format!("{} cannot be added up: {why}", path.display()),
                format!("{} は合算できません: {why}", path.display()),
            ),
            Self::NothingToMerge(path) => lang.pick(
                format!("there are no results (*.ndjson) of workers in {}", path.display()),
                format!("{} にワーカーの結果 (*.ndjson) がありません", path.display()),
            ),
            Self::NothingToWatch => lang.pick(
                "say which service to watch with --cluster NAME --service NAME, or with --stack PREFIX".to_owned(),
                "--cluster 名前 --service 名前、または --stack プレフィックスで監視するサービスを指定してください".to_owned(),
            ),
            Self::ScalingUnwatched => lang.pick(
                "the plan expects something of scaling; say which service to watch with --cluster NAME --service NAME, or with --stack PREFIX".to_owned(),
                "この計画はスケーリングを判定します。--cluster 名前 --service 名前、または --stack プレフィックスで監視するサービスを指定してください".to_owned(),
            ),
            Self::Ringing { name, why } => lang.pick(
                format!("alarm {name} is in state ALARM already, which would stop the run at once: {why}"),
                format!("アラーム {name} がすでに ALARM 状態のため開始できません: {why}"),
            ),
            Self::NoMetrics => lang.pick(
                "the address given with --metrics says nothing of the service's connections; is it the one of --metrics-listen, with /metrics at its end?".to_owned(),
                "--metrics のアドレスからサービスの接続情報を取得できません。サービスの --metrics-listen のアドレスに /metrics を付けたものか確認してください".to_owned(),
            ),
            Self::NotPrepared(why) => lang.pick(
                format!("the events of the run could not be made: {why}"),
                format!("この実行で使うイベントを作成できませんでした: {why}"),
            ),
        }
    }
}

impl From<Mistake> for UsageError {
    fn from(mistake: Mistake) -> Self {
        Self::Plan(mistake)
    }
}
