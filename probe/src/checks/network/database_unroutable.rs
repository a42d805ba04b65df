//! No route leads from the tasks to the database, or back: another VPC, a lost peering connection, a public name.

use std::collections::BTreeSet;

use super::{DATABASE_AWAY, DATABASE_SYMPTOMS, database_paths, findings};
use crate::{
    case::{Case, proof},
    check::{Check, Evidence, Finding, Fix, Severity},
    network::{Kind, Path, Refusal, Repair},
    remedy::joined,
    snapshot::Observed,
    words,
    words::Phrase,
};

pub(super) const CHECK: Check = Check {
    id: "network-database-unroutable",
    classes: &["db-unreachable-network"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "no route leads from the tasks to the database",
        ja: "タスクからデータベースへのルートがありません",
    },
    explains: DATABASE_SYMPTOMS,
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let paths = database_paths(case)?;
    let kinds = &[Kind::Route];
    let found = findings(case, CHECK.id, &paths, kinds, DATABASE_AWAY, |refused| {
        let (goals, subnets) = (refused.goals(), refused.subnets());
        let database = case.database.as_ref().ok().and_then(Option::as_ref);
        let id = database.map(|database| database.id.clone());
        let fix = joined(refused.refusals.iter().flat_map(|r| fixes(case, r)));
        let message = words!(
            "no route leads from {subnets} to the database and back ({goals})",
            "{subnets} とデータベースの間のルートがありません ({goals})"
        );
        Some((id.unwrap_or_default(), message, fix))
    })?;
    match found.is_empty() {
        true => named_publicly(case, &paths),
        false => Ok(found),
    }
}

/// A connection between two VPCs has to be named in the route tables of both.
fn fixes(case: &Case<'_>, refusal: &Refusal) -> Vec<Fix> {
    let region = &case.target.region;
    let (table, destination, verb) = match refusal {
        Refusal::Misrouted {
            table, destination, ..
        } => {
            return vec![Fix {
                title: words!(
                    "take the route away that leads {destination} astray; the local route then serves it",
                    "{destination} を誤った先へ向けているルートを削除する (local ルートが使われるようになる)"
                ),
                command: format!(
                    "aws ec2 delete-route --route-table-id {table} --destination-cidr-block {destination} --region {region}"
                ),
            }];
        }
        Refusal::NoRoute {
            table, destination, ..
        } if destination != "0.0.0.0/0" => (table, destination, "create-route"),
        Refusal::Blackhole {
            table, destination, ..
        } if destination != "0.0.0.0/0" => (table, destination, "replace-route"),
        Refusal::NoRoute { table, .. } | Refusal::NoPublicAddress { table, .. } => {
            return Repair(case).way_out(&BTreeSet::from([table.clone()]), false);
        }
        Refusal::Blackhole { table, .. } => {
            return Repair(case).way_out(&BTreeSet::from([table.clone()]), true);
        }
        _ => return vec![],
    };
    let vpc = Repair(case).vpc_of(table);
    vec![Fix {
        title: words!(
            "route {destination} to the active peering connection of {vpc}; where there is none, make one first",
            "{vpc} の有効なピアリング接続に {destination} へのルートを向ける (なければ先に作成する)"
        ),
        command: format!(
            "peering=$(aws ec2 describe-vpc-peering-connections --filters Name=requester-vpc-info.vpc-id,Values={vpc} Name=status-code,Values=active --query 'VpcPeeringConnections[0].VpcPeeringConnectionId' --output text --region {region})\naws ec2 {verb} --route-table-id {table} --destination-cidr-block {destination} --vpc-peering-connection-id $peering --region {region}"
        ),
    }]
}

/// A database with a public name, whose address inside of the VPC is not used: the VPC's DNS does not know it.
fn named_publicly(case: &Case<'_>, paths: &[Path]) -> Observed<Vec<Finding>> {
    let Some(database) = case.database()?.as_ref().filter(|d| d.publicly_accessible) else {
        return Ok(vec![]);
    };
    if paths.iter().any(|path| !path.is_open()) {
        return Ok(vec![]); // another check says why
    }
    let said = case.said(CHECK.classes)?;
    let Some(proof) = proof(&said, words!("a private address", "プライベートアドレス"))
    else {
        return Ok(vec![]);
    };
    let (id, region) = (&database.id, &case.target.region);
    Ok(vec![Finding {
        subject: id.clone(),
        message: words!(
            "the name of the database {id} resolves to a public address, which the tasks do not reach",
            "データベース {id} の名前がパブリックアドレスに解決され、タスクから接続できません"
        ),
        evidence: vec![
            Evidence {
                source: "rds:DescribeDBInstances PubliclyAccessible",
                saw: crate::words::Words::verbatim("true"),
                expected: crate::words::Words::verbatim("false"),
            },
            proof,
        ],
        fix: vec![Fix {
            title: words!(
                "give the name a private address only; whoever connects from outside of the VPC is cut off",
                "プライベートアドレスだけにする (VPC の外からは接続できなくなる)"
            ),
            command: format!(
                "aws rds modify-db-instance --db-instance-identifier {id} --no-publicly-accessible --apply-immediately --region {region}"
            ),
        }],
    }])
}
