//! What would make the bill smaller. Each says what is given up for it.

use super::Lever;
use crate::{
    prices::{HOURS, Prices},
    snapshot::{Fargate, Holding, Inventory, Kind, Mark, Unit},
    views::Step,
    words,
    words::{Lang, Words},
};

/// Working hours of a month, as `cloudformation/COST.md` counts them.
const WORKING_HOURS: f64 = 260.0;
/// Days after which logs of an exercise are of no use.
const RETENTION_DAYS: i32 = 30;
/// Days after which RDS starts a stopped database by itself.
const STOPPED_DAYS: i32 = 7;

/// The levers, the biggest first.
pub(super) fn levers(
    inventory: &Inventory,
    holdings: &[(Kind, &Holding)],
    prices: &Prices,
    lang: Lang,
) -> Vec<Lever> {
    let bill = Bill {
        prefix: &inventory.prefix,
        region: &inventory.region,
        holdings,
        prices,
    };
    let all = bill
        .way_out()
        .into_iter()
        .chain(bill.tasks())
        .chain(bill.data())
        .chain(bill.records());
    let mut levers: Vec<Lever> = all
        .map(|(saves, message, steps): Told| Lever {
            saves_month_usd: saves,
            message: message.in_lang(lang).to_owned(),
            steps: steps
                .into_iter()
                .map(|(title, command)| Step {
                    title: title.in_lang(lang).to_owned(),
                    command,
                })
                .collect(),
        })
        .collect();
    levers.sort_by(|a, b| {
        let key = |lever: &Lever| lever.saves_month_usd.unwrap_or(-1.0);
        key(b).total_cmp(&key(a))
    });
    levers
}

type Told = (Option<f64>, Words, Vec<(Words, String)>);

struct Bill<'a> {
    prefix: &'a str,
    region: &'a str,
    holdings: &'a [(Kind, &'a Holding)],
    prices: &'a Prices,
}

impl<'a> Bill<'a> {
    fn of(&self, kind: Kind) -> impl Iterator<Item = &'a Holding> {
        let of_kind = self
            .holdings
            .iter()
            .filter(move |(other, _)| *other == kind);
        of_kind.map(|(_, holding)| *holding)
    }

    fn usd(&self, unit: &Unit, amount: f64) -> f64 {
        self.prices.of_unit(unit, amount).monthly
    }

    /// How much of a sort of units there is.
    fn sum(&self, is: impl Fn(&Unit) -> bool) -> f64 {
        let amounts = self
            .holdings
            .iter()
            .flat_map(|(_, holding)| &holding.amounts);
        amounts
            .filter(|(unit, _)| is(unit))
            .map(|(_, amount)| amount)
            .sum()
    }

    /// Parameters are changed in their file, and brought up by a deployment of the image that runs.
    fn deploy(&self, parameters: &str) -> (Words, String) {
        (
            words!(
                "set {parameters} in cloudformation/parameters/<ENV>.json, and deploy",
                "cloudformation/parameters/<ENV>.json で {parameters} を設定してデプロイする"
            ),
            format!("cloudformation/deploy {} <ENV> <IMAGE_TAG>", self.prefix),
        )
    }

    /// What the way to AWS and to the internet costs.
    fn way_out(&self) -> Vec<Told> {
        let nats = self.sum(|unit| *unit == Unit::NatGateway);
        let endpoints = self.sum(|unit| *unit == Unit::EndpointZone);
        let each = self.usd(&Unit::NatGateway, 1.0) + self.usd(&Unit::PublicAddress, 1.0);
        let mut told = vec![];
        if nats > 1.0 {
            let more = nats - 1.0;
            told.push((
                Some(more * each),
                words!(
                    "one NAT gateway instead of {nats}: when its zone fails, tasks in the other zone lose their way out",
                    "NAT ゲートウェイを {nats} 個から 1 個に減らす (その AZ に障害が起きると、他の AZ のタスクも外部へ出られない)"
                ),
                vec![self.deploy("NatGateways=1")],
            ));
        }
        if nats > 0.0 {
            let tasks: i32 = self
                .of(Kind::Service)
                .flat_map(|it| &it.marks)
                .map(count)
                .sum();
            let addresses = self.usd(&Unit::PublicAddress, f64::from(tasks));
            told.push((
                Some(nats * each - addresses),
                words!(
                    "trap: NAT is billed by the hour also when nothing goes through it, and again for each GB; tasks in public subnets need none (for an exercise: one wrong rule of a security group opens them to everybody)",
                    "落とし穴: NAT は通信がなくても時間単位で課金され、通信量 (GB) にも課金される。タスクをパブリックサブネットに置けば不要になる (演習向け: セキュリティグループの設定を 1 つ誤ると全公開になる)"
                ),
                vec![self.deploy("NatGateways=0, TaskSubnets=public")],
            ));
        }
        if nats > 0.0 && endpoints > 0.0 {
            told.push((
                Some(self.usd(&Unit::EndpointZone, endpoints)),
                words!(
                    "NAT and {endpoints} interface endpoints (counted once a zone) are both paid: one of the two is enough for AWS's own services",
                    "NAT とインターフェイスエンドポイント {endpoints} 個 (AZ ごとに計上) の両方に課金されている。AWS のサービスへの接続ならどちらか一方で足りる"
                ),
                vec![],
            ));
        }
        for address in self
            .of(Kind::Address)
            .filter(|it| it.marks.contains(&Mark::Idle))
        {
            let (id, region) = (&address.id, self.region);
            told.push((
                Some(self.usd(&Unit::PublicAddress, 1.0)),
                words!(
                    "trap: the Elastic IP {id} is used by nothing, and is billed all the same",
                    "落とし穴: Elastic IP {id} はどこにも使われていないが課金されている"
                ),
                vec![(
                    words!("release it", "解放する"),
                    format!("aws ec2 release-address --allocation-id {id} --region {region}"),
                )],
            ));
        }
        let addresses = self.sum(|unit| *unit == Unit::PublicAddress);
        if addresses > 0.0 {
            told.push((
                None,
                words!(
                    "trap: every public IPv4 address is billed, in use or not; the load balancer alone has one in each zone ({addresses} in all)",
                    "落とし穴: パブリック IPv4 アドレスは使用中かどうかを問わず課金される。ロードバランサーだけでも AZ ごとに 1 つ持つ (合計 {addresses} 個)"
                ),
                vec![],
            ));
        }
        told
    }

    fn tasks(&self) -> Vec<Told> {
        let mut told = vec![];
        let x86 = Fargate {
            arm: false,
            spot: false,
        };
        let arm = Fargate { arm: true, ..x86 };
        let (cpu, memory) = (
            self.sum(|unit| *unit == Unit::Vcpu(x86)),
            self.sum(|unit| *unit == Unit::Memory(x86)),
        );
        let of = |kind| self.usd(&Unit::Vcpu(kind), cpu) + self.usd(&Unit::Memory(kind), memory);
        if cpu > 0.0 {
            told.push((
                Some(of(x86) - of(arm)),
                words!(
                    "tasks on ARM; the image has to be built for it",
                    "タスクを ARM にする (イメージを ARM 向けにビルドする必要がある)"
                ),
                vec![self.deploy("CpuArchitecture=ARM64")],
            ));
        }
        let all = |unit: &Unit| matches!(unit, Unit::Vcpu(_) | Unit::Memory(_) | Unit::Database(_));
        let amounts = self
            .holdings
            .iter()
            .flat_map(|(_, holding)| &holding.amounts);
        let runs = amounts.filter(|(unit, _)| all(unit));
        let running: f64 = runs.map(|(unit, amount)| self.usd(unit, *amount)).sum();
        if running > 0.0 {
            told.push((
                Some(running * (1.0 - WORKING_HOURS / HOURS)),
                words!(
                    "tasks and database in working hours only ({WORKING_HOURS} of {HOURS}); NAT, load balancer and addresses do not stop",
                    "タスクとデータベースを勤務時間だけ稼働させる ({HOURS} 時間中 {WORKING_HOURS} 時間)。NAT、ロードバランサー、アドレスは止まらない"
                ),
                vec![(words!("add the stack that stops and starts them", "停止・起動を行うスタックを追加する"), format!("cloudformation/deploy {} <ENV> <IMAGE_TAG> --with schedule", self.prefix))],
            ));
        }
        told
    }

    fn data(&self) -> Vec<Told> {
        let mut told = vec![];
        for database in self.of(Kind::Database) {
            let id = &database.name;
            let is = |mark: &Mark| database.marks.contains(mark);
            if is(&Mark::Standby) {
                told.push((
                    Some(self.prices.of(database).monthly / 2.0),
                    words!(
                        "no standby for {id}: when its zone fails, the service is away until you restore it",
                        "{id} のスタンバイをなくす (AZ 障害時は復元するまでサービスが停止する)"
                    ),
                    vec![self.deploy("MultiAZ=false")],
                ));
            }
            if is(&Mark::State("stopped".into())) {
                told.push((
                    None,
                    words!(
                        "trap: {id} is stopped, starts by itself after {STOPPED_DAYS} days, and its storage is billed all the time",
                        "落とし穴: {id} は停止中だが、{STOPPED_DAYS} 日後に自動的に起動する。ストレージは停止中も課金される"
                    ),
                    vec![],
                ));
            }
            let ended = database.marks.iter().find_map(|mark| match mark {
                Mark::SupportEnded(at) => Some(at.format("%Y-%m-%d")),
                _ => None,
            });
            if let Some(day) = ended {
                let vcpus = database
                    .amounts
                    .iter()
                    .find(|(unit, _)| *unit == Unit::ExtendedSupport);
                told.push((
                    vcpus.map(|(unit, amount)| self.usd(unit, *amount)),
                    words!(
                        "trap: the version of {id} left standard support on {day}; extended support is billed for each vCPU and hour, and more from the third year on",
                        "落とし穴: {id} のバージョンは {day} に標準サポートが終了した。延長サポートは vCPU・時間ごとに課金され、3 年目からさらに高くなる"
                    ),
                    vec![(
                        words!("see to which versions it can go", "アップグレード先のバージョンを確認する"),
                        format!("probe db --stack {} --region {}", self.prefix, self.region),
                    )],
                ));
            }
        }
        let snapshots = self.sum(|unit| *unit == Unit::Snapshot);
        if snapshots > 0.0 {
            told.push((
                Some(self.usd(&Unit::Snapshot, snapshots)),
                words!(
                    "snapshots and kept backups stay and are billed when their database has gone (this is the most: they are billed as far as they are used)",
                    "スナップショットと保持されたバックアップは、データベースの削除後も残り課金される (金額は最大値。実際は使用量に応じて課金される)"
                ),
                vec![(words!("see which there are, with the commands", "一覧と削除コマンドを確認する"), format!("probe cleanup --stack {} --region {}", self.prefix, self.region))],
            ));
        }
        told
    }

    fn records(&self) -> Vec<Told> {
        let groups: Vec<&Holding> = self
            .of(Kind::LogGroup)
            .filter(|it| it.marks.contains(&Mark::KeptForEver))
            .collect();
        let Some(first) = groups.first() else {
            return vec![];
        };
        let (count, name, region) = (groups.len(), &first.name, self.region);
        vec![(
            None,
            words!(
                "trap: {count} log group(s) keep their lines for ever, {name} among them: they are paid for each month, and more each month",
                "落とし穴: {count} 個のロググループに保持期間の設定がなく ({name} など)、ログが増え続けて毎月の課金も増える"
            ),
            groups
                .iter()
                .map(|group| {
                    let name = &group.name;
                    (
                        words!("keep {RETENTION_DAYS} days", "保持期間を {RETENTION_DAYS} 日にする"),
                        format!("aws logs put-retention-policy --log-group-name {name} --retention-in-days {RETENTION_DAYS} --region {region}"),
                    )
                })
                .collect(),
        )]
    }
}

fn count(mark: &Mark) -> i32 {
    match mark {
        Mark::Tasks(count) => *count,
        _ => 0,
    }
}
