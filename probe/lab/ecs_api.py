"""The ECS operations whose moto versions would undo or ignore what a service's tasks do.

CreateService and UpdateService drop most settings and start nothing, UpdateService changes the one
deployment in place, StopTask knows no stop code, ListTasks ignores `serviceName` and does not take
RUNNING as the default, and a task moves towards STOPPED each time it is described.
"""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.models.elastic_network_interfaces import NetworkInterface
from moto.ecs import responses
from moto.ecs.exceptions import InvalidParameterException
from moto.moto_api import state_manager

import ecs
import ecs_deployments
import placement

# What CreateService and UpdateService take and moto ignores.
SETTINGS = {
    "deploymentConfiguration": "deployment_configuration",
    "healthCheckGracePeriodSeconds": "health_check_grace_period_seconds",
    "enableExecuteCommand": "enable_execute_command",
    "enableECSManagedTags": "enable_ecs_managed_tags",
    "availabilityZoneRebalancing": "availability_zone_rebalancing",
    "capacityProviderStrategy": "capacity_provider_strategy",
    "networkConfiguration": "network_configuration",
}

# With these each task is replaced.
_REPLACES = ("forceNewDeployment", "networkConfiguration")
# What ECS says of a name where an ARN belongs; the permissions are fine.
_NO_TARGET_GROUP = (
    "Unable to assume role and validate the specified targetGroupArn. Please verify that the ECS "
    "service role being passed has the proper permissions."
)


def install(settle: Any, now: Any) -> None:
    """Patch moto.

    `settle(service)` is told each time that a call changes a service; `now()` says how many
    seconds ago that is.
    """
    # moto sets the name only if the VPC has DNS host names on.
    NetworkInterface.private_dns_name = ""
    never = {"progression": "manual", "times": 10**9}
    state_manager.set_transition("ecs::task", never)  # or tasks stop by being described
    handler = responses.EC2ContainerServiceResponse
    create, update, stop_one = handler.create_service, handler.update_service, handler.stop_task

    def settings(self: Any, service: Any) -> None:
        for name, attribute in SETTINGS.items():
            if (value := self._get_param(name)) is not None:
                setattr(service, attribute, value)
        if getattr(service, "capacity_provider_strategy", None):
            service.launch_type = None  # AWS shows one or the other

    def find(self: Any, name: str) -> Any:
        return self.ecs_backend._get_service(self._get_param("cluster", "default"), name)

    def create_service(self: Any) -> ActionResult:
        with ecs.LOCK:
            result = create(self)
            service = find(self, self._get_param("serviceName"))
            service.deployment_configuration = {"minimumHealthyPercent": 100, "maximumPercent": 200}
            service.created_at = service.deployments[0]["createdAt"] = ecs.ago(now() + 100)
            settings(self, service)
            settle(service)
            return result

    def update_service(self: Any) -> ActionResult:
        with ecs.LOCK:
            service = find(self, self._get_param("service").split("/")[-1])
            for mapping in self._get_param("loadBalancers") or []:
                if not mapping.get("targetGroupArn", "").startswith("arn:"):
                    raise InvalidParameterException(_NO_TARGET_GROUP)
            ecs_deployments.note(service, now())
            before = service.task_definition
            deployments = [dict(deployment) for deployment in service.deployments]
            result = update(self)
            service.deployments = deployments  # moto renames the deployment in place
            service.task_definition = ecs.definition(service).arn
            settings(self, service)
            if service.task_definition != before or any(map(self._get_param, _REPLACES)):
                ecs.open_deployment(service, now() + 60)
            settle(service)
            return result

    def stop_task(self: Any) -> ActionResult:
        with ecs.LOCK:
            result = stop_one(self)
            task = result.result["task"]
            for service in self.ecs_backend.services.values():
                if task.group == f"service:{service.name}":
                    reason = self._get_param("reason") or "Task stopped by user"
                    end = ecs.Failure(reason, "UserInitiated", 0, ran=True)
                    ecs.stop(service, task, end, now() + 50)
                    settle(service)
            return result

    def list_tasks(self: Any) -> ActionResult:
        found = self.ecs_backend.list_tasks(
            self._get_param("cluster", "default"),
            self._get_param("containerInstance"),
            self._get_param("family"),
            self._get_param("startedBy"),
            desiredStatus=self._get_param("desiredStatus") or "RUNNING",
        )
        if name := self._get_param("serviceName"):
            found = [task for task in found if task.group == f"service:{name.split('/')[-1]}"]
        return ActionResult({"taskArns": [task.task_arn for task in found]})

    ecs_deployments.install()
    placement.install()
    handler.create_service = create_service
    handler.update_service = update_service
    handler.stop_task = stop_task
    handler.list_tasks = list_tasks
