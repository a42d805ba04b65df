//! Faults between the load balancer and its targets.

catalogue! {
    target_group_not_attached,
    zone_not_enabled,
    target_not_registered,
    target_ip_unusable,
    target_invalid_state,
    internal_error,
    health_check_disabled,
    health_check_host_rejected,
    health_check_path_wrong,
    health_check_port_wrong,
    health_check_server_error,
    health_check_timeout,
    health_check_failed,
    keep_alive_too_short,
    no_healthy_targets,
}
