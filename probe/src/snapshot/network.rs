//! The network: VPC, subnets, routes, network ACLs, security groups, NAT gateways and endpoints.

use serde::{Deserialize, Serialize};

use super::Text;

/// A subnet of the tasks, the load balancers or the database.
#[derive(Debug, Clone, PartialEq, Default, Eq, Serialize, Deserialize)]
pub struct Subnet {
    /// Its VPC.
    pub vpc: String,
    /// Its IPv4 range, for example `10.0.11.0/24`.
    pub cidr: String,
    /// Its Availability Zone.
    pub availability_zone: String,
    /// Addresses that are free.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub available_addresses: Option<i32>,
    /// Whether what starts in it gets a public address by default.
    #[serde(default)]
    pub maps_public_ip: bool,
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
    /// Prefix lists; their entries stand in [`Snapshot::prefix_lists`](super::Snapshot::prefix_lists).
    pub prefix_lists: Vec<String>,
}

/// A VPC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vpc {
    /// `enableDnsSupport`.
    pub dns_support: bool,
    /// `enableDnsHostnames`; private DNS names of endpoints need both.
    pub dns_hostnames: bool,
}

/// A route table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RouteTable {
    /// Its VPC.
    pub vpc: String,
    /// Whether it serves the subnets that name no table.
    #[serde(default)]
    pub main: bool,
    /// Subnets that name it.
    pub subnets: Vec<String>,
    /// Its routes.
    pub routes: Vec<Route>,
}

/// A route.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Route {
    /// IPv4 or IPv6 range, or the id of a prefix list.
    pub destination: String,
    /// `local`, or the id of a gateway, NAT gateway, endpoint, network interface or peering connection.
    pub target: String,
    /// `active` or `blackhole`.
    pub state: String,
}

/// A network ACL. It is stateless: answers need rules of their own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkAcl {
    /// Its VPC.
    pub vpc: String,
    /// Subnets that it guards.
    pub subnets: Vec<String>,
    /// What it lets in, by rule number.
    pub ingress: Vec<AclEntry>,
    /// What it lets out, by rule number.
    pub egress: Vec<AclEntry>,
}

/// A rule of a network ACL; the matching one with the lowest number decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AclEntry {
    /// Rule number; 32767 is the last one, which denies.
    pub number: i32,
    /// Whether it allows.
    pub allow: bool,
    /// `-1` for every protocol, `6` for TCP, `17` for UDP.
    pub protocol: String,
    /// IPv4 or IPv6 range.
    pub cidr: String,
    /// First port; `None` means all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_port: Option<i32>,
    /// Last port; `None` means all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_port: Option<i32>,
}

/// A NAT gateway.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NatGateway {
    /// `available`, `pending`, `failed`, `deleting` or `deleted`.
    pub state: String,
    /// Its subnet, which needs a route to an internet gateway; `None` of a regional one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subnet: Option<String>,
    /// `public` or `private`.
    pub connectivity: String,
    /// AWS's words on why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Text>,
}

/// A VPC endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoint {
    /// For example `com.amazonaws.ap-northeast-1.ecr.api`.
    pub service: String,
    /// `Interface` or `Gateway`.
    pub kind: String,
    /// `available`, `pending`, `rejected`, …
    pub state: String,
    /// Whether the service's own name resolves to it.
    #[serde(default)]
    pub private_dns: bool,
    /// Subnets with an interface of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subnets: Vec<String>,
    /// Its security groups.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub security_groups: Vec<String>,
    /// Route tables that lead to it (gateway endpoints).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub route_tables: Vec<String>,
    /// Its policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<super::Policy>,
}
