//! `probe cleanup`: what is left of a deployment, what it costs a day, and the commands in the right order.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use super::{Missing, NotSeen, Step};
use crate::{
    prices::{self, Cost, DAYS},
    snapshot::{Holding, Inventory, Kind, Mark},
    words,
    words::{Lang, Phrase, Words},
};

/// The checklist of the clean-up.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct CleanupView {
    /// Version of this format: 1.
    pub version: u32,
    /// First part of the stacks' names.
    pub prefix: String,
    /// Region.
    pub region: String,
    /// When it was looked at.
    pub taken_at: DateTime<Utc>,
    /// The checklist, in the order in which things are taken down.
    pub items: Vec<CheckItem>,
    /// US dollars a day of what is left, as far as prices are known; `null` where the price file does not know the Region.
    pub day_usd: Option<f64>,
    /// Whether something that is left costs more than the price file can tell.
    pub incomplete: bool,
    /// What to do, in this order. `probe` does none of it.
    pub steps: Vec<Step>,
    /// The calls that did not answer.
    pub not_seen: Vec<NotSeen>,
    #[serde(skip)]
    lang: Option<Lang>,
}

/// One kind of thing.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct CheckItem {
    /// What it is.
    pub what: String,
    /// `gone`, `costs`, `free` (left, but not billed) or `unknown` (not seen).
    pub state: String,
    /// What is left of it.
    pub left: Vec<Left>,
}

/// One thing that is left.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Left {
    /// Its name.
    pub name: String,
    /// What else is known of it.
    pub notes: Vec<String>,
    /// US dollars a day; `null` where the price is not known.
    pub day_usd: Option<f64>,
}

impl CleanupView {
    /// Checks what was found.
    pub fn new(inventory: &Inventory, lang: Lang) -> Self {
        let mut missing = Missing::new(lang);
        let prices = prices::of_region(&inventory.region);
        let cost = |holding: &Holding| {
            let priced = prices.as_ref().map(|prices| prices.of(holding));
            priced.unwrap_or(Cost {
                incomplete: true,
                ..Cost::default()
            })
        };
        let mut all = Cost::default();
        let mut item = |kind: Kind| {
            let found = match inventory.found.get(&kind) {
                Some(found) => missing.seen(found),
                None => None,
            };
            let left = |holding: &Holding| {
                let cost = cost(holding);
                all = all.and(cost);
                Left {
                    name: holding.name.clone(),
                    notes: holding
                        .marks
                        .iter()
                        .filter_map(|mark| note(mark, lang))
                        .collect(),
                    day_usd: (!cost.incomplete).then_some(cost.monthly / DAYS),
                }
            };
            let state = match found {
                None => "unknown",
                Some(found) if found.is_empty() => "gone",
                Some(found) if found.iter().any(|it| !it.amounts.is_empty()) => "costs",
                Some(_) => "free",
            };
            CheckItem {
                what: words_of(kind).in_lang(lang).to_owned(),
                state: state.to_owned(),
                left: found.into_iter().flatten().map(left).collect(),
            }
        };
        let items: Vec<CheckItem> = Kind::ALL.into_iter().map(&mut item).collect();
        Self {
            version: 1,
            prefix: inventory.prefix.clone(),
            region: inventory.region.clone(),
            taken_at: inventory.taken_at,
            items,
            day_usd: prices.as_ref().map(|_| all.monthly / DAYS),
            incomplete: all.incomplete,
            steps: steps(inventory, lang),
            not_seen: missing.calls,
            lang: Some(lang),
        }
    }

    /// The language it is written in.
    pub fn lang(&self) -> Lang {
        self.lang.unwrap_or(Lang::En)
    }

    /// Whether something is left that costs money.
    pub fn costs(&self) -> bool {
        self.items.iter().any(|item| item.state == "costs")
    }

    /// Whether nothing at all was found: then the name may be wrong.
    pub fn is_empty(&self) -> bool {
        self.items.iter().all(|item| item.state == "gone")
    }
}

/// The words of the checklist of `cloudformation/teardown`, and of what is asked beyond it.
pub fn words_of(kind: Kind) -> Phrase {
    let (en, ja) = match kind {
        Kind::Stack => ("stacks", "スタック"),
        Kind::Service => ("ECS services", "ECS サービス"),
        Kind::Cluster => ("ECS clusters", "ECS クラスター"),
        Kind::LoadBalancer => ("load balancers", "ロードバランサー"),
        Kind::TargetGroup => ("target groups", "ターゲットグループ"),
        Kind::Database => ("databases", "データベース"),
        Kind::SubnetGroup => ("database subnet groups", "DB サブネットグループ"),
        Kind::DatabaseSnapshot => ("database snapshots", "DB スナップショット"),
        Kind::KeptBackup => ("kept automated backups", "保持された自動バックアップ"),
        Kind::NatGateway => ("NAT gateways", "NAT ゲートウェイ"),
        Kind::Address => ("Elastic IP addresses", "Elastic IP アドレス"),
        Kind::Endpoint => ("VPC endpoints", "VPC エンドポイント"),
        Kind::Interface => (
            "network interfaces that nothing uses",
            "未使用のネットワークインターフェイス",
        ),
        Kind::Vpc => ("VPCs", "VPC"),
        Kind::Repository => ("image repositories", "イメージリポジトリ"),
        Kind::Secret => ("secrets", "シークレット"),
        Kind::WaitingSecret => (
            "secrets in their recovery window",
            "復旧期間中のシークレット",
        ),
        Kind::Key => ("encryption keys", "暗号化キー"),
        Kind::LogGroup => ("log groups", "ロググループ"),
        Kind::Bucket => ("buckets", "S3 バケット"),
        Kind::Alarm => ("alarms", "アラーム"),
        Kind::Firewall => ("firewalls of CloudFront", "CloudFront のファイアウォール"),
        Kind::Distribution => (
            "CloudFront distributions",
            "CloudFront ディストリビューション",
        ),
        Kind::Role => ("IAM roles", "IAM ロール"),
        Kind::Tagged => ("other things with the tag", "タグの付いたその他のリソース"),
    };
    Phrase { en, ja }
}

fn note(mark: &Mark, lang: Lang) -> Option<String> {
    let words = match mark {
        Mark::State(state) => Words::verbatim(state.clone()),
        Mark::Detail(detail) => Words::verbatim(detail.clone()),
        Mark::Protected => words!("protected against deletion", "削除保護が有効"),
        Mark::Idle => words!("used by nothing", "未使用"),
        Mark::KeptForEver => words!("kept for ever", "保持期間なし"),
        Mark::SupportEnded(_) => words!("in extended support", "延長サポート中"),
        Mark::Standby => words!("with a standby", "スタンバイあり"),
        Mark::Tasks(count) => words!("{count} tasks", "タスク {count} 件"),
        Mark::DeletedAt(at) => {
            let day = at.format("%Y-%m-%d");
            words!("gone for good on {day}", "{day} に完全に削除")
        }
    };
    Some(words.in_lang(lang).to_owned()).filter(|text| !text.is_empty())
}

/// What to do. While stacks are there, deleting what is theirs by hand would only make them fail.
fn steps(inventory: &Inventory, lang: Lang) -> Vec<Step> {
    let (prefix, region) = (&inventory.prefix, &inventory.region);
    let of = |kind: Kind| {
        inventory
            .found
            .get(&kind)
            .and_then(|found| found.as_ref().ok())
            .into_iter()
            .flatten()
    };
    let step = |title: &Words, command: String| Step {
        title: title.in_lang(lang).to_owned(),
        command,
    };
    let mut steps = vec![];
    let stacks = of(Kind::Stack).next().is_some();
    if stacks {
        let protected = Kind::ALL
            .into_iter()
            .flat_map(of)
            .any(|holding| holding.marks.contains(&Mark::Protected));
        let unprotect = if protected { " --unprotect" } else { "" };
        steps.push(step(
            &words!(
                "delete the stacks, in the right order",
                "スタックを正しい順序で削除する"
            ),
            format!("AWS_REGION={region} cloudformation/teardown {prefix}{unprotect}"),
        ));
        steps.push(step(
            &words!(
                "look again: what the stacks leave behind shows then",
                "もう一度確認する (スタックの削除後に残ったものが表示される)"
            ),
            format!("probe cleanup --stack {prefix} --region {region}"),
        ));
    }
    for kind in Kind::ALL {
        // What a stack never takes along, whoever made it.
        let stays = matches!(kind, Kind::DatabaseSnapshot | Kind::KeptBackup);
        if stacks && !stays {
            continue;
        }
        let commands: Vec<String> = of(kind)
            .flat_map(|holding| commands(kind, holding, region))
            .collect();
        if commands.is_empty() {
            continue;
        }
        let what = words_of(kind);
        let title = match kind {
            Kind::Bucket => words!(
                "buckets, when they are empty (cloudformation/teardown {prefix} --with-data empties them)",
                "S3 バケット (空にしてから削除する。cloudformation/teardown {prefix} --with-data なら空にして削除する)"
            ),
            Kind::DatabaseSnapshot | Kind::KeptBackup => Words {
                en: format!("{}, when nobody needs the data", what.en),
                ja: format!("{} (データが不要なことを確認してから)", what.ja),
            },
            _ => Words {
                en: what.en.to_owned(),
                ja: what.ja.to_owned(),
            },
        };
        steps.push(step(&title, commands.join("\n")));
    }
    steps
}

/// The commands that delete one thing.
fn commands(kind: Kind, holding: &Holding, region: &str) -> Vec<String> {
    let id = &holding.id;
    let delete = match kind {
        Kind::Service => format!("ecs delete-service {id} --force"),
        Kind::Cluster => format!("ecs delete-cluster --cluster {id}"),
        Kind::LoadBalancer => format!("elbv2 delete-load-balancer --load-balancer-arn {id}"),
        Kind::TargetGroup => format!("elbv2 delete-target-group --target-group-arn {id}"),
        Kind::Database => format!(
            "rds delete-db-instance --db-instance-identifier {id} --final-db-snapshot-identifier {id}-final"
        ),
        Kind::SubnetGroup => format!("rds delete-db-subnet-group --db-subnet-group-name {id}"),
        Kind::DatabaseSnapshot => format!("rds delete-db-snapshot --db-snapshot-identifier {id}"),
        Kind::KeptBackup => {
            format!("rds delete-db-instance-automated-backup --dbi-resource-id {id}")
        }
        Kind::NatGateway => format!("ec2 delete-nat-gateway --nat-gateway-id {id}"),
        Kind::Address => format!("ec2 release-address --allocation-id {id}"),
        Kind::Endpoint => format!("ec2 delete-vpc-endpoints --vpc-endpoint-ids {id}"),
        Kind::Interface => format!("ec2 delete-network-interface --network-interface-id {id}"),
        Kind::Vpc => format!("ec2 delete-vpc --vpc-id {id}"),
        Kind::Repository => format!("ecr delete-repository --force --repository-name {id}"),
        Kind::Secret => {
            format!("secretsmanager delete-secret --recovery-window-in-days 7 --secret-id {id}")
        }
        Kind::Key => format!("kms schedule-key-deletion --pending-window-in-days 7 --key-id {id}"),
        Kind::LogGroup => format!("logs delete-log-group --log-group-name {id}"),
        Kind::Bucket => format!("s3api delete-bucket --bucket {}", holding.name),
        Kind::Alarm => format!("cloudwatch delete-alarms --alarm-names {id}"),
        // A firewall wants a lock token, a distribution has to be switched off, a role to lose its policies; a secret
        // in its recovery window goes by itself, and what was made by hand is known to whoever made it.
        Kind::Stack
        | Kind::WaitingSecret
        | Kind::Firewall
        | Kind::Distribution
        | Kind::Role
        | Kind::Tagged => return vec![],
    };
    let lift = (kind == Kind::Database && holding.marks.contains(&Mark::Protected))
        .then(|| format!("rds modify-db-instance --db-instance-identifier {id} --no-deletion-protection --apply-immediately"));
    lift.into_iter()
        .chain([delete])
        .map(|command| format!("aws {command} --region {region}"))
        .collect()
}
