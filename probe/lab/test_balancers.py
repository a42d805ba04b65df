"""Faults of the load balancer beside those of its health checks' settings."""

from __future__ import annotations

import time
import unittest

from harness import Deployed, client, lab


class Balancer(Deployed):
    def balancer(self) -> dict:
        return client("elbv2").describe_load_balancers()["LoadBalancers"][0]

    def targets(self) -> dict[str, tuple]:
        """State, reason and description by address."""
        found = client("elbv2").describe_target_health(
            TargetGroupArn=self.exports["TargetGroupArn"]
        )["TargetHealthDescriptions"]
        verdicts = {it["Target"]["Id"]: it["TargetHealth"] for it in found}
        keys = ("State", "Reason", "Description")
        return {name: tuple(it.get(key) for key in keys) for name, it in verdicts.items()}

    def assert_all(self, *verdict: str) -> None:
        """ECS does not end tasks that the load balancer does not check."""
        self.assertEqual([verdict] * 2, list(self.targets().values()))
        self.assertEqual([], self.failed())

    def test_alb_target_group_not_attached(self) -> None:
        listeners = client("elbv2").describe_listeners(
            LoadBalancerArn=self.balancer()["LoadBalancerArn"]
        )["Listeners"]
        self.break_("alb-target-group-not-attached")
        text = "Target group is not configured to receive traffic from the load balancer"
        self.assert_all("unused", "Target.NotInUse", text)
        [group] = client("elbv2").describe_target_groups()["TargetGroups"]
        self.assertEqual([], group["LoadBalancerArns"])
        self.assert_stays_broken()
        client("elbv2").modify_listener(
            ListenerArn=listeners[0]["ListenerArn"], DefaultActions=listeners[0]["DefaultActions"]
        )
        self.assert_recovers()

    def test_alb_zone_not_enabled(self) -> None:
        self.break_("alb-zone-not-enabled")
        text = "Target is in an Availability Zone that is not enabled for the load balancer"
        unused = {ip for ip, it in self.targets().items() if it == ("unused", "Target.NotInUse", text)}
        enabled = {zone["ZoneName"] for zone in self.balancer()["AvailabilityZones"]}
        self.assertEqual(2, len(enabled))
        placed = {t["availabilityZone"]: t for t in self.tasks("RUNNING")}
        outside = [t for zone, t in placed.items() if zone not in enabled]
        self.assertEqual(1, len(outside))
        self.assertIn(unused.pop(), str(outside[0]["attachments"]))
        self.assert_stays_broken()
        client("elbv2").set_subnets(
            LoadBalancerArn=self.balancer()["LoadBalancerArn"],
            Subnets=[self.exports["PublicSubnetAId"], self.exports["PublicSubnetBId"]],
        )
        self.assert_recovers()

    def test_alb_target_not_registered(self) -> None:
        self.break_("alb-target-not-registered")
        self.assertEqual(1, len(self.targets()))
        self.assertEqual(2, self.service()["runningCount"])
        addresses = [
            detail["value"]
            for task in self.tasks("RUNNING")
            for detail in task["attachments"][0]["details"]
            if detail["name"] == "privateIPv4Address"
        ]
        [missing] = set(addresses) - set(self.targets())
        self.assert_stays_broken()
        client("elbv2").register_targets(
            TargetGroupArn=self.exports["TargetGroupArn"], Targets=[{"Id": missing, "Port": 8080}]
        )
        self.assert_recovers()

    def test_alb_health_check_failed(self) -> None:
        self.break_("alb-health-check-failed")
        self.assert_unhealthy("Target.FailedHealthChecks", "Health checks failed")
        self.assert_stays_broken()
        wanted = self.revision()
        wanted["containerDefinitions"][0]["image"] = self.push_image("v1-fixed")
        self.roll_out(wanted)
        self.assert_recovers()

    def test_alb_health_check_disabled(self) -> None:
        self.break_("alb-health-check-disabled")
        text = "Health checks are disabled for this target"
        self.assert_all("unavailable", "Target.HealthCheckDisabled", text)
        self.assert_stays_broken()
        self.modify_target_group(HealthCheckEnabled=True)
        self.assert_recovers()

    def test_alb_health_check_host_rejected(self) -> None:
        self.break_("alb-health-check-host-rejected")
        self.assertIn("Health checks failed with these codes: [400]", self.messages())
        self.assertTrue(any("Invalid HTTP_HOST header" in line for line in self.logs()))
        self.assert_stays_broken()
        self.modify_target_group(Matcher={"HttpCode": "200,400"})
        self.assert_recovers()

    def test_alb_keep_alive_too_short(self) -> None:
        self.break_("alb-keep-alive-too-short")
        self.assertEqual(["healthy"] * 2, [target["State"] for target in self.health()])
        self.assertGreater(self.errors(), 0)
        self.assert_stays_broken()
        client("elbv2").modify_load_balancer_attributes(
            LoadBalancerArn=self.balancer()["LoadBalancerArn"],
            Attributes=[{"Key": "idle_timeout.timeout_seconds", "Value": "4"}],
        )
        self.assertEqual(0, self.errors())
        self.assert_recovers()

    def errors(self) -> float:
        name = self.balancer()["LoadBalancerArn"].partition(":loadbalancer/")[2]
        metric = {
            "Namespace": "AWS/ApplicationELB",
            "MetricName": "HTTPCode_ELB_502_Count",
            "Dimensions": [{"Name": "LoadBalancer", "Value": name}],
        }
        query = {"Id": "it", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}}
        [found] = client("cloudwatch").get_metric_data(
            StartTime=time.time() - 600, EndTime=time.time(), MetricDataQueries=[query]
        )["MetricDataResults"]
        return sum(found["Values"])

    def test_what_no_setting_leads_to(self) -> None:
        for scenario, reason in (
            ("alb-internal-error", "Elb.InternalError"),
            ("alb-target-ip-unusable", "Target.IpUnusable"),
            ("alb-target-invalid-state", "Target.InvalidState"),
        ):
            self.break_(scenario)
            self.assertEqual({reason}, {verdict[1] for verdict in self.targets().values()})
            self.assert_stays_broken()
            lab("health")
            self.assertTrue(lab("recover")["healthy"])


if __name__ == "__main__":
    unittest.main()
