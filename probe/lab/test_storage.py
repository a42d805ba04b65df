"""Faults of EFS volumes."""

from __future__ import annotations

import json
import unittest

from harness import Deployed, client


class Storage(Deployed):
    def assert_not_mounted(self, scenario: str, words: str) -> None:
        self.break_(scenario)
        self.assert_rolling()
        self.assert_failed_with("TaskFailedToStart", "set up EFS volumes: stderr: ")
        self.assert_failed_with("TaskFailedToStart", words)
        self.assert_stays_broken()

    def file_system(self) -> str:
        return client("efs").describe_file_systems()["FileSystems"][-1]["FileSystemId"]

    def open_nfs_out(self) -> None:
        pair = [{"GroupId": self.exports["DbSecurityGroupId"]}]
        rule = {"IpProtocol": "tcp", "FromPort": 2049, "ToPort": 2049, "UserIdGroupPairs": pair}
        client("ec2").authorize_security_group_egress(
            GroupId=self.exports["TaskSecurityGroupId"], IpPermissions=[rule]
        )

    def test_storage_efs_mount_not_ready(self) -> None:
        self.assert_not_mounted("storage-efs-mount-not-ready", "mount.nfs4: Connection reset by peer")
        client("efs").create_mount_target(
            FileSystemId=self.file_system(),
            SubnetId=self.exports["AppSubnetAId"],
            SecurityGroups=[self.exports["DbSecurityGroupId"]],
        )
        self.assert_recovers()

    def test_storage_efs_network_blocked(self) -> None:
        self.assert_not_mounted("storage-efs-network-blocked", "failed due to timeout after 15 sec")
        self.open_port("DbSecurityGroupId", "TaskSecurityGroupId", 2049)
        self.assert_stays_broken()  # the tasks may not call out to it
        self.open_nfs_out()
        self.assert_recovers()

    def test_storage_efs_path_missing(self) -> None:
        self.assert_not_mounted("storage-efs-path-missing", "given by server: No such file or directory")
        wanted = self.revision() | {"volumes": self.definition()["volumes"]}
        wanted["volumes"][0]["efsVolumeConfiguration"]["rootDirectory"] = "/"
        self.roll_out(wanted)
        self.assert_recovers()

    def test_storage_efs_access_denied(self) -> None:
        self.assert_not_mounted("storage-efs-access-denied", "access denied by server while mounting")
        statement = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "elasticfilesystem:*"}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        client("efs").put_file_system_policy(FileSystemId=self.file_system(), Policy=policy)
        self.assert_recovers()


if __name__ == "__main__":
    unittest.main()
