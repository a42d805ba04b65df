"""Deletion of stacks: what blocks it, as in AWS, and what stays on purpose."""

from __future__ import annotations

import unittest

from harness import Deployed, client

LAYERS = ("service", "platform", "data", "security", "network")


class Deletes(Deployed):
    def delete(self, layer: str) -> tuple[str, str]:
        """The last state of the stack, and the reasons that its events give."""
        api, name = client("cloudformation"), f"events-{layer}"
        stack_id = api.describe_stacks(StackName=name)["Stacks"][0]["StackId"]
        api.delete_stack(StackName=name)
        [stack] = api.describe_stacks(StackName=stack_id)["Stacks"]
        events = api.describe_stack_events(StackName=stack_id)["StackEvents"]
        return stack["StackStatus"], " ".join(e.get("ResourceStatusReason", "") for e in events)

    def empty_repository(self) -> None:
        name, api = self.exports["RepositoryName"], client("ecr")
        for _ in range(2):  # an index goes before the images that it lists
            images = api.list_images(repositoryName=name)["imageIds"]
            if images:
                api.batch_delete_image(repositoryName=name, imageIds=images)

    def test_a_stack_that_another_one_imports_from_stays(self) -> None:
        status, why = self.delete("network")
        self.assertEqual("DELETE_FAILED", status)
        self.assertIn("Cannot delete export events-", why)
        self.assertIn("as it is in use by events-security", why)
        self.assertEqual(1, len(client("ec2").describe_nat_gateways()["NatGateways"]))

    def test_in_the_opposite_order_all_goes_and_a_snapshot_stays(self) -> None:
        self.empty_repository()
        for layer in LAYERS:
            self.assertEqual("DELETE_COMPLETE", self.delete(layer)[0], layer)
        self.assertEqual([], client("cloudformation").describe_stacks()["Stacks"])
        self.assertEqual([], client("cloudformation").list_exports()["Exports"])
        self.assertEqual([], client("rds").describe_db_instances()["DBInstances"])
        self.assertEqual([], client("elbv2").describe_load_balancers()["LoadBalancers"])
        tagged = [{"Name": "tag:Project", "Values": ["events"]}]
        self.assertEqual([], client("ec2").describe_vpcs(Filters=tagged)["Vpcs"])
        [snapshot] = client("rds").describe_db_snapshots()["DBSnapshots"]
        self.assertTrue(snapshot["DBInstanceIdentifier"].startswith("events-data-"))
        found = client("secretsmanager").list_secrets(IncludePlannedDeletion=True)["SecretList"]
        self.assertEqual([True], ["DeletedDate" in secret for secret in found])

    def test_images_in_the_repository_block_it_until_they_are_gone(self) -> None:
        self.delete("service")
        status, why = self.delete("platform")
        self.assertEqual("DELETE_FAILED", status)
        self.assertIn("still contains images", why)
        self.assertIn("failed to delete: [Repository]", why)
        self.empty_repository()
        self.assertEqual("DELETE_COMPLETE", self.delete("platform")[0])

    def test_a_protected_database_blocks_it(self) -> None:
        [database] = client("rds").describe_db_instances()["DBInstances"]
        name = database["DBInstanceIdentifier"]
        client("rds").modify_db_instance(DBInstanceIdentifier=name, DeletionProtection=True)
        self.empty_repository()
        for layer in ("service", "platform"):
            self.assertEqual("DELETE_COMPLETE", self.delete(layer)[0], layer)
        status, why = self.delete("data")
        self.assertEqual("DELETE_FAILED", status)
        self.assertIn("Cannot delete protected DB Instance", why)
        # What the database stands on is still there.
        self.assertEqual(1, len(client("rds").describe_db_subnet_groups()["DBSubnetGroups"]))


if __name__ == "__main__":
    unittest.main()
