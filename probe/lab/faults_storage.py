"""Faults of EFS volumes: a release mounts a file system, and cannot."""

from __future__ import annotations

import json
import time
from typing import Any

from cloud import ACCOUNT
from releases import roll_out
from scenarios import scenario
from stack import Stack

_NFS = 2049


@scenario("storage-efs-mount-not-ready")
def mount_not_ready(stack: Stack) -> None:
    """The file system is new and has no mount target yet; the way to one would be open."""
    _open_nfs(stack)
    _mount(stack, _file_system(stack))


@scenario("storage-efs-network-blocked")
def network_blocked(stack: Stack) -> None:
    """The mount target takes the group of the database, which knows no NFS."""
    name = _file_system(stack)
    _mount_target(stack, name)
    _mount(stack, name)


@scenario("storage-efs-path-missing")
def path_missing(stack: Stack) -> None:
    name = _reachable_file_system(stack)
    _mount(stack, name, rootDirectory="/uploads")


@scenario("storage-efs-access-denied")
def access_denied(stack: Stack) -> None:
    """The file system lets one role mount, and the volume shows no role."""
    name = _reachable_file_system(stack)
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/{stack.role()}"},
        "Action": "elasticfilesystem:ClientMount",
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    stack.client("efs").put_file_system_policy(FileSystemId=name, Policy=policy)
    _mount(stack, name)


def _file_system(stack: Stack) -> str:
    token = f"{stack.prefix}-{time.time_ns()}"
    return stack.client("efs").create_file_system(CreationToken=token)["FileSystemId"]


def _mount_target(stack: Stack, name: str) -> None:
    stack.client("efs").create_mount_target(
        FileSystemId=name,
        SubnetId=stack.exports["AppSubnetAId"],
        SecurityGroups=[stack.exports["DbSecurityGroupId"]],
    )


def _open_nfs(stack: Stack) -> None:
    ec2 = stack.client("ec2")
    task, target = stack.exports["TaskSecurityGroupId"], stack.exports["DbSecurityGroupId"]
    for group, peer, operation in (
        (task, target, ec2.authorize_security_group_egress),
        (target, task, ec2.authorize_security_group_ingress),
    ):
        rule = {"IpProtocol": "tcp", "FromPort": _NFS, "ToPort": _NFS}
        operation(GroupId=group, IpPermissions=[{**rule, "UserIdGroupPairs": [{"GroupId": peer}]}])


def _reachable_file_system(stack: Stack) -> str:
    _open_nfs(stack)
    name = _file_system(stack)
    _mount_target(stack, name)
    return name


def _mount(stack: Stack, name: str, **settings: Any) -> None:
    wanted = stack.task_definition()
    volume = {"fileSystemId": name, "transitEncryption": "ENABLED", **settings}
    wanted["volumes"] = [{"name": "uploads", "efsVolumeConfiguration": volume}]
    mount = {"sourceVolume": "uploads", "containerPath": "/uploads", "readOnly": False}
    wanted["containerDefinitions"][0]["mountPoints"] = [mount]
    roll_out(stack, wanted)
