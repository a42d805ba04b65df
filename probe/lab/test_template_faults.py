"""Updates of a stack that ECS refuses: CloudFormation says so and goes back."""

from __future__ import annotations

import unittest

from harness import Deployed, client, lab

STACK = "events-service"


class Templates(Deployed):
    def assert_refused(self, scenario: str, resource: str, reason: str) -> None:
        """The events tell which resource and why; the service runs on, and the stack can be updated."""
        before = self.definition()
        self.break_(scenario)
        self.assertEqual("UPDATE_ROLLBACK_COMPLETE", self.of_service()["StackStatus"])
        events = client("cloudformation").describe_stack_events(StackName=STACK)["StackEvents"]
        [failed] = [e for e in events if e["ResourceStatus"] == "UPDATE_FAILED"]
        self.assertEqual(resource, failed["LogicalResourceId"])
        self.assertIn(reason, failed["ResourceStatusReason"])
        goes_back, gone = [e for e in reversed(events) if "ROLLBACK" in e["ResourceStatus"]]
        self.assertEqual("UPDATE_ROLLBACK_COMPLETE", gone["ResourceStatus"])
        self.assertEqual(
            f"The following resource(s) failed to update: [{resource}]. ",
            goes_back["ResourceStatusReason"],
        )
        self.assertEqual(before, self.definition())
        self.assertTrue(lab("recover")["healthy"], "the tasks run on")
        self.scale_by_template("3")
        self.assertEqual("UPDATE_COMPLETE", self.of_service()["StackStatus"])

    def of_service(self) -> dict:
        return client("cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]

    def scale_by_template(self, tasks: str) -> None:
        kept = [p["ParameterKey"] for p in self.of_service()["Parameters"]]
        parameters = [
            {"ParameterKey": key, "ParameterValue": tasks}
            if key == "MinTasks"
            else {"ParameterKey": key, "UsePreviousValue": True}
            for key in kept
        ]
        client("cloudformation").update_stack(
            StackName=STACK, UsePreviousTemplate=True, Parameters=parameters
        )

    def test_ecs_task_size_invalid(self) -> None:
        words = "Create TaskDefinition: No Fargate configuration exists for given values."
        self.assert_refused("ecs-task-size-invalid", "TaskDefinition", words)

    def test_ecs_target_group_arn_invalid(self) -> None:
        words = "UpdateService error: Unable to assume role and validate the specified targetGroupArn."
        self.assert_refused("ecs-target-group-arn-invalid", "Service", words)

    def test_iam_execution_role_missing(self) -> None:
        words = "Fargate requires task definition to have execution role ARN to support ECR images."
        self.assert_refused("iam-execution-role-missing", "TaskDefinition", words)


if __name__ == "__main__":
    unittest.main()
