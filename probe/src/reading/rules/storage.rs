//! EFS volumes.

use super::{DENIED, NO_PATH, SILENCE};
use crate::reading::rule::{Rule, fault};

const EFS: &str = "efs|mount.nfs4|nfs4|elasticfilesystem|amazon-efs|mount target|fs-0";

pub(super) const RULES: &[Rule] = &[
    fault("efs-path-missing", &[EFS, "no such file or directory|path does not exist|root directory does not exist|directory does not exist|rootdirectory"])
        .strong()
        .certain(),
    fault("efs-access-denied", &[EFS, DENIED])
        .strong()
        .certain(),
    fault("efs-access-denied", &[EFS, "operation not permitted|elasticfilesystem:client|not authorized|unauthorized"])
        .strong(),
    fault("efs-network-blocked", &[EFS, SILENCE])
        .strong(),
    fault("efs-network-blocked", &[EFS, "due to timeout|mount system call failed|port 2049|:2049|exceeded timeout|timeout after|timeout"])
        .strong(),
    fault("efs-network-blocked", &[EFS, NO_PATH]).strong(),
    fault("efs-mount-not-ready", &[EFS, "connection reset|connection refused|failed to resolve|could not resolve|mount target is not|not ready|not available|not yet available|is not in the available|lifecycle state|no mount target|name or service not known|remote i/o error|temporary failure in name|not in available|creating"])
        .unless("due to timeout")
        .strong(),
    fault("efs-network-blocked", &["efs utils"]).last().possible(),
];
