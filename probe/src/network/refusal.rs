//! Why a hop refuses, as a value.

/// Why packets do not pass a hop.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Refusal {
    /// No egress rule of the sender's security groups applies.
    GroupOut(Closed),
    /// No ingress rule of the receiver's security groups applies.
    GroupIn(Closed),
    /// A network ACL denies.
    Acl(Denied),
    /// The route table has no route there.
    NoRoute {
        /// The route table.
        table: String,
        /// The subnet that it serves.
        subnet: String,
        /// Where packets were to go.
        destination: String,
    },
    /// A route that is more specific than the right one leads astray.
    Misrouted {
        /// The route table.
        table: String,
        /// Destination of the route.
        destination: String,
        /// Target of the route.
        target: String,
    },
    /// The route leads to something that is no longer there.
    Blackhole {
        /// The route table.
        table: String,
        /// Destination of the route.
        destination: String,
        /// Target of the route.
        target: String,
    },
    /// The route leads to an internet gateway, but the task has no public address.
    NoPublicAddress {
        /// The route table.
        table: String,
        /// The subnet that it serves.
        subnet: String,
        /// The internet gateway.
        gateway: String,
    },
    /// The NAT gateway is not available.
    NatUnavailable {
        /// The NAT gateway.
        nat: String,
        /// Its state; `deleted` also where AWS no longer knows it.
        state: String,
        /// AWS's words on it.
        failure: Option<String>,
        /// The route table that leads to it.
        table: String,
    },
    /// The NAT gateway has no public address.
    NatPrivate {
        /// The NAT gateway.
        nat: String,
        /// The route table that leads to it.
        table: String,
    },
    /// The NAT gateway's own subnet has no route to an internet gateway.
    NatUnrouted {
        /// The NAT gateway.
        nat: String,
        /// Its subnet.
        subnet: String,
        /// The route table of that subnet.
        table: String,
    },
    /// A VPC endpoint is there, but cannot be used.
    Endpoint {
        /// The endpoint.
        id: String,
        /// What is wrong with it.
        fault: EndpointFault,
    },
    /// There is neither a gateway endpoint of S3 nor another way to it.
    LayersUnrouted {
        /// The route table of the tasks' subnet.
        table: String,
        /// A gateway endpoint of S3 that other route tables lead to.
        endpoint: Option<String>,
    },
}

/// A port that security groups keep closed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Closed {
    /// The security groups.
    pub groups: Vec<String>,
    /// The port.
    pub port: i32,
    /// The security groups of the other end.
    pub peers: Vec<String>,
    /// Its addresses: a range, a prefix list, or `0.0.0.0/0`.
    pub place: String,
    /// Whether the groups have no rule at all in this direction.
    pub is_empty: bool,
}

/// What a network ACL denies.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Denied {
    /// The network ACL.
    pub acl: String,
    /// The subnet that it guards.
    pub subnet: String,
    /// Whether the packets leave the subnet.
    pub egress: bool,
    /// The ports that must be open.
    pub ports: (i32, i32),
    /// The addresses of the other end.
    pub place: String,
    /// The rule that denies.
    pub rule: i32,
}

/// Why a VPC endpoint cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum EndpointFault {
    /// Its state is not `available`.
    State(String),
    /// Private DNS is off: the service's name does not resolve to it.
    PrivateDns,
    /// The VPC does not resolve private names.
    VpcDns(String),
    /// It has no network interface.
    NoInterface,
    /// Its policy does not allow what the task needs.
    Policy {
        /// The action.
        action: String,
        /// The resource.
        resource: String,
    },
}

impl Refusal {
    /// The explanation code by which VPC Reachability Analyzer names it; `None` for what that does not look at,
    /// names and policies. See <https://docs.aws.amazon.com/vpc/latest/reachability/explanation-codes.html>.
    pub fn alias(&self) -> Option<&'static str> {
        Some(match self {
            Self::GroupOut(closed) | Self::GroupIn(closed) if closed.is_empty => "SG_HAS_NO_RULES",
            Self::GroupOut(_) | Self::GroupIn(_) => "ENI_SG_RULES_MISMATCH",
            Self::Acl(_) => "SUBNET_ACL_RESTRICTION",
            Self::NoRoute { .. } | Self::NatUnrouted { .. } | Self::LayersUnrouted { .. } => {
                "NO_ROUTE_TO_DESTINATION"
            }
            Self::Misrouted { .. } => "MORE_SPECIFIC_ROUTE",
            Self::Blackhole { .. } => "BAD_STATE_ROUTE",
            Self::NoPublicAddress { .. } | Self::NatPrivate { .. } => {
                "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS"
            }
            Self::NatUnavailable { .. } => "BAD_STATE",
            Self::Endpoint { fault, .. } => match fault {
                EndpointFault::State(_) => "BAD_STATE",
                _ => return None,
            },
        })
    }
}
