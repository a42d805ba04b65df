//! Faults between the load balancer and its targets.

catalogue! {
    health_check_failed,
    health_check_path_wrong,
    health_check_port_wrong,
    health_check_server_error,
    health_check_timeout,
    no_healthy_targets,
}
