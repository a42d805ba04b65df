//! All tasks start in one Availability Zone: they fail with it.

use std::collections::BTreeSet;

use super::{advice, finding};
use crate::{
    case::Case,
    check::{Check, Finding, Fix},
    snapshot::{Observed, Subject},
    words,
    words::{Phrase, Words},
};

pub(super) const CHECK: Check = advice(
    "advice-single-zone",
    Phrase {
        en: "all tasks start in one Availability Zone",
        ja: "すべてのタスクが 1 つのアベイラビリティーゾーンで起動します",
    },
    find,
);

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let (seen, subnets) = (case.service()?, case.subnets()?);
    let known: Vec<_> = seen
        .subnets
        .iter()
        .filter_map(|id| subnets.get(id))
        .collect();
    let zones: BTreeSet<&str> = known
        .iter()
        .map(|subnet| subnet.availability_zone.as_str())
        .collect();
    let (Some(zone), Some(first)) = (zones.first(), known.first()) else {
        return Ok(vec![]);
    };
    if zones.len() > 1 || known.len() < seen.subnets.len() {
        return Ok(vec![]);
    }
    let Subject {
        region,
        cluster,
        service,
    } = &case.target;
    // Subnets of another zone with the same routes serve the same purpose.
    let tables = case.route_tables()?;
    let alike = tables
        .values()
        .filter(|table| table.subnets.iter().any(|id| seen.subnets.contains(id)))
        .flat_map(|table| &table.subnets)
        .filter(|id| {
            subnets
                .get(*id)
                .is_some_and(|s| s.availability_zone != **zone)
        });
    let more: Vec<&str> = alike.map(String::as_str).collect();
    let (groups, public) = (
        seen.security_groups.join(","),
        if seen.assign_public_ip {
            "ENABLED"
        } else {
            "DISABLED"
        },
    );
    let fix = match more.is_empty() {
        false => Fix {
            title: words!(
                "add the subnets with the same routes in other zones; starts a new deployment",
                "同じルートを持つ別ゾーンのサブネットを追加する (新しいデプロイが始まる)"
            ),
            command: format!(
                "aws ecs update-service --cluster {cluster} --service {service} --network-configuration 'awsvpcConfiguration={{subnets=[{},{}],securityGroups=[{groups}],assignPublicIp={public}}}' --region {region}",
                seen.subnets.join(","),
                more.join(",")
            ),
        },
        true => Fix {
            title: words!(
                "find a subnet of another zone, and add it to the service",
                "別ゾーンのサブネットを探し、サービスに追加する"
            ),
            command: format!(
                "aws ec2 describe-subnets --filters Name=vpc-id,Values={} --query 'Subnets[].[SubnetId,AvailabilityZone,CidrBlock]' --output table --region {region}",
                first.vpc
            ),
        },
    };
    Ok(vec![finding(
        service,
        words!(
            "every subnet of {service} is in {zone}: when that zone fails, so do all tasks",
            "{service} のサブネットはすべて {zone} にあります。このゾーンで障害が起きると、全タスクが停止します"
        ),
        (
            "ecs:DescribeServices networkConfiguration, ec2:DescribeSubnets",
            Words::verbatim(format!("{}: {zone}", seen.subnets.join(", "))),
            words!(
                "subnets in two Availability Zones",
                "2 つのアベイラビリティーゾーンのサブネット"
            ),
        ),
        vec![fix],
    )])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario;

    #[test]
    fn a_subnet_that_was_not_seen_may_be_in_another_zone() {
        let mut snapshot = scenario::snapshot(CHECK.id).unwrap().unwrap();
        assert_eq!(find(&Case::new(&snapshot)).unwrap().len(), 1);
        let subnets = &mut snapshot.service.as_mut().unwrap().subnets;
        subnets.push("subnet-unseen".into());
        assert_eq!(find(&Case::new(&snapshot)).unwrap(), []);
    }

    #[test]
    fn subnets_with_other_routes_are_not_proposed() {
        let mut snapshot = scenario::snapshot(CHECK.id).unwrap().unwrap();
        let used = snapshot.service.as_ref().unwrap().subnets.clone();
        for table in snapshot.route_tables.as_mut().unwrap().values_mut() {
            table.subnets.retain(|id| !used.contains(id));
        }
        let [found] = &find(&Case::new(&snapshot)).unwrap()[..] else {
            panic!("one finding");
        };
        assert!(found.fix[0].command.starts_with("aws ec2 describe-subnets"));
    }
}
