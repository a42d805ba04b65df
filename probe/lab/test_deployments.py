"""Faults of deployments and capacity."""

from __future__ import annotations

import unittest

from harness import Deployed, client, lab


class Deployment(Deployed):
    def newest(self) -> dict:
        api = client("ecs")
        brief = api.list_service_deployments(**self.place)["serviceDeployments"][0]
        arns = [brief["serviceDeploymentArn"]]
        return api.describe_service_deployments(serviceDeploymentArns=arns)["serviceDeployments"][0]

    def assert_back_on_the_old_revision(self) -> None:
        service = self.service()
        self.assertTrue(service["taskDefinition"].endswith(":1"))
        self.assertEqual((2, 2), (service["desiredCount"], service["runningCount"]))
        primary, failed = service["deployments"]
        self.assertEqual("PRIMARY", primary["status"])
        self.assertTrue(primary["taskDefinition"].endswith(":1"))
        self.assertEqual(("COMPLETED", 2), (primary["rolloutState"], primary["runningCount"]))
        self.assertEqual(("FAILED", 0), (failed["rolloutState"], failed["runningCount"]))
        self.assertEqual(["healthy"] * 2, [target["State"] for target in self.health()])
        self.assertIn("has reached a steady state", service["events"][0]["message"])

    def release_anew(self) -> None:
        wanted = self.revision()
        wanted["containerDefinitions"][0]["image"] = self.push_image("v3")
        self.roll_out(wanted)

    def test_ecs_deployment_rolled_back(self) -> None:
        self.break_("ecs-deployment-rolled-back")
        self.assert_back_on_the_old_revision()
        failed = self.service()["deployments"][1]
        said = self.messages()
        self.assertIn(f"(deployment {failed['id']}) deployment failed: tasks failed to start.", said)
        primary = self.service()["deployments"][0]
        self.assertIn(f"rolling back to deployment {primary['id']}.", said)
        self.assertEqual(3, failed["failedTasks"])
        newest = self.newest()
        self.assertEqual("ROLLBACK_SUCCESSFUL", newest["status"])
        self.assertEqual("TRIGGERED", newest["deploymentCircuitBreaker"]["status"])
        self.assertEqual(3, newest["deploymentCircuitBreaker"]["failureCount"])
        [back_to] = newest["sourceServiceRevisions"]
        self.assertEqual(back_to["arn"], newest["rollback"]["serviceRevisionArn"])
        self.assertEqual(3, len([t for t in self.failed() if t["stopCode"] == "EssentialContainerExited"]))
        self.assert_stays_broken()
        self.assertEqual(1, len(self.service()["deployments"]))
        self.release_anew()
        self.assert_recovers()

    def test_any_failing_deployment_can_be_given_up(self) -> None:
        self.break_("ecs-image-tag-missing")
        lab("give-up")
        self.assert_back_on_the_old_revision()

    def test_without_roll_back_the_failed_deployment_stays(self) -> None:
        configuration = self.service()["deploymentConfiguration"]
        configuration["deploymentCircuitBreaker"]["rollback"] = False
        client("ecs").update_service(**self.place, deploymentConfiguration=configuration)
        self.break_("ecs-image-tag-missing")
        lab("give-up")
        self.assertEqual("FAILED", self.service()["deployments"][0]["rolloutState"])
        self.assertEqual("STOPPED", self.newest()["status"])
        tried = len(self.failed())
        self.assert_stays_broken()
        self.assertEqual(tried, len(self.failed()), "ECS goes on trying")

    def test_ecs_deployment_alarm_triggered(self) -> None:
        self.break_("ecs-deployment-alarm-triggered")
        self.assert_back_on_the_old_revision()
        self.assertIn("deployment failed: alarm detected.", self.messages())
        newest = self.newest()
        self.assertEqual("ROLLBACK_SUCCESSFUL", newest["status"])
        self.assertEqual(["events-errors"], newest["alarms"]["triggeredAlarmNames"])
        self.assert_stays_broken()
        client("cloudwatch").set_alarm_state(
            AlarmName="events-errors", StateValue="OK", StateReason="0 < 10"
        )
        self.release_anew()
        self.assert_recovers()

    def test_ecs_deployment_deadlocked(self) -> None:
        self.break_("ecs-deployment-deadlocked")
        self.assertIn("was unable to stop or start tasks during a deployment", self.messages())
        primary, active = self.service()["deployments"]
        self.assertEqual((0, 1), (primary["runningCount"], active["runningCount"]))
        self.assertEqual("IN_PROGRESS", primary["rolloutState"])
        self.assert_stays_broken()
        client("ecs").update_service(
            **self.place, desiredCount=2, deploymentConfiguration={"maximumPercent": 200, "minimumHealthyPercent": 100}
        )
        self.assert_recovers()

    def test_ecs_task_protection_blocks_scale_in(self) -> None:
        self.break_("ecs-task-protection-blocks-scale-in")
        service = self.service()
        self.assertEqual((2, 4), (service["desiredCount"], service["runningCount"]))
        self.assertIn("was unable to scale in due to (reason 2 tasks under protection)", self.messages())
        self.assert_stays_broken()
        tasks = [task["taskArn"] for task in self.tasks("RUNNING")]
        client("ecs").update_task_protection(
            cluster=self.place["cluster"], tasks=tasks, protectionEnabled=False
        )
        self.assert_recovers()

    def test_ecs_load_balancer_mapping_wrong(self) -> None:
        self.break_("ecs-load-balancer-mapping-wrong")
        self.assertIn("The container service did not have a container port 8080 defined", self.messages())
        self.assertEqual([], self.failed())
        self.assert_stays_broken()
        self.roll_back()
        self.assert_recovers()


class Capacity(Deployed):
    def test_capacity_fargate_quota(self) -> None:
        self.break_("capacity-fargate-quota")
        service = self.service()
        self.assertEqual((4, 2), (service["desiredCount"], service["runningCount"]))
        self.assertIn("You’ve reached the limit on the number of vCPUs", self.messages())
        self.assert_stays_broken()
        lab("capacity")
        client("ecs").update_service(**self.place, desiredCount=2)
        self.assert_recovers()

    def test_capacity_fargate_unavailable(self) -> None:
        self.break_("capacity-fargate-unavailable")
        self.assert_short_of_tasks()
        self.assertIn("Capacity is unavailable at this time", self.messages())
        self.assert_stays_broken()
        lab("capacity")
        self.assert_recovers()

    def test_capacity_spot_interrupted(self) -> None:
        self.break_("capacity-spot-interrupted")
        self.assert_short_of_tasks()
        interrupted = [t for t in self.failed() if t["stopCode"] == "SpotInterruption"]
        self.assertEqual(["Your Spot Task was interrupted."] * 2, [t["stoppedReason"] for t in interrupted])
        self.assert_stays_broken()
        strategy = [{"capacityProvider": "FARGATE", "weight": 1}]
        client("ecs").update_service(
            **self.place, capacityProviderStrategy=strategy, forceNewDeployment=True
        )
        self.assert_recovers()

    def test_capacity_ecs_throttled(self) -> None:
        self.break_("capacity-ecs-throttled")
        self.assert_short_of_tasks()
        self.assertIn("operations are being throttled. Will try again later.", self.messages())
        self.assert_stays_broken()
        lab("capacity")
        self.assert_recovers()

    def assert_cannot_place(self, scenario: str, words: str) -> None:
        self.break_(scenario)
        primary, active = self.service()["deployments"]
        self.assertEqual((0, 2), (primary["runningCount"], active["runningCount"]))
        self.assertIn(words, self.messages())
        self.assert_stays_broken()
        old = self.service()["taskDefinition"].rpartition(":")[0] + ":1"
        client("ecs").update_service(
            **self.place,
            taskDefinition=old,
            capacityProviderStrategy=[{"capacityProvider": "FARGATE", "weight": 1}],
            forceNewDeployment=True,
        )
        self.assert_recovers()

    def test_capacity_spot_architecture_unsupported(self) -> None:
        words = "FARGATE_SPOT capacity provider is not supported"
        self.assert_cannot_place("capacity-spot-architecture-unsupported", words)

    def test_network_subnet_zone_unsupported(self) -> None:
        self.break_("network-subnet-zone-unsupported")
        self.assertIn("was unable to place a task. Reason: Internal error.", self.messages())
        self.assert_stays_broken()
        network = self.service()["networkConfiguration"]
        del network["awsvpcConfiguration"]["subnets"][-1]
        client("ecs").update_service(**self.place, networkConfiguration=network)
        self.assert_recovers()

    def test_capacity_ec2_placement_failed(self) -> None:
        words = "because no container instance met all of its requirements"
        self.assert_cannot_place("capacity-ec2-placement-failed", words)


if __name__ == "__main__":
    unittest.main()
