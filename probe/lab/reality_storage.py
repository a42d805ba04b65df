"""What the configuration leads to: whether the EFS volumes of a task can be mounted.

Only the root directory of a file system exists; nobody has made another.
"""

from __future__ import annotations

import json
from typing import Any

from botocore.exceptions import ClientError

import reality_network
from cloud import client
from ecs import Failure
from vpc import Place

_EFS = (
    "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: "
)
_END = " : unsuccessful EFS utils command execution; code: 32"
_NFS = 2049


def mount_failure(service: Any, task_definition: Any) -> Failure | None:
    """Why a volume of a task cannot be mounted."""
    for volume in task_definition.volumes or []:
        wanted = volume.get("efsVolumeConfiguration")
        if wanted and (why := _refusal(service, wanted)):
            return Failure(f"{_EFS}{why}{_END}", "TaskFailedToStart")
    return None


def _refusal(service: Any, wanted: dict) -> str | None:
    region, name = service.region_name, wanted["fileSystemId"]
    efs = client("efs", region)
    targets = efs.describe_mount_targets(FileSystemId=name)["MountTargets"]
    if not targets:
        return "mount.nfs4: Connection reset by peer"
    groups = efs.describe_mount_target_security_groups(MountTargetId=targets[0]["MountTargetId"])
    home = Place(targets[0]["SubnetId"], groups["SecurityGroups"])
    network = reality_network.of(service)
    tasks = reality_network.task_places(service)
    if not all(network.connects(task, home, _NFS) for task in tasks):
        tries = " ".join(
            f"Mount attempt {n}/3 failed due to timeout after 15 sec, wait 0 sec before next attempt."
            for n in (1, 2)
        )
        return f"{tries} b'mount.nfs4: mount system call failed'"
    host = f"{name}.efs.{region}.amazonaws.com"
    root = wanted.get("rootDirectory") or "/"
    if _denied(efs, name, wanted):
        return f"b'mount.nfs4: access denied by server while mounting {host}:{root}'"
    if root != "/":
        missing = "reason given by server: No such file or directory"
        return f"mount.nfs4: mounting {host}:{root} failed, {missing}"
    return None


def _denied(efs: Any, name: str, wanted: dict) -> bool:
    """A policy that lets only known roles mount refuses a volume without IAM authorization."""
    if (wanted.get("authorizationConfig") or {}).get("iam") == "ENABLED":
        return False
    try:
        policy = efs.describe_file_system_policy(FileSystemId=name)["Policy"]
    except ClientError:
        return False  # without a policy everybody in the network may
    statements = json.loads(policy)["Statement"]
    return not any(
        statement["Effect"] == "Allow" and statement["Principal"] in ("*", {"AWS": "*"})
        for statement in statements
    )
