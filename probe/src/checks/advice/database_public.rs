//! The database can be reached from the internet, or stands one rule away from it.

use super::{advice, finding};
use crate::{
    case::Case,
    check::{Check, Finding, Fix},
    snapshot::{Database, Observed, RouteTable},
    words,
    words::{Phrase, Words},
};

pub(super) const CHECK: Check = advice(
    "advice-database-public",
    Phrase {
        en: "the database stands in the internet",
        ja: "データベースがインターネットに面しています",
    },
    find,
);

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let Some(database) = case.database()? else {
        return Ok(vec![]);
    };
    let (id, region) = (&database.id, &case.target.region);
    if database.publicly_accessible {
        return Ok(vec![finding(
            id,
            words!(
                "the database {id} is publicly accessible: only its security group stands between it and the internet",
                "データベース {id} はパブリックアクセス可能です。インターネットとの間にあるのはセキュリティグループだけです"
            ),
            (
                "rds:DescribeDBInstances PubliclyAccessible",
                Words::verbatim("true"),
                Words::verbatim("false"),
            ),
            vec![Fix {
                title: words!(
                    "take its public address away; the tasks in the VPC reach it as before",
                    "パブリックアドレスを外す (VPC 内のタスクからの経路は変わらない)"
                ),
                command: format!(
                    "aws rds modify-db-instance --db-instance-identifier {id} --no-publicly-accessible --apply-immediately --region {region}"
                ),
            }],
        )]);
    }
    in_public_subnet(case, database)
}

fn in_public_subnet(case: &Case<'_>, database: &Database) -> Observed<Vec<Finding>> {
    let (tables, subnets) = (case.route_tables()?, case.subnets()?);
    let table_of = |subnet: &str| {
        let named = |table: &&RouteTable| table.subnets.iter().any(|id| id == subnet);
        let vpc = &subnets.get(subnet)?.vpc;
        tables
            .values()
            .find(named)
            .or_else(|| tables.values().find(|t| t.main && t.vpc == *vpc))
    };
    let way_out = |subnet: &String| {
        let mut routes = table_of(subnet)?.routes.iter();
        let gateway = routes.find(|route| route.target.starts_with("igw-"))?;
        Some((subnet.clone(), gateway))
    };
    let Some((subnet, route)) = database.subnets.iter().find_map(way_out) else {
        let unread = case.unread_network.first().cloned();
        return unread.map_or(Ok(vec![]), Err);
    };
    let (id, region) = (&database.id, &case.target.region);
    let (destination, gateway) = (&route.destination, &route.target);
    let vpc = database.vpc.as_deref().unwrap_or_default();
    Ok(vec![finding(
        id,
        words!(
            "the database {id} may stand in {subnet}, a subnet with a route to the internet: one changed setting makes it public",
            "データベース {id} のサブネットグループに、インターネットへのルートを持つ {subnet} が含まれています。設定を 1 つ変えるだけで公開されてしまいます"
        ),
        (
            "ec2:DescribeRouteTables",
            Words::verbatim(format!("{subnet}: {destination} -> {gateway}")),
            words!(
                "no route to an internet gateway",
                "インターネットゲートウェイへのルートがない"
            ),
        ),
        vec![Fix {
            title: words!(
                "find subnets without such a route, and make a subnet group of two of them; the database moves there by a restore of its snapshot",
                "そのようなルートのないサブネットを探し、2 つ以上でサブネットグループを作る (データベースの移動はスナップショットからの復元で行う)"
            ),
            command: format!(
                "aws ec2 describe-route-tables --filters Name=vpc-id,Values={vpc} --query 'RouteTables[?!not_null(Routes[?starts_with(GatewayId||`-`,`igw-`)]|[0])].Associations[].SubnetId' --output text --region {region}"
            ),
        }],
    )])
}
