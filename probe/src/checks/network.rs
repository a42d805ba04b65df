//! Faults of the network: routes, network ACLs, security groups, endpoints.

catalogue! {
    database_port_closed,
    target_port_closed,
}
