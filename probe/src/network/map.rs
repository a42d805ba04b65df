//! The network of a snapshot, asked by id. What is not in it is not known, which is not the same as not there.

use crate::snapshot::{
    NetworkAcl, Observed, RouteTable, SecurityGroup, Snapshot, Subnet, Unobserved,
};

/// A look at the network of a snapshot.
#[derive(Debug, Clone, Copy)]
pub(super) struct Map<'a>(pub(super) &'a Snapshot);

impl<'a> Map<'a> {
    pub(super) fn subnet(self, id: &str) -> Observed<&'a Subnet> {
        self.0
            .subnets()?
            .get(id)
            .ok_or_else(|| self.unseen("ec2:DescribeSubnets", &format!("subnet {id}")))
    }

    /// The route table of a subnet: the one that names it, else the main one of its VPC.
    pub(super) fn table(self, subnet: &str) -> Observed<(&'a str, &'a RouteTable)> {
        let tables = self.0.route_tables()?;
        let named = tables
            .iter()
            .find(|(_, table)| table.subnets.iter().any(|id| id == subnet));
        let found = match named {
            Some(found) => Some(found),
            None => {
                let vpc = &self.subnet(subnet)?.vpc;
                tables
                    .iter()
                    .find(|(_, table)| table.main && table.vpc == *vpc)
            }
        };
        let (id, table) = found.ok_or_else(|| {
            self.unseen(
                "ec2:DescribeRouteTables",
                &format!("the route table of {subnet}"),
            )
        })?;
        Ok((id, table))
    }

    pub(super) fn acl(self, subnet: &str) -> Observed<(&'a str, &'a NetworkAcl)> {
        let (id, acl) = self
            .0
            .network_acls()?
            .iter()
            .find(|(_, acl)| acl.subnets.iter().any(|id| id == subnet))
            .ok_or_else(|| {
                self.unseen(
                    "ec2:DescribeNetworkAcls",
                    &format!("the network ACL of {subnet}"),
                )
            })?;
        Ok((id, acl))
    }

    /// Why something is not on it: the call that would have shown it, where that failed for one of the VPCs.
    pub(super) fn unseen(self, operation: &str, what: &str) -> Unobserved {
        let mut unread = self.0.unread_network.iter();
        let failed = unread.find(|unread| unread.operation == operation).cloned();
        failed.unwrap_or_else(|| not_returned(operation, what))
    }

    pub(super) fn groups(self, ids: &[String]) -> Observed<Vec<&'a SecurityGroup>> {
        self.0.groups(ids)
    }
}

pub(super) fn not_returned(operation: &str, what: &str) -> Unobserved {
    Unobserved {
        operation: operation.into(),
        code: "NotFound".into(),
        message: format!("{what} was not returned").into(),
    }
}

/// The service's own network is needed and not there.
pub(super) fn not_awsvpc() -> Unobserved {
    Unobserved {
        operation: "ecs:DescribeServices".into(),
        code: "NotAwsvpc".into(),
        message: "the service names no security groups, so its network is not that of its tasks"
            .into(),
    }
}
