"""The templates keep every rule, and every rule notices when a template breaks it.

Run from the root of the checkout: python -m unittest discover cloudformation/tests
"""

import copy
import unittest

import templates
from rules import data, network, stopped_tasks, task, wires

RULES = {rule.__name__: rule for subject in (wires, network, task, data, stopped_tasks) for rule in subject.RULES}
GONE = object()

SERVICE = "service.Resources.Service.Properties"
CONTAINER = "service.Resources.TaskDefinition.Properties.ContainerDefinitions.0"
SUBNETS = f"{SERVICE}.NetworkConfiguration.AwsvpcConfiguration"
ROLE = "service.Resources.ExecutionRole.Properties"
TARGETS = "platform.Resources.TargetGroup.Properties"
RULE = "security.Resources.{}.Properties"
DATABASE = "data.Resources.Database"
STORAGE = "data.Parameters.{}.Default"
STOPPED = "platform.Resources.StoppedTask{}.Properties"
WIDE_POLICY = """{"Statement": [{
  "Effect": "Allow", "Principal": {"Service": ["events.amazonaws.com", "delivery.logs.amazonaws.com"]},
  "Action": "logs:PutLogEvents", "Resource": "*"
}]}"""

# For each rule, the faults it must notice: a place in the templates or in a parameter
# file, and what is put there instead.
FAULTS = {
    "every_import_is_exported_by_an_earlier_stack": [
        ("network.Outputs.VpcId", GONE),
        ("network.Outputs.VpcId.Export.Name", {"Fn::Sub": "${Prefix}-Vpc"}),
        ("network.Resources.Vpc.Properties.X", {"Fn::ImportValue": {"Fn::Sub": "${Prefix}-TargetGroupArn"}}),
        (f"{SERVICE}.Cluster", {"Fn::ImportValue": "events-ClusterName"}),
    ],
    "every_export_is_imported_or_read": [
        ("network.Outputs.Spare", {"Value": "x", "Export": {"Name": {"Fn::Sub": "${Prefix}-Spare"}}}),
    ],
    "outputs_that_programs_read_exist": [
        ("service.Outputs.ServiceName", GONE),
        ("platform.Outputs.LoadBalancerDnsName", GONE),
    ],
    "every_parameter_file_key_is_a_parameter": [
        ("files.dev.MultiAz", "false"),
        ("files.prod.MinTasks", 2),
        ("files.prod.NatGateways", "3"),
    ],
    "shared_parameters_agree": [("data.Parameters.Prefix.Default", "other")],
    "every_resource_says_what_it_is_for": [
        ("network.Resources.Vpc.Metadata", GONE),
        ("network.Resources.Vpc.Metadata.Description", "two\nlines"),
    ],
    "addresses_are_the_documented_ones": [
        ("network.Resources.AppSubnetB.Properties.CidrBlock", "10.0.13.0/24"),
        ("network.Resources.Vpc.Properties.CidrBlock", "10.1.0.0/16"),
        ("network.Resources.DbSubnetB", GONE),
    ],
    "routes_lead_where_the_subnet_says": [
        ("network.Resources.AppSubnetBRoutes", GONE),
        ("network.Resources.DbSubnetARoutes.Properties.RouteTableId.Ref", "PublicRouteTable"),
        ("network.Resources.AppDefaultRouteB", GONE),
        ("network.Resources.AppSubnetB.Properties.AvailabilityZone.Fn::Select.0", 0),
    ],
    "tasks_stay_private": [
        (f"{SUBNETS}.AssignPublicIp", "ENABLED"),
        (f"{SUBNETS}.AssignPublicIp", GONE),
        (f"{SUBNETS}.Subnets.0", {"Fn::ImportValue": {"Fn::Sub": "${Prefix}-PublicSubnetAId"}}),
        ("data.Resources.DbSubnetGroup.Properties.SubnetIds.1", {"Fn::ImportValue": {"Fn::Sub": "${Prefix}-AppSubnetBId"}}),
        (f"{DATABASE}.Properties.VPCSecurityGroups.0", {"Fn::ImportValue": {"Fn::Sub": "${Prefix}-TaskSecurityGroupId"}}),
    ],
    "security_groups_open_exactly_the_paths_of_the_traffic": [
        ("security.Resources.DbFromTaskIngress", GONE),
        ("security.Resources.TaskToHttpsEgress", GONE),
        (RULE.format("TaskFromAlbIngress") + ".FromPort", 80),
        (RULE.format("DbFromTaskIngress") + ".ToPort", 5433),
        (RULE.format("DbFromTaskIngress") + ".SourceSecurityGroupId.Ref", "AlbSecurityGroup"),
        (RULE.format("AlbHttpIngress") + ".Description", GONE),
        (RULE.format("DbSecurityGroup") + ".SecurityGroupEgress", GONE),
        (RULE.format("DbSecurityGroup") + ".SecurityGroupIngress", [{"CidrIp": "0.0.0.0/0"}]),
    ],
    "container_name_and_port_agree": [
        (f"{CONTAINER}.Name", "web"),
        (f"{CONTAINER}.PortMappings.0.ContainerPort", 80),
        (f"{CONTAINER}.Environment.2.Value", "127.0.0.1:8080"),
        (f"{SERVICE}.LoadBalancers.0.ContainerName", "web"),
        (f"{SERVICE}.LoadBalancers.0.ContainerPort", 80),
        (f"{TARGETS}.Port", 80),
        (f"{TARGETS}.HealthCheckPort", "9090"),
    ],
    "the_environment_is_the_one_the_service_reads": [
        (f"{CONTAINER}.Environment.1.Name", "AUTHENTICATION"),
        (f"{CONTAINER}.Environment.3.Value", {"Fn::ImportValue": {"Fn::Sub": "${Prefix}-DbName"}}),
        (f"{CONTAINER}.Secrets.0.Name", "DB_USERNAME"),
    ],
    "secret_keys_exist": [
        (f"{CONTAINER}.Secrets.0.ValueFrom.Fn::Sub.0", "${SecretArn}:user::"),
        (f"{CONTAINER}.Secrets.1.ValueFrom.Fn::Sub.0", "${SecretArn}:password"),
        ("data.Resources.DbSecret.Properties.GenerateSecretString.SecretStringTemplate", '{"user": "events"}'),
        ("data.Resources.DbSecret.Properties.GenerateSecretString.GenerateStringKey", "pass"),
        (f"{DATABASE}.Properties.MasterUserPassword.Fn::Sub", "{{resolve:secretsmanager:${DbSecret}:SecretString:pass}}"),
    ],
    "the_execution_role_can_start_a_task": [
        (f"{ROLE}.Policies.1", GONE),
        (f"{ROLE}.Policies.1.PolicyDocument.Statement.0.Resource", "*"),
        (f"{ROLE}.Policies.1.PolicyDocument.Statement.0.Effect", "Deny"),
        (f"{ROLE}.Policies.0.PolicyDocument.Statement.0", GONE),
        (f"{ROLE}.Policies.0.PolicyDocument.Statement.1.Action.1", GONE),
        (f"{ROLE}.Policies.2.PolicyDocument.Statement.0.Action.0", GONE),
        (f"{ROLE}.Policies.1.PolicyDocument.Statement.0.Action", "secretsmanager:*"),
    ],
    "task_roles_are_for_tasks_of_this_account": [
        (f"{ROLE}.AssumeRolePolicyDocument.Statement.0.Principal.Service", "ecs.amazonaws.com"),
        (f"{ROLE}.AssumeRolePolicyDocument.Statement.0.Condition", GONE),
    ],
    "targets_are_addresses": [(f"{TARGETS}.TargetType", "instance"), (f"{TARGETS}.TargetType", GONE)],
    "health_values_are_the_documented_ones": [
        (f"{TARGETS}.HealthCheckPath", "/"),
        (f"{TARGETS}.UnhealthyThresholdCount", GONE),
        (f"{SERVICE}.HealthCheckGracePeriodSeconds", 0),
        (f"{CONTAINER}.HealthCheck.Command", ["CMD-SHELL", "curl -f http://localhost:8080/health"]),
    ],
    "a_task_stops_in_time": [(f"{CONTAINER}.StopTimeout", 121), (f"{CONTAINER}.StopTimeout", 10)],
    "capacity_limits_are_in_order": [
        ("service.Parameters.MinTasks.Default", 11),
        ("files.dev.MinTasks", "5"),
        (f"{SERVICE}.DesiredCount", 2),
    ],
    "images_are_named_by_build": [
        (f"{CONTAINER}.Image.Fn::Sub.0", "${RepositoryUri}:latest"),
        ("service.Parameters.ImageTag.Default", "v1"),
        ("service.Parameters.ImageTag.AllowedPattern", ".+"),
        ("files.prod.ImageTag", "v1"),
        ("platform.Resources.Repository.Properties.ImageTagMutability", "MUTABLE"),
    ],
    "storage_limits_are_in_order": [
        (STORAGE.format("AllocatedStorage"), 100),
        ("files.prod.AllocatedStorage", "200"),
    ],
    "the_parameter_group_fits_the_engine": [
        ("data.Resources.DbParameterGroup.Properties.Family", "postgres16"),
        ("files.dev.EngineVersion", "16.15"),
        ("data.Resources.DbParameterGroup.Properties.Parameters", {"rds.force_ssl": "0"}),
    ],
    "stateful_resources_survive_accidents": [
        (f"{DATABASE}.DeletionPolicy", GONE),
        (f"{DATABASE}.UpdateReplacePolicy", "Delete"),
        ("data.Resources.DbSecret.UpdateReplacePolicy", GONE),
        ("platform.Resources.TaskLogGroup.DeletionPolicy", GONE),
    ],
    "stopped_tasks_are_kept": [
        (f"{STOPPED.format('LogGroup')}.LogGroupName", GONE),
        (f"{STOPPED.format('LogGroup')}.LogGroupName", {"Fn::Sub": "/aws/events/${AWS::StackName}/stopped-tasks"}),
        (f"{STOPPED.format('LogGroup')}.RetentionInDays", 7),
        (f"{STOPPED.format('Rule')}.EventPattern.detail.lastStatus", ["RUNNING"]),
        (f"{STOPPED.format('Rule')}.EventPattern.detail.clusterArn", GONE),
        (f"{STOPPED.format('Rule')}.Targets.0.Arn", {"Fn::GetAtt": ["StoppedTaskLogGroup", "Arn"]}),
        (f"{STOPPED.format('LogPolicy')}.PolicyDocument.Fn::Sub", '{"Statement": []}'),
        (f"{STOPPED.format('LogPolicy')}.PolicyDocument.Fn::Sub", WIDE_POLICY),
    ],
}


def break_at(stacks, files, place, value):
    """Copies of the templates and parameter files with one fault."""
    whole = copy.deepcopy({**stacks, "files": files})
    *path, last = [int(step) if step.isdigit() else step for step in place.split(".")]
    parent = whole
    for step in path:
        parent = parent[step]
    if value is GONE:
        del parent[last]
    else:
        parent[last] = value
    return whole, whole.pop("files")


class Templates(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stacks = templates.load()
        cls.files = templates.parameter_files()

    def test_every_template_is_one_of_the_layers(self):
        self.assertEqual(sorted(path.stem for path in templates.ROOT.glob("*.yaml")), sorted(templates.LAYERS))

    def test_both_environments_have_a_parameter_file(self):
        self.assertEqual(list(self.files), ["dev", "prod"])

    def test_the_templates_keep_every_rule(self):
        for name, rule in RULES.items():
            with self.subTest(rule=name):
                self.assertEqual(list(rule(self.stacks, self.files)), [])

    def test_every_rule_notices_its_faults(self):
        self.assertEqual(RULES.keys(), FAULTS.keys())
        for name, faults in FAULTS.items():
            for place, value in faults:
                with self.subTest(rule=name, place=place, value="removed" if value is GONE else value):
                    self.assertTrue(list(RULES[name](*break_at(self.stacks, self.files, place, value))))

    def test_a_key_given_twice_is_an_error(self):
        with self.assertRaisesRegex(Exception, "given twice"):
            templates.parse("Resources:\n  A: 1\n  A: 2\n")


if __name__ == "__main__":
    unittest.main()
