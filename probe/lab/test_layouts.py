"""The stacks with other parameters than dev's: everything is made, and runs."""

from __future__ import annotations

import unittest

from harness import Deployed, client, lab

# What each layout shows that it was made as wanted: the strategy, the targets, the way out.
LAYOUTS = {
    "prod": {"environment": "prod"},
    "blue/green with approval": {
        "environment": "prod",
        "parameters": {"DeploymentStrategy": "BLUE_GREEN", "Approval": "true"},
    },
    "step by step, on Spot and ARM, with an event day and office hours": {
        "environment": "prod",
        "parameters": {
            "DeploymentStrategy": "LINEAR",
            "CpuArchitecture": "ARM64",
            "SpotWeight": "1",
            "FastScaling": "true",
            "EventDayBegin": "at(2027-01-15T17:30:00)",
            "EventDayEnd": "at(2027-01-15T22:00:00)",
            "StopAt": "cron(0 20 ? * MON-FRI *)",
            "StartAt": "cron(30 8 ? * MON-FRI *)",
        },
    },
    "endpoints instead of NAT": {
        "parameters": {
            "NatGateways": "0",
            "InterfaceEndpoints": "two-zones",
            "FlowLogs": "all",
            "AlertEmail": "ops@example.com",
            "ExecuteCommand": "true",
        },
    },
    "public tasks": {"parameters": {"NatGateways": "0", "TaskSubnets": "public"}},
    "a password that RDS keeps": {
        "parameters": {"MasterSecret": "managed", "MonitoringInterval": "60", "Cpu": "512", "Memory": "1024"}
    },
}


class Layouts(Deployed):
    def setUp(self) -> None:
        lab("reset")

    def deploy(self, name: str) -> dict:
        lab("reset")
        self.stack = lab("deploy", **LAYOUTS[name])
        self.exports = self.stack["exports"]
        self.place = {"cluster": self.stack["cluster"], "service": self.stack["service"]}
        return self.service()

    def test_every_layout_runs(self) -> None:
        for name in LAYOUTS:
            with self.subTest(name):
                service = self.deploy(name)
                self.assertEqual(
                    (2, 2), (service["desiredCount"], service["runningCount"]), self.messages()
                )
                self.assertEqual(["COMPLETED"], [d["rolloutState"] for d in service["deployments"]])
                self.assertEqual(["healthy"] * 2, [target["State"] for target in self.health()])

    def test_shifting_traffic_brings_rules_and_a_second_group(self) -> None:
        self.deploy("blue/green with approval")
        elb = client("elbv2")
        rules = {self.exports[name] for name in ("ProductionRuleArn", "TestRuleArn")}
        self.assertEqual(2, len(rules))
        for rule in elb.describe_rules(RuleArns=sorted(rules))["Rules"]:
            groups = rule["Actions"][0]["ForwardConfig"]["TargetGroups"]
            self.assertEqual(
                {self.exports["TargetGroupArn"]: 100, self.exports["AlternateTargetGroupArn"]: 0},
                {group["TargetGroupArn"]: group["Weight"] for group in groups},
            )

    def test_office_hours_and_event_days_are_scheduled(self) -> None:
        self.deploy("step by step, on Spot and ARM, with an event day and office hours")
        actions = client("application-autoscaling").describe_scheduled_actions(
            ServiceNamespace="ecs"
        )["ScheduledActions"]
        limits = {
            action["ScheduledActionName"]: tuple(action["ScalableTargetAction"].values())
            for action in actions
        }
        self.assertEqual(
            {"event-day-begin": (6, 10), "event-day-end": (2, 10), "stop": (0, 0), "start": (2, 10)},
            limits,
        )
        self.assertEqual(
            ["FARGATE", "FARGATE_SPOT"],
            [it["capacityProvider"] for it in self.service()["capacityProviderStrategy"]],
        )

    def test_alerts_reach_a_person_and_are_encrypted(self) -> None:
        self.deploy("endpoints instead of NAT")
        sns, topic = client("sns"), self.exports["AlertTopicArn"]
        attributes = sns.get_topic_attributes(TopicArn=topic)["Attributes"]
        self.assertEqual(self.exports["KeyArn"], attributes["KmsMasterKeyId"])
        [told] = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
        self.assertEqual(("email", "ops@example.com"), (told["Protocol"], told["Endpoint"]))
        alarms = client("cloudwatch").describe_alarms(AlarmNamePrefix="events-")["MetricAlarms"]
        self.assertGreater(len(alarms), 5)
        for alarm in alarms:
            self.assertEqual([topic], alarm["AlarmActions"], alarm["AlarmName"])


if __name__ == "__main__":
    unittest.main()
