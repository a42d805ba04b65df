//! Subnets and security groups.

use serde::{Deserialize, Serialize};

/// A subnet of the tasks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subnet {
    /// Its VPC.
    pub vpc: String,
    /// Its IPv4 range, for example `10.0.11.0/24`.
    pub cidr: String,
    /// Its Availability Zone.
    pub availability_zone: String,
}

/// A security group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecurityGroup {
    /// Id, for example `sg-0123456789abcdef0`.
    pub id: String,
    /// Name of the group.
    pub name: String,
    /// What it lets in.
    pub ingress: Vec<Rule>,
    /// What it lets out.
    pub egress: Vec<Rule>,
}

/// A rule of a security group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// `tcp`, `udp`, `icmp`, or `-1` for every protocol.
    pub protocol: String,
    /// First port; `None` means all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_port: Option<i32>,
    /// Last port; `None` means all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_port: Option<i32>,
    /// IPv4 and IPv6 ranges.
    pub cidrs: Vec<String>,
    /// Security groups.
    pub groups: Vec<String>,
    /// Prefix lists; their entries are not known.
    pub prefix_lists: Vec<String>,
}
