//! `probe cost`: what a deployment costs a month, what of it can be saved, and what surprises on the bill.

mod levers;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use super::{Missing, NotSeen, Step};
use crate::{
    prices::{self, Cost, DAYS, Prices},
    snapshot::{Holding, Inventory, Kind, Unit},
    words::{Lang, Phrase, phrases},
};

phrases! {
    TASKS = "tasks on Fargate", "Fargate のタスク";
    BALANCER = "load balancer", "ロードバランサー";
    NAT = "NAT gateways", "NAT ゲートウェイ";
    ENDPOINTS = "interface endpoints", "インターフェイスエンドポイント";
    ADDRESSES = "public IPv4 addresses", "パブリック IPv4 アドレス";
    DATABASE = "database", "データベース";
    STORAGE = "database storage", "データベースのストレージ";
    EXTENDED = "extended support", "延長サポート";
    SNAPSHOTS = "snapshots, kept backups", "スナップショット、保持されたバックアップ";
    SECRETS = "secrets", "シークレット";
    KEYS = "keys", "KMS キー";
    IMAGES = "images", "イメージ";
    LOGS = "stored logs", "保存されたログ";
    ALARMS = "alarms", "アラーム";
    UNMEASURED = "not measured", "計測対象外";
}

/// What a deployment costs by the price file of this repository.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct CostView {
    /// Version of this format: 1.
    pub version: u32,
    /// First part of the stacks' names.
    pub prefix: String,
    /// Region.
    pub region: String,
    /// When it was looked at.
    pub taken_at: DateTime<Utc>,
    /// US dollars a month of 730 hours, of what was found, measured and has a price; `null` where the price file does
    /// not know the Region.
    pub month_usd: Option<f64>,
    /// The same a day.
    pub day_usd: Option<f64>,
    /// What it is made of, the dearest first.
    pub lines: Vec<CostLine>,
    /// What can be saved, the biggest lever first; what surprises without a sum stands last. Each sum is that of the one
    /// change alone: they overlap, and must not be added up.
    pub levers: Vec<Lever>,
    /// What no look at resources can tell.
    pub not_counted: Vec<String>,
    /// The calls that did not answer: what they would have shown is not in the sum.
    pub not_seen: Vec<NotSeen>,
    #[serde(skip)]
    lang: Option<Lang>,
}

/// One sort of thing on the bill.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct CostLine {
    /// What it is.
    pub what: String,
    /// How much of it there is, in the units of the bill.
    pub amount: String,
    /// US dollars a month; `null` where the price is not known.
    pub month_usd: Option<f64>,
    /// Its share of the sum in percent.
    pub share_percent: Option<f64>,
    /// Whether a part of it has no price in the price file.
    pub incomplete: bool,
    /// Whether its price was found in no list that could be read: the AWS Pricing Calculator has the last word.
    pub unverified: bool,
}

/// Something that would make the bill smaller, or that makes it larger than expected.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Lever {
    /// US dollars a month that it saves; `null` where that depends on what is used.
    pub saves_month_usd: Option<f64>,
    /// What it is, and its price in comfort or safety.
    pub message: String,
    /// What to do.
    pub steps: Vec<Step>,
}

impl CostView {
    /// Prices what was found.
    pub fn new(inventory: &Inventory, lang: Lang) -> Self {
        let mut missing = Missing::new(lang);
        let mut holdings: Vec<(Kind, &Holding)> = vec![];
        for (kind, found) in &inventory.found {
            let found = missing.seen(found).into_iter().flatten();
            holdings.extend(found.map(|holding| (*kind, holding)));
        }
        let prices = prices::of_region(&inventory.region);
        let mut lines = lines(&holdings, prices.as_ref(), lang);
        // Nothing sums up to -0.0, and is shown so.
        let sum = lines.iter().filter_map(|line| line.month_usd).sum::<f64>() + 0.0;
        for line in &mut lines {
            let share = line.month_usd.map(|usd| usd / sum * 100.0);
            line.share_percent = share.filter(|share| share.is_finite());
        }
        let month = prices.as_ref().map(|_| sum);
        let levers = prices
            .as_ref()
            .map(|prices| levers::levers(inventory, &holdings, prices, lang));
        Self {
            version: 1,
            prefix: inventory.prefix.clone(),
            region: inventory.region.clone(),
            taken_at: inventory.taken_at,
            month_usd: month,
            day_usd: month.map(|month| month / DAYS),
            lines,
            levers: levers.unwrap_or_default(),
            not_counted: not_counted(lang),
            not_seen: missing.calls,
            lang: Some(lang),
        }
    }

    /// The language it is written in.
    pub fn lang(&self) -> Lang {
        self.lang.unwrap_or(Lang::En)
    }
}

fn lines(holdings: &[(Kind, &Holding)], prices: Option<&Prices>, lang: Lang) -> Vec<CostLine> {
    let mut parts: Vec<(Phrase, Vec<(&Unit, f64)>)> = vec![];
    for (unit, amount) in holdings.iter().flat_map(|(_, holding)| &holding.amounts) {
        let label = label(unit);
        let part = match parts.iter_mut().position(|(known, _)| *known == label) {
            Some(place) => &mut parts[place].1,
            None => {
                parts.push((label, vec![]));
                let last = parts.len() - 1;
                &mut parts[last].1
            }
        };
        match part.iter_mut().find(|(known, _)| *known == unit) {
            Some((_, sum)) => *sum += amount,
            None => part.push((unit, *amount)),
        }
    }
    let line = |(label, units): (Phrase, Vec<(&Unit, f64)>)| {
        let amounts = units.iter().map(|(unit, amount)| shown(unit, *amount));
        let costs = units.iter().map(|(unit, amount)| {
            prices.map_or(Cost::default(), |prices| prices.of_unit(unit, *amount))
        });
        let cost = costs.fold(Cost::default(), Cost::and);
        let is_known = prices.is_some() && !(cost.incomplete && cost.monthly == 0.0);
        CostLine {
            what: label.in_lang(lang).to_owned(),
            amount: amounts.collect::<Vec<_>>().join(" + "),
            month_usd: is_known.then_some(cost.monthly),
            share_percent: None,
            incomplete: cost.incomplete,
            unverified: cost.unverified,
        }
    };
    let mut lines: Vec<CostLine> = parts.into_iter().map(line).collect();
    lines.sort_by(|a, b| {
        let key = |line: &CostLine| line.month_usd.unwrap_or(-1.0);
        key(b).total_cmp(&key(a))
    });
    lines
}

fn label(unit: &Unit) -> Phrase {
    match unit {
        Unit::Vcpu(_) | Unit::Memory(_) => TASKS,
        Unit::LoadBalancer => BALANCER,
        Unit::NatGateway => NAT,
        Unit::EndpointZone => ENDPOINTS,
        Unit::PublicAddress => ADDRESSES,
        Unit::Database(_) => DATABASE,
        Unit::DatabaseStorage(_) => STORAGE,
        Unit::ExtendedSupport => EXTENDED,
        Unit::Snapshot => SNAPSHOTS,
        Unit::Secret => SECRETS,
        Unit::Key => KEYS,
        Unit::Image => IMAGES,
        Unit::StoredLogs => LOGS,
        Unit::Alarm => ALARMS,
        Unit::Unmeasured => UNMEASURED,
    }
}

fn shown(unit: &Unit, amount: f64) -> String {
    let kind = |arm: bool, spot: bool| {
        format!(
            "{}{}",
            if arm { " ARM" } else { "" },
            if spot { " Spot" } else { "" }
        )
    };
    match unit {
        Unit::Vcpu(it) => format!("{amount} vCPU{}", kind(it.arm, it.spot)),
        Unit::Memory(it) => format!("{amount} GB{}", kind(it.arm, it.spot)),
        Unit::Database(class) => format!("{amount} × {class}"),
        Unit::DatabaseStorage(kind) => format!("{amount} GB {kind}"),
        Unit::ExtendedSupport => format!("{amount} vCPU"),
        Unit::Snapshot => format!("≤ {amount} GB"),
        Unit::Image | Unit::StoredLogs => format!("{amount:.2} GB"),
        _ => format!("× {amount}"),
    }
}

fn not_counted(lang: Lang) -> Vec<String> {
    let all = match lang {
        Lang::En => [
            "traffic: what goes through NAT gateways and endpoints, to the internet and between zones",
            "capacity units of the load balancer",
            "taking in logs, Container Insights, metrics of your own, enhanced monitoring",
            "backups beyond the size of the database; objects in buckets",
            "free tiers, discounts, taxes",
        ],
        Lang::Ja => [
            "通信量 (NAT ゲートウェイ・エンドポイント経由、インターネット向け、AZ 間)",
            "ロードバランサーの LCU",
            "ログの取り込み、Container Insights、カスタムメトリクス、拡張モニタリング",
            "データベースの容量を超えるバックアップ、S3 バケット内のオブジェクト",
            "無料利用枠、割引、税金",
        ],
    };
    all.map(ToOwned::to_owned).to_vec()
}
