"""For each rule, the faults it must notice: a place in the templates or in a parameter file, and what is put there.

A dot in a key is written as a backslash and a dot.
"""

GONE = object()

SERVICE = "service.Resources.Service.Properties"
CONTAINER = "service.Resources.TaskDefinition.Properties.ContainerDefinitions.0"
SUBNETS = f"{SERVICE}.NetworkConfiguration.AwsvpcConfiguration"
ROLE = "service.Resources.ExecutionRole.Properties"
TARGETS = "platform.Resources.TargetGroup.Properties"
RULE = "security.Resources.{}.Properties"
DATABASE = "data.Resources.Database"
STORAGE = "data.Parameters.{}.Default"
BALANCER = "platform.Resources.LoadBalancer"
SHIFT = f"{SERVICE}.LoadBalancers.0.AdvancedConfiguration.Fn::If.1"
HOOKS = f"{SERVICE}.DeploymentConfiguration.LifecycleHooks.Fn::If.1"
CALENDARS = "platform.Resources.CalendarRule"
LOGIN = "platform.Resources.HttpsListener.Properties.DefaultActions.Fn::If.1.0.AuthenticateOidcConfig"
GITHUB = "cicd.Resources.PipelineRole.Properties.AssumeRolePolicyDocument.Statement.0"
LOOK = "probe-role.Resources.ProbePolicy.Properties.PolicyDocument.Statement.0"
WORKERS = "load-workers.Resources"
WORKER = f"{WORKERS}.WorkerTask.Properties.ContainerDefinitions.0"
STOPPED = "platform.Resources.StoppedTask{}.Properties"
WIDE_POLICY = """{"Statement": [{
  "Effect": "Allow", "Principal": {"Service": ["events.amazonaws.com", "delivery.logs.amazonaws.com"]},
  "Action": "logs:PutLogEvents", "Resource": "*"
}]}"""

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
        ("files.prod.EventDayBegin", "tomorrow"),
        ("files.prod.CpuTarget", "95"),
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
    "every_parameter_is_offered_in_a_group": [
        ("data.Parameters.Spare", {"Type": "String"}),
        ("schedule.Metadata.AWS::CloudFormation::Interface.ParameterGroups.1.Parameters.0", "Prefix"),
    ],
    "nothing_is_named_so_that_a_replacement_fails": [
        (f"{DATABASE}.Properties.DBInstanceIdentifier", "events"),
        ("platform.Resources.TargetGroup.Properties.Name", "events"),
        ("cicd.Resources.PipelineRole.Properties.RoleName", "pipeline"),
    ],
    "every_zone_has_its_own_nat_gateway_when_there_are_two": [
        ("network.Resources.NatGatewayB.Condition", GONE),
        ("network.Resources.NatGatewayB.Properties.SubnetId.Ref", "PublicSubnetA"),
        ("network.Resources.NatGatewayA.Properties.SubnetId.Ref", "AppSubnetA"),
        ("network.Resources.RegionalNatGateway.Properties.SubnetId", {"Ref": "PublicSubnetA"}),
    ],
    "tasks_reach_what_they_need_to_start": [
        ("network.Resources.S3Endpoint", GONE),
        ("network.Resources.S3Endpoint.Properties.RouteTableIds", [{"Ref": "AppRouteTableA"}]),
        ("network.Resources.SecretsManagerEndpoint", GONE),
        ("network.Resources.LogsEndpoint.Properties.PrivateDnsEnabled", False),
        ("network.Resources.EcrApiEndpoint.Properties.SubnetIds.Fn::If.2", []),
        ("network.Conditions.HasInterfaceEndpoints", {"Fn::Equals": ["a", "b"]}),
    ],
    "everything_is_placed_where_it_belongs": [
        (f"{SUBNETS}.AssignPublicIp", "ENABLED"),
        (f"{SUBNETS}.AssignPublicIp", GONE),
        (f"{SUBNETS}.Subnets.Fn::If.2.0", {"Fn::ImportValue": {"Fn::Sub": "${Prefix}-PublicSubnetAId"}}),
        (f"{SUBNETS}.Subnets.Fn::If.1.0", {"Fn::ImportValue": {"Fn::Sub": "${Prefix}-AppSubnetAId"}}),
        ("platform.Resources.LoadBalancer.Properties.Scheme", "internet-facing"),
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
        (RULE.format("AlbFromCloudFrontIngress") + ".SourcePrefixListId", GONE),
        ("security.Resources.AlbHttpIngress.Condition", GONE),
        ("security.Resources.AlbToLoginEgress.Condition", GONE),
        ("security.Resources.TaskFromMetricsClientIngress.Condition", GONE),
    ],
    "security_groups_keep_no_rules_inline": [
        (RULE.format("DbSecurityGroup") + ".SecurityGroupEgress", GONE),
        (RULE.format("DbSecurityGroup") + ".SecurityGroupIngress", [{"CidrIp": "0.0.0.0/0"}]),
        ("rotation.Resources.RotationSecurityGroup.Properties.SecurityGroupEgress", GONE),
    ],
    "container_name_and_port_agree": [
        (f"{CONTAINER}.Name", "web"),
        (f"{CONTAINER}.PortMappings.0.ContainerPort", 80),
        (f"{CONTAINER}.Environment.2.Value", "127.0.0.1:8080"),
        (f"{CONTAINER}.Environment.9.Fn::If.1.Value", "0.0.0.0:8080"),
        (f"{SERVICE}.LoadBalancers.0.ContainerName", "web"),
        (f"{SERVICE}.LoadBalancers.0.ContainerPort", 80),
        (f"{TARGETS}.Port", 80),
        (f"{TARGETS}.HealthCheckPort", "9090"),
    ],
    "the_environment_is_the_one_the_service_reads": [
        (f"{CONTAINER}.Environment.1.Name", "AUTHENTICATION"),
        (f"{CONTAINER}.Environment.4.Value", {"Fn::ImportValue": {"Fn::Sub": "${Prefix}-DbName"}}),
        (f"{CONTAINER}.Environment.7.Value", {"Ref": "PublicUrl"}),
        (f"{CONTAINER}.Secrets.0.Name", "DB_USERNAME"),
        (f"{CONTAINER}.Secrets.2", {"Ref": "AWS::NoValue"}),
    ],
    "secret_keys_exist": [
        (f"{CONTAINER}.Secrets.0.ValueFrom.Fn::Sub.0", "${SecretArn}:user::"),
        (f"{CONTAINER}.Secrets.1.ValueFrom.Fn::Sub.0", "${SecretArn}:password"),
        ("data.Resources.DbSecret.Properties.GenerateSecretString.SecretStringTemplate", '{"user": "events"}'),
        ("data.Resources.DbSecret.Properties.GenerateSecretString.GenerateStringKey", "pass"),
        (f"{DATABASE}.Properties.MasterUserPassword.Fn::If.1.Fn::Sub", "{{resolve:secretsmanager:${DbSecret}:SecretString:pass}}"),
        (f"{DATABASE}.Properties.MasterUsername.Fn::If.1", "admin"),
    ],
    "the_execution_role_can_start_a_task": [
        (f"{ROLE}.Policies.1", GONE),
        (f"{ROLE}.Policies.1.PolicyDocument.Statement.0.Resource", "*"),
        (f"{ROLE}.Policies.1.PolicyDocument.Statement.0.Effect", "Deny"),
        (f"{ROLE}.Policies.0.PolicyDocument.Statement.0", GONE),
        (f"{ROLE}.Policies.0.PolicyDocument.Statement.1.Action.1", GONE),
        (f"{ROLE}.Policies.3.PolicyDocument.Statement.0.Action.0", GONE),
        (f"{ROLE}.Policies.1.PolicyDocument.Statement.0.Action", "secretsmanager:*"),
        (f"{ROLE}.Policies.1.PolicyDocument.Statement.0.Resource.1", {"Ref": "AWS::NoValue"}),
        (f"{ROLE}.Policies.2", GONE),
    ],
    "people_get_into_containers_only_when_let": [
        (f"{SERVICE}.EnableExecuteCommand", True),
        (f"{CONTAINER}.ReadonlyRootFilesystem", True),
        (f"{CONTAINER}.ReadonlyRootFilesystem", False),
        ("service.Resources.TaskRole.Properties.Policies", GONE),
    ],
    "tasks_are_sized_as_fargate_offers": [
        ("service.Parameters.Memory.Default", "4096"),
        ("service.Resources.TaskDefinition.Properties.Cpu", "300"),
        ("files.prod.Cpu", "1024"),
    ],
    "roles_are_taken_by_whom_they_are_for": [
        (f"{ROLE}.AssumeRolePolicyDocument.Statement.0.Principal.Service", "ecs.amazonaws.com"),
        (f"{ROLE}.AssumeRolePolicyDocument.Statement.0.Condition", GONE),
        ("schedule.Resources.ScheduleRole.Properties.AssumeRolePolicyDocument.Statement.0.Principal.Service", "events.amazonaws.com"),
        ("network.Resources.FlowLogRole.Properties.AssumeRolePolicyDocument.Statement.0.Condition", GONE),
    ],
    "only_one_place_of_one_repository_deploys": [
        (f"{GITHUB}.Condition", {"StringLike": {"token.actions.githubusercontent.com:sub": "repo:example/*"}}),
        (f"{GITHUB}.Condition.StringEquals.token\\.actions\\.githubusercontent\\.com:aud", GONE),
        ("cicd.Parameters.GitHubSubject.AllowedPattern", "^repo:.+$"),
    ],
    "pipelines_hand_on_no_more_than_they_have": [
        ("cicd.Resources.PipelineRole.Properties.Policies.1.PolicyDocument.Statement.3.Condition", GONE),
        ("cicd.Resources.DeployRole.Properties.Policies.1.PolicyDocument.Statement.0.Condition", GONE),
        ("cicd.Resources.DeployRole.Properties.Policies.0.PolicyDocument.Statement.0.Action", "ecs:*"),
    ],
    "the_pipeline_may_do_what_cloudformation_does_for_it": [
        ("cicd.Resources.DeployRole.Properties.Policies.0.PolicyDocument.Statement.0.Action.0", GONE),
        ("service.Resources.TaskMemoryAlarm.Type", "AWS::CloudWatch::CompositeAlarm"),
    ],
    "probe_and_loadtest_may_do_what_they_call_and_nothing_else": [
        (f"{LOOK}.Action.0", GONE),
        (LOOK.removesuffix("0") + "1.Action.2", GONE),  # cloudwatch:DescribeAlarmHistory, which only loadtest calls
        (f"{LOOK}.Action.0", "ecs:UpdateService"),
        ("probe-role.Resources.ProbeRole.Properties.Policies.Fn::If.1.0.PolicyDocument.Statement.0.Action", "secretsmanager:PutSecretValue"),
    ],
    "target_groups_fit_fargate_and_each_other": [
        (f"{TARGETS}.TargetType", "instance"),
        (f"{TARGETS}.TargetType", GONE),
        ("platform.Resources.AlternateTargetGroup.Properties.HealthCheckPath", "/"),
    ],
    "a_container_can_do_little_harm": [
        (f"{CONTAINER}.User", "root"),
        (f"{CONTAINER}.User", GONE),
        (f"{CONTAINER}.LinuxParameters", GONE),
        (f"{CONTAINER}.LogConfiguration.Options.mode", "blocking"),
    ],
    "schedules_can_be_read": [
        ("files.dev.EventDayBegin", "cron(0 9 * * * *)"),
        ("files.dev.StopAt", "cron(0 25 ? * MON-FRI *)"),
        ("schedule.Parameters.DatabaseStopAt.Default", "cron(15 20 * * *)"),
        ("schedule.Resources.StartDatabase.Properties.ScheduleExpression", "at(2026-13-01T10:00:00)"),
    ],
    "connections_fit_the_database": [
        ("service.Parameters.DatabasePoolSize.Default", 10),
        ("files.prod.MaxTasks", "40"),
    ],
    "scaling_watches_what_the_strategy_allows": [
        ("service.Resources.RequestScaling.Condition", GONE),
        ("service.Resources.MemoryScaling", GONE),
        (f"{SERVICE}.Monitoring", GONE),
    ],
    "target_groups_get_requests": [
        ("platform.Resources.HttpListener", GONE),
        ("platform.Resources.HttpsListener.Properties.DefaultActions.Fn::If.2", [{"Type": "fixed-response"}]),
        ("platform.Resources.ProductionRule.Properties.ListenerArn", {"Ref": "HttpListener"}),
        (f"{SERVICE}.LoadBalancers.0.TargetGroupArn", {"Fn::ImportValue": {"Fn::Sub": "${Prefix}-LoadBalancerArn"}}),
    ],
    "deployments_shift_traffic_as_ecs_wants_it": [
        (f"{SHIFT}.ProductionListenerRule", {"Fn::ImportValue": {"Fn::Sub": "${Prefix}-LoadBalancerArn"}}),
        ("platform.Outputs.ProductionRuleArn.Value", {"Ref": "HttpListener"}),
        (f"{SHIFT}.TestListenerRule", {"Fn::ImportValue": {"Fn::Sub": "${Prefix}-ProductionRuleArn"}}),
        (f"{SHIFT}.RoleArn", GONE),
        (f"{SERVICE}.LoadBalancers.0.AdvancedConfiguration", {"RoleArn": "x"}),
        ("platform.Resources.TrafficShiftingRole.Properties.ManagedPolicyArns", GONE),
        ("platform.Resources.ProductionRule.Properties.Actions.0.ForwardConfig.TargetGroups.1", GONE),
    ],
    "a_deployment_that_fails_goes_back": [
        (f"{SERVICE}.DeploymentConfiguration.DeploymentCircuitBreaker", {"Ref": "AWS::NoValue"}),
        (f"{SERVICE}.DeploymentConfiguration.DeploymentCircuitBreaker", {"Enable": True, "Rollback": True}),
        (f"{SERVICE}.DeploymentConfiguration.Alarms.Rollback", False),
        (f"{SERVICE}.DeploymentConfiguration.Alarms.AlarmNames.0", {"Fn::ImportValue": {"Fn::Sub": "${Prefix}-ClusterName"}}),
        (f"{SERVICE}.DeploymentConfiguration.Strategy", "ROLLING"),
    ],
    "hooks_are_complete": [
        (f"{HOOKS}.0.LifecycleStages.0", "TEST_TRAFFIC_SHIFT"),
        (f"{HOOKS}.0.LifecycleStages.0", "POST_TEST"),
        (f"{HOOKS}.0.TargetType", "AWS_LAMBDA"),
        (f"{SERVICE}.DeploymentConfiguration.LifecycleHooks", GONE),
    ],
    "listeners_do_what_the_certificate_allows": [
        ("platform.Resources.HttpRedirectListener", GONE),
        ("platform.Resources.HttpListener.Condition", GONE),
        ("platform.Resources.HttpsListener.Properties.Certificates", GONE),
        ("platform.Resources.HttpsListener.Properties.ListenerAttributes", GONE),
        ("platform.Resources.HttpsListener.Properties.DefaultActions.Fn::If.1.0", GONE),
    ],
    "the_login_keeps_its_secret": [
        (f"{LOGIN}.ClientSecret", "in the clear"),
        (f"{LOGIN}.OnUnauthenticatedRequest", "allow"),
    ],
    "only_calendars_need_no_login": [
        (CALENDARS, GONE),
        (f"{CALENDARS}.Properties.Conditions.0.PathPatternConfig.Values.0", "/*"),
        (f"{CALENDARS}.Properties.Conditions.0.PathPatternConfig.Values", ["/feeds/*", "/events/*"]),
        (f"{CALENDARS}.Properties.ListenerArn", {"Ref": "HttpListener"}),
        (f"{CALENDARS}.Properties.Actions.0.Type", "authenticate-oidc"),
    ],
    "the_load_balancer_is_careful": [
        (f"{BALANCER}.Properties.LoadBalancerAttributes.1", GONE),
        (f"{BALANCER}.Properties.LoadBalancerAttributes.0.Value", "4000"),
        (f"{BALANCER}.Properties.LoadBalancerAttributes.2", GONE),
        (f"{BALANCER}.Properties.LoadBalancerAttributes.3.Value", "false"),
        (f"{BALANCER}.DependsOn", GONE),
    ],
    "every_alarm_tells_somebody_and_says_what_to_do": [
        ("data.Resources.DatabaseCpuAlarm.Properties.AlarmActions", GONE),
        ("data.Resources.DatabaseCpuAlarm.Properties.TreatMissingData", GONE),
        ("platform.Resources.SlowAnswersAlarm.Properties.AlarmDescription", "It is slow."),
        ("service.Resources.TaskMemoryAlarm.Properties.AlarmDescription", "See runbooks/ecs.md#no-such-section"),
    ],
    "alarms_that_stop_a_deployment_see_both_target_groups": [
        ("platform.Resources.ServerErrorAlarm.Properties.Metrics.2", GONE),
        ("platform.Resources.NoHealthyTaskAlarm.Properties.Metrics.2.Fn::If.1", {"Ref": "AWS::NoValue"}),
    ],
    "failed_deployments_and_costs_are_told": [
        ("platform.Resources.FailedDeploymentRule", GONE),
        ("platform.Resources.FailedDeploymentRule.Properties.EventPattern.detail.eventName", ["SERVICE_DEPLOYMENT_COMPLETED"]),
        ("platform.Resources.Budget.Condition", GONE),
        ("platform.Resources.Budget.Properties.NotificationsWithSubscribers.0.Subscribers", []),
    ],
    "the_database_has_one_password_and_one_origin": [
        (f"{DATABASE}.Properties.ManageMasterUserPassword", True),
        (f"{DATABASE}.Properties.MasterUserPassword.Fn::If.2", "x"),
        ("data.Resources.DbSecretAttachment", GONE),
        (f"{DATABASE}.Properties.DBName", {"Ref": "DatabaseName"}),
        (f"{DATABASE}.Properties.DBSnapshotIdentifier", GONE),
    ],
    "the_database_is_watched": [
        (f"{DATABASE}.Properties.MonitoringRoleArn", {"Fn::GetAtt": ["MonitoringRole", "Arn"]}),
        (f"{DATABASE}.Properties.EnableCloudwatchLogsExports", ["upgrade"]),
        ("data.Resources.DatabaseEvents.Properties.EventCategories", ["backup"]),
        ("data.Resources.DatabaseEvents.Properties.SourceIds", []),
    ],
    "the_key_opens_for_this_account_only": [
        ("security.Resources.Key.Properties.KeyPolicy.Statement.1.Condition", GONE),
        ("security.Resources.Key.Properties.KeyPolicy.Statement.2", GONE),
        ("security.Resources.Key.Properties.KeyPolicy.Statement.3", GONE),
        ("security.Resources.Key.Properties.KeyPolicy.Statement.3.Condition", {"StringEquals": {"aws:SourceAccount": "1"}}),
        ("security.Resources.AlertTopicPolicy.Properties.PolicyDocument.Statement.0.Condition", GONE),
        ("security.Resources.AlertTopicPolicy.Properties.PolicyDocument.Statement.0.Principal.Service.0", GONE),
    ],
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
        (f"{DATABASE}.Properties.Iops", 3000),
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
    "load_workers_may_start_and_hand_in_and_nothing_else": [
        (f"{WORKERS}.WorkerRole.Properties.Policies.0.PolicyDocument.Statement.0.Action", "s3:*"),
        (f"{WORKERS}.WorkerRole.Properties.Policies.0.PolicyDocument.Statement.0.Resource", "*"),
        (f"{WORKERS}.WorkerRole.Properties.Policies.1", GONE),
        (f"{WORKERS}.WorkerExecutionRole.Properties.Policies.1", GONE),
        (f"{WORKERS}.WorkerExecutionRole.Properties.Policies.0.PolicyDocument.Statement.1.Action.2", GONE),
    ],
    "load_workers_run_what_push_builds": [
        (f"{WORKER}.Image.Fn::Sub.0", "${RepositoryUri}:${ImageTag}"),
        (f"{WORKER}.Name", "loadtest"),
        (f"{WORKER}.StopTimeout", 10),
        (f"{WORKER}.Command", ["work"]),
        (f"{WORKERS}.WorkerTask.Properties.Memory", "512"),
    ],
    "load_workers_reach_the_entrance_and_nobody_reaches_them": [
        (f"{WORKERS}.WorkerToHttpEgress", GONE),
        (f"{WORKERS}.WorkerToHttpsEgress.Properties.ToPort", 65535),
        (f"{WORKERS}.WorkerToHttpEgress.Type", "AWS::EC2::SecurityGroupIngress"),
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
