"""Mistakes that people make in templates like ours, and what notices each.

A mutation is a name, changes of the text of templates, and by what it must be noticed: a rule of
cfn-lint, checkov or cloudformation-validate by its id, or one of our own by its name.
The first 17 are found by one of the three tools as they come, the next three with the settings that
we give them, the last 21 by none of them.
"""

import collections

Mutation = collections.namedtuple("Mutation", "name changes caught_by")


def change(file, old, new):
    """A text that stands there exactly once, and what somebody wrote instead."""
    return file, old, new


def mutation(name, *parts):
    """The changes, and last what notices them."""
    *changes, caught_by = parts
    return Mutation(name, changes, caught_by)


PROD_RULE = '                Fn::ImportValue: !Sub "${Prefix}-ProductionRuleArn"'
CYCLE = """      SecurityGroupIngress:
        - {{ IpProtocol: tcp, FromPort: 8080, ToPort: 8080, SourceSecurityGroupId: !Ref {other}, Description: x }}
      Tags: [{{ Key: Name, Value: !Sub "${{Prefix}}-{name}" }}]"""

MUTATIONS = [
    # --- found by the tools as they come
    mutation(
        "CPU and memory that Fargate does not offer together",
        change("service", "      Cpu: !Ref Cpu\n      Memory: !Ref Memory\n", '      Cpu: "256"\n      Memory: "4096"\n'),
        "cfn-lint E3047",
    ),
    mutation(
        "a subnet outside the VPC",
        change("network", "CidrBlock: 10.0.22.0/24", "CidrBlock: 10.1.22.0/24"),
        "cfn-lint E3059",
    ),
    mutation(
        "two subnets that overlap",
        change("network", "CidrBlock: 10.0.12.0/24", "CidrBlock: 10.0.11.128/25"),
        "cfn-lint E3060",
    ),
    mutation(
        "a misspelled attribute",
        change("data", "Value: !GetAtt Database.Endpoint.Address", "Value: !GetAtt Database.Endpoint.Adress"),
        "cfn-lint E6101",
    ),
    mutation(
        "a password in the template",
        change(
            "data",
            "      MasterUserPassword: !If\n        - HasOwnSecret\n"
            '        - !Sub "{{resolve:secretsmanager:${DbSecret}:SecretString:password}}"\n'
            "        - !Ref AWS::NoValue\n",
            "      MasterUserPassword: correct-horse-battery\n",
        ),
        "cfn-lint W2501",
    ),
    mutation(
        "a database that is not encrypted",
        change("data", "StorageEncrypted: true", "StorageEncrypted: false"),
        "checkov CKV_AWS_16",
    ),
    mutation(
        "a database with a public address",
        change("data", "PubliclyAccessible: false", "PubliclyAccessible: true"),
        "checkov CKV_AWS_17",
    ),
    mutation(
        "a version of the engine that RDS makes no more",
        change("data", "EngineVersion: !Ref EngineVersion", 'EngineVersion: "17"'),
        "cfn-lint W3691",
    ),
    mutation(
        "a version of the engine that does not exist",
        change("data", "EngineVersion: !Ref EngineVersion", 'EngineVersion: "17.99"'),
        "cfn-lint E3691",
    ),
    mutation(
        "a class of instance that does not exist",
        change("data", "DBInstanceClass: !Ref InstanceClass", "DBInstanceClass: db.t4g.tiny"),
        "cfn-lint E3025",
    ),
    mutation(
        "a TLS policy that takes TLS 1.0",
        change("platform", "ELBSecurityPolicy-TLS13-1-2-2021-06", "ELBSecurityPolicy-2016-08"),
        "checkov CKV_AWS_103",
    ),
    mutation(
        "a TLS policy that does not exist",
        change("platform", "ELBSecurityPolicy-TLS13-1-2-2021-06", "ELBSecurityPolicy-TLS14-2030-01"),
        "checkov CKV_AWS_103",
    ),
    mutation(
        "a canary of nobody",
        change("service", "CanaryPercent: !Ref ShiftPercent", "CanaryPercent: 0"),
        "cfn-lint E3034",
    ),
    mutation(
        "a word for a number",
        change("service", "HealthCheckGracePeriodSeconds: 60", "HealthCheckGracePeriodSeconds: a minute"),
        "cfn-lint E3012",
    ),
    mutation(
        "a property that does not exist",
        change("service", "AvailabilityZoneRebalancing: ENABLED", "AvailabilityZoneBalancing: ENABLED"),
        "cfn-lint E3002",
    ),
    mutation(
        "an action that does not exist",
        change("service", "                  - logs:PutLogEvents\n                Resource:\n", "                  - logs:PutLogEvent\n                Resource:\n"),
        "cfn-lint W3037",
    ),
    mutation(
        "logs kept for a number of days that CloudWatch does not offer",
        change("platform", "      RetentionInDays: 30\n", "      RetentionInDays: 31\n"),
        "cfn-lint E3030",
    ),
    # --- found by the tools with our settings
    mutation(
        "two security groups that name each other",
        change("security", '      Tags: [{ Key: Name, Value: !Sub "${Prefix}-alb" }]', CYCLE.format(other="TaskSecurityGroup", name="alb")),
        change("security", '      Tags: [{ Key: Name, Value: !Sub "${Prefix}-task" }]', CYCLE.format(other="AlbSecurityGroup", name="task")),
        "cfn-lint E3004",
    ),
    mutation(
        "a parameter that nothing uses",
        change("data", "      ApplyImmediately: !Ref ApplyImmediately\n", ""),
        "cfn-lint W2001",
    ),
    mutation(
        "a database that goes with its stack",
        change("data", "    DeletionPolicy: Snapshot\n", ""),
        "cfn-lint I3011",
    ),
    # --- found by no tool
    mutation(
        "targets that are instances",
        change("platform", 'decides whether one gets requests" }\n    Properties:\n      TargetType: ip\n', 'decides whether one gets requests" }\n    Properties:\n      TargetType: instance\n'),
        "target_groups_fit_fargate_and_each_other",
    ),
    mutation(
        "a listener where ECS wants its rule",
        change("platform", "Value: !Ref ProductionRule\n", "Value: !Ref HttpListener\n"),
        "deployments_shift_traffic_as_ecs_wants_it",
    ),
    mutation(
        "one rule for everybody and for tests",
        change("service", '                Fn::ImportValue: !Sub "${Prefix}-TestRuleArn"', PROD_RULE),
        "deployments_shift_traffic_as_ecs_wants_it",
    ),
    mutation(
        "a pause while ECS shifts the traffic",
        change("service", "LifecycleStages: [POST_TEST_TRAFFIC_SHIFT]", "LifecycleStages: [TEST_TRAFFIC_SHIFT]"),
        "hooks_are_complete",
    ),
    mutation(
        "a hook that names no function",
        change("service", "TargetType: PAUSE", "TargetType: AWS_LAMBDA"),
        "hooks_are_complete",
    ),
    mutation(
        "traffic that ECS may not shift",
        change("service", '              RoleArn:\n                Fn::ImportValue: !Sub "${Prefix}-TrafficShiftingRoleArn"\n', ""),
        "deployments_shift_traffic_as_ecs_wants_it",
    ),
    mutation(
        "a key that is not in the secret",
        change("service", '"${SecretArn}:username::"', '"${SecretArn}:hostname::"'),
        "secret_keys_exist",
    ),
    mutation(
        "an execution role that may not read the secret",
        change("service", "Action: secretsmanager:GetSecretValue", "Action: secretsmanager:DescribeSecret"),
        "the_execution_role_can_start_a_task",
    ),
    mutation(
        "public addresses in private subnets",
        change("service", "AssignPublicIp: !If [UsesPublicSubnets, ENABLED, DISABLED]", "AssignPublicIp: ENABLED"),
        "everything_is_placed_where_it_belongs",
    ),
    mutation(
        "IOPS for a disk too small for them",
        change("data", "      StorageType: gp3\n", "      StorageType: gp3\n      Iops: 6000\n"),
        "storage_limits_are_in_order",
    ),
    mutation(
        "parameters of another version of the engine",
        change("data", "Family: postgres17", "Family: postgres16"),
        "the_parameter_group_fits_the_engine",
    ),
    mutation(
        "a container of another name behind the load balancer",
        change("service", "        - ContainerName: service\n", "        - ContainerName: web\n"),
        "container_name_and_port_agree",
    ),
    mutation(
        "a port of the load balancer that the container does not have",
        change("service", "          ContainerPort: 8080\n", "          ContainerPort: 80\n"),
        "container_name_and_port_agree",
    ),
    mutation(
        "more time to stop than Fargate gives",
        change("service", "StopTimeout: 60", "StopTimeout: 300"),
        "a_task_stops_in_time",
    ),
    mutation(
        "a security group that opens another port",
        change(
            "security",
            "      FromPort: 8080\n      ToPort: 8080\n      SourceSecurityGroupId: !Ref AlbSecurityGroup\n",
            "      FromPort: 80\n      ToPort: 80\n      SourceSecurityGroupId: !Ref AlbSecurityGroup\n",
        ),
        "security_groups_open_exactly_the_paths_of_the_traffic",
    ),
    mutation(
        "more tasks at least than at most",
        change("service", "    Description: Tasks that always run; two survive the loss of a zone\n    Default: 2\n", "    Description: Tasks that always run\n    Default: 20\n"),
        "capacity_limits_are_in_order",
    ),
    mutation(
        "a schedule that cannot be read",
        change("schedule", "Default: cron(15 20 * * ? *)", "Default: cron(15 20 * * *)"),
        "schedules_can_be_read",
    ),
    mutation(
        "a schedule's role for another service",
        change("schedule", "Principal: { Service: scheduler.amazonaws.com }", "Principal: { Service: events.amazonaws.com }"),
        "roles_are_taken_by_whom_they_are_for",
    ),
    mutation(
        "a target group that no listener knows when the service comes",
        change("platform", "    Condition: HasNoCertificate\n", "    Condition: RedirectsToHttps\n"),
        "target_groups_get_requests",
    ),
    mutation(
        "an image called latest",
        change("service", '"${RepositoryUri}:${ImageTag}"', '"${RepositoryUri}:latest"'),
        "images_are_named_by_build",
    ),
    mutation(
        "a disk that may not grow to its own size",
        change("data", "      MaxAllocatedStorage: !Ref MaxAllocatedStorage\n", "      MaxAllocatedStorage: 10\n"),
        "storage_limits_are_in_order",
    ),
]
